"""Choices with labels that are translated when shown."""

import enum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.enums import ChoicesType
from django.utils.translation import gettext_lazy

from jiuyuan.wording import say

if TYPE_CHECKING:
    from django.db.models import TextChoices as Labelled
else:

    class _Labels(ChoicesType):
        @property
        def choices(cls) -> list[tuple[Any, Any]]:
            """For columns and forms, which display labels as text."""
            return [(member.value, gettext_lazy(member._label_)) for member in cls]

    class Labelled(models.TextChoices, metaclass=_Labels):
        """Text choices with labels in the reader's language."""

        @enum.property
        def label(self) -> str:
            return say(str(self._label_))


def texts(choices: "type[models.TextChoices]") -> list[tuple[str, str]]:
    """Codes with untranslated labels, for tables, which translate them themselves."""
    return [(str(member.value), str(member._label_)) for member in choices]
