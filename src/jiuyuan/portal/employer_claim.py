"""The page on which an employer claims for its people by link, after entering the code sent to its phone."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiuyuan.assistance import link_codes
from jiuyuan.money import employer_claim_workflow as employers
from jiuyuan.money.models import EmployerClaim
from jiuyuan.portal.link_code import code_step
from jiuyuan.portal.question_page import QuestionPage, put_on
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound, Refusal
from jiuyuan.wording import say

_COOKIE = "jiuyuan_employer_claim"


class PeopleForm(QuestionPage):
    """The people and the account; the act validates them."""

    decides = ("people", "number", "holder", "bank")
    people = forms.CharField(
        label="本单位的人", required=False, widget=forms.Textarea({"rows": 6}),
        help_text="一行一个人：姓名、空格、身份证号码。只填本单位的职工，和本单位公益性岗位上的人。",
    )  # fmt: skip
    number = forms.CharField(label="收款账号", required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    holder = forms.CharField(label="户名", required=False, help_text="和单位名称一样。")
    bank = forms.CharField(label="开户银行", required=False, help_text="例如：建设银行人民路支行。")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def employer_claim(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A scheme of one employer. The link shows nothing but what the employer types."""
    try:
        claim = employers.found(secret)
        mark = request.COOKIES.get(_COOKIE, "")
        if link_codes.is_open(claim, mark):
            response = _people(request, claim, f"{secret}.{mark}")
        else:
            response = code_step(
                request, secret, employers, cookie=_COOKIE, phone=claim.phone, agency=claim.agency,
                title=say("申报{scheme}", scheme=claim.title),
                lead=say(
                    "{agency}请{employer}申报{months}的补贴。只能申报一次，{day:date}前有效。", agency=claim.agency.name,
                    employer=claim.employer.name, months=claim.months, day=claim.valid_until,
                ),
            )  # fmt: skip
    except NotFound as gone:
        response = render(request, "portal/employer_gone.html", {"said": gone.title}, status=404)
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _people(request: HttpRequest, claim: EmployerClaim, key: str) -> HttpResponseBase:
    form, status = PeopleForm(request.POST or None), 200
    if request.method == "POST":
        said = {name: value for name in form.fields if (value := request.POST.get(name, "").strip())}
        try:
            engine.act(None, employers.EMPLOYER_CLAIM, key, "hand_in", said)
            return redirect(reverse("portal:employer_thanks"))
        except NotFound:
            raise
        except Refusal as refusal:
            put_on(form, refusal)
            status = 422
    return render(request, "portal/employer_claim.html", {"claim": claim, "form": form}, status=status)
