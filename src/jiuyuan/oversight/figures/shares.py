"""Computes what each person contributes to the period tables: the rows of the definitions, with day and dimensions."""

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import BooleanField, ExpressionWrapper

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.applications.period_figures import returns
from jiuyuan.assistance import help_figures
from jiuyuan.assistance.help_figures import HelpPeriod
from jiuyuan.oversight.figures.registry import BY_DAY, NOW, Asked, FigureDefinition, Span
from jiuyuan.people import segments
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry as regions

#: Due items: done in time, done late, not done. The last is late once its day is over.
DUE, IN_TIME, LATE, NOT_DONE = "help_due", "help_in_time", "help_late", "help_not_done"
#: Recognitions with an active plan, and acts of assistance for them, under the present helper.
HELPED, CARED = "helped", "cared"
#: Days on which a case was returned, also by clause (`detail`); `AGAIN` ones begin their detail with the previous
#: such day.
RETURNED, RETURNED_FOR = "returned", "returned_for"
RETURNED_AGAIN, RETURNED_FOR_AGAIN = "returned_again", "returned_for_again"
_OF_RETURNS = frozenset({RETURNED, RETURNED_FOR, RETURNED_AGAIN, RETURNED_FOR_AGAIN})
_OF_DUTIES = frozenset({DUE, IN_TIME, LATE, NOT_DONE})
_OF_HELPERS = frozenset({HELPED, CARED})
EVER = Span(clock.EARLIEST, clock.LATEST)
_NOT_HELPED = "none"


class Happening(NamedTuple):
    """A row that a figure counts. `day` in ISO format, empty for current states."""

    code: str
    detail: str
    area: str
    day: str
    categories: tuple[str, ...] = ()
    sex: str = ""
    age: str = ""
    helper: str = ""

    def parts(self, by: str) -> Iterable[str]:
        """The parts of a division to which it belongs."""
        if by == "category":
            return self.categories
        part = {"": "", "sex": self.sex, "age": self.age, "helper": self.helper}[by]
        return (part,) if part or not by else ()


def codes() -> frozenset[str]:
    """The codes of all tallied figures."""
    return frozenset(BY_DAY) | _OF_DUTIES | _OF_HELPERS | _OF_RETURNS


def divisions(code: str) -> tuple[str, ...]:
    """The divisions of a figure, including "" for the total."""
    if code in _OF_HELPERS:
        return ("helper",)
    if code in _OF_RETURNS:
        return ("",) if code in (RETURNED_FOR, RETURNED_FOR_AGAIN) else ("", "category", "sex", "age")
    return ("", "category", "helper") if code in _OF_DUTIES else ("", *BY_DAY[code].divides)


def reckon(
    today: date,
    wanted: Collection[str],
    under: str = "",
    among: Collection[int] | None = None,
) -> dict[int, list[Happening]]:
    """Compute every row of these figures below an agency's path, by person, for all or for these people."""
    found: dict[int, list[Happening]] = defaultdict(list)
    if among is not None and not among:
        return found
    who = _Helped(under, among) if any("helper" in divisions(code) for code in wanted) else None
    alike: dict[tuple[str, str, str], list[FigureDefinition]] = defaultdict(list)
    for code in sorted(BY_DAY.keys() & wanted):
        figure = BY_DAY[code]
        alike[figure.model._meta.label, figure.area, figure.category].append(figure)
    for figures in alike.values():
        for person, happening in _rows(figures, today, under, among, who):
            found[person].append(happening)
    if _OF_RETURNS & set(wanted):
        for person, happening in _of_returns(today, under, among):
            if happening.code in wanted:
                found[person].append(happening)
    if who is not None:
        if _OF_DUTIES & set(wanted):
            for person, happening in _of_duties(today, under, among, who):
                if happening.code in wanted:
                    found[person].append(happening)
        if _OF_HELPERS & set(wanted):
            for person, happening in _of_helpers(today, under, among, who):
                found[person].append(happening)
    return found


class _Helped:
    """The person and the helper of recognitions."""

    def __init__(self, under: str, among: Collection[int] | None) -> None:
        rows = Recognition.objects.unscoped().filter(area__begins=under)
        rows = rows if among is None else rows.filter(person__any_of=among)
        self.persons: dict[int, int] = dict(rows.order_by().values_list("pk", "person"))
        self._helpers: dict[int, str] = {}
        for period in _periods(clock.today(), under, among):
            self._helpers |= {stay: str(helper) for stay, helper in help_figures.helpers(period).items()}

    def helper(self, stay: int) -> str:
        return self._helpers.get(stay, _NOT_HELPED)


