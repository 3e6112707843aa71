"""Codes with labels, as columns keep them: the label is looked up when it is shown."""

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
            """For columns and forms, which show their label as text."""
            return [(member.value, gettext_lazy(member._label_)) for member in cls]

    class Labelled(models.TextChoices, metaclass=_Labels):
        """Text choices whose labels are in the language of who reads."""

        @enum.property
        def label(self) -> str:
            return say(str(self._label_))


def texts(choices: "type[models.TextChoices]") -> list[tuple[str, str]]:
    """Codes with their labels as the source has them: for tables, which look them up themselves."""
    return [(str(member.value), str(member._label_)) for member in choices]
