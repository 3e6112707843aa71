"""Reconciles old and new records of one licence: which is effective, and what follows for the person (一(二)2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from jiuyuan.people.models import LicenceRecord, Person

Part, Status = LicenceRecord.Part, LicenceRecord.Status


class RecordedLicence(Protocol):
    """The attributes needed here: a model instance, or a record held in memory."""

    @property
    def licence(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def changed_on(self) -> date: ...


@dataclass(frozen=True)
class ShownLicence:
    """A record as shown on the page; `effective` marks the effective one of its licence and part."""

    record: LicenceRecord
    effective: bool


def effective(records: Sequence[RecordedLicence]) -> list[RecordedLicence]:
    """For each licence and part the record that changed last; on the same day, the one recorded last."""
    latest: dict[tuple[str, str], RecordedLicence] = {}
    for record in records:
        key = (record.licence, record.part)
        if key not in latest or record.changed_on >= latest[key].changed_on:
            latest[key] = record
    return list(latest.values())


def facts_from(records: Sequence[RecordedLicence]) -> dict[str, bool]:
    """The facts that follow from the effective records. `records` in the order of recording.

    A cancelled licence ends all its parts. A licence that was revoked but not cancelled says neither yes nor no:
    a person decides.
    """
    ended: dict[str, date] = {}
    for record in records:
        if record.status == Status.CANCELLED:
            ended[record.licence] = max(record.changed_on, ended.get(record.licence, record.changed_on))
    found: dict[str, bool | None] = {}
    for record in effective(records):
        fact = "business_registered" if record.part == Part.OWNER else "company_office_held"
        over = ended.get(record.licence)
        if over is not None and over >= record.changed_on:
            says: bool | None = False
        elif record.status == Status.REVOKED:
            says = None
        else:
            says = record.status == Status.ACTIVE
        before = found.get(fact, False)
        found[fact] = True if says or before else None if says is None or before is None else False
    return {fact: says for fact, says in found.items() if says is not None}


def shown(person: Person) -> list[ShownLicence]:
    """A person's records by licence, the latest change last, without withdrawn ones."""
    records = list(person.licences.filter(withdrawn_at=None).order_by("pk"))
    counting = {id(record) for record in effective(records)}
    ordered: Iterable[LicenceRecord] = sorted(records, key=lambda r: (r.licence, r.part, r.changed_on, r.pk))
    return [ShownLicence(record, id(record) in counting) for record in ordered]
