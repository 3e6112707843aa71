"""Questions of the self-check that cover several facts at once, from `asked_together.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jiuyuan.rules.facts import FACTS, why_wrong


@dataclass(frozen=True, slots=True)
class Together:
    """One question for several facts.

    `sets`: the value of each fact after the answer `settles`; `lines`: Chinese, by fact.
    """

    name: str
    question: str
    yes: str
    no: str
    settles: bool
    sets: Mapping[str, Any] = field(hash=False)
    lines: Mapping[str, str] = field(hash=False)
    hint: str = ""
    at_least: int = 2


def _read() -> dict[str, Together]:
    table = tomllib.loads(Path(__file__).with_name("asked_together.toml").read_text("utf-8"))
    found = {}
    for name, entry in table.items():
        facts = entry.pop("facts")
        if name in FACTS:
            raise ValueError(f"asked_together.toml: {name} is the name of a fact")
        sets = {fact: said["is"] for fact, said in facts.items()}
        for fact, value in sets.items():
            if wrong := why_wrong(fact, value):
                raise ValueError(f"asked_together.toml: {wrong}")
        lines = {fact: said["line"] for fact, said in facts.items() if "line" in said}
        found[name] = Together(name, sets=sets, lines=lines, **entry)
    return found


#: The questions by name.
TOGETHER: Mapping[str, Together] = MappingProxyType(_read())


def settled(said: Mapping[str, Any]) -> dict[str, Any]:
    """The facts settled by answers to such questions, which may stand among other answers."""
    found: dict[str, Any] = {}
    for name, asked in TOGETHER.items():
        if said.get(name) is asked.settles:
            found |= asked.sets
    return found


def first_question(open_facts: Iterable[str], answered: Collection[str]) -> str | None:
    """The next question among the open facts, in their order: a fact, or the question that covers it and others."""
    wanted = list(open_facts)
    for name, asked in TOGETHER.items():
        found = [fact for fact in wanted if fact in asked.sets]
        if name not in answered and len(found) >= asked.at_least and found[0] == wanted[0]:
            return name
    return next(iter(wanted), None)
