"""What a policy answers about one person: a clause, a decision on recognition, and the grounds for exit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jiuyuan.rules.logic import Answer

# The encoder of the standard library, set up once: `json.dumps` would build it for every text.
encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
text_json = cache(encode)
list_json: Callable[[tuple[str, ...]], str] = cache(encode)


class ClauseAnswer:
    """The answer of one clause. Not to be changed: people with the same facts share it.

    `status` is True, False or None for unknown; `reason` is one Chinese sentence; `facts` are the names of the facts that the
    clause reads; `missing` those that are unknown and decide this clause (taken alone), `open` those that are unknown in what
    is still open of it, and `signature` stands for all that this rests on.
    """

    __slots__ = ("_json", "clause", "code", "facts", "missing", "open", "reason", "signature", "status", "title")

    def __init__(
        self, clause: str, code: str, title: str, facts: tuple[str, ...], status: Answer, reason: str,
        missing: frozenset[str] = frozenset(), open_facts: frozenset[str] = frozenset(), signature: tuple[Any, ...] = (),
    ) -> None:  # fmt: skip
        self.clause, self.code, self.title, self.facts = clause, code, title, facts
        self.status, self.reason = status, reason
        self.missing, self.open, self.signature = missing, open_facts, signature
        self._json = ""

    def __repr__(self) -> str:
        return f"ClauseAnswer({self.clause} {self.code}: {self.status}, {self.reason})"

    def as_json(self) -> dict[str, Any]:
        """The entry of `clauses` in contracts/decision.md."""
        return {
            "clause": self.clause, "code": self.code, "status": self.status, "reason": self.reason,
            "facts": list(self.facts),
        }  # fmt: skip

    def json(self) -> str:
        """`as_json` as text, rendered once."""
        if not self._json:
            self._json = encode(self.as_json())
        return self._json


def _clauses_json(clauses: Iterable[ClauseAnswer]) -> str:
    return ", ".join([answer._json or answer.json() for answer in clauses])


@dataclass(slots=True, eq=False)
class Decision:
    """The answer of `jiuyuan decide`: `outcome` is eligible, ineligible or undetermined; codes stand in the order of the notice.

    `possible_categories` are those whose answer is unknown: the unknown facts can have values with which they are true, and
    others with which they are not. `missing` are the facts that could still change the outcome, in the order of the schema.
    """

    id: str | None
    outcome: str
    categories: tuple[str, ...]
    possible_categories: tuple[str, ...]
    exclusions: tuple[str, ...]
    missing: tuple[str, ...]
    policy: str
    clauses: tuple[ClauseAnswer, ...]

    def as_json(self) -> dict[str, Any]:
        """One line of `jiuyuan decide`; `id` is null where the input had none."""
        return {
            "id": self.id, "outcome": self.outcome, "categories": list(self.categories),
            "possible_categories": list(self.possible_categories), "exclusions": list(self.exclusions),
            "missing": list(self.missing), "policy": self.policy, "clauses": [c.as_json() for c in self.clauses],
        }  # fmt: skip

    def json(self) -> str:
        """`as_json` as text."""
        return (
            f'{{"id": {"null" if self.id is None else encode(self.id)}, "outcome": "{self.outcome}", '
            f'"categories": {list_json(self.categories)}, '
            f'"possible_categories": {list_json(self.possible_categories)}, '
            f'"exclusions": {list_json(self.exclusions)}, "missing": {list_json(self.missing)}, '
            f'"policy": {text_json(self.policy)}, "clauses": [{_clauses_json(self.clauses)}]}}'
        )


@dataclass(slots=True, eq=False)
class ExitAnswer:
    """The answer of `jiuyuan exits`: `exit` is True where one ground is, False where none can be, else None.

    `signals` call for an investigation and end nothing by themselves; `signal_clauses` are their answers, with the reasons.
    """

    id: str | None
    exit: Answer
    grounds: tuple[str, ...]
    possible_grounds: tuple[str, ...]
    signals: tuple[str, ...]
    clauses: tuple[ClauseAnswer, ...]
    signal_clauses: tuple[ClauseAnswer, ...]
    policy: str

    def as_json(self) -> dict[str, Any]:
        """One line of `jiuyuan exits`."""
        return {
            "id": self.id, "exit": self.exit, "grounds": list(self.grounds),
            "possible_grounds": list(self.possible_grounds), "signals": list(self.signals),
            "clauses": [answer.as_json() for answer in self.clauses],
        }  # fmt: skip

    def json(self) -> str:
        """`as_json` as text."""
        return (
            f'{{"id": {"null" if self.id is None else encode(self.id)}, "exit": {encode(self.exit)}, '
            f'"grounds": {list_json(self.grounds)}, "possible_grounds": {list_json(self.possible_grounds)}, '
            f'"signals": {list_json(self.signals)}, "clauses": [{_clauses_json(self.clauses)}]}}'
        )
