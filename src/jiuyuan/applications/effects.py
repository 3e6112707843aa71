"""What each transition writes.

Only the engine calls effects, inside its transaction and after all checks. An effect writes its own rows and
returns what else goes into the record (`why`: an explanation for the person).
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import User
from jiuyuan.agencies.queries import place_name
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import carried, commitment, printed_form, taking_back
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import (
    NOT_OURS,
    Batch,
    Decision,
    DueState,
    Objection,
    Opinion,
    PublicNotice,
    SpecialCase,
    SpecialCaseOpinion,
)
from jiuyuan.applications.refusal_texts import why
from jiuyuan.procedures import engine
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.workflow import RECOGNITION
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record

Inputs = dict[str, Any]


def _submit(case: Case, said: Inputs) -> Inputs:
    """Resubmitting requires a new signature; the earlier one is dropped."""
    application = case.application
    application.signed = commitment.signed(case, said["signature"]) if "signature" in said else _by_pen(case)
    application.submitted_on = application.submitted_on or case.today
    application.corrections, application.correction_pages, application.correct_by = [], [], None
    application.sort_on = case.today
    signed = application.signed
    return {"signed_at": signed["at"], "consented_at": signed["consented_at"]} if signed else {}


def _by_pen(case: Case) -> dict[str, Any] | None:
    """None if a clerk holds the signed paper, an empty dict if nobody signed."""
    return None if case.user and case.user.role == Role.CLERK else {}


def _ask_correction(case: Case, said: Inputs) -> Inputs:
    application, missing = case.application, said["missing"]
    application.correct_by = said["correct_by"]
    application.corrections = [item["text"] for item in missing]
    application.correction_pages = [item["page"] for item in missing]
    application.sort_on = NOT_OURS
    return {"missing": application.corrections, "pages": application.correction_pages}


def _decline(case: Case, said: Inputs) -> Inputs:
    place = said.get("platform")
    right = {"platform": {"code": place, "name": place_name(place)}} if place else {}
    decision = _decide(case, ground=said["ground"], **right, clauses=said.get("refusal", []))
    _opinion(case, said["reason"], decision)
    return {"why": why(decision, said["reason"])}


def _accept(case: Case, _said: Inputs) -> Inputs:
    application = case.application
    days = case.place.limit("recognition_working_days", on=case.today)
    due = calendar.add_workdays(case.today, days)
    application.accepted_on = case.today
    application.due_on = application.sort_on = due.day
    application.due_state = DueState.PROVISIONAL if due.provisional else DueState.FIRM
    assert case.user is not None
    carried.put_on_file(case.user.actor, application)
    return {"due_on": due.day}


def _first_review_pass(case: Case, said: Inputs) -> Inputs:
    application = case.application
    days = case.place.limit("notice_working_days", on=case.today)
    end = calendar.add_workdays(case.today, days)
    notice = PublicNotice.objects.create(
        application=application, posted_on=case.today, ends_on=end.day, provisional=end.provisional
    )
    case.wrote(notice)
    decision = _decide(case)
    if said.get("opinion"):
        _opinion(case, said["opinion"], decision)
    return {"posted_on": case.today, "ends_on": end.day}


def _first_review_fail(case: Case, said: Inputs) -> Inputs:
    decision = _decide(case, clauses=said["refusal"])
    _opinion(case, said["reason"], decision)
    return {"why": why(decision, said["reason"])}


def _raise_special_case(case: Case, said: Inputs) -> Inputs:
    assert case.user is not None
    special = SpecialCase.objects.create(
        application=case.application,
        round=case.application.round,
        question=said["question"],
        clauses=said["clauses"],
        **by(case, SpecialCase, "raised"),
    )
    case.wrote(special)
    return {"special_case": special.pk}


def _settle_special_case(case: Case, said: Inputs) -> Inputs:
    special = case.open_special_case
    assert special is not None
    assert case.user is not None
    opinion = SpecialCaseOpinion.objects.create(
        special_case=special, reviewer=case.user, granted=said["granted"], ground=said["ground"], given_on=case.today
    )
    case.wrote(opinion)
    voices = [opinion.granted for opinion in special.opinions.all()] + [said["granted"]]
    agreed = next((answer for answer in (True, False) if voices.count(answer) >= 2), None)
    if agreed is not None:
        special.granted, special.settled_on = agreed, case.today
        special.save()
        case.wrote(special)
    return {"special_case": special.pk, "settled": agreed}


def _object(case: Case, said: Inputs) -> Inputs:
    assert case.notice is not None
    pace.count("objection")
    objection = Objection.objects.create(
        notice=case.notice,
        number=_a_number_nobody_guesses(),
        ground=said["ground"],
        name=said.get("name", ""),
        contact=said.get("contact", ""),
        made_at=clock.now(),
    )
    case.wrote(objection)
    return {"objection": objection.pk}


_UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
OBJECTION_NUMBER = re.compile(rf"Y-[{_UNMISTAKABLE}]{{5}}-[{_UNMISTAKABLE}]{{5}}")


def _a_number_nobody_guesses() -> str:
    """A random number with 50 bits, in characters that cannot be confused; objectors may not give a name."""
    drawn = "".join(secrets.choice(_UNMISTAKABLE) for _ in range(10))
    return f"Y-{drawn[:5]}-{drawn[5:]}"


def _settle_objection(case: Case, said: Inputs) -> Inputs:
    assert case.user is not None
    objection = next(o for o in case.open_objections if o.pk == said.get("objection", o.pk))
    objection.upheld, objection.finding = said["upheld"], said["finding"]
    sign(case, objection, "settled")
    objection.save()
    case.wrote(objection)
    if said["upheld"]:
        _take_down(case, for_record("异议成立"))
        decision = _decide(case, clauses=said["refusal"])
        _opinion(case, said["finding"], decision)
        case.go_to("rejected")
        return {"objection": objection.pk, "why": why(decision, said["finding"])}
    return {"objection": objection.pk}


def _endorse(case: Case, said: Inputs) -> Inputs:
    _take_down(case, for_record("公示无异议") if not case.objections else for_record("异议经核查不成立"))
    _opinion(case, said["opinion"])
    sign(case, case.application, "endorsed")
    return {}


def _report(case: Case, said: Inputs) -> Inputs:
    assert case.user is not None
    batch = case.carried.get("batch") or new_batch(case.user)
    case.application.batch = batch
    return {"batch": batch.number}


def _recall(case: Case, _said: Inputs) -> Inputs:
    batch = case.application.batch
    case.application.batch = None
    return {"batch": batch.number if batch else ""}


def _recognise(case: Case, said: Inputs) -> Inputs:
    assert case.user is not None
    application = case.application
    decision = _decide(case)
    _opinion(case, said["opinion"], decision)
    opened = {
        "agency": case.user.agency,
        "area": application.area,
        "category": said["category"],
        "rules": case.policy,
    }
    application.recognition = engine.follow(case, RECOGNITION, case.person, "open", opened)
    return {"recognition": application.recognition.number}


def _return(case: Case, said: Inputs) -> Inputs:
    clauses = {"clauses": said["refusal"]} if said.get("refusal") else {}
    decision = _decide(case, **clauses)
    _opinion(case, said["reason"], decision)
    return {"why": why(decision, said["reason"])}


def _reopen(case: Case, said: Inputs) -> Inputs:
    """Begin a second round; the limit keeps running from the first acceptance (二(四))."""
    application = case.application
    application.round += 1
    application.batch, application.endorsed_by = None, None
    return {}


def _reject(case: Case, said: Inputs) -> Inputs:
    """Repeat the county's clauses and reason unchanged (二(三))."""
    returned = next(o for o in reversed(case.opinions) if o.action == "return")
    decision = _decide(case, clauses=said["refusal"])
    _opinion(case, returned.text, decision)
    return {"reason": returned.text, "why": why(decision, returned.text)}


