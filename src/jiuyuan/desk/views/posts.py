"""Public-interest posts: those of the area, one with people and waiting list, and placements to decide."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.queries import place_name
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.assistance import attendance_links, placing
from jiuyuan.assistance.models import Placement, PublicPost
from jiuyuan.assistance.placement_workflow import PlacementOf
from jiuyuan.assistance.post_workflow import POST, OfPost
from jiuyuan.assistance.referral_letters import contract_pdf
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.vacancies import PostForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.people.queries import looked_at_list
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

_MOST_ACTS, _MOST_WAITING = 100, 50


@staff(Right.SEE_VACANCIES)
@require_safe
def posts(request: StaffRequest) -> HttpResponseBase:
    """The posts of the area, one tab per state; reviewers start with those to approve."""
    first = PublicPost.Status.REQUESTED if request.user.role == Role.REVIEWER else PublicPost.Status.OPEN
    status = _status(request, PublicPost.Status, first)
    found = PublicPost.objects.visible_to(request.user).filter(status=status)
    found = found.select_related("employer", "agency", "division")
    rows, following = lists.newest_first(found, request.GET.get("cursor", ""))
    context = {
        "rows": rows,
        "tabs": _tabs(PublicPost.Status, status, placing.counts(request.user)),
        "next": following,
        "previous": None,
        "may_create": Role(request.user.role) in POST.of().by_action["request"].roles,
        "may_see_people": request.user.may(Right.SEE_PEOPLE),
    }
    return page(request, "posts.html", context, at="posts")


@staff(Right.SEE_PEOPLE)
@require_safe
def placements(request: StaffRequest) -> HttpResponseBase:
    """The placements, one tab per state, those to decide first."""
    status = _status(request, Placement.Status, Placement.Status.PROPOSED)
    rows = Placement.objects.visible_to(request.user).filter(status=status)
    rows = rows.select_related("recognition__person", "post__employer", "proposed_by")
    found, following = lists.newest_first(rows, request.GET.get("cursor", ""))
    looked_at_list(request.user, for_record("公益性岗位安置名单"))
    context = {
        "rows": found,
        "tabs": _tabs(Placement.Status, status, placing.counts_of_placements(request.user)),
        "next": following,
        "previous": None,
        "crumbs": [{"label": say("公益性岗位"), "url": reverse("desk:posts")}, {"label": say("安置的人")}],
    }
    return page(request, "placements.html", context, at="posts")


@staff(Right.SEE_VACANCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    """Record an employer's request for a post."""
    return _act(request, None, "request")


