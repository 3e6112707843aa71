"""The occupations of 《职业分类大典（2022年版）》 as a tree: a code `4-01-02-03` stands under `4-01-02`, `4-01` and `4`."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "occupations_2022.csv"
_LEAVES = 4


@dataclass(frozen=True, slots=True)
class Occupation:
    """`level`: 1 to 4, of which only the last is somebody's occupation; the others are groups of them."""

    code: str
    name: str
    level: int


@cache
def occupations() -> dict[str, Occupation]:
    """Every group and occupation by its code, in the order of the list."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["code"]: Occupation(row["code"], row["name"], int(row["level"])) for row in rows}


@cache
def by_name() -> dict[str, Occupation]:
    """The occupations alone, by the name that people type."""
    return {each.name: each for each in occupations().values() if each.level == _LEAVES}


def read(text: str) -> str:
    """The code of an occupation that is named by its code or its name; empty for words that name none."""
    text = text.strip()
    if text in occupations():
        return text
    found = by_name().get(text)
    return found.code if found else ""


def in_words(code: str) -> str:
    """An occupation as people call it; empty for an unknown code."""
    found = occupations().get(code)
    return found.name if found else ""


def groups(code: str) -> list[str]:
    """The groups in which an occupation or group lies, the widest first, itself included: `4-10-00-00` is 4 and 4-10."""
    parts = code.split("-") if code else []
    while parts and parts[-1] == "00":
        parts.pop()
    return ["-".join(parts[:end]) for end in range(1, len(parts) + 1)]