def _rows(
    figures: Sequence[FigureDefinition], today: date, under: str, among: Collection[int] | None, who: _Helped | None
) -> Iterator[tuple[int, Happening]]:
    """Yield each row once for figures of one model, with the figures that count it."""
    any_of, asked = figures[0], Asked(None, under, EVER)
    own = sorted({one for figure in figures for one in (figure.day, figure.stay, *figure.details)} - {"", NOW})
    columns = [
        f"{any_of.person}_id", any_of.area, any_of.category, f"{any_of.person}__sex", f"{any_of.person}__birth_date", *own,
    ]  # fmt: skip
    counts = {f"counts_{figure.code}": figure.when_asked(asked, among) for figure in figures}
    rows = any_of.model.objects.unscoped().filter(reduce(or_, counts.values()), **{f"{any_of.area}__begins": under})
    if among is not None:
        rows = rows.filter(**{f"{any_of.person}__any_of": among})
    rows = rows.order_by().annotate(
        **{name: ExpressionWrapper(which, output_field=BooleanField()) for name, which in counts.items()}
    )
    for person, area, category, sex, born, *rest in rows.values_list(*columns, *counts).iterator(chunk_size=5_000):
        said = dict(zip([*own, *counts], rest, strict=True))
        categories = tuple(category) if isinstance(category, list) else (category,)
        for figure in figures:
            if not said[f"counts_{figure.code}"]:
                continue
            aged = "age" in figure.divides
            yield (
                person,
                Happening(
                    figure.code,
                    figure.detail(*(said[one] for one in figure.details)) if figure.details else "",
                    area,
                    "" if figure.day == NOW else said[figure.day].isoformat(),
                    categories if "category" in figure.divides else (),
                    sex if aged else "",
                    segments.age_band(born, today) if aged else "",
                    who.helper(said[figure.stay]) if figure.stay and who else "",
                ),
            )


def _of_returns(today: date, under: str, among: Collection[int] | None) -> Iterator[tuple[int, Happening]]:
    """Yield returns. A case returned several times in a period counts once: every return counts,
    minus those with an earlier one in the period.
    """
    for one in returns(under, among):
        where = (one.area, one.on.isoformat())
        first = Happening(RETURNED, "", *where, tuple(one.categories), one.sex, segments.age_band(one.born, today))
        yield one.person, first
        if one.before:
            yield one.person, first._replace(code=RETURNED_AGAIN, detail=one.before.isoformat())
        for clause, before in one.clauses.items():
            yield one.person, Happening(RETURNED_FOR, clause, *where)
            if before:
                yield one.person, Happening(RETURNED_FOR_AGAIN, f"{before.isoformat()} {clause}", *where)


def _periods(today: date, under: str, among: Collection[int] | None) -> Iterator[HelpPeriod]:
    """Yield one unlimited period per region, because limits differ by region."""
    whom = None if among is None else frozenset(among)
    for region in regions.regions():
        if region.path.startswith(under) or under.startswith(region.path):
            yield HelpPeriod(None, Agency(path=max(region.path, under, key=len)), EVER.since, EVER.until, today, whom)


def _of_duties(today: date, under: str, among: Collection[int] | None, who: _Helped) -> Iterator[tuple[int, Happening]]:
    for period in _periods(today, under, among):
        for duty, (stay, area, category), due, done in help_figures.spans(period):
            shared = (duty, area, due.isoformat(), (category,), "", "", who.helper(stay))
            yield who.persons[stay], Happening(DUE, *shared)
            code = NOT_DONE if done is None else IN_TIME if done <= due else LATE
            yield who.persons[stay], Happening(code, *shared)


def _of_helpers(
    today: date, under: str, among: Collection[int] | None, who: _Helped
) -> Iterator[tuple[int, Happening]]:
    for period in _periods(today, under, among):
        going_on = help_figures.going_on(period)
        for stay, (area, helper) in going_on.items():
            yield who.persons[stay], Happening(HELPED, "", area, "", helper=str(helper))
        for stay, day in help_figures.done(period):
            if stay in going_on:
                area, helper = going_on[stay]
                yield who.persons[stay], Happening(CARED, "", area, day.isoformat(), helper=str(helper))


def packed(happenings: Iterable[Happening]) -> bytes:
    """Serialize for `PersonShare`; independent of the order."""
    return zlib.compress(json.dumps(sorted(happenings), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(rows: bytes) -> list[Happening]:
    return [
        Happening(code, detail, area, day, tuple(categories), sex, age, helper)
        for code, detail, area, day, categories, sex, age, helper in json.loads(zlib.decompress(rows))
    ]


def paths_of(area: str) -> list[str]:
    """The paths of the offices around an area, including itself."""
    return [area[: at + 1] for at, letter in enumerate(area) if letter == "/"]
