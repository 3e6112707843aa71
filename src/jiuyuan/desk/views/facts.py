"""Recording facts: confirming several at once, entering, settling, disputing."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import door, services
from jiuyuan.applications.case import Case
from jiuyuan.characters import whole_number
from jiuyuan.desk import fact_rows
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.facts import (
    DisputeForm,
    HouseholdForm,
    RecordForm,
    SettleForm,
    SourceForm,
    fact_field,
    value_said,
)
from jiuyuan.desk.forms.spoken import VersionedForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import kept
from jiuyuan.desk.views.acts import back_to_case, conflict
from jiuyuan.people.fact_checks import can_know
from jiuyuan.people.models import Source
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, Refusal, WrongState
from jiuyuan.rules.departments import code_of
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import for_record, say

_FORM = ["GET", "HEAD", "POST"]


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(_FORM)
def verify(request: StaffRequest, number: str) -> HttpResponseBase:
    """Confirm ticked facts as they stand, from one source."""
    case = door.case(request.user, number)
    needed, others = fact_rows.rows_of(case)
    rows = [row for row in (*needed, *others) if row.can_be_ticked]
    ticked = set(request.POST.getlist("fact"))
    asked = request.POST or request.GET
    signed = asked.get("signed_by", "person") if asked.get("source", "") == Source.COMMITMENT else ""
    form = SourceForm(
        case, _with_source(case, request.POST) if request.method == "POST" else None, _signature(case, signed)
    )

    def save() -> int:
        values = {row.name: case.known[row.name].best.value for row in rows if row.name in ticked}
        if not values:
            raise BadInput(say("请勾选要核实的事项。"))
        services.save(request.user, number, facts=values, version=form.seen, **_source(form))
        return len(values)

    promised = [row for row in rows if can_know(row.name, Source.COMMITMENT)]
    context = {
        "rows": promised if signed else rows,
        "ticked": ticked,
        "title": say("登记签字承诺") if signed else say("核实本人填报的事项"),
        "lead": say("打印的认定表上已经签了字：勾选所承诺的事项。")
        if signed
        else say("勾选与来源一致的事项。不一致的，另行登记。"),
    }
    left = any(row.unclear or (row.to_verify and row.name not in ticked) for row in needed)
    onwards = "#facts" if left else "#next"
    return _saved(request, case, form, save, "facts_verify.html", context, "已核实{count}项。", onwards)


def _with_source(case: Case, given: QueryDict) -> QueryDict:
    """The input, with the source from a group's button: `shared_data:department`, `document:id`, or a source."""
    said = given.copy()
    if by := given.get("by", ""):
        said["source"], _, which = by.partition(":")
        said["department"] = which if said["source"] == Source.SHARED_DATA else ""
        said["material"] = which if said["source"] == Source.DOCUMENT else ""
        said.setdefault("observed_on", clock.today().isoformat())
        if said["source"] == Source.COMMITMENT and not said.get("evidence", "").strip():
            said["evidence"] = _signature(case, which or Source.COMMITMENT)["evidence"]
    return said


def _signature(case: Case, signed: str) -> dict[str, Any]:
    """The source and evidence if the form was signed with a pen, by the person or by the `agent`."""
    if not signed:
        return {}
    number, agent = case.application.number, case.agent
    evidence = for_record("申请人签字的认定表（{number}）", number=number)
    if agent and signed == "agent":
        evidence = for_record(
            "代办人{name}（{relation}）凭委托书签字的认定表（{number}）",
            name=agent.name,
            relation=agent.relation,
            number=number,
        )
    return {"source": Source.COMMITMENT, "evidence": evidence}


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(_FORM)
def record(request: StaffRequest, number: str) -> HttpResponseBase:
    """Enter facts with their values, from one source."""
    case = door.case(request.user, number)
    form = RecordForm(case, request.POST or None)

    def save() -> int:
        values = form.values()
        services.save(request.user, number, facts=values, version=form.seen, **_source(form))
        return len(values)

    needed = {fact_field(name) for name in case.needed}
    wanted = needed & {fact_field(name) for name in case.decision.missing}
    fields = form.fact_fields()
    context = {
        "wanted": [field for field in fields if field.name in wanted],
        "needed": [field for field in fields if field.name in needed - wanted],
        "rest": [field for field in fields if field.name not in needed],
    }
    return _saved(request, case, form, save, "facts_record.html", context, "已登记{count}项。")


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(_FORM)
def settle(request: StaffRequest, number: str, name: str) -> HttpResponseBase:
    """Choose which of several values stands, with evidence and reason."""
    case, row = _case_and_row(request, number, name)
    sources = [one for one in (row.said, *row.others) if one and one.fact.verified]
    adopted = next((one for one in sources if str(one.fact.pk) == request.POST.get("adopt", "")), None)
    form = SettleForm(case, name, _adopting(request.POST, adopted) if request.method == "POST" else None)

    def save() -> int:
        said = form.said()
        if errors := [
            (field, say("请填写。")) for field in ("value", "settlement") if not str(said[field] or "").strip()
        ]:
            raise BadInput(say("有内容需要填写。"), errors)
        values = {name: adopted.fact.value if adopted else value_said(name, said["value"])}
        settlement = said["settlement"]
        services.save(request.user, number, facts=values, settlement=settlement, version=form.seen, **_source(form))
        return 1

    context = {"row": row, "sources": sources}
    return _saved(request, case, form, save, "fact_settle.html", context, "已写明以哪个为准。")


