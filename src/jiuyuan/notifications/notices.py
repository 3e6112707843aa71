"""What people can be told: by a code that never changes, a title and a text, both templates of `wording.say`."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from jiuyuan.wording import packed, say, unpacked


@dataclass(frozen=True)
class Notice:
    """`title` and `body` may name the same fields."""

    title: str
    body: str

    @property
    def fields(self) -> set[str]:
        return {name for text in (self.title, self.body) for _, name, _, _ in Formatter().parse(text) if name}


#: By code; filled while the apps are made ready, and then read only. What was once written under a code stays readable.
NOTICES: dict[str, Notice] = {}


def declare(code: str, title: str, body: str) -> str:
    """Add a notice and return its code. Raises `ValueError` where the code has other words."""
    if NOTICES.setdefault(code, Notice(title, body)) != Notice(title, body):
        raise ValueError(f"two notices “{code}”")
    return code


def kept(code: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Of some fields those that the notice names, as JSON. Raises `KeyError` where one is missing."""
    return {name: packed(fields[name]) for name in sorted(NOTICES[code].fields)}


def title(code: str, fields: Mapping[str, Any]) -> str:
    return say(NOTICES[code].title, **_unpacked(code, fields))


def body(code: str, fields: Mapping[str, Any]) -> str:
    return say(NOTICES[code].body, **_unpacked(code, fields))


def _unpacked(code: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A field that a later wording added is nothing in what was written before: an empty list takes every form."""
    return {name: unpacked(fields.get(name, [])) for name in NOTICES[code].fields}
