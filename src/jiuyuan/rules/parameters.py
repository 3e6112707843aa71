"""Dated figures with their sources: minimum wages by place and day, and limits of procedures. Regions provide them.

`certainty` is H (official text), M (official text through a copy), L (secondary source) or ? (our own default,
which pages must disclose).
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

_DEFAULTS = Path(__file__).parent / "parameters" / "limits.toml"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its source, its first day, and the name of its place ("" for everywhere)."""

    value: int
    source: str
    effective_on: date
    certainty: str
    place: str = ""
    label: str = ""


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Wage:
    """A minimum wage entered beside a region's file. `division` is the code of its place, `until` its last day."""

    division: str
    figure: Figure
    until: date | None = None


_Cache = TypeVar("_Cache", bound=Callable[..., Any])
_by_wages: list[Any] = []


def kept_by_wages(cache: _Cache) -> _Cache:
    """Register a cache that depends on minimum wages, to be cleared when they change."""
    _by_wages.append(cache)
    return cache


class Wages:
    """The monthly minimum wages of a region by place and day: from `minimum_wage.toml` in its folder,
    and entered by offices.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entered: tuple[Wage, ...] = ()
        self.at = lru_cache(maxsize=65536)(self._at)
        self.spans = lru_cache(maxsize=1024)(self._spans)

    @cached_property
    def _sets(self) -> tuple[list[date], list[dict[str, Figure]]]:
        table = _toml(self._path)
        places = table["places"]
        days, sets = [], []
        for entry in sorted(table["sets"], key=lambda entry: entry["effective_on"]):
            day, source, certainty = entry["effective_on"], entry["source"], entry["certainty"]
            days.append(day)
            sets.append({
                code: Figure(int(value), source, day, certainty, places[code], "月最低工资标准")
                for value, codes in entry["figures"].items()
                for code in codes
            })  # fmt: skip
        return days, sets

    @cached_property
    def places(self) -> Mapping[str, str]:
        """The names of the places with a wage, by division code."""
        return {str(code): name for code, name in _toml(self._path)["places"].items()}

    def enter(self, wages: Iterable[Wage]) -> None:
        """Replace the entered wages.

        Of two wages for a place the later day wins; on the same day the entered one does.
        """
        if (found := tuple(sorted(wages, key=lambda wage: wage.figure.effective_on))) != self._entered:
            self._entered = found
            for cache in (self.at, self.spans, *_by_wages):
                cache.cache_clear()

    def on(self, day: date) -> Mapping[str, Figure]:
        """The wages in force on a day, by division code. A code applies to everything below it."""
        days, sets = self._sets
        place = bisect_right(days, day)
        figures = sets[place - 1] if place else {}
        for wage in self._entered:
            since, known = wage.figure.effective_on, figures.get(wage.division)
            if (
                since <= day
                and (wage.until is None or day <= wage.until)
                and (known is None or known.effective_on <= since)
            ):
                figures = {**figures, wage.division: wage.figure}
        return figures

    def _at(self, division: str, day: date) -> Figure | None:
        """The wage at a division (street, county or anything below) in CNY per month, or None if not known."""
        figures = self.on(day)
        for length in range(min(len(division), 9), 5, -1):
            figure = figures.get(division[:length])
            if figure is not None:
                return figure
        return None

    def _spans(self, day: date) -> Mapping[str, tuple[Figure, Figure]]:
        """The lowest and the highest wage in force on a day, by the two-digit prefix of a province."""
        by_province: dict[str, list[Figure]] = {}
        for code, figure in self.on(day).items():
            by_province.setdefault(code[:2], []).append(figure)
        return {
            province: (min(figures, key=lambda each: each.value), max(figures, key=lambda each: each.value))
            for province, figures in by_province.items()
        }


@dataclass(frozen=True, slots=True)
class Limit:
    """A dated value of a limit.

    - `place`: the path of the agency below which it applies, "" for everywhere; `until`: its last day.
    - `local`: what a city may publish instead (六): "at_most" or "at_least" this value, "any", or "" for nothing.
    - `from_its_day`: never applies before its first day, even as the first value.
    """

    name: str
    figure: Figure
    place: str = ""
    until: date | None = None
    local: str = ""
    from_its_day: bool = False

    def in_force(self, day: date) -> bool:
        return self.figure.effective_on <= day and (self.until is None or day <= self.until)


@cache
def read_limits(path: Path) -> tuple[Limit, ...]:
    """Read a limits file (format of `rules/parameters/limits.toml`), once per process.

    Raises OSError, ValueError for invalid TOML.
    """
    found = []
    for name, entries in _toml(path).items():
        label = next((entry["label"] for entry in entries if "label" in entry), "")
        local = next((entry["local"] for entry in entries if "local" in entry), "")
        for entry in entries:
            if "value" not in entry:
                continue
            place = entry.get("region", "")
            figure = Figure(
                entry["value"], entry["source"], entry["effective_on"], entry.get("certainty", "?"), place,
                entry.get("label", label),
            )  # fmt: skip
            found.append(Limit(name, figure, place, entry.get("until"), local))
    return tuple(found)


@cache
def unset() -> Mapping[str, str]:
    """The limits without a value in any source, with their labels. An installation can set them."""
    return {
        name: entries[0]["label"]
        for name, entries in _toml(_DEFAULTS).items()
        if not any("value" in entry for entry in entries)
    }


def read_own_limits(path: Path, known: Iterable[str]) -> tuple[Limit, ...]:
    """Read an administrator's limits.

    Raises ValueError, in Chinese, if the file cannot be read, names a limit not in `known`, or lacks a value,
    source or day.
    """
    try:
        added = _toml(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"读不了参数文件 {path}：{error}") from None
    names = list(dict.fromkeys(known))
    for name, entries in added.items():
        if name not in names:
            raise ValueError(f"参数文件 {path}：没有名为 {name} 的期限，可用的是 {'、'.join(names)}")
        for entry in entries:
            if (
                type(entry.get("value")) is not int
                or type(entry.get("effective_on")) is not date
                or type(entry.get("until", date.max)) is not date
                or not entry.get("source")
            ):
                raise ValueError(
                    f"参数文件 {path}：{name} 的每一项都要有 value（整数）、effective_on（日期）和 source（依据）；"
                    "until（最后一天）可以不写"
                )
    return read_limits(path)


def defaults() -> tuple[Limit, ...]:
    """The limits that apply if neither a region nor an installation sets them."""
    return read_limits(_DEFAULTS)


def local_bounds(*sources: Iterable[Limit]) -> dict[str, str]:
    """What a city may decide of each limit (`Limit.local`), by name; the first source that says so wins."""
    bounds: dict[str, str] = {}
    for limit in (limit for source in sources for limit in source if limit.local):
        bounds.setdefault(limit.name, limit.local)
    return bounds


def laxer(value: int, bound: str, figures: Iterable[Figure]) -> Figure | None:
    """The first figure that a city's value would undercut: longer where the figure is a maximum,
    shorter where it is a minimum.
    """
    falls = {"at_most": lambda figure: value > figure.value, "at_least": lambda figure: value < figure.value}
    return next((figure for figure in figures if bound in falls and falls[bound](figure)), None)


def chosen(name: str, limits: Iterable[Limit], places: Mapping[str, int], on: date, *, alone: bool = False) -> Figure:
    """The figure in force on a day: of the deepest place, then the latest; the first of equal ones.

    `places` has the depth of each agency on the path to the place in question. Before its first day a limit has
    its first value. Raises KeyError for an unknown name. `alone`: a value for a place counts even if there is
    none for everywhere.
    """
    named = [limit for limit in limits if limit.name == name]
    everywhere = [limit for limit in named if not limit.place and not (limit.from_its_day and not limit.in_force(on))]
    fits = [limit for limit in named if limit.in_force(on) and (not limit.place or limit.place in places)]
    if not everywhere and not (alone and fits):
        raise KeyError(name)
    first = min(everywhere or fits, key=lambda limit: limit.figure.effective_on)
    best = max(
        fits, key=lambda limit: (places.get(limit.place, -1), limit.figure.effective_on), default=first
    )  # fmt: skip
    if best.figure.label:
        return best.figure
    figure = best.figure
    return Figure(figure.value, figure.source, figure.effective_on, figure.certainty, figure.place, first.figure.label)
