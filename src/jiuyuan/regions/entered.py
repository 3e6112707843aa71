"""Values that offices enter on pages: limits, minimum wages, holiday plans, departments' words, letter texts, public
texts.

The database keeps them (`oversight.models.Parameter`). The data folder has a copy of the figures for programs
that do not open the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from jiuyuan.rules.calendar import Year
from jiuyuan.rules.parameters import Figure, Limit, Wage

#: The file name of the copy.
FILE = "entered.json"


class DepartmentWord(NamedTuple):
    """A word in a column of a department's files and the code it means, for imports below an agency's path."""

    area: str
    kind: str
    column: str
    code: str
    word: str


class LetterWording(NamedTuple):
    """An office's own wording of sentences of a letter, for letters written below an agency's path."""

    area: str
    letter: str
    sentences: tuple[tuple[str, str], ...]


class PublicText(NamedTuple):
    """A text for the public (`PublicTexts`), or a telephone number, as an office wrote it."""

    region: str
    name: str
    value: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entered:
    """All entered values. Limits and wages have the code of their region."""

    limits: tuple[tuple[str, Limit], ...] = ()
    wages: tuple[tuple[str, Wage], ...] = ()
    plans: Mapping[int, Year] = field(default_factory=dict)
    words: tuple[DepartmentWord, ...] = ()
    letters: tuple[LetterWording, ...] = ()
    texts: tuple[PublicText, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The copy for programs without a database: holiday plans and wages, which affect decisions."""
        return {
            "plans": {
                str(year): [sorted(map(str, plan.holidays)), sorted(map(str, plan.workdays)), plan.source]
                for year, plan in self.plans.items()
            },
            "wages": [
                [region, wage.division, wage.figure.value, wage.figure.source, str(wage.figure.effective_on),
                 wage.figure.place, str(wage.until) if wage.until else ""]
                for region, wage in self.wages
            ],
        }  # fmt: skip


def read(kept: Mapping[str, Any]) -> Entered:
    """Parse the result of `as_json`. Raises ValueError, KeyError or TypeError for anything else."""
    day = date.fromisoformat
    return Entered(
        wages=tuple(
            (region, Wage(division, wage(value, source, day(since), place), day(until) if until else None))
            for region, division, value, source, since, place, until in kept["wages"]
        ),
        plans={
            int(year): Year(days(holidays), days(workdays), source)
            for year, (holidays, workdays, source) in kept["plans"].items()
        },
    )


def days(written: Iterable[str]) -> frozenset[date]:
    """Parse the dates of a holiday plan."""
    return frozenset(map(date.fromisoformat, written))


def wage(value: int, source: str, since: date, place: str) -> Figure:
    """A minimum wage with the document named by the office."""
    return Figure(value, source, since, "H", place, "月最低工资标准")
