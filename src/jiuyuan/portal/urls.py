from django.urls import path, register_converter
from django.urls.converters import StringConverter

from jiuyuan.portal import (
    account,
    apply,
    confirm,
    correction_request,
    form,
    helping,
    household,
    information,
    jobs,
    materials,
    notices,
    own_account,
    progress,
    recognition,
    selfcheck,
    signing,
    windows,
)


class Paper(StringConverter):
    regex = "form|receipt|correction|rejection"


register_converter(Paper, "paper")

app_name = "portal"
urlpatterns = [
    path("self-check/", selfcheck.selfcheck, name="selfcheck"),
    path("register/", account.register, name="register"),
    path("login/forgotten/", windows.forgotten, name="forgotten"),
    path("windows/", windows.windows, name="windows"),
    path("apply/", apply.apply, name="apply"),
    path("apply/who/", apply.who, name="who"),
    path("apply/where/", apply.where, name="where"),
    path("apply/where/<str:county>/", apply.street, name="street"),
    path("apply/category/", apply.begin, name="begin"),
    path("mine/", progress.mine, name="mine"),
    path("mine/read/", progress.read, name="read"),
    path("mine/account/", own_account.account, name="account"),
    path("mine/account/password/", own_account.own_password, name="own_password"),
    path("mine/account/phone/", own_account.phone, name="phone"),
    path("mine/account/address/", own_account.address, name="address"),
    path("mine/account/close/", own_account.close, name="close_account"),
    path("mine/account/tokens/<int:pk>/revoke/", own_account.token_revoke, name="token_revoke"),
    path("mine/information/", information.information, name="information"),
    path("mine/information/correction/", correction_request.put_right, name="put_right"),
    path("mine/recognition/<int:pk>/exit-notice.pdf", recognition.exit_notice, name="exit_notice"),
    path("mine/recognition/<int:pk>/object/", recognition.object_to_exit, name="object_to_exit"),
    path("mine/recognition/<int:pk>/answer/", recognition.answer, name="answer_inquiry"),
    path("mine/recognition/<int:pk>/leave/", recognition.leave, name="leave"),
    path("mine/recognition/<int:pk>/stay/", recognition.stay, name="stay"),
    path("mine/help/", helping.helping, name="helping"),
    path("mine/help/wishes/", helping.wishes, name="wishes"),
    path("mine/help/plan/<int:pk>/agree/", helping.agree, name="plan_agree"),
    path("mine/<str:number>/", progress.progress, name="progress"),
    path("mine/<str:number>/receipt/", progress.receipt, name="receipt"),
    path("mine/<str:number>/<paper:kind>.pdf", progress.paper, name="paper"),
    path("mine/<str:number>/withdraw/", signing.withdraw, name="withdraw"),
    path("mine/<str:number>/form/", form.review, name="form"),
    path("mine/<str:number>/form/next/", form.resume, name="resume"),
    path("mine/<str:number>/form/household/add/", household.add, name="household_add"),
    path("mine/<str:number>/form/<str:code>/", form.page, name="page"),
    path("mine/<str:number>/materials/<str:code>/", materials.material, name="material"),
    path("mine/<str:number>/picture/<int:pk>/", materials.picture, name="picture"),
    path("mine/<str:number>/picture/<int:pk>/remove/", materials.remove, name="remove"),
    path("mine/<str:number>/sign/", signing.sign, name="sign"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/object/", notices.objection, name="object"),
    path("notices/<int:pk>/objected/", notices.objected, name="objected"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("employer/answered/", jobs.employer_thanks, name="employer_thanks"),
    path("employer/<str:secret>/", jobs.employer, name="employer"),
    path("confirm/", confirm.enter, name="confirm_enter"),
    path("confirm/<str:number>/", confirm.confirm, name="confirm"),
]
