"""Parses facts from lines of JSON in one step: syntax, names, types and values.

This parser only accepts or declines. A declined line may still be valid, and errors need explaining: `json` and
`facts.parse` do both. Nothing is accepted here that they would refuse (tests/rules/test_lines.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from jiuyuan.rules import facts as fact_module
from jiuyuan.rules.facts import MOST_COUNTED, FactDefinition, Facts, contradictions

_TYPES: Mapping[str, Any] = {
    "date": date, "dates": tuple[date, ...], "boolean": bool, "text": str,
    "division": Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6,12}\Z")], "months": tuple[str, ...],
}  # fmt: skip


def _type(fact: FactDefinition) -> Any:
    if fact.kind == "choice":
        return Literal[tuple(fact.choices)]
    if fact.kind == "number":
        least = msgspec.Meta(gt=0) if fact.positive else msgspec.Meta(ge=0)
        return Annotated[int, least] | Annotated[float, least]
    if fact.kind == "count":
        return Annotated[int, msgspec.Meta(ge=int(fact.positive), le=MOST_COUNTED)]
    return _TYPES[fact.kind]


def reader(facts: Mapping[str, FactDefinition]) -> Callable[[bytes], Facts | None]:
    """Return a parser from a line to facts as `facts.parse` returns them, but with None for unknown ones.

    The parser returns None for a line it declines.
    """
    # A struct's fields must be identifiers; lines with other facts are declined.
    fields = [
        (name, _type(fact) | None, None) for name, fact in facts.items() if name != "as_of" and name.isidentifier()
    ]
    line = msgspec.defstruct(
        "Line", [("as_of", date), ("id", str | None, None), *fields], forbid_unknown_fields=True, gc=False
    )
    decode, as_dict = msgspec.json.Decoder(line).decode, msgspec.structs.asdict
    names = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
    lists = [(name, fact_module.reader(fact)) for name, fact in facts.items() if fact.kind in ("dates", "months")]

    def read(text: bytes) -> Facts | None:
        try:
            known = as_dict(decode(text))
            # Decline duplicate names, of which only the last value would be left: with as many colons as names there
            # is none. The count may decline a valid line, never accept a wrong one.
            found = len(names(text)) if b"null" in text else len(known) - list(known.values()).count(None)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if text.count(b":") != found:
            return None
        try:
            for name, read_list in lists:
                if known[name] is not None:
                    known[name] = read_list(known[name])
        except ValueError:
            return None
        return None if contradictions(known) else known

    return read
