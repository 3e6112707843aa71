"""Figures with a source and an effective date: the minimum wage by place and day, and the limits of the procedure.

`certainty` is H (official text), M (official through a copy), L (secondary) or ? (a default of ours that a page must own up to).
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, where it comes from, since when it is in force, and for which place (a name, "" for everywhere)."""

    value: int
    source: str
    effective_on: date
    certainty: str
    place: str = ""
    label: str = ""


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "parameters" / name).read_text("utf-8"))


# Minimum wage (一(二)3) ---------------------------------------------------------------------------------------------------


def _wage_sets() -> tuple[list[date], list[dict[str, Figure]]]:
    table = _toml("minimum_wage.toml")
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


_WAGE_DAYS, _WAGE_SETS = _wage_sets()


def minimum_wages(day: date) -> Mapping[str, Figure]:
    """The monthly minimum wages in force on a day, by division code; a code serves everything below it."""
    place = bisect_right(_WAGE_DAYS, day)
    return _WAGE_SETS[place - 1] if place else {}


@lru_cache(maxsize=65536)
def minimum_wage(division: str, day: date) -> Figure | None:
    """The monthly minimum wage, in CNY, of the place with this code: street, county, or anything below. None: not known."""
    figures = minimum_wages(day)
    for length in range(min(len(division), 9), 5, -1):
        figure = figures.get(division[:length])
        if figure is not None:
            return figure
    return None


@lru_cache(maxsize=1024)
def minimum_wage_spans(day: date) -> Mapping[str, tuple[Figure, Figure]]:
    """The lowest and the highest minimum wage in force on a day, by the first two digits of a province's codes."""
    by_province: dict[str, list[Figure]] = {}
    for code, figure in minimum_wages(day).items():
        by_province.setdefault(code[:2], []).append(figure)
    return {
        province: (min(figures, key=lambda each: each.value), max(figures, key=lambda each: each.value))
        for province, figures in by_province.items()
    }


# Limits of the procedure ----------------------------------------------------------------------------------------------------

_limits: dict[str, list[dict[str, Any]]] = _toml("limits.toml")
LIMITS = tuple(_limits)


def extend(path: str | Path) -> None:
    """Add the dated or regional limits of an administrator's file (the shape of `parameters/limits.toml`).

    Raises ValueError, in Chinese, where the file cannot be read, names a limit that does not exist or leaves out its value,
    source or day.
    """
    try:
        added = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"读不了参数文件 {path}：{error}") from None
    for name, entries in added.items():
        if name not in _limits:
            raise ValueError(f"参数文件 {path}：没有名为 {name} 的期限，可用的是 {'、'.join(LIMITS)}")
        for entry in entries:
            if (
                type(entry.get("value")) is not int
                or type(entry.get("effective_on")) is not date
                or not entry.get("source")
            ):
                raise ValueError(
                    f"参数文件 {path}：{name} 的每一项都要有 value（整数）、effective_on（日期）和 source（依据）"
                )
    for name, entries in added.items():
        _limits[name].extend(entries)
    limit_figure.cache_clear()


@lru_cache(maxsize=4096)
def limit_figure(name: str, on: date, region: str | None = None) -> Figure:
    """The limit in force on a day, with its source; a region's own (longest division code first) goes before the general one.

    Before its first effective day a limit has its first value. Raises KeyError for an unknown name.
    """
    entries = _limits[name]
    fits = [e for e in entries if not e.get("region") or (region or "").startswith(e["region"])]
    in_force = [e for e in fits if e["effective_on"] <= on]
    first = min((e for e in entries if not e.get("region")), key=lambda e: e["effective_on"])
    best = max(in_force, key=lambda e: (len(e.get("region", "")), e["effective_on"]), default=first)
    return Figure(
        best["value"], best["source"], best["effective_on"], best.get("certainty", "?"),
        best.get("region", ""), best.get("label", first.get("label", "")),
    )  # fmt: skip


def limit(name: str, *, on: date, region: str | None = None) -> int:
    """The value of `limit_figure`."""
    return limit_figure(name, on, region).value
