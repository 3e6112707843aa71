"""Finds people who qualify and never applied: screens a list with the rules and creates leads by platform.

Nothing is stored about people outside the uploading agency's area, or about those who do not seem to qualify.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Application, Extract, Lead
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people.contact import clean_name, clean_phone
from jiuyuan.people.sources import cells, reading, storing
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.procedures import bulk
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, NotForRole
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS, FactDefinition
from jiuyuan.rules.possible_days import impossible_days, is_placeholder, why_impossible
from jiuyuan.spreadsheets import opening
from jiuyuan.spreadsheets.cells import Cell, RefusedRow, Row
from jiuyuan.wording import for_record, say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

_CHUNK = 1000
_MOST_FAULTS = 500
_WHO = {
    "name": ("姓名", "name"),
    "id_number": ("身份证号码", "公民身份号码", "身份证号", "证件号码", "id_number"),
    "phone": ("联系电话", "手机号码", "手机", "电话", "phone"),
}
_YES = frozenset({"是", "有", "true", "1", "y", "yes", "√"})
_NO = frozenset({"否", "无", "没有", "false", "0", "n", "no", "×"})


def _asked() -> dict[str, tuple[str, ...]]:
    """The fact columns that a list may have, with their headings. Facts with several dates have none."""
    return {
        name: (fact.label, fact.label.removeprefix("是否"), name)
        for name, fact in FACTS.items()
        if fact.recordable and fact.kind != "dates"
    }


@transaction.atomic
def upload(
    user: User, *, provider: str, file_name: str, pieces: Iterable[bytes], observed_on: date | None = None
) -> Extract:
    """Store a list for screening by the worker. Raises `BadInput` for `provider`, `file`, `observed_on`."""
    if not user.may(Right.SCREEN) or user.agency is None:
        raise NotForRole(say("名单由县（市、区）复核人或市州督导上传筛查。"))
    errors = []
    if not provider.strip() or len(provider) > 80:
        errors.append(("provider", say("请写明名单来自哪里，例如“失业登记系统”，最多80字。")))
    day = observed_on or clock.today()
    if day > clock.today():
        errors.append(("observed_on", say("数据日期不能晚于今天。")))
    elif why := why_impossible("observed_on", day, today=clock.today()):
        errors.append(("observed_on", say("数据日期：{why}，请核对年月日。", why=why)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    stored, digest = storing.store(pieces)
    try:
        with storing.opened(stored) as file:
            total = opening.estimated_rows(file)
            reading.table(file, file_name, {**_WHO, **_asked()}, [("name",), ("id_number",)])
        extract = Extract.objects.create(
            provider=provider.strip(), file_name=file_name[:200], sha256=digest, stored_as=stored, observed_on=day,
            agency=user.agency, area=user.area, by=user, at=clock.now(), total=total,
        )  # fmt: skip
    except BaseException:
        storing.remove(stored)
        raise
    said = {"provider": provider, "file": file_name, "sha256": digest}
    history.append(f"extract:{extract.pk}", user.actor, "extract_uploaded", said, extract.area)
    queue.order(
        JobKind.SCREEN_LIST,
        extract.pk,
        area=extract.area,
        by=user,
        about=for_record("{provider} · 第{pk}份", provider=extract.provider, pk=extract.pk),
    )
    return extract


def screen(pk: int, progress: Callable[[int, int], None] = lambda done, total: None) -> Extract:
    """Screen a list in chunks, one transaction each. `progress` is called with (rows done, rows in all)."""
    extract = Extract.objects.unscoped().select_related("agency").get(pk=pk)
    if extract.status not in (Extract.Status.WAITING, Extract.Status.RUNNING):
        return extract
    extract.status = Extract.Status.RUNNING
    extract.save(update_fields=["status"])
    try:
        with storing.opened(extract.stored_as) as file:
            table = reading.table(file, extract.file_name, {**_WHO, **_asked()}, [("name",), ("id_number",)])
            rows = ((number, row) for number, row in table.rows if number > extract.done)
            offices = _Offices(extract.area)
            while chunk := list(islice(rows, _CHUNK)):
                _settle(extract, table, chunk, offices, progress)
    except BadInput as refusal:
        extract.status, extract.failure = Extract.Status.FAILED, "；".join(text for _, text in refusal.errors)[:400]
        stored, extract.stored_as = extract.stored_as, ""
        extract.save(update_fields=["status", "failure", "stored_as"])
        storing.remove(stored)
        return extract
    stored = extract.stored_as
    with transaction.atomic():
        extract.status, extract.stored_as, extract.total = Extract.Status.DONE, "", extract.done
        extract.save()
        history.append(f"extract:{pk}", history.SYSTEM, "extract_screened", dict(extract.counts), extract.area)
    storing.remove(stored)
    return extract


class _Offices:
    """Maps division codes to offices of the area: the platform, or the county if the code names no street."""

    def __init__(self, area: str) -> None:
        self._by_division = {
            division: agency
            for agency in Agency.objects.filter(path__begins=area).prefetch_related("divisions").order_by("path")
            for division in (d.code for d in agency.divisions.all())
        }

    def of(self, code: str | None) -> Agency | None:
        prefixes = (code[:length] for length in (12, 9, 6)) if code else ()
        return next((self._by_division[prefix] for prefix in prefixes if prefix in self._by_division), None)


@dataclass(frozen=True)
class _Read:
    row: int
    name: str
    number: str
    phone: str
    facts: dict[str, Any]


def _settle(
    extract: Extract,
    table: reading.SourceTable,
    chunk: Sequence[Row],
    offices: _Offices,
    progress: Callable[[int, int], None],
) -> None:
    counts = Counter(extract.counts)
    leads: dict[str, Lead] = {}
    for number, row in chunk:
        try:
            if isinstance(row, RefusedRow):
                raise UnreadableCell(say("文本第{line}行：{reason}。", line=row.line, reason=row.reason))
            said = _read(number, row, table)
        except (UnreadableCell, BadInput, rule_facts.Invalid) as fault:
            counts["rejected"] += 1
            if len(extract.faults) < _MOST_FAULTS:
                extract.faults.append([number, _words(fault)])
            continue
        lead, became = _lead(extract, said, offices)
        counts[became] += 1
        if lead:
            leads[lead.id_index] = lead
    with transaction.atomic():
        known = _known(leads)
        counts["known"] += len(known)
        counts["leads"] += len(leads.keys() - known)
        new = [LEAD.hold(lead, None) for index, lead in leads.items() if index not in known]
        bulk.act_many(LEAD, "worker", "find", [(one, {}) for one in new])
        extract.done, extract.counts = chunk[-1][0], dict(counts)
        extract.save(update_fields=["done", "counts", "faults"])
        # Saved with the chunk: a process that has lost its claim on the list writes nothing.
        progress(extract.done, max(extract.total, extract.done))


def _words(fault: Exception) -> str:
    return (
        "；".join(text for _, text in fault.errors) if isinstance(fault, BadInput | rule_facts.Invalid) else str(fault)
    )


def _read(number: int, row: Sequence[Cell], table: reading.SourceTable) -> _Read:
    places = table.places

    def cell(name: str) -> Cell:
        place = places.get(name)
        return row[place] if place is not None and place < len(row) else None

    identity = cells.id_number(cell("id_number"), clock.today())
    phone = "" if cells.nothing(cell("phone"), zero=True) else cells.text(cell("phone"))
    facts: dict[str, Any] = {"birth_date": identity.birth_date.isoformat(), "sex": identity.sex}
    for name in places.keys() & FACTS.keys():
        if cells.said(cell(name)) and (value := _value(FACTS[name], cell(name), table.first_day)) is not None:
            facts[name] = value
    wrong = impossible_days(
        rule_facts.parse({**facts, "as_of": clock.today().isoformat()}), today=clock.today(), born=identity.birth_date
    )
    if wrong:
        raise BadInput(say("有内容需要改正。"), wrong)
    return _Read(
        number, clean_name(cells.text(cell("name"))), identity.number, clean_phone(phone) if phone else "", facts
    )


def _value(fact: FactDefinition, cell: Cell, first_day: date) -> Any:
    """The value of a fact in a cell, in the JSON form of the schema; None if it says "unknown"."""
    written = cells.text(cell)
    if (fact.kind == "date" and cells.nothing(cell, zero=True)) or (fact.kind == "number" and cells.no_sum(cell)):
        return None
    if fact.kind == "date":
        return None if is_placeholder(day := cells.day(cell, first_day)) else day.isoformat()
    if fact.kind == "boolean":
        if written.lower() in _YES | _NO:
            return written.lower() in _YES
        raise UnreadableCell(say("“{label}”应为“是”或“否”，不是“{written}”。", label=fact.label, written=written))
    if fact.kind == "choice":
        codes = {**{label: code for code, label in fact.choices.items()}, **{code: code for code in fact.choices}}
        if written in codes:
            return codes[written]
        begin = [code for label, code in codes.items() if label.startswith(written)]
        if len(begin) == 1:  # the beginning is enough: 城镇 for 城镇户籍
            return begin[0]
        raise UnreadableCell(
            say(
                "“{label}”应为{values}之一，不是“{written}”。",
                label=fact.label,
                values=fact.choices.values(),
                written=written,
            )
        )
    if fact.kind == "number":
        try:
            return cells.amount(cell)
        except UnreadableCell as wrong:
            raise UnreadableCell(f"“{fact.label}”：{wrong}") from None
    return written.removesuffix(".0") if fact.kind == "division" else written


def _lead(extract: Extract, said: _Read, offices: _Offices) -> tuple[Lead | None, str]:
    """Return a lead if a category is true and no known fact speaks against it; otherwise only the count to increase."""
    office = offices.of(said.facts.get("residence_division"))
    if office is None:
        return None, "outside"
    rules = registry.policy_of(office.path, clock.today())
    decision = rules.decide(rules.parse({**said.facts, "as_of": clock.today().isoformat()}))
    if decision.outcome == "ineligible" or not decision.categories:
        return None, decision.outcome if decision.outcome == "ineligible" else "unclear"
    lead = Lead(
        extract=extract, row=said.row, agency=office, area=office.path, name=said.name, id_number=said.number,
        id_index=blind_index(said.number), phone=said.phone or None, facts=said.facts, outcome=decision.outcome,
        categories=list(decision.categories), missing=list(decision.missing),
    )  # fmt: skip
    return lead, decision.outcome


def _known(leads: Mapping[str, Lead]) -> set[str]:
    """The people who have applied, are on the register, or are already in this list or in an open lead."""
    indexes = list(leads)
    applied = Application.objects.unscoped().filter(person__id_index__in=indexes, finished_on=None)
    registered = Recognition.objects.unscoped().filter(person__id_index__in=indexes, status="active")
    named = Lead.objects.unscoped().filter(id_index__in=indexes, status=Lead.Status.NEW)
    return {
        *applied.values_list("person__id_index", flat=True),
        *registered.values_list("person__id_index", flat=True),
        *named.values_list("id_index", flat=True),
    }
