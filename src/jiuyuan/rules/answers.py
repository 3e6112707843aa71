"""The answers of a policy about one person: a clause, a decision on recognition, and the grounds for exit."""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import msgspec

from jiuyuan.rules.logic import Answer, Condition

# The standard library's encoder, created once; `json.dumps` would create one for every call.
encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
_encode_text = msgspec.json.Encoder().encode
NOTHING: frozenset[str] = frozenset()


def text_json(text: str) -> bytes:
    """Encode a text as JSON in UTF-8."""
    try:
        return _encode_text(text)
    except UnicodeEncodeError:
        return utf8(encode_basestring(text))


_code_json = lru_cache(maxsize=4096)(text_json)  # codes and fact names: a small set


def _list_json(codes: tuple[str, ...]) -> bytes:
    return b"[%b]" % b", ".join(map(_code_json, codes)) if codes else b"[]"


_codes_json = lru_cache(maxsize=8192)(_list_json)  # for clause codes; sets of missing facts rarely repeat


def utf8(text: str) -> bytes:
    """Encode as UTF-8; a lone surrogate becomes its JSON escape."""
    return text.encode("utf-8", "backslashreplace")


class Frame:
    """What all answers of one clause with one status share, including the JSON before and after the reason."""

    __slots__ = ("clause", "code", "facts", "head", "tail", "title")

    def __init__(self, clause: str, code: str, title: str, facts: tuple[str, ...], status: Answer) -> None:
        self.clause, self.code, self.title, self.facts = clause, code, title, facts
        self.head = utf8(encode({"clause": clause, "code": code, "status": status})[:-1] + ', "reason": ')
        self.tail = utf8(f', "facts": {encode(facts)}}}')


class Opened:
    """The open part of an unknown clause, shared by all people for whom the same is unknown.

    - `rest`: what remains of the condition; `open`: its unknown facts, as bits in the order of the policy's
      facts.
    - `names`: the facts that decide this clause on its own; `missing`: the same as bits.
    - `ending`: what is unknown, in words.
    """

    __slots__ = ("ending", "group", "missing", "names", "open", "rest")

    def __init__(
        self, group: str, rest: Condition, names: frozenset[str], missing: int, open_: int, ending: str
    ) -> None:
        self.group, self.rest, self.names, self.ending = group, rest, names, ending
        self.missing, self.open = missing, open_


class ClauseAnswer(msgspec.Struct, eq=False, gc=False):
    """The answer of one clause. Treat it as immutable: people with the same facts share it.

    `status` is True, False or None for unknown; `reason` is one Chinese sentence; `opened` is set if the status
    is None.
    """

    _frame: Frame
    reason: str
    status: Answer
    opened: Opened | None = None
    _line: bytes = b""

    @property
    def clause(self) -> str:
        """The position of the clause in the document, for example 一(一)2."""
        return self._frame.clause

    @property
    def code(self) -> str:
        """The code of the clause."""
        return self._frame.code

    @property
    def title(self) -> str:
        """The Chinese title."""
        return self._frame.title

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the clause reads."""
        return self._frame.facts

    @property
    def missing(self) -> frozenset[str]:
        """The unknown facts that decide the clause on its own."""
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
        """`as_json` encoded as UTF-8."""
        if not self._line:
            frame = self._frame
            self._line = frame.head + text_json(self.reason) + frame.tail
        return self._line


def _line(head: bytes, clauses: tuple[ClauseAnswer, ...]) -> bytes:
    return b"".join([head, b", ".join([answer._line or answer.line() for answer in clauses]), b"]}"])


class Ruling(msgspec.Struct, eq=False, gc=False):
    """The answer of `jiuyuan decide`. `outcome` is eligible, ineligible or undetermined; codes are in the order of
    the notice.

    - `possible_categories`: the unknown ones; the unknown facts can still make each of them true or false.
    - `missing`: the unknown facts that can still change the outcome, in schema order.
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
        """One line of `jiuyuan decide` as a dict; `id` is None if the input had none."""
        return {
            "id": self.id, "outcome": self.outcome, "categories": list(self.categories),
            "possible_categories": list(self.possible_categories), "exclusions": list(self.exclusions),
            "missing": list(self.missing), "policy": self.policy, "clauses": [c.as_json() for c in self.clauses],
        }  # fmt: skip

    def line(self) -> bytes:
        """`as_json` as a line of JSON in UTF-8, without the newline."""
        return _line(
            b'{"id": %b, "outcome": %b, "categories": %b, "possible_categories": %b, "exclusions": %b, "missing": %b, "policy": %b, '
            b'"clauses": ['
            % (
                b"null" if self.id is None else text_json(self.id), _code_json(self.outcome), _codes_json(self.categories),
                _codes_json(self.possible_categories), _codes_json(self.exclusions), _list_json(self.missing),
                _code_json(self.policy),
            ),
            self.clauses,
        )  # fmt: skip


_BOOLEANS: dict[Answer, bytes] = {True: b"true", False: b"false", None: b"null"}


class ExitAnswer(msgspec.Struct, eq=False, gc=False):
    """The answer of `jiuyuan exits`. `exit` is True if a ground holds, False if none can, else None.

    `signals` call for an investigation and end nothing by themselves; `signal_clauses` are their answers, with
    the reasons.
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
        """`as_json` as a line of JSON in UTF-8, without the newline."""
        head = b'{"id": %b, "exit": %b, "grounds": %b, "possible_grounds": %b, "signals": %b, "clauses": [' % (
            b"null" if self.id is None else text_json(self.id), _BOOLEANS[self.exit], _codes_json(self.grounds),
            _codes_json(self.possible_grounds), _codes_json(self.signals),
        )  # fmt: skip
        return _line(head, self.clauses)
