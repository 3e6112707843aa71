"""The administrative divisions of a region, and the county in which a place is counted."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

_NOWHERE, _ELSEWHERE = 10**9 + 1, 10**9  # they sort after every code


class DivisionLine(NamedTuple):
    """A line of the national list of statistical division codes.

    `level`: province, prefecture, county, zone, town or community.
    """

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, eq=False)
class Divisions:
    """A region's divisions, read from a file with code, name, level and parent.

    - `prefix`: the beginning of all their codes.
    - `own_line`: counties under no prefecture, whatever their codes suggest.
    - `zones`: towns counted in a zone that has no code; the code of its first town stands for it.
    - `former`: abolished codes and their successors.
    """

    path: Path
    name: str
    prefix: str
    own_line: frozenset[str] = frozenset()
    zones: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[DivisionLine, ...]:
        with self.path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            headings = next(lines)
            in_order = itemgetter(*map(headings.index, DivisionLine._fields))
            return tuple(DivisionLine._make(in_order(line)) for line in lines if line)

    @cached_property
    def _counties(self) -> dict[str, str]:
        names = {row.code: row.name for row in self.rows}
        return {
            row.code: row.name if row.level == "zone" or row.code in self.own_line else names[row.parent] + row.name
            for row in self.rows
            if row.level in ("county", "zone")
        }

    def county(self, number: int | None) -> tuple[int, str]:
        """The county of a place: a sort key and a name. `number` is the first nine digits of the place's code."""
        if number is None:
            return _NOWHERE, "地区不详"
        code = f"{number:09}"
        if code in self.zones:
            first, name = self.zones[code]
            return int(first), name
        found = self.former.get(code[:6], code[:6])
        if name := self._counties.get(found, ""):
            return int(found) * 1000, name
        if code.startswith(self.prefix):
            return int(code[:6]) * 1000, f"{self.name}（代码{code[:6]}）"
        return _ELSEWHERE, "省外"


def county_by_code(number: int | None) -> tuple[int, str]:
    """The county by code alone, for policies without `Divisions`."""
    if number is None:
        return _NOWHERE, "地区不详"
    code = f"{number:09}"[:6]
    return int(code) * 1000, f"代码{code}"
