"""The columns of cases by state and limit, each with the list that it counts. How many there are says `oversight.figures.state_tables`."""

from dataclasses import dataclass

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import queries
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
