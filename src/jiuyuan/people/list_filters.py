"""The filters of a list, as in the URL of its page."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Self
from urllib.parse import urlencode

#: No name, number or code is longer.
_LONGEST = 100


class ListFilters:
    """A base class for frozen dataclasses of strings. Empty means not filtered; an unknown value matches nothing."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        return cls(**{field.name: given.get(field.name, "").strip()[:_LONGEST] for field in fields(cls)})  # type: ignore[arg-type]

    def __str__(self) -> str:
        """The URL query without empty values, so that the same list always has the same URL."""
        return urlencode({field.name: value for field in fields(self) if (value := getattr(self, field.name))})  # type: ignore[arg-type]
