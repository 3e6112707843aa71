"""The current number of cases by state and limit, read from the tallies; each number links to its list."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.figures import CaseFigure, FigureRow, columns
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.oversight.figures import tallies
from jiuyuan.oversight.figures.definitions import RUNS_OUT, STANDS
from jiuyuan.oversight.figures.tallies import NotKeptYet, TallyAsked

_OVERDUE = "overdue"


def table(user: User, under: Agency) -> tuple[FigureRow, list[FigureRow]]:
    """The totals below an office of the user's area (checked by the caller),
    and the numbers of each office directly below.
    """
    below, over = list(under.children.all()), clock.today() - timedelta(days=1)
    areas = (under.path, *(one.path for one in below))
    codes = frozenset({STANDS.code, RUNS_OUT.code})
    counts: Counter[tuple[str, str, str]] = Counter()  # by office, state or all, limit or any
    asked = TallyAsked(under.path, areas, codes, clock.EARLIEST, over)
    for cell, many in tallies.counted(asked, NotKeptYet(under.path, codes)).items():
        if cell.code == RUNS_OUT.code:
            counts[cell.area, "", _OVERDUE] += many
            continue
        state, _, limit = cell.detail.partition("/")
        for key in {("", ""), (state, ""), ("", limit)}:
            counts[cell.area, *key] += many
    shown = [filters for _, filters in columns(user)]
    return _row(under, shown, counts), [_row(one, shown, counts) for one in below]


def _row(agency: Agency, shown: list[CaseFilters], counts: Counter[tuple[str, str, str]]) -> FigureRow:
    return FigureRow(
        agency,
        [CaseFigure(counts[agency.path, one.state, one.due], replace(one, agency=agency.code)) for one in shown],
    )
