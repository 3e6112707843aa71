"""The occupations of 《职业分类大典（2022年版）》 as a tree: `4-01-02-03` is below `4-01-02`, `4-01` and `4`."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "occupations_2022.csv"
_LEAVES = 4


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation or group. `level` 4 is an occupation; 1 to 3 are groups."""

    code: str
    name: str
    level: int


@cache
def occupations() -> dict[str, Occupation]:
    """All groups and occupations by code, in list order."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["code"]: Occupation(row["code"], row["name"], int(row["level"])) for row in rows}


@cache
def by_name() -> dict[str, Occupation]:
    """The occupations (without groups) by name."""
    return {each.name: each for each in occupations().values() if each.level == _LEAVES}


def read(text: str) -> str:
    """The code of an occupation given by code or name; empty if unknown."""
    text = text.strip()
    if text in occupations():
        return text
    found = by_name().get(text)
    return found.code if found else ""


def in_words(code: str) -> str:
    """The name of an occupation; empty for an unknown code."""
    found = occupations().get(code)
    return found.name if found else ""


def groups(code: str) -> list[str]:
    """The groups that contain an occupation or group, widest first, including itself: `4-10-00-00` is in 4 and 4-10."""
    parts = code.split("-") if code else []
    while parts and parts[-1] == "00":
        parts.pop()
    return ["-".join(parts[:end]) for end in range(1, len(parts) + 1)]
