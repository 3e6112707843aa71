"""Asks a department about one person through its interface, and records the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.people import services
from jiuyuan.people.models import Fact, LicenceRecord, Person, Source
from jiuyuan.people.sources import http, licences
from jiuyuan.people.sources.cells import UnreadableCell, day
from jiuyuan.people.sources.mapping import DEPARTMENTS, DepartmentMapping, FaultyRow, Reading, UnusableMapping, load
from jiuyuan.people.sources.reading import places
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import BadInput, NotForRole, NotFound
from jiuyuan.wording import for_record, say


@dataclass(frozen=True)
class DepartmentAnswer:
    """A department's answer: whether it has records about the person, and the new facts."""

    there: bool
    facts: Sequence[Fact]


def may_ask(user: User, person: Person) -> None:
    """Raise `NotForRole`, `NotFound`, `OwnMatter` or `HolderUnknown` if the user may not ask."""
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole(say("部门数据由经办人和复核人查询，您的角色不能办理。"))
    if not Person.objects.visible_to(user).filter(pk=person.pk).exists():
        raise NotFound(say("没有这个人的档案。"))
    refuse(user, person)


def ask(
    user: User, person: Person, kind: str, why: str = "", registers: Mapping[str, str] | None = None
) -> DepartmentAnswer:
    """Ask, or have something registered (`registers`), and record the answer.

    Who asked whom and why is recorded as a look, whatever the answer. Raises like `may_ask`, `BadInput` for
    `kind`, `http.NotAnswering` without a usable answer.
    """
    may_ask(user, person)
    if kind not in DEPARTMENTS:
        raise BadInput(say("部门有误。"), [("kind", say("部门应为{departments}之一。", departments=DEPARTMENTS))])
    try:
        mapping = load(kind, person.area)
    except UnusableMapping as wrong:
        raise BadInput(say("对照表有误。"), [("kind", str(wrong))]) from None
    history.looked(
        user.actor,
        person.file,
        for_record(
            "向{provider}申请登记{why}" if registers else "向{provider}查询{why}",
            provider=mapping.provider,
            why=for_record("（{why}）", why=why) if why else "",
        ),
        person.area,
    )
    if registers:  # the same reference each time, so that a job killed half-way does not register twice
        answer = http.ask(kind, person.id_number, person.name, {**registers, "reference": why})
    else:
        answer = http.ask(kind, person.id_number, person.name)
    readings, observed_on = _read(mapping, person, answer)
    number = str(answer.get("registration") or "")[:60]
    recorded = _record(user, person, mapping, readings, observed_on, number) if readings else []
    return DepartmentAnswer(bool(readings), recorded)


def _read(mapping: DepartmentMapping, person: Person, answer: Mapping[str, Any]) -> tuple[list[Reading], date]:
    today = clock.today()
    try:
        if answer["id_number"] != person.id_number:
            raise http.NotAnswering(
                say("{provider}回复的不是这个人，没有采用，请联系管理员。", provider=mapping.provider)
            )
        observed_on = day(answer["observed_on"])
        records: list[Mapping[str, str]] = list(answer["records"])
        headings = list(dict.fromkeys(heading for record in records for heading in record))
        found = places(headings, {**mapping.columns, "id_number": ["id_number"], "name": ["name"]})
        at = {**found, "id_number": len(headings), "name": len(headings) + 1}
        read = mapping.reader(at, observed_on, today)
        rows = [
            [*(_cell(record.get(heading)) for heading in headings), person.id_number, person.name] for record in records
        ]
        return [read(row) for row in rows], observed_on
    except (KeyError, TypeError, AttributeError, UnreadableCell) as error:
        raise http.NotAnswering(say("{provider}的回复格式不对，请联系管理员。", provider=mapping.provider)) from error
    except BadInput as twice:
        raise http.NotAnswering(
            say("{provider}的回复不能用：{errors}", provider=mapping.provider, errors=twice.errors[0][1])
        ) from twice
    except FaultyRow as faulty:
        raise http.NotAnswering(
            say("{provider}的回复不能用：{faulty}", provider=mapping.provider, faulty=faulty)
        ) from faulty


def _cell(value: object) -> str | None:
    return None if value is None else str(value)


@transaction.atomic
def _record(
    user: User,
    person: Person,
    mapping: DepartmentMapping,
    readings: Sequence[Reading],
    observed_on: date,
    number: str = "",
) -> list[Fact]:
    values = _together(mapping, readings)
    said = [reading for reading in readings if reading.licence]
    if said:
        records: list[licences.RecordedLicence] = list(person.licences.filter(withdrawn_at=None).order_by("pk"))
        for reading in said:
            one = reading.licence
            assert one is not None
            key = (one.licence, one.part, one.status, one.changed_on)
            if any((r.licence, r.part, r.status, r.changed_on) == key for r in records):
                continue
            records.append(
                LicenceRecord.objects.create(
                    person=person, licence=one.licence, part=one.part, organisation=one.organisation,
                    status=one.status, changed_on=one.changed_on, observed_on=reading.observed_on,
                )
            )  # fmt: skip
        values |= licences.facts_from(records)
    evidence = for_record("{provider}{observed_on:date}接口查询", provider=mapping.provider, observed_on=observed_on)
    if number:
        evidence = for_record("{evidence}，登记编号{number}", evidence=evidence, number=number)
    return services.record_facts(
        user.actor, person, values,
        source=Source.SHARED_DATA, department=mapping.kind, evidence=evidence, observed_on=observed_on,
    )  # fmt: skip


def _together(mapping: DepartmentMapping, readings: Sequence[Reading]) -> dict[str, Any]:
    """Combine several records about one person: the latest if the mapping has a date,
    otherwise "yes" outweighs "no".
    """
    if mapping.latest_by:
        readings = sorted(readings, key=lambda reading: reading.facts.get(mapping.latest_by, ""))[-1:]
    values: dict[str, Any] = {}
    for reading in readings:
        for name, value in reading.facts.items():
            before = values.get(name, value)
            if before != value and not isinstance(value, bool):
                raise http.NotAnswering(say("{provider}的几条记录互相矛盾，请人工核实。", provider=mapping.provider))
            values[name] = (before or value) if isinstance(value, bool) else value
    return values
