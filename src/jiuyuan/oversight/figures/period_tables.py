"""Period tables of applications and the register, read from the tallies; each number links to its list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import period_figures as cases
from jiuyuan.applications.figures import CaseFigure
from jiuyuan.applications.period_figures import CaseFigureLine, Used
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.oversight.figures import shares, tallies
from jiuyuan.oversight.figures.definitions import BESIDE, CaseFigures, case_columns, register_columns
from jiuyuan.oversight.figures.registry import BY_DAY, Span
from jiuyuan.oversight.figures.shares import RETURNED, RETURNED_AGAIN, RETURNED_FOR, RETURNED_FOR_AGAIN
from jiuyuan.oversight.figures.tallies import TallyAsked, TallyCell
from jiuyuan.recognitions import period_figures as register
from jiuyuan.recognitions.period_figures import RegisterFigure, RegisterFigureLine
from jiuyuan.recognitions.queries import RegisterFilters
from jiuyuan.wording import say

_VISITS = ("visited", "nobody_home", "met")
_CODES = frozenset({
    *(one.code for one in case_columns() if one.day), *(one.code for one in register_columns()), *(one.code for one in BESIDE), "used",
    *_VISITS, RETURNED, RETURNED_AGAIN, RETURNED_FOR, RETURNED_FOR_AGAIN,
})  # fmt: skip
_OF_RETURNS = frozenset({RETURNED, RETURNED_AGAIN, RETURNED_FOR, RETURNED_FOR_AGAIN})
_WHOLE = ""  # the total line


@dataclass(frozen=True)
class BesideLine:
    """Investigations and families without work below an office: the figures of `BESIDE` in order."""

    label: str
    agency: str
    counts: Sequence[int]


@dataclass(frozen=True)
class PeriodTables:
    """All tables of the period page. `stays` is None when shown by month."""

    cases: tuple[CaseFigureLine, list[CaseFigureLine]]
    reasons: list[CaseFigureLine]
    stays: tuple[RegisterFigureLine, list[RegisterFigureLine]] | None
    exits: list[RegisterFigureLine]
    beside: tuple[BesideLine, list[BesideLine]]
    used: Used | None
    visits: list[tuple[str, str, int]]


def tables(user: User, under: Agency, by: str, span: Span) -> PeriodTables:
    """The tables for an office of the user's area (checked by the caller)."""
    if by == "agency":
        prefetch_related_objects([under], "children")
    below = list(under.children.all()) if by == "agency" else []
    read = _ReadPeriod(under, below, by, span)
    return PeriodTables(
        _cases(user, read),
        cases.by_reason(read.returned_for, under, span.code),
        None if by == "month" else _stays(user, read),
        _exits(read),
        _beside(read, below),
        _used(read),
        [(code, BY_DAY[code].label, read.of(code)) for code in _VISITS],
    )


