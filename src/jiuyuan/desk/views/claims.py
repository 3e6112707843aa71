"""Claims of schemes (四(三)): those of the area, one with lines and checks, and its acts."""

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.money import claims as money
from jiuyuan.money import entitlements
from jiuyuan.money.claim_checks import ANSWERS
from jiuyuan.money.claim_letters import claim_letter_pdf
from jiuyuan.money.claim_rules import schemes_here
from jiuyuan.money.claim_workflow import CLAIM, ClaimOf
from jiuyuan.money.granting import basis_in_words
from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.people.queries import looked_at_list
from jiuyuan.refusals import WrongState
from jiuyuan.rules.calendar import month_in_words, month_text
from jiuyuan.wording import for_record, in_words, say

_MOST_ACTS = 100
_ONLY_CLAIMS = "claim_"
_FIRST: dict[str, str] = {Role.REVIEWER: Claim.Status.CHECKED}


@staff(Right.SEE_PEOPLE)
@require_safe
def claims(request: StaffRequest) -> HttpResponseBase:
    """The claims of the area, one tab per state; reviewers start with those to review. The look is recorded."""
    user, asked = request.user, request.GET.get("status", "")
    status = asked if asked in Claim.Status.values else _FIRST.get(user.role, Claim.Status.SUBMITTED)
    rows, following = lists.newest_first(money.listed(user, status), request.GET.get("cursor", ""))
    looked_at_list(user, for_record("政策申请名单"))
    numbers = money.counts(user)
    context = {
        "rows": rows,
        "tabs": [
            {"label": one.label, "url": f"?status={one}", "count": numbers.get(one, 0), "current": one == status}
            for one in Claim.Status
        ],
        "next": following,
        "previous": None,
    }
    return page(request, "claims.html", context, at="claims")


@staff(Right.SEE_PEOPLE)
@require_safe
def claim(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A claim: lines by month, checks with sources, and possible acts. The look is recorded."""
    found = money.seen(request.user, pk, for_record("政策申请"))
    context = ClaimOf(found, request.user, found.person)
    entries = Entry.objects.of(found.file).filter(action__startswith=_ONLY_CLAIMS, payload__claim=found.pk)
    shown = {
        "claim": found,
        "rows": _rows(found),
        "lines": _lines(found),
        "checks": _checks(found),
        "actions": buttons(CLAIM, context, "desk:claim_act", found.pk),
        "history": timeline.tell(entries.order_by("-seq")[:_MOST_ACTS]),
        "crumbs": _crumbs(found.title),
    }
    return page(request, "claim.html", shown, at="claims")


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def letter(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The sealed 不予支持决定书; redirects to the claim until it is made."""
    found = money.seen(request.user, pk, for_record("不予支持决定书"))
    try:
        response = HttpResponse(claim_letter_pdf(found), content_type="application/pdf")
    except WrongState as not_yet:
        messages.error(request, not_yet.title)
        return redirect("desk:claim", pk)
    name = content_disposition_header(False, say("不予支持决定书-{number}.pdf", number=found.pk))
    response["Content-Disposition"] = name or "inline"
    return response


@staff(Right.SEE_PEOPLE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    """The form of an act, below the lines and what speaks against them."""
    found = money.seen(request.user, pk, for_record("政策申请"))
    context = ClaimOf(found, request.user, found.person)
    transition = transition_for(request, CLAIM, context.region, action)
    return one_act(
        request, CLAIM, context, transition, found.pk,
        caption=f"{found.person.name} · {found} · {found.get_status_display()}",
        back=reverse("desk:claim", args=[found.pk]),
        crumbs=_crumbs(transition.label, found),
        at="claims",
        beside={"rows": _to_read(found)},
    )  # fmt: skip


@staff(Right.SEE_PEOPLE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Create a claim for a person, with scheme and months filled in."""
    person = entitlements.seen(request.user, pk, for_record("代办政策申请"))
    context = ClaimOf(None, request.user, person)
    transition = transition_for(request, CLAIM, context.region, "claim")
    scheme = next((one for one in schemes_here(context) if one.code == request.GET.get("scheme")), None)
    if scheme is not None:
        months = money.filled_in(person, scheme, clock.today())
        context.beforehand = {
            "scheme": scheme.code,
            **({name: month_text(month) for name, month in months.items()} if months else {}),
        }
    return one_act(
        request, CLAIM, context, transition, person.pk,
        caption=person.name,
        back=reverse("desk:entitlements", args=[person.pk]),
        crumbs=[
            {"label": person.name, "url": reverse("desk:person", args=[person.pk])},
            {"label": say("可享受的政策"), "url": reverse("desk:entitlements", args=[person.pk])},
            {"label": transition.label},
        ],
        at="claims",
        after=partial(_made, request),
    )  # fmt: skip


def _made(_request: StaffRequest, made: Any) -> HttpResponseBase:
    return redirect("desk:claim", made.pk)


def _rows(found: Claim) -> list[dict[str, Any]]:
    """The contents of a claim in words, by row."""
    rows: list[dict[str, Any]] = [
        {"key": say("本人"), "value": found.person.name, "note": found.person.masked_id_number},
        {"key": say("政策"), "value": found.title, "note": found.rules.document},
        {"key": say("月份"), "value": found.months},
        {
            "key": say("谁申请的"),
            "value": found.get_claimant_display(),
            "note": found.employer.name if found.employer else "",
        },
        {"key": say("期限"), "value": basis_in_words(found)},
        {"key": say("查不到的为什么可以通过"), "value": found.review_ground, "note": found.reviewed_by_name if found.reviewed_by else ""},
        {"key": say("理由"), "value": found.reason, "note": found.clause},
    ]  # fmt: skip
    return [row for row in rows if row["value"]]


def _lines(found: Claim) -> list[dict[str, Any]]:
    lines = ClaimLine.objects.unscoped().filter(claim=found)
    return [
        {
            "month": month_in_words(line.month),
            "status": line.get_status_display(),
            "live": line.live,
            "amount": say("{sum}元", sum=line.in_yuan) if line.in_yuan else "",
            "source": line.amount_source,
            "reason": line.reason,
        }
        for line in lines
    ]


def _checks(found: Claim) -> list[dict[str, Any]]:
    """The checks, with months of the same result and source combined; failed and unknown ones first."""
    grouped: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in found.checks:
        key = (one["code"], one["answer"], one["says"], one["source"], one["as_of"])
        row = grouped.setdefault(
            key, {**one, "in_words": say(ANSWERS[one["answer"]]), "as_of": clock.asked_day(one["as_of"]), "months": []}
        )
        if one["month"]:
            row["months"].append(in_words(date.fromisoformat(f"{one['month']}-01"), "month"))
    order = ("no", "unknown", "yes")
    return sorted(grouped.values(), key=lambda row: order.index(row["answer"]))


def _to_read(found: Claim) -> list[dict[str, Any]]:
    """What to read before an act: the lines, then failed and unknown checks."""
    rows = [
        {
            "key": line["month"],
            "value": line["reason"] or line["status"],
            "note": line["amount"] or line["source"],
        }
        for line in _lines(found)
    ]
    return rows + [
        {"key": check["in_words"], "value": f"{check['label']}：{check['says']}", "note": check["source"]}
        for check in _checks(found)
        if check["answer"] == "unknown"
    ]


def _crumbs(here: str, found: Claim | None = None) -> list[dict[str, str]]:
    above = [{"label": say("政策申请"), "url": reverse("desk:claims")}]
    if found is not None:
        above.append({"label": f"{found.person.name} {found.title}", "url": reverse("desk:claim", args=[found.pk])})
    return [*above, {"label": here}]