def _adopting(given: QueryDict, adopted: fact_rows.Said | None) -> QueryDict:
    """The input, with value and source of a fact on file."""
    said = given.copy()
    if adopted:
        fact = adopted.fact
        said["value"], said["source"] = json.dumps(fact.value), fact.source
        said["department"] = code_of(fact.department) or ""
        said["material"] = str(adopted.material or "")
        said["evidence"], said["observed_on"] = fact.evidence, fact.observed_on.isoformat()
    return said


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(_FORM)
def dispute(request: StaffRequest, number: str, name: str) -> HttpResponseBase:
    """Record that the person disputes a fact, with their evidence."""
    case, row = _case_and_row(request, number, name)
    form = DisputeForm(request.POST or None, initial={"version": case.application.version})

    def save() -> int:
        services.dispute_fact(request.user, number, name, form.said()["evidence"] or "", version=form.seen)
        return 1

    return _saved(request, case, form, save, "fact_dispute.html", {"row": row}, "已记下异议，这一项按“尚不清楚”处理。")


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(_FORM)
def household(request: StaffRequest, number: str) -> HttpResponseBase:
    """Record the household, for the form and for the question whether any member works."""
    case = door.case(request.user, number)
    case.needs_the_file()
    form = HouseholdForm(case.household, case.application.version, request.POST or None)

    def save() -> int:
        members = form.members()
        services.save(request.user, number, household=members, version=form.seen)
        return len(members)

    families = {"families": "、".join(case.family_categories.values()), "person": case.person}
    return _saved(request, case, form, save, "household.html", families, "已登记家庭成员{count}位。")


def _case_and_row(request: StaffRequest, number: str, name: str) -> tuple[Case, fact_rows.FactRow]:
    case = door.case(request.user, number)
    if name not in FACTS or name not in case.known:
        raise Http404
    needed, others = fact_rows.rows_of(case)
    return case, next(row for row in (*needed, *others) if row.name == name)


def _saved(
    request: StaffRequest,
    case: Case,
    form: VersionedForm,
    save: Callable[[], int],
    template: str,
    context: dict[str, Any],
    done: str,
    onwards: str = "#facts",
) -> HttpResponse:
    """Show the form, or save it and return to the case; on errors redisplay it with the input."""
    status = 200
    if request.method == "POST":
        try:
            count = save()
        except (BadInput, GuardNotMet) as refusal:
            _refuse(form, refusal)
            status = refusal.status
        except (Conflict, WrongState) as refusal:
            return conflict(request, door.case(request.user, case.application.number), form, refusal)
        else:
            messages.success(request, say(done, count=count))
            return back_to_case(request, case.application.number, onwards)
    shared = {"case": case, "application": case.application, "form": form, "kept": kept(request)}
    return page(request, template, {**shared, **context}, at="inbox", status=status)


def _refuse(form: VersionedForm, refusal: Refusal) -> None:
    """Replace the rules' field codes by labels in error messages."""
    cleaned = [(name, message.replace(f"（{name}）", "")) for name, message in refusal.errors]
    form.refuse(BadInput(refusal.title, cleaned))


def _source(form: SourceForm) -> dict[str, Any]:
    """The form's source as arguments for the service. Raises `BadInput` for an invalid date."""
    said = form.source_said()
    try:
        observed_on = date.fromisoformat(said["observed_on"]) if said["observed_on"] else None
    except ValueError:
        raise BadInput(
            say("有内容需要改正。"), [("observed_on", say("查得日期请写成2026-03-02这样的日期。"))]
        ) from None
    return {**said, "observed_on": observed_on, "material": whole_number(said["material"])}
