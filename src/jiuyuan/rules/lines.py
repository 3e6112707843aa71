"""Facts from lines of JSON, in one step: text, names, kinds and values are checked while they are read.

This way knows only right and wrong. A line that it does not take may still be right, and what is wrong with it has to be said in words:
`json` and `facts.parse` do both, and nothing is right here that is not right there (tests/rules/test_lines.py).
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
    """A function from a line to its facts, as `facts.parse` has them but with None for each that is unknown.

    It answers None where it does not take the line.
    """
    # A field of a class has to be an identifier; a line with another fact is read the other way.
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
            # Of a name that stands twice only the last value is left. Each name has a colon of its own, and with as many
            # colons as names none stands twice; a null leaves no trace in what was read.
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
