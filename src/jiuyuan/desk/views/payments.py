"""Payment batches: those of the area, one with lines and results, the list for finance, and acts."""

from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right, Role
from jiuyuan.characters import whole_number
from jiuyuan.desk import queries as lists
from jiuyuan.desk import spreadsheets, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.payments import ResultForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.money import account_doubts, freezing, payments, returned_later
from jiuyuan.money.batch_workflow import PAYMENT, OfBatch
from jiuyuan.money.models import Payment, PaymentBatch
from jiuyuan.money.results import in_yuan, ref_of
from jiuyuan.refusals import NotFound, WrongState
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

_MOST_ACTS, _A_PAGE = 100, 50


@staff(Right.SEE_PAYMENTS)
@require_safe
def batches(request: StaffRequest) -> HttpResponseBase:
    """The batches of the area, newest first: the start page of finance staff."""
    rows, following = lists.newest_first(payments.batches(request.user), request.GET.get("cursor", ""))
    context = {
        "rows": [(row, in_yuan(row.total)) for row in rows],
        "next": following,
        "previous": None,
        "may_make": Role(request.user.role) in PAYMENT.of().by_action["make"].roles,
    }
    return page(request, "payments.html", context, at="payments")


@staff(Right.SEE_PAYMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: StaffRequest) -> HttpResponseBase:
    """Create a batch."""
    return _act(request, None, "make")


@staff(Right.SEE_PAYMENTS)
@never_cache
@require_safe
def batch(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A batch: contents, signatures, lines, results. Full account numbers are only in the list."""
    user, found = request.user, payments.opened(request.user, pk)
    status = request.GET.get("status", "")
    status = status if status in Payment.Status.values else ""
    after = whole_number(request.GET.get("cursor", "")) or 0
    rows = list(payments.lines(user, found, status, after)[: _A_PAGE + 1])
    context = {
        "batch": found,
        "rows": _rows(found),
        "lines": [(row, in_yuan(row.amount)) for row in rows[:_A_PAGE]],
        "tabs": _tabs(found, status),
        "next": rows[_A_PAGE - 1].number if len(rows) > _A_PAGE else None,
        "previous": None,
        "sees_accounts": user.may(Right.SEE_BANK_ACCOUNTS),
        "may_download": user.may(Right.SEE_BANK_ACCOUNTS) and found.status in ("sent", "settled"),
        "results": found.results.all(),
        "account_doubts": account_doubts.of_batch(found),
        "returns": [(ref_of(found, one.number), one) for one in returned_later.waiting(found)],
        "actions": buttons(PAYMENT, OfBatch(found, user), "desk:payment_act", found.pk),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")[:_MOST_ACTS]),
        "crumbs": _crumbs(found.number),
    }
    return page(request, "payment_batch.html", context, at="payments")


@staff(Right.SEE_PAYMENTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _act(request, payments.opened(request.user, pk), action)


@staff(Right.SEE_PAYMENTS)
@never_cache
@require_safe
def workbook(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The list for finance and bank, with full account numbers."""
    found = payments.opened(request.user, pk)
    try:
        pieces = payments.workbook(request.user, found)
    except WrongState as refusal:
        raise NotFound(refusal.title) from refusal
    return StreamingHttpResponse(
        pieces,
        content_type=spreadsheets.XLSX,
        headers={"Content-Disposition": content_disposition_header(True, f"{found.number}.xlsx") or "attachment"},
    )


def _act(request: StaffRequest, found: PaymentBatch | None, action: str) -> HttpResponseBase:
    context = OfBatch(found, request.user)
    transition = transition_for(request, PAYMENT, context.region, action)
    if transition.begins != (found is None):
        raise NotFound(say("没有这个办理事项。"))
    return one_act(
        request, PAYMENT, context, transition, found.pk if found else None,
        caption=f"{found.number} · {found.get_status_display()}" if found else "",
        back=reverse("desk:payment", args=[found.pk]) if found else reverse("desk:payments"),
        crumbs=_crumbs(transition.label, found),
        at="payments",
        form=ResultForm(found.version if found else 0, request.POST or None, request.FILES or None)
        if action == "read_result" else None,
        after=(lambda made: redirect("desk:payment", made.pk)) if transition.begins else None,
        beside={"rows": _rows(found)} if found else None,
    )  # fmt: skip


def _rows(found: PaymentBatch) -> list[dict[str, Any]]:
    """The frozen contents in words, naming what no source states."""
    signed = "；".join(f"{one.signed_by_name} {bare_day(one.signed_on)}" for one in found.signatures.all())
    limit = (
        say("超过{limit}元要第三人签批", limit=found.asked_limit) if found.asked_limit is not None
        else say("超过多少元要第三人签批，没有依据，由省级设定")
    )  # fmt: skip
    left_out = "；".join(
        say("{reason}的{count}件", reason=say(freezing.REASONS[code]), count=count)
        for code, count in found.left_out.items()
    )
    rows: list[dict[str, Any]] = [
        {"key": say("政策"), "value": found.title},
        {"key": say("发到哪个月"), "value": found.period_words},
        {"key": say("笔数"), "value": say("{lines}笔", lines=found.lines)},
        {"key": say("金额"), "value": say("{total}元", total=in_yuan(found.total))},
        {
            "key": say("每月（次）"),
            "value": say("{rate}元", rate=in_yuan(found.rate)) if found.rate else "",
            "note": found.rate_source,
        },
        {"key": say("名单校验值"), "value": found.digest},
        {"key": say("没有列入的"), "value": left_out},
        {"key": say("编制"), "value": f"{found.made_by_name} {bare_day(found.made_on)}"},
        {"key": say("签批"), "value": say("{signed}（要{needed}人）", signed=signed or say("还没有人签批"), needed=found.signatures_needed), "note": limit},
        {"key": say("公示"), "value": _notice(found)},
        {"key": say("交财政"), "value": bare_day(found.sent_on) if found.sent_on else ""},
        {"key": say("撤销的理由"), "value": found.reason},
    ]  # fmt: skip
    return [row for row in rows if row["value"]]


def _notice(found: PaymentBatch) -> str:
    if found.posted_on is None:
        return ""
    if found.taken_down_on is not None:
        return say("{begin:date}公示，{end:date}撤下", begin=found.posted_on, end=found.taken_down_on)
    return say("{begin:date}至{end:date}", begin=found.posted_on, end=found.notice_ends_on)


def _tabs(found: PaymentBatch, current: str) -> list[dict[str, Any]]:
    numbers = payments.counts(found)
    states = [("", say("全部")), *((str(one.value), str(one.label)) for one in Payment.Status)]
    return [
        {
            "label": label,
            "url": f"?status={code}",
            "count": numbers.get(code, 0) if code else found.lines,
            "current": code == current,
        }
        for code, label in states
        if not code or numbers.get(code)
    ]


def _crumbs(here: str, found: PaymentBatch | None = None) -> list[dict[str, str]]:
    above = [{"label": say("补贴发放"), "url": reverse("desk:payments")}]
    if found is not None:
        above.append({"label": found.number, "url": reverse("desk:payment", args=[found.pk])})
    return [*above, {"label": here}]
