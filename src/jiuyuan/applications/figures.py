"""The columns of case figures by state and limit, each with the list it counts.

`oversight.figures.state_tables` computes the numbers.
"""

from dataclasses import dataclass

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import queries
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.wording import say


@dataclass(frozen=True)
class CaseFigure:
    """A number and the filters of the list that it counts."""

    count: int
    filters: CaseFilters


@dataclass(frozen=True)
class FigureRow:
    agency: Agency
    cells: list[CaseFigure]


def columns(user: User) -> tuple[tuple[str, CaseFilters], ...]:
    """The columns: a heading, and the filters of the list."""
    return (
        (say("全部"), CaseFilters()),
        (say("超期未办"), CaseFilters(due="overdue")),
        (say("按期办结"), CaseFilters(due="on_time")),
        (say("超期办结"), CaseFilters(due="late")),
        *((state.label, CaseFilters(state=state.code)) for state in queries.states_of(user).values()),
    )
