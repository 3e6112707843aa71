"""Removes uploads left behind by killed processes. They are encrypted, but may concern people without a file."""

from datetime import timedelta

from jiuyuan.applications.models import Extract
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import storing

_LOST = timedelta(days=1)


def remove_lost() -> int:
    """Remove files older than a day that belong to no import and no list. Returns how many."""
    lost = set(storing.lying_since(_LOST))
    for model in (ImportBatch, Extract) if lost else ():
        lost -= set(model.objects.unscoped().filter(stored_as__in=lost).values_list("stored_as", flat=True))
    for name in lost:
        storing.remove(name)
    return len(lost)
