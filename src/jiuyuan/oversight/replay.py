"""The record of supervision replayed into its table, file by file (`jiuyuan audit verify --state`)."""

from collections import Counter
from collections.abc import Callable, Iterator

from jiuyuan.applications.replay import CHUNK
from jiuyuan.history.state import Recorded, Replayed, acts_of, differences, missing, readable, replay
from jiuyuan.oversight.models import SupervisionOrder
from jiuyuan.wording import say

MAKES: dict[str, tuple[type[Recorded], ...]] = {"supervision_asked": (SupervisionOrder,)}
CHANGES = frozenset({
    "supervision_answered", "supervision_closed", "supervision_asked_again", "supervision_withdrawn",
})  # fmt: skip
KNOWN = frozenset({*MAKES, *CHANGES})


def total() -> int:
    """How many files there are to be replayed."""
    return SupervisionOrder.objects.unscoped().count()


def verify_state(progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    """Every row that is not as the record left it, a sentence each. Adds to `uncompared` what was not stated."""
    faults: list[str] = []
    last = 0
    every = SupervisionOrder.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        rows = readable(every.filter(pk__in=keys), faults)
        acts = acts_of([row.file for row in rows], faults)
        for row in rows:
            replayed = Replayed()
            replay(acts[row.file], MAKES, KNOWN.__contains__, replayed, faults)
            yield from differences(replayed, [row], lambda one: say("督办 {pk}", pk=one.pk))
            yield from missing(replayed, [SupervisionOrder])
            uncompared["rows"] += replayed.uncompared
        yield from faults
        faults.clear()
        last = keys[-1]
        progress(len(keys))
