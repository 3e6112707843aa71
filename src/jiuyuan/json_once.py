"""A JSON parser that rejects duplicate keys, of which Python silently keeps the last."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any


class Twice(ValueError):
    """A key occurs twice in an object; `name` is the key."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} stands twice")
        self.name = name


def loads(text: str | bytes, *, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """Like `json.loads`. Raises `Twice`, otherwise `ValueError` or `RecursionError`."""
    return json.loads(text, object_pairs_hook=_object, parse_constant=parse_constant)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Twice(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return found
