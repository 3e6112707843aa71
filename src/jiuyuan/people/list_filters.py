"""What narrows a list, as it stands in the address of its page."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Self
from urllib.parse import urlencode

#: What is longer is no name, no number and no code.
_LONGEST = 100


class ListFilters:
    """For a frozen dataclass of texts. Empty: not narrowed. An unknown value narrows to nothing."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        return cls(**{field.name: given.get(field.name, "").strip()[:_LONGEST] for field in fields(cls)})  # type: ignore[arg-type]

    def __str__(self) -> str:
        """The address's query, empty ones left out, so that the same list always has the same address."""
        return urlencode({field.name: value for field in fields(self) if (value := getattr(self, field.name))})  # type: ignore[arg-type]
