"""The notices that people can receive: a permanent code, and title and text as templates of `wording.say`."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from jiuyuan.wording import packed, say, unpacked


@dataclass(frozen=True)
class Notice:
    """A notice. `title` and `body` may use the same fields."""

    title: str
    body: str

    @property
    def fields(self) -> set[str]:
        return {name for text in (self.title, self.body) for _, name, _, _ in Formatter().parse(text) if name}


#: By code; filled at start, then read-only. Old messages stay readable by their codes.
NOTICES: dict[str, Notice] = {}


def declare(code: str, title: str, body: str) -> str:
    """Register a notice and return its code. Raises `ValueError` if the code has another text."""
    if NOTICES.setdefault(code, Notice(title, body)) != Notice(title, body):
        raise ValueError(f"two notices “{code}”")
    return code


def kept(code: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the notice uses, as JSON values. Raises `KeyError` if one is missing."""
    return {name: packed(fields[name]) for name in sorted(NOTICES[code].fields)}


def title(code: str, fields: Mapping[str, Any]) -> str:
    return say(NOTICES[code].title, **_unpacked(code, fields))


def body(code: str, fields: Mapping[str, Any]) -> str:
    return say(NOTICES[code].body, **_unpacked(code, fields))


def _unpacked(code: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A field missing in an older message is an empty list, which formats as nothing."""
    return {name: unpacked(fields.get(name, [])) for name in NOTICES[code].fields}
