"""The record of supervision replayed into its table, file by file (`jiuyuan audit verify --state`)."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from jiuyuan.applications.replay import CHUNK
from jiuyuan.history.state import Recorded, Replayed, acts_of, differences, missing, readable, replay
from jiuyuan.oversight.figures import proving
from jiuyuan.oversight.models import FigurePeriod, SupervisionOrder, Target
from jiuyuan.wording import say

MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "supervision_asked": (SupervisionOrder,),
    "period_closed": (FigurePeriod,),
    "target_set": (Target,),
}
CHANGES = frozenset({
    "target_changed", "target_published", "target_withdrawn", "period_approved", "period_sent_back", "supervision_answered", "supervision_closed", "supervision_asked_again", "supervision_withdrawn",
})  # fmt: skip
KNOWN = frozenset({*MAKES, *CHANGES})


_MODELS: tuple[Any, ...] = (SupervisionOrder, FigurePeriod, Target)


def total() -> int:
    """How many files there are to be replayed."""
    return sum(model.objects.unscoped().count() for model in _MODELS)


def verify_state(progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    """Every row that is not as the record left it, a sentence each. Adds to `uncompared` what was not stated."""
    for model in _MODELS:
        yield from _verify(model, progress, uncompared)


def _verify(model: Any, progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    faults: list[str] = []
    last = 0
    every = model.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        rows = readable(every.filter(pk__in=keys), faults)
        acts = acts_of([row.file for row in rows], faults)
        for row in rows:
            replayed = Replayed()
            replay(acts[row.file], MAKES, KNOWN.__contains__, replayed, faults)
            yield from differences(replayed, [row], _named)
            yield from missing(replayed, [model])
            uncompared["rows"] += replayed.uncompared
        if model is FigurePeriod:
            yield from proving.faults(rows)
        yield from faults
        faults.clear()
        last = keys[-1]
        progress(len(keys))


def _named(row: Recorded) -> str:
    return say("{kind} {pk}", kind=row._meta.verbose_name, pk=row.pk)
