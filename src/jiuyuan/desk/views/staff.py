"""The accounts of an area, for the province and supervisors: opened, moved, closed, given a new password."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies import second_factor
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import STAFF, Right, Role
from jiuyuan.applications import handover
from jiuyuan.assistance import handing_over
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.confirmation import asked
from jiuyuan.desk.forms import staff as forms
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.account import asked_for
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.people import holders
from jiuyuan.people import staff as accounts
from jiuyuan.refusals import BadInput, NotForRole, NotFound, Refusal
from jiuyuan.regions import registry
from jiuyuan.wording import say

_STAFF = Right.MANAGE_STAFF
_PAGE, _LATELY, _POINTS = 100, 20, 10
_WATCHED = timedelta(days=30)


@staff(_STAFF)
@require_safe
def staff_list(request: StaffRequest) -> HttpResponseBase:
    """The accounts by place, and recent acts on them, including resets."""
    user, asked_of = request.user, request.GET
    roles = sorted(STAFF | ({Role.CHANNEL} if user.role == Role.PROVINCE else set()), key=list(Role).index)
    rows = accounts.listed(user).select_related("agency").order_by("agency__path", "username")
    if q := asked_of.get("q", "").strip()[:80]:
        rows = rows.filter(Q(username__icontains=q) | Q(name__icontains=q))
    if (role := asked_of.get("role", "")) in Role.values:
        rows = rows.filter(role=role)
    at = None
    if code := asked_of.get("at", ""):
        at = Agency.objects.filter(code=code, path__begins=user.area).first()
        if at is None:
            raise NotFound(say("没有这个机构。"))
        rows = rows.filter(agency__path__begins=at.path)
    if not asked_of.get("closed"):
        today = clock.today()
        rows = rows.filter(is_active=True).filter(Q(valid_until=None) | Q(valid_until__gte=today))
    shown = list(rows[: _PAGE + 1])
    acts = Entry.objects.of(*(account.file for account in shown[:_PAGE])).order_by("-pk")
    context = {
        "rows": shown[:_PAGE],
        "more": len(shown) > _PAGE,
        "most": _PAGE,
        "at": at,
        "filters": forms.AccountFilterForm(roles, asked_of),
        "active": any(asked_of.get(name) for name in ("q", "role", "closed")),
        "lately": _told(list(acts[:_LATELY])),
        "unmasked": _unmasked(shown[:_PAGE], user),
    }
    return page(request, "staff.html", context, at="staff")


def _unmasked(accounts_shown: list[User], user: User) -> list[tuple[User, date, int]]:
    """Accounts that recently looked at more full numbers per day than usual."""
    today = clock.today()
    usual = registry.region_of(user.area).limit("whole_numbers_usual", on=today)
    by_name = {account.username: account for account in accounts_shown}
    found = history.many_whole_numbers(by_name, today - _WATCHED, usual)
    return [(by_name[username], day, count) for username, day, count in found[:_LATELY]]


def _told(acts: list[Entry]) -> list[tuple[str, timeline.Told]]:
    return [(act.file.removeprefix("account:"), said) for act, said in zip(acts, timeline.tell(acts), strict=True)]


@sensitive_post_parameters("id_number")
@never_cache
@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_open(request: StaffRequest) -> HttpResponseBase:
    """Open an account; the next page shows its first password once."""
    form = forms.AccountForm(request.user, request.POST or None, initial=_there(request))
    status = 200
    if request.method == "POST":
        said = {name: value or "" for name, value in form.said().items()}
        try:
            opened, password = accounts.open_account(
                request.user,
                said["username"].strip(),
                name=said["name"],
                role=said["role"],
                agency=forms.code_said(said["agency"]),
                id_number=said["id_number"],
                valid_until=_day(said["valid_until"]),
            )
        except Refusal as refusal:
            if isinstance(refusal, NotForRole) and not refusal.errors:
                raise
            form.refuse(refusal)
            status = refusal.status
        else:
            return _handed_over(request, opened, password, say("账号开好了"))
    crumbs = [{"label": say("账号"), "url": reverse("desk:staff")}, {"label": say("开账号")}]
    return page(request, "staff_open.html", {"form": form, "crumbs": crumbs}, at="staff", status=status)


def _there(request: StaffRequest) -> dict[str, str]:
    """The agency from whose page the form was opened."""
    code = request.GET.get("at", "")
    agency = Agency.objects.filter(code=code, path__begins=request.user.area, closed_on=None).first()
    return {"agency": f"{agency.code} {agency.name}"} if agency else {}


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(say("日期有误。"), [("valid_until", say("请写成2026-03-02的样子。"))]) from None


def _handed_over(request: StaffRequest, account: User, password: str, title: str) -> HttpResponseBase:
    context = {"account": account, "password": password, "heading": title, "others": holders.others_of(account)}
    return page(request, "staff_password.html", context, at="staff")


@staff(_STAFF)
@require_safe
def staff_account(request: StaffRequest, pk: int) -> HttpResponseBase:
    account = accounts.opened(request.user, pk)
    acts = list(Entry.objects.of(account.file).order_by("-seq")[:50])
    context = {
        "account": account,
        "manages": accounts.manages(request.user, account) and account.pk != request.user.pk,
        "is_staff_account": account.role in STAFF,
        "others": holders.others_of(account),
        "relatives": holders.relatives_of(account),
        "tokens": list(account.tokens.all()[:50]),
        "second_factors": second_factor.is_on(account),
        "must_have_second": second_factor.must_have(account),
        "left": handover.open_work(account),
        "helps": handing_over.open_plans(account).count(),
        "history": timeline.tell(acts),
        "crumbs": [{"label": say("账号"), "url": reverse("desk:staff")}, {"label": account.username}],
    }
    return page(request, "staff_account.html", context, at="staff")


def _url(account: User) -> str:
    return reverse("desk:staff_account", args=[account.pk])


@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_change(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Change the role or agency."""
    account = accounts.opened(request.user, pk)
    there = f"{account.agency.code} {account.agency.name}" if account.agency else ""
    form = forms.MoveForm(request.user, request.POST or None, initial={"role": account.role, "agency": there})

    def act() -> None:
        said = form.said()
        accounts.change(request.user, account, role=said["role"] or "", agency=forms.code_said(said["agency"]))

    return asked(
        request, form, act, say("已改好，本人下次登录会看到。"), _url(account), title=say("改角色或调动"), button=say("改好"),
        caption=f"{account.name} {account.username}", **_left(account),
    )  # fmt: skip


