"""Today's public notices by place, and objections. There is no bulk download."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import place_of, platforms_of
from jiuyuan.applications import public
from jiuyuan.applications.models import PublicNotice
from jiuyuan.assistance import public_posts
from jiuyuan.characters import whole_number
from jiuyuan.money import public_payments
from jiuyuan.portal import places
from jiuyuan.portal.access import applicant
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import say

NO_INDEX = "noindex, noarchive, nosnippet"


class NoticeCounty(QuestionPage):
    county = forms.ChoiceField(
        label="看哪里的公示？",
        choices=places.county_offices,
        error_messages={"required": "请选一个县（市、区）。"},
    )


class NoticeStreet(QuestionPage):
    platform = forms.ChoiceField(label="哪个街道（乡镇）？", error_messages={"required": "请选一个街道（乡镇）。"})

    def __init__(self, *args: Any, county: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(agency.code, place_of(agency)) for agency in platforms_of(county)]
        self.fields["platform"].choices = [("", say("请选择")), *streets]  # type: ignore[attr-defined]


def _unindexed(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Robots-Tag"] = NO_INDEX
    return response


@login_not_required
def notices(request: HttpRequest) -> HttpResponseBase:
    """`?county=` lists its streets, `?platform=` the notices there; otherwise counties are listed."""
    if code := request.GET.get("platform"):
        platform = Agency.objects.filter(code=code, level=Agency.Level.PLATFORM).select_related("parent").first()
        if platform is None:
            raise Http404
        return _unindexed(_list(request, platform))
    form: QuestionPage = NoticeCounty(request.GET if "county" in request.GET else None)
    if form.is_valid():
        county = Agency.objects.get(code=form.cleaned_data["county"])
        chosen = request.GET if "platform" in request.GET else None
        form = NoticeStreet(chosen, county=county)
        title, context = say("哪个街道（乡镇）？"), {"county": county.code, "caption": place_of(county)}
    else:
        title, context = say("看哪里的公示？"), {"county": "", "caption": ""}
    return _unindexed(ask(request, form, title=title, question=True, template="portal/notices_where.html", **context))


def _list(request: HttpRequest, platform: Agency) -> HttpResponseBase:
    cursor = request.GET.get("cursor", "")
    entries, more = public.on_notice(platform, whole_number(cursor) or 0)
    context = {
        "platform": platform,
        "place": place_of(platform),
        "entries": entries,
        "days": registry.region_of(platform.path).limit_if_any("notice_working_days", on=clock.today()),
        "next": more,
        "elsewhere": reverse("portal:notices") + f"?county={platform.parent.code if platform.parent else ''}",
    }
    return render(request, "portal/notices.html", context)


@login_not_required
def posts(request: HttpRequest, code: str) -> HttpResponseBase:
    """The public-interest posts and placements on notice at a platform."""
    platform = Agency.objects.filter(code=code, level=Agency.Level.PLATFORM).first()
    if platform is None:
        raise Http404
    after, after_post = (whole_number(request.GET.get(name, "")) or 0 for name in ("cursor", "posts"))
    found = public_posts.on_notice(platform, after, after_post)
    context = {
        "platform": platform,
        "place": place_of(platform),
        "posts": found.posts,
        "placements": found.placements,
        "days": registry.region_of(platform.path).limit("post_notice_days", on=clock.today()),
        "next_post": found.next_post,
        "next": found.next,
    }
    return _unindexed(render(request, "portal/post_notices.html", context))


@login_not_required
def payments(request: HttpRequest, code: str) -> HttpResponseBase:
    """The payments on notice at a platform."""
    platform = Agency.objects.filter(code=code, level=Agency.Level.PLATFORM).first()
    if platform is None:
        raise Http404
    entries, more = public_payments.on_notice(platform, whole_number(request.GET.get("cursor", "")) or 0)
    context = {
        "platform": platform,
        "place": place_of(platform),
        "entries": entries,
        "days": registry.region_of(platform.path).limit("payment_notice_days", on=clock.today()),
        "next": more,
    }
    return _unindexed(render(request, "portal/payment_notices.html", context))


@login_not_required
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = applicant(request)
    own = user is not None and PublicNotice.objects.visible_to(user).filter(pk=pk).exists()
    return _unindexed(render(request, "portal/notice.html", {"entry": _entry(pk), "own": own}))


def _entry(pk: int) -> public.NoticeEntry:
    try:
        return public.notice(pk)
    except NotFound as refusal:
        raise Http404(refusal.title) from None


class NoticeObjection(QuestionPage):
    ground = forms.CharField(
        label="您知道什么情况？",
        help_text="写清楚什么事、什么时候、在哪里，例如：他在某街开着店，已经两年。",
        max_length=1000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "请写明您知道的情况。", "max_length": "最多1000字，请写短一些。"},
    )
    name = forms.CharField(label="您的姓名", help_text="不会告诉被公示的人。", required=False, max_length=80)
    contact = forms.CharField(label="怎么联系您", help_text="填了，核查结果会告诉您。", required=False, max_length=120)


@login_not_required
@never_cache
def objection(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Object, anonymously or by name; a login is not recorded. The same words sent twice count once."""
    entry = _entry(pk)
    form = NoticeObjection(posted(request))

    numbers: list[str] = []
    get_token(request)  # distinguishes browsers by their CSRF secret, without a session

    def send() -> bool:
        numbers.append(public.object_to(pk, form.cleaned_data, request.META["CSRF_COOKIE"]))
        return True

    if form.is_valid() and saved(form, send):
        return redirect(f"{reverse('portal:objected', args=[pk])}?number={numbers[0]}")
    back = reverse("portal:notice", args=[pk])
    page = ask(
        request,
        form,
        title=say("您有什么异议？"),
        caption=say("{name}的公示", name=entry.name),
        lead=say("{name}会核查，结果出来之前，这份申请不会往下办。", name=entry.platform.name),
        button=say("提交异议"),
        back_url=back,
        back_label=say("返回"),
    )
    return _unindexed(page)


@login_not_required
@never_cache
def objected(request: HttpRequest, pk: int) -> HttpResponseBase:
    context = {"entry": _entry(pk), "number": public.objection_number(request.GET.get("number", ""))}
    return _unindexed(render(request, "portal/objected.html", context))