@staff(Right.SEE_VACANCIES)
@require_safe
def post(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A post: contents, people on it, the waiting list in the region's order, and possible acts."""
    found, user = _found(request, pk), request.user
    context = OfPost(found, user)
    shown = {
        "post": found,
        "rows": _rows(found, context),
        "actions": buttons(POST, context, "desk:post_act", found.pk),
        **(_people(found, user) if user.may(Right.SEE_PEOPLE) else {}),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")[:_MOST_ACTS]),
        "crumbs": _crumbs(found.title),
    }
    return page(request, "post.html", shown, at="posts")


@staff(Right.SEE_VACANCIES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _act(request, _found(request, pk), action)


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def contract(request: StaffRequest, pk: int, item: int) -> HttpResponseBase:
    """公益性岗位合同单 of a placement."""
    stay = recognitions.opened(request.user, pk, for_record("公益性岗位合同单"))
    rows = Placement.objects.visible_to(request.user).filter(recognition=stay, pk=item)
    placement = rows.select_related("post__employer").first()
    if placement is None:
        raise NotFound(say("没有这次安置。"))
    placement.recognition = stay
    response = HttpResponse(contract_pdf(placement), content_type="application/pdf")
    name = content_disposition_header(False, say("公益性岗位合同单-{number}.pdf", number=placement.pk))
    response["Content-Disposition"] = name or "inline"
    return response


def _act(request: StaffRequest, found: PublicPost | None, action: str) -> HttpResponseBase:
    context = OfPost(found, request.user)
    transition = transition_for(request, POST, context.region, action)
    if transition.begins != (found is None):
        raise NotFound(say("没有这个办理事项。"))
    return one_act(
        request, POST, context, transition, found.pk if found else None,
        caption=f"{found.title} · {found.get_status_display()}" if found else "",
        back=reverse("desk:post", args=[found.pk]) if found else reverse("desk:posts"),
        crumbs=_crumbs(transition.label, found),
        at="posts",
        form=PostForm(request.POST or None, found) if transition.effect == "write" else None,
        after=partial(_AFTER[action], request) if action in _AFTER else None,
        beside={"rows": _rows(found, context)} if found and transition.effect != "write" else None,
    )  # fmt: skip


def _link(request: StaffRequest, post: Any) -> HttpResponseBase:
    """The link for the employer, shown once on the page that created it."""
    context = {
        "post": post,
        "address": request.build_absolute_uri(reverse("portal:attendance", args=[post.secret])),
        "code": post.code,
        "link": attendance_links.open_links(post).first(),
        "crumbs": _crumbs(say("给单位的链接"), post),
    }
    return page(request, "post_link.html", context, at="posts")


#: The redirects of acts that do not return to the post.
_AFTER: dict[str, Callable[[StaffRequest, Any], HttpResponseBase]] = {
    "request": lambda request, post: redirect("desk:post", post.pk),
    "ask_attendance": _link,
}


def for_and_against(context: PlacementOf) -> list[dict[str, Any]]:
    """The arguments for and against a placement, to read before proposing or deciding."""
    plan, today = context.plan, context.today
    region, decided = registry.region_of(context.area), placing.decided(context.area)
    most = region.limit_figure("post_placements_max", on=today)
    months = region.limit_figure("post_term_months", on=today)
    before = placing.before(plan, context.area)
    placement = context.subject
    rows = [
        *([{"key": say("岗位"), "value": str(placement.post), "note": placement.post.hours}] if placement else []),
        {"key": say("认定"), "value": placing.why_there(plan)},
        {
            "key": say("介绍过的岗位"),
            "value": placing.tried(plan, today).in_words,
            "note": placement.tried_ground if placement else "",
        },
        {
            "key": say("顺序"),
            "value": say("前面还有{before}人", before=before) if before else say("没有人排在前面"),
            "note": (placement.order_ground if placement else "")
            or decided.order_source
            or say("没有依据，由省级设定"),
        },
        {
            "key": say("第几次安置"),
            "value": say("第{term}次，最多{most}次", term=context.term, most=most.value),
            "note": most.source,
        },
        {
            "key": say("最长期限"),
            "value": say("{months}个月，临近退休的到退休", months=months.value),
            "note": months.source,
        },
        {"key": say("亲属"), "value": _relatives(context)},
    ]
    if placement and placement.agreed_by:
        rows.append({"key": say("再次安置"), "value": placement.agreed_ground, "note": placement.agreed_by_name})
    return rows


def _relatives(context: PlacementOf) -> str:
    if officers := context.officers_close():
        return say("{names}申报过是亲属", names=placing.names_of(officers))
    return say("没有经办和审批人员申报是亲属")


def _people(found: PublicPost, user: User) -> dict[str, Any]:
    """The people on a post and the waiting list of the area; the look is recorded."""
    on_it = Placement.objects.visible_to(user).filter(post=found).select_related("recognition__person")
    waiting = list(placing.waiting(user.area)[:_MOST_WAITING]) if found.status == PublicPost.Status.OPEN else []
    if waiting or on_it:
        looked_at_list(user, for_record("公益性岗位上的人和等候的人"))
    decided = placing.decided(found.area)
    return {
        "placements": on_it,
        "waiting": [(plan, placing.why_there(plan), placing.tried(plan, clock.today()).in_words) for plan in waiting],
        "order_source": decided.order_source or say("没有依据，由省级设定"),
    }


def _found(request: StaffRequest, pk: int) -> PublicPost:
    rows = PublicPost.objects.visible_to(request.user)
    found: PublicPost | None = rows.select_related(
        "employer", "agency", "division", "requested_by", "approved_by"
    ).filter(pk=pk).first()  # fmt: skip
    if found is None:
        raise NotFound(say("没有这个公益性岗位。"))
    return found


def _rows(found: PublicPost, context: OfPost) -> list[dict[str, Any]]:
    """The contents of the post in words, naming what no source states."""
    minimum, unknown = context.minimum, say("没有依据，由省级设定")
    unit = say("每小时{wage}元", wage=found.wage) if found.by_the_hour else say("每月{wage}元", wage=found.wage)
    least = say("{place}月最低工资标准{value}元（{source}）", place=minimum.place, value=minimum.value, source=minimum.source) if minimum else say("最低工资标准：{unknown}", unknown=unknown)  # fmt: skip
    subsidy = registry.region_of(found.area).limit_if_any("post_subsidy_month", on=context.today)
    rows = [
        {"key": say("单位"), "value": found.employer.name, "note": found.employer.credit_code},
        {"key": say("岗位类别"), "value": found.get_kind_display()},
        {"key": say("岗位职责"), "value": found.duties},
        {
            "key": say("岗位数"),
            "value": say("{number}人", number=found.number),
            "note": say("已占{taken}人", taken=found.taken) if found.taken else "",
        },
        {"key": say("工作地点"), "value": found.address, "note": place_name(found.division_id)},
        {"key": say("用工形式"), "value": f"{found.get_form_display()} {found.hours}"},
        {"key": say("工资"), "value": unit, "note": least},
        {
            "key": say("岗位补贴标准"),
            "value": say("每人每月{subsidy}元", subsidy=subsidy) if subsidy is not None else unknown,
        },
        {"key": say("设岗理由"), "value": found.ground, "note": found.requested_by_name},
        {
            "key": say("批准意见"),
            "value": found.approved_ground,
            "note": found.approved_by_name if found.approved_by else "",
        },
        {"key": say("单位联系人"), "value": found.contact, "note": say("只给经办人看，不公布")},
        {
            "key": say("报告考勤的电话"),
            "value": found.phone,
            "note": say("{day:date}确认：{how}", day=found.phone_confirmed_on, how=found.phone_confirmed_how)
            if found.phone_confirmed_on
            else "",
        },
        {"key": say("关闭原因"), "value": found.reason},
    ]
    return [row for row in rows if row["value"]]


def _status(request: StaffRequest, states: Any, first: str) -> str:
    asked = request.GET.get("status", first)
    return asked if asked in states.values else first


def _tabs(states: Any, current: str, numbers: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": one.label, "url": f"?status={one}", "count": numbers.get(one, 0), "current": one == current}
        for one in states
    ]


def _crumbs(here: str, found: PublicPost | None = None) -> list[dict[str, str]]:
    above = [{"label": say("公益性岗位"), "url": reverse("desk:posts")}]
    if found is not None:
        above.append({"label": found.title, "url": reverse("desk:post", args=[found.pk])})
    return [*above, {"label": here}]