def _withdraw(case: Case, _said: Inputs) -> Inputs:
    if case.notice and case.notice.taken_down_on is None:
        _take_down(case, for_record("申请人撤回"))
    return {}


def _take_down(case: Case, result: str) -> None:
    notice = case.notice
    assert notice is not None
    notice.taken_down_on, notice.result = case.today, result
    notice.save()
    case.wrote(notice)


def _decide(case: Case, **refusal: Any) -> Decision:
    """Store the rules' answer with everything needed to compute it again years later, and the basis of a refusal."""
    wage = case.minimum_wage
    figures = {"value": float(wage.value), "source": wage.source, "place": wage.place} if wage else None
    decision = Decision.objects.create(
        application=case.application,
        action=case.action,
        as_of=case.today,
        policy=case.policy.code,
        facts=case.facts,
        parameters={"local_minimum_wage": figures},
        answer=case.decision.as_json(),
        refusal=refusal,
        made_at=clock.now(),
    )
    return case.wrote(decision)


def _opinion(case: Case, text: str, decision: Decision | None = None) -> Opinion:
    user = case.user
    assert user is not None
    assert user.agency is not None
    opinion = Opinion.objects.create(
        application=case.application,
        round=case.application.round,
        action=case.action,
        text=text,
        decision=decision,
        officer=user,
        officer_name=user.name,
        agency=user.agency,
        given_on=case.today,
    )
    printed_form.order_seal(opinion)
    return case.wrote(opinion)


def new_batch(user: User) -> Batch:
    """Create an empty batch, for cases about to be reported."""
    assert user.agency is not None
    now = clock.now()
    batch = Batch.objects.create(
        number=f"pending-{user.pk}-{now.timestamp()}",
        agency=user.agency,
        area=user.area,
        created_by=user,
        created_at=now,
    )
    batch.number = f"B{user.agency.code}-{now.year}-{batch.pk:05d}"
    batch.save(update_fields=["number"])
    return batch


EFFECTS: dict[str, Callable[[Case, Inputs], Inputs]] = {
    "submit": _submit,
    "ask_correction": _ask_correction,
    "decline": _decline,
    "accept": _accept,
    "first_review_pass": _first_review_pass,
    "first_review_fail": _first_review_fail,
    "raise_special_case": _raise_special_case,
    "settle_special_case": _settle_special_case,
    "object": _object,
    "settle_objection": _settle_objection,
    "endorse": _endorse,
    "report": _report,
    "recall": _recall,
    "take_back": taking_back.take_back,
    "recognise": _recognise,
    "return": _return,
    "reopen": _reopen,
    "reject": _reject,
    "withdraw": _withdraw,
}