def _left(account: User, warning: str = "") -> dict[str, Any]:
    """What the page shows beforehand: the warning, and open work with who takes over."""
    left = handover.open_work(account)
    if not left:
        return {"warning": warning}
    points = [str(one) for one in left[:_POINTS]] + (
        [say("……共{count}件", count=len(left))] if len(left) > _POINTS else []
    )
    return {"warning": say("{warning}还有{count}件没有办完：", warning=warning, count=len(left)), "points": points}


@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_close(request: StaffRequest, pk: int) -> HttpResponseBase:
    account = accounts.opened(request.user, pk)
    takers = handing_over.who_may_take(account) if handing_over.open_plans(account).exists() else []
    form = forms.HandOverForm(takers, request.POST or None, closing=True)

    def act() -> None:
        said = form.said()
        handing_over.close(request.user, account, said["reason"] or "", said.get("to") or "")

    return asked(
        request, form, act,
        say("账号已停用，记录保留。"), _url(account), title=say("停用这个账号？"), button=say("停用"), danger=True,
        caption=f"{account.name} {account.username}",
        text=say("停用后不能再登录，接口令牌马上作废，办过的事都留在记录里。停用的账号不能再启用，账号名也不能再用。"),
        **_left(account, accounts.left_alone(account)),
    )  # fmt: skip


@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_hand_over(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand over all people helped by this account to another clerk of the platform."""
    account = accounts.opened(request.user, pk)
    takers, plans = handing_over.who_may_take(account), list(handing_over.open_plans(account))
    form = forms.HandOverForm(takers, request.POST or None)
    nobody = "" if takers else say("这个平台没有别的在用的经办人，请先开账号。")
    return asked(
        request, form, lambda: handing_over.hand_over(request.user, account, form.said()["to"] or ""),
        say("已移交{count}份帮扶计划，本人会收到通知。", count=len(plans)), _url(account), title=say("移交帮扶计划"), button=say("移交"),
        caption=f"{account.name} {account.username}", warning=nobody or say("一次移交{count}份：", count=len(plans)),
        points=[f"{plan.recognition.person.name} {plan.recognition.number}" for plan in plans[:_POINTS]]
        + ([say("……共{count}份", count=len(plans))] if len(plans) > _POINTS else []),
    )  # fmt: skip


@never_cache
@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_password(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Set a new first password, shown once; the account is told at its next login."""
    account = accounts.opened(request.user, pk)
    if request.method == "POST":
        try:
            return _handed_over(request, account, accounts.reset_password(request.user, account), say("密码重设好了"))
        except (NotForRole, NotFound):
            raise
        except Refusal as refusal:
            form = SpokenForm(request.POST)
            form.refuse(refusal)
    else:
        form = SpokenForm()
    context = {
        "form": form,
        "account": account,
        "crumbs": [
            {"label": say("账号"), "url": reverse("desk:staff")},
            {"label": account.username, "url": _url(account)},
        ],
    }
    return page(request, "staff_reset.html", context, at="staff", status=422 if form.is_bound else 200)


@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_second_factor(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Remove a lost second factor; the user logs in by password until they add another."""
    account = accounts.opened(request.user, pk)
    form = forms.WhyForm(request.POST or None)
    return asked(
        request, form, lambda: accounts.reset_second_factor(request.user, account, form.said()["reason"] or ""),
        say("已撤销，本人会收到通知。"), _url(account), title=say("撤销第二重验证？"), button=say("撤销"), danger=True,
        caption=f"{account.name} {account.username}",
        text=say("请先确认是本人要求的。撤销后只凭密码就能登录；在用的登录马上退出，本人会看到是谁撤销的，记录里也有。"),
    )  # fmt: skip


@never_cache
@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_token(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Issue a token for a channel, which has no password; staff issue their own."""
    account = accounts.opened(request.user, pk)
    if account.role in STAFF:
        raise NotForRole(say("工作人员的接口令牌由本人在“我的账号”里签发，别人不能代签。"))
    form, token, status = forms.TokenForm(request.POST or None, initial={"scope": "read", "days": "180"}), "", 200
    if request.method == "POST":
        try:
            token = accounts.issue_token(request.user, account, **asked_for(form))
        except (NotForRole, NotFound):
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    context = {"form": form, "token": token, "back": _url(account), "account": account}
    return page(request, "token.html", context, at="staff", status=status)


@staff(_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_token_revoke(request: StaffRequest, pk: int, token: int) -> HttpResponseBase:
    account = accounts.opened(request.user, pk)
    if not account.tokens.filter(pk=token).exists():
        raise NotFound(say("没有这个令牌。"))
    return asked(
        request, SpokenForm(request.POST or None), lambda: accounts.revoke_token(request.user, account, token),
        say("令牌已收回。"), _url(account), title=say("收回这个令牌？"), caption=f"{account.name} {account.username}", button=say("收回"),
        danger=True, text=say("用它的程序马上就不能再调用。"),
    )  # fmt: skip
