"""Which people record entries are about, for data that is updated from the record (figures, duties)."""

from collections.abc import Iterable
from typing import Any

from jiuyuan.applications.models import Application

_MANY = 5_000


def files_in(entries: Any) -> dict[str, set[str]]:
    """The keys of the files of these entries, by kind of file."""
    return by_kind(entries.order_by().values_list("file", flat=True).distinct())


def by_kind(files: Iterable[str]) -> dict[str, set[str]]:
    """The keys of these files, by kind of file."""
    found: dict[str, set[str]] = {}
    for file in files:
        kind, _, key = file.partition(":")
        found.setdefault(kind, set()).add(key)
    return found


def people_of(files: dict[str, set[str]]) -> set[int]:
    """The people whose files or applications these are, by primary key."""
    found = {int(key) for key in files.get("person", ())}
    numbers = sorted(files.get("application", ()))
    for at in range(0, len(numbers), _MANY):
        rows = Application.objects.unscoped().filter(number__in=numbers[at : at + _MANY])
        found.update(rows.order_by().values_list("person", flat=True))
    return found
