"""How many cases stand in each state now, over the agencies of an area. A figure and its list are one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import queries
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.wording import say


@dataclass(frozen=True)
class CaseFigure:
    """A number and the filters of the list that it counted."""

    count: int
    filters: CaseFilters


@dataclass(frozen=True)
class FigureRow:
    agency: Agency
    cells: list[CaseFigure]


def columns(user: User) -> tuple[tuple[str, CaseFilters], ...]:
    """The columns of the figures: a heading, and what narrows the list behind it."""
    return (
        (say("全部"), CaseFilters()),
        (say("超期未办"), CaseFilters(due="overdue")),
        (say("按期办结"), CaseFilters(due="on_time")),
        (say("超期办结"), CaseFilters(due="late")),
        *((state.label, CaseFilters(state=state.code)) for state in queries.states_of(user).values()),
    )


def figures(user: User, under: Agency) -> tuple[FigureRow, list[FigureRow]]:
    """Cases by state and limit: in all below an agency of the user's area, and for each agency directly below it."""
    today = clock.today()
    rows = Application.objects.visible_to(user).filter(area__begins=under.path).order_by()
    limits = {kind: Count("pk", filter=queries.due(kind, today, user)) for kind in ("overdue", "on_time", "late")}
    by_area: list[Any] = list(rows.values("area", "status").annotate(n=Count("pk"), **limits))
    shown = [filters for _, filters in columns(user)]
    below = [_figure_row(agency, by_area, shown) for agency in under.children.all()]
    return _figure_row(under, by_area, shown), below


def _figure_row(agency: Agency, by_area: Sequence[Mapping[str, Any]], columns: Sequence[CaseFilters]) -> FigureRow:
    mine = [row for row in by_area if row["area"].startswith(agency.path)]
    cells = []
    for filters in columns:
        column = filters.due or "n"
        count = sum(row[column] for row in mine if filters.state in ("", row["status"]))
        cells.append(CaseFigure(count, replace(filters, agency=agency.code)))
    return FigureRow(agency, cells)
