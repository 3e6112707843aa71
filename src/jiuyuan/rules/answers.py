"""What a policy answers about one person: a clause, a decision on recognition, and the grounds for exit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring as encode_text
from typing import Any

from jiuyuan.rules.logic import Answer, Condition

# The encoder of the standard library, set up once: `json.dumps` would build it for every text.
encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=8192)
def list_json(texts: tuple[str, ...]) -> str:
    """`encode` of texts, in a third of its time."""
    return f"[{', '.join(map(encode_text, texts))}]"


class Frame:
    """What all answers of one clause with one status have in common, their JSON around the reason included."""

    __slots__ = ("clause", "code", "facts", "head", "status", "tail", "title")

    def __init__(self, clause: str, code: str, title: str, facts: tuple[str, ...], status: Answer) -> None:
        self.clause, self.code, self.title, self.facts, self.status = clause, code, title, facts, status
        self.head = utf8(encode({"clause": clause, "code": code, "status": status})[:-1] + ', "reason": ')
        self.tail = utf8(f', "facts": {encode(facts)}}}')


class Opened:
    """What there is to an open clause beside its phrases. People for whom it is open in the same way share it.

    `names` are the facts that decide this clause taken alone, and `missing` are the same as bits, in the order of the policy's
    facts; `open` are all unknown ones in `rest`, what is left of the condition. `ending` says in words what is not known.
    """

    __slots__ = ("ending", "group", "missing", "names", "open", "rest")

    def __init__(
        self, group: str, rest: Condition, names: frozenset[str], missing: int, open_: int, ending: str
    ) -> None:
        self.group, self.rest, self.names, self.ending = group, rest, names, ending
        self.missing, self.open = missing, open_


class ClauseAnswer:
    """The answer of one clause. Not to be changed: people with the same facts share it.

    `status` is True, False or None for unknown; `reason` is one Chinese sentence; `opened` is there where it is unknown.
    """

    __slots__ = ("_frame", "_line", "opened", "reason", "status")

    def __init__(self, frame: Frame, reason: str, opened: Opened | None = None) -> None:
        self._frame, self.reason, self.status, self.opened = frame, reason, frame.status, opened
        self._line = b""

    @property
    def clause(self) -> str:
        """Where the clause stands, for example 一(一)2."""
        return self._frame.clause

    @property
    def code(self) -> str:
        """Its code, for example older."""
        return self._frame.code

    @property
    def title(self) -> str:
        """Its Chinese name."""
        return self._frame.title

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it reads."""
        return self._frame.facts

    @property
    def missing(self) -> frozenset[str]:
        """The facts that are unknown and decide this clause (taken alone)."""
        return self.opened.names if self.opened else NOTHING

    def __repr__(self) -> str:
        return f"ClauseAnswer({self.clause} {self.code}: {self.status}, {self.reason})"

    def as_json(self) -> dict[str, Any]:
        """The entry of `clauses` in contracts/decision.md."""
        return {
            "clause": self.clause, "code": self.code, "status": self.status, "reason": self.reason,
            "facts": list(self.facts),
        }  # fmt: skip

    def line(self) -> bytes:
        """`as_json` as text in UTF-8, rendered once."""
        if not self._line:
            self._line = self._frame.head + utf8(encode_text(self.reason)) + self._frame.tail
        return self._line


_BOOLEANS: dict[Answer, str] = {True: "true", False: "false", None: "null"}


def utf8(text: str) -> bytes:
    """UTF-8; half of a surrogate pair has none and is written as its JSON escape."""
    return text.encode("utf-8", "backslashreplace")


def _line(head: str, clauses: Iterable[ClauseAnswer]) -> bytes:
    return b"%b[%b]}" % (utf8(head), b", ".join([answer._line or answer.line() for answer in clauses]))


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

    def line(self) -> bytes:
        """`as_json` as a line of JSON in UTF-8, without its end."""
        return _line(
            f'{{"id": {"null" if self.id is None else encode_text(self.id)}, "outcome": "{self.outcome}", '
            f'"categories": {list_json(self.categories)}, '
            f'"possible_categories": {list_json(self.possible_categories)}, '
            f'"exclusions": {list_json(self.exclusions)}, "missing": {list_json(self.missing)}, '
            f'"policy": {encode_text(self.policy)}, "clauses": ',
            self.clauses,
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

    def line(self) -> bytes:
        """`as_json` as a line of JSON in UTF-8, without its end."""
        return _line(
            f'{{"id": {"null" if self.id is None else encode_text(self.id)}, "exit": {_BOOLEANS[self.exit]}, '
            f'"grounds": {list_json(self.grounds)}, "possible_grounds": {list_json(self.possible_grounds)}, '
            f'"signals": {list_json(self.signals)}, "clauses": ',
            self.clauses,
        )
