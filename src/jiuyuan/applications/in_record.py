"""Whom entries of the record concern, for what is kept up to date by acts (figures, what is due)."""

from collections.abc import Iterable
from typing import Any

from jiuyuan.applications.models import Application

_MANY = 5_000


def files_in(entries: Any) -> dict[str, set[str]]:
    """The files of some entries: by kind, their keys."""
    return by_kind(entries.order_by().values_list("file", flat=True).distinct())


def by_kind(files: Iterable[str]) -> dict[str, set[str]]:
    """Some files of the record: by kind, their keys."""
    found: dict[str, set[str]] = {}
    for file in files:
        kind, _, key = file.partition(":")
        found.setdefault(kind, set()).add(key)
    return found


def people_of(files: dict[str, set[str]]) -> set[int]:
    """In whose files or applications something was recorded."""
    found = {int(key) for key in files.get("person", ())}
    numbers = sorted(files.get("application", ()))
    for at in range(0, len(numbers), _MANY):
        rows = Application.objects.unscoped().filter(number__in=numbers[at : at + _MANY])
        found.update(rows.order_by().values_list("person", flat=True))
    return found
