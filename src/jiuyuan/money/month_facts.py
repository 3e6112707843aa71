"""What is known about a person in one month.

For changing facts (insurance, licences) only records of that month count; without one the fact is unknown.
Constant facts (birth date, sex) come from whatever stands on file. Licences count from registration to
cancellation; insurance by the monthly data, if there are any.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from jiuyuan.assistance.models import Placement, PostAttendance
from jiuyuan.money.known import of_people
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.models import Fact, InsuranceMonth, LicenceRecord, Person
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.departments import label_of
from jiuyuan.rules.facts import FACTS, Invalid, parse
from jiuyuan.wording import say

_OWNER = LicenceRecord.Part.OWNER
_BY_EMPLOYER = (InsuranceMonth.Payer.EMPLOYER, InsuranceMonth.Payer.PUBLIC)
_OVER = (LicenceRecord.Status.CANCELLED, LicenceRecord.Status.LEFT)


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return add_months(first_day(month), 1) - timedelta(days=1)


@dataclass(frozen=True)
class Witness:
    """The origin of a value. `fact` is its primary key, None if it comes from one of our registers."""

    source: str
    observed_on: date
    fact: int | None = None


@dataclass
class InMonth:
    """The known values, the source of each, and remarks."""

    values: dict[str, Any] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def know(self, name: str, value: Any, witness: Witness, words: str = "") -> None:
        self.values[name], self.witnesses[name] = value, witness
        if words:
            self.words[name] = words


class MonthFacts:
    """All records about a person, read once and evaluated month by month."""

    def __init__(self, person: Person, today: date) -> None:
        self.person, self.today = person, today

    @cached_property
    def _facts(self) -> dict[str, list[Fact]]:
        by_name: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.person.facts.filter(withdrawn_at=None).order_by("observed_on", "pk"):
            if fact.name in FACTS and fact.verified:
                by_name[fact.name].append(fact)
        return by_name

    @cached_property
    def _standing(self) -> dict[str, standing_facts.Standing]:
        return standing_facts.standing(self.person.facts.all())

    @cached_property
    def _placements(self) -> list[Placement]:
        rows = Placement.objects.unscoped().filter(recognition__person=self.person, begins_on__isnull=False)
        return list(rows.order_by("begins_on"))

    @cached_property
    def _licences(self) -> list[LicenceRecord]:
        rows = LicenceRecord.objects.unscoped().filter(person=self.person, withdrawn_at=None)
        return list(rows.order_by("changed_on", "pk"))

    @cached_property
    def _insured(self) -> dict[int, list[InsuranceMonth]]:
        by_month: dict[int, list[InsuranceMonth]] = defaultdict(list)
        for one in InsuranceMonth.objects.unscoped().filter(person=self.person, superseded=False).order_by("pk"):
            by_month[one.month].append(one)
        return by_month

    @cached_property
    def stays(self) -> Sequence[Recognition]:
        """The periods on the register, without annulled ones."""
        return list(Recognition.objects.unscoped().filter(person=self.person, annulled=False).order_by("recognised_on"))

    def of(self, month: int) -> InMonth:
        """What is known about a month; for the current month, up to today."""
        first, last = first_day(month), min(last_day(month), self.today)
        found = InMonth()
        for name, facts in self._facts.items():
            self._from_file(found, name, facts, first, last)
        self._from_licences(found, first, last)
        known = self._parsed(found.values, last)
        found.values = {name: value for name, value in known.items() if name in ("as_of", *found.witnesses)}
        self._from_insurance(found, self._insured[month])
        self._from_registers(found, first, last, month)
        return found

    def _from_file(self, found: InMonth, name: str, facts: list[Fact], first: date, last: date) -> None:
        standing = self._standing.get(name)
        if standing is None or standing.value is None:
            return  # disputed or contradicted
        definition = FACTS[name]
        if definition.lasting:
            found.know(name, standing.value, _witness(standing.best))
            return
        within = [fact for fact in facts if first <= fact.observed_on <= last]
        if not within and definition.taken_for_no:
            # Who draws no pension later drew none then; who died before is dead now.
            within = [fact for fact in facts if fact.observed_on > last and fact.value is False][:1]
            within = within or [fact for fact in facts if fact.observed_on < first and fact.value is True][-1:]
        if within:
            said = next((fact for fact in within if fact.value is True), within[-1])
            found.know(name, said.value, _witness(said))

    def _from_licences(self, found: InMonth, first: date, last: date) -> None:
        """A licence counts from the month of registration to that of cancellation, inclusive."""
        for name, own in (("business_registered", True), ("company_office_held", False)):
            records = [one for one in self._licences if (one.part == _OWNER) is own]
            by_licence: dict[str, list[LicenceRecord]] = defaultdict(list)
            for one in records:
                by_licence[one.licence].append(one)
            for rows in by_licence.values():
                newest = rows[-1]
                over = newest.changed_on if newest.status in _OVER else None
                begun = rows[0].changed_on if rows[0].status not in _OVER else None
                if (begun is None or begun <= last) and (over is None or over >= first):
                    words = _until(newest, over) if over else ""
                    found.know(name, True, Witness(label_of("market_regulation"), newest.observed_on), words)
            if name not in found.values and any(one.observed_on >= last for one in records):
                newest = records[-1]
                found.know(name, False, Witness(label_of("market_regulation"), newest.observed_on))

    def _from_insurance(self, found: InMonth, rows: Sequence[InsuranceMonth]) -> None:
        """Like doubts (G.2, 3 and 8): an employer's unpaid contributions mean neither yes nor no."""
        employed = [one for one in rows if one.payer in _BY_EMPLOYER]
        own = [one for one in rows if one.payer not in _BY_EMPLOYER]
        if arrived := [one for one in employed if one.paid]:
            found.know("insured_by_employer", True, _of_month(arrived[0]), arrived[0].employer)
        elif own and not employed and found.values.get("insured_by_employer") is not True:
            found.know("insured_by_employer", False, _of_month(own[0]))
        if own:
            best = next((one for one in own if one.paid and one.payer == InsuranceMonth.Payer.FLEXIBLE), None)
            found.know("pays_flexible_pension", best is not None, _of_month(best or own[0]))

    def _parsed(self, values: dict[str, Any], last: date) -> dict[str, Any]:
        try:
            return dict(parse({**values, "as_of": last.isoformat()}))
        except Invalid:
            return {"as_of": last}

    def _from_registers(self, found: InMonth, first: date, last: date, month: int) -> None:
        def stood(stay: Recognition) -> bool:
            return stay.recognised_on <= last and (stay.ended_on is None or stay.ended_on >= first)

        found.know("on_register", any(map(stood, self.stays)), Witness(say("认定名册"), last))
        on_post = [one for one in self._placements if one.covers(first)]
        if not on_post:
            found.know("on_public_post", False, Witness(say("公益性岗位安置"), last))
        rows = PostAttendance.objects.unscoped().filter(placement__in=on_post, month=first)
        for attended in rows:
            words = say("{days}天出勤", days=attended.days)
            found.know("on_public_post", attended.days > 0, Witness(say("公益性岗位考勤"), attended.written_on), words)
        for name, value in of_people([self.person.pk]).get(self.person.pk, {}).items():
            if name == "first_business":
                before = min((one for one in self._licences if one.part == _OWNER), key=lambda one: one.changed_on)
                words = say("此前已有营业执照（{named}）", named=before.organisation or before.licence)
                found.know(name, value, Witness(label_of("market_regulation"), before.observed_on), words)
            elif name != "on_public_post":
                found.know(name, value, Witness(say("帮扶记录"), self.today))


def _witness(fact: Fact) -> Witness:
    return Witness(label_of(fact.department) or fact.get_source_display(), fact.observed_on, fact.pk)


def _of_month(row: InsuranceMonth) -> Witness:
    return Witness(label_of("social_insurance"), row.observed_on)


def _until(record: LicenceRecord, over: date) -> str:
    named = record.organisation or record.licence
    return say(
        "营业执照（{named}）{over:date}注销，{month}以前（含当月）的月份不支付，次月起不受影响",
        named=named, over=over, month=say("{year}年{month}月", year=over.year, month=over.month),
    )  # fmt: skip