class _ReadPeriod:
    """The numbers of a page: by figure and line, and totals by figure and detail."""

    def __init__(self, under: Agency, below: Sequence[Agency], by: str, span: Span) -> None:
        self.under, self.by, self.span = under, by, span
        self.paths = {one.code: one.path for one in below}
        asked = TallyAsked(
            under.path, (under.path, *self.paths.values()), _CODES, span.since, span.until, apart=by == "month"
        )
        self._lines: Counter[tuple[str, str]] = Counter()
        self.details: Counter[tuple[str, str]] = Counter()
        self.returned_for: Counter[str] = Counter()
        every = [asked]
        if by in ("category", "sex", "age"):
            every.append(
                replace(asked, codes=frozenset(code for code in _CODES if by in shares.divisions(code)), by=by)
            )
        whole, *divided = tallies.all_counted(every)
        for cell, many in whole.items():
            if cell.code in _OF_RETURNS:
                self._add_returns(cell, many, cell.area)
            elif cell.area == under.path:
                self.details[cell.code, cell.detail] += many
                self._lines[cell.code, _WHOLE] += many
                if by == "month":
                    self._lines[cell.code, str(cell.month)] += many
            else:
                self._lines[cell.code, cell.area] += many
        for numbers in divided:
            for cell, many in numbers.items():
                if cell.code in _OF_RETURNS:
                    self._add_returns(cell, many, cell.part)
                else:
                    self._lines[cell.code, cell.part] += many

    def _add_returns(self, cell: TallyCell, many: int, line: str) -> None:
        """Count each case once within the period, and once within each month when shown by month."""
        since = str(self.span.since)
        before, _, clause = cell.detail.partition(" ")
        if cell.code in (RETURNED_FOR, RETURNED_FOR_AGAIN):
            if line == self.under.path and (cell.code == RETURNED_FOR or before >= since):
                self.returned_for[clause or before] += many if cell.code == RETURNED_FOR else -many
            return
        sign = 1 if cell.code == RETURNED else -1
        if sign > 0 or before >= since:
            self._lines[RETURNED, _WHOLE if line == self.under.path else line] += sign * many
        if self.by == "month" and (sign > 0 or before >= max(since, str(cell.month))):
            self._lines[RETURNED, str(cell.month)] += sign * many

    def of(self, code: str, line: str = _WHOLE) -> int:
        return self._lines[code, line]

    def line_of(self, part: CaseFilters | RegisterFilters) -> str:
        """The line of a division: a path, a code, or the first day of a month."""
        if self.by == "month":
            return f"{part.received[:7]}-01" if isinstance(part, CaseFilters) else _WHOLE
        return self.paths[part.agency] if self.by == "agency" else str(getattr(part, self.by))


def _cases(user: User, read: _ReadPeriod) -> tuple[CaseFigureLine, list[CaseFigureLine]]:
    period = read.span.code

    def cell(figure: CaseFigures, part: CaseFilters, line: str) -> CaseFigure:
        column = replace(figure.filters(period), agency=read.under.code)
        return CaseFigure(read.of(figure.code, line), cases.both(column, part, period))

    divisions = cases.divisions(user, read.under, read.by, period)
    found = [
        CaseFigureLine(label, [cell(figure, part, line) for figure in case_columns()])
        for label, part, line in (
            (say("合计"), CaseFilters(), _WHOLE), *((label, part, read.line_of(part)) for label, part in divisions)
        )
    ]  # fmt: skip
    return found[0], found[1:]


def _stays(user: User, read: _ReadPeriod) -> tuple[RegisterFigureLine, list[RegisterFigureLine]]:
    columns = [(one, replace(one.filters(read.span.code), agency=read.under.code)) for one in register_columns()]
    divisions = register.divisions(user, read.under, read.by)
    found = [
        RegisterFigureLine(
            label, [RegisterFigure(read.of(one.code, line), register.both(column, part)) for one, column in columns]
        )
        for label, part, line in (
            (say("合计"), RegisterFilters(), _WHOLE), *((label, part, read.line_of(part)) for label, part in divisions)
        )
    ]  # fmt: skip
    return found[0], found[1:]


def _exits(read: _ReadPeriod) -> list[RegisterFigureLine]:
    """Exits by ground."""
    lines = [
        (label, filters, read.details["went", filters.ground])
        for label, filters in register.grounds(read.under, read.span.code)
    ]
    return [RegisterFigureLine(label, [RegisterFigure(many, filters)]) for label, filters, many in lines if many]


def _beside(read: _ReadPeriod, below: Sequence[Agency]) -> tuple[BesideLine, list[BesideLine]]:
    def line(label: str, agency: Agency, of: str) -> BesideLine:
        return BesideLine(label, agency.code, [read.of(one.code, of) for one in BESIDE])

    return line(say("合计"), read.under, _WHOLE), [line(one.name, one, one.path) for one in below]


def _used(read: _ReadPeriod) -> Used | None:
    """Working days from acceptance to closing, for cases closed in the period; None if there are none."""
    days: Mapping[int, int] = {
        int(detail): many for (code, detail), many in read.details.items() if code == "used" and many
    }
    if not days:
        return None
    every = sum(days.values())
    return Used(every, sum(n * many for n, many in days.items()) / every, max(days))
