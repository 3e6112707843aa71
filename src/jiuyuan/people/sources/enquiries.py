"""Enquiries to departments by the worker: ordered for a person, answered one by one, each with its result (一(三))."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Enquiry, ImportBatch, Person
from jiuyuan.people.sources import http, interfaces
from jiuyuan.people.sources.mapping import DEPARTMENTS
from jiuyuan.refusals import Conflict, Refusal
from jiuyuan.regions import registry
from jiuyuan.rules.departments import label_of
from jiuyuan.speed.rows import belonging_to_any
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

State = Enquiry.State
#: The department that keeps the register of the unemployed.
UNEMPLOYMENT: str = ImportBatch.Kind.PUBLIC_EMPLOYMENT


def connected() -> list[str]:
    """The departments with an interface."""
    return [kind for kind in http.interfaces() if kind in DEPARTMENTS]


@transaction.atomic
def ask(user: User, person: Person, departments: Iterable[str], why: str) -> list[Enquiry]:
    """Order an enquiry to each connected department not asked about this person in the last hours. Returns the new
    ones.

    A failed enquiry can be repeated at once. Raises like `interfaces.may_ask`.
    """
    interfaces.may_ask(user, person)
    hours = registry.region_of(person.area).limit("ask_again_hours", on=clock.today())
    lately = latest([person.pk])
    able, found = connected(), []
    for kind in dict.fromkeys(departments):
        before = lately.get((person.pk, kind))
        if kind not in able or (before and asked_lately(before, hours)):
            continue
        # If a registration failed, register again rather than only ask.
        registers = before.registers if before and before.state == State.FAILED else {}
        if enquiry := _ordered(user, person, kind, why, registers):
            found.append(enquiry)
    return found


def _ordered(user: User, person: Person, kind: str, why: str, registers: Mapping[str, str]) -> Enquiry | None:
    """None if somebody else orders one at the same time."""
    enquiry = Enquiry(
        person=person, department=kind, why=why, area=person.area, asked_by=user, asked_at=clock.now(),
        registers=dict(registers),
    )  # fmt: skip
    try:
        with transaction.atomic():
            enquiry.save(force_insert=True)
    except IntegrityError:
        return None
    queue.order(JobKind.ASK_DEPARTMENT, enquiry.pk, area=person.area, by=user, about=f"{label_of(kind)} {why}")
    return enquiry


@transaction.atomic
def register_unemployed(user: User, person: Person, since: date, why: str) -> Enquiry:
    """Order the registration of unemployment at the department that keeps the register (四(三) 协同办理).

    Its answer arrives as facts. Raises like `interfaces.may_ask`, `Conflict` while an enquiry about the person is
    waiting there.
    """
    interfaces.may_ask(user, person)
    enquiry = _ordered(user, person, UNEMPLOYMENT, why, {"unemployed_since": since.isoformat()})
    if enquiry is None:
        raise Conflict(say("正在向失业登记系统查询这个人，答复以后再办。"))
    return enquiry


def asked_lately(enquiry: Enquiry, hours: int) -> bool:
    if enquiry.state == State.FAILED:
        return False
    return enquiry.state == State.WAITING or enquiry.asked_at > clock.now() - timedelta(hours=hours)


def latest(people: Collection[int]) -> dict[tuple[int, str], Enquiry]:
    """The last enquiry about each of these people to each department, by person and department."""
    return {(row.person_id, row.department): row for row in belonging_to_any(Enquiry, "person_id", list(people))}


def answer(pk: int) -> None:
    """Carry out an enquiry and record the answer and the result; does nothing if that was done."""
    enquiry = Enquiry.objects.unscoped().select_related("person__agency", "asked_by__agency").get(pk=pk)
    if enquiry.state != State.WAITING:
        return
    person = enquiry.person
    try:
        said = interfaces.ask(enquiry.asked_by, person, enquiry.department, enquiry.why, enquiry.registers)
    except Refusal as refusal:
        enquiry.state, enquiry.failure = State.FAILED, (refusal.errors[0][1] if refusal.errors else refusal.title)[:200]
    else:
        enquiry.state = State.ANSWERED if said.there else State.NOTHING
        enquiry.recorded = [fact.name for fact in said.facts]
        known = standing(person.facts.all())
        enquiry.differs = [name for name in enquiry.recorded if known[name].contradicted]
    enquiry.answered_at = clock.now()
    enquiry.save()
