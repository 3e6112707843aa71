"""Replays the record of supervision and compares it with its tables, file by file (`jiuyuan audit verify --state`)."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from jiuyuan.agencies.replay import MOVED_ALONG
from jiuyuan.applications.replay import CHUNK
from jiuyuan.history.state import Recorded, Replayed, acts_of, differences, missing, readable, replay
from jiuyuan.oversight.figures import proving, upkeep
from jiuyuan.oversight.models import (
    Article,
    Doubt,
    FigurePeriod,
    Handover,
    InspectedCase,
    Inspection,
    InspectionFinding,
    LocalRule,
    Misconduct,
    Parameter,
    Recovery,
    RecoveryMonth,
    RecoveryPayment,
    Reorganisation,
    StaffTraining,
    SupervisionOrder,
    Target,
)
from jiuyuan.wording import say

MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "supervision_asked": (SupervisionOrder,),
    "period_closed": (FigurePeriod,),
    "target_set": (Target,),
    "inspection_opened": (Inspection,),
    "inspected_case_checked": (InspectedCase,),
    "finding_raised": (InspectionFinding,),
    "doubt_raised": (Doubt,),
    "handover_reported": (Handover,),
    "recovery_found": (Recovery, RecoveryMonth),
    "recovery_paid": (RecoveryPayment,),
    "local_rule_drafted": (LocalRule,),
    "article_drafted": (Article,),
    "parameter_drafted": (Parameter,),
    "reorganisation_drafted": (Reorganisation,),
    "training_taken": (StaffTraining,),
    "misconduct_opened": (Misconduct,),
}
CHANGES = frozenset({
    "local_rule_revised", "local_rule_limit_set", "local_rule_limit_left", "local_rule_tried", "local_rule_published",
    "local_rule_withdrawn", "local_rule_expired", "article_revised", "parameter_tried", "parameter_confirmed", "parameter_dropped", "parameter_withdrawn", "article_published", "article_withdrawn",
    "target_changed", "target_published", "target_withdrawn", "target_explained", "period_approved", "period_sent_back", "supervision_answered", "supervision_closed", "supervision_asked_again", "supervision_withdrawn",
    "inspection_drawn", "inspection_widened", "inspection_closed", "inspection_dropped", "inspected_case_checked_again",
    "finding_answered", "finding_corrected", "finding_confirmed", "finding_accepted", "finding_closed",
    "recovery_intended", "recovery_spoken", "recovery_heard", "recovery_decided", "recovery_served", "recovery_corrected", "recovery_urged",
    "handover_agreed", "handover_kept", "handover_sent", "handover_received", "handover_answered", "handover_contested",
    "doubt_explained", "doubt_confirmed", "recovery_taken_to_court", "recovery_quashed",
    "reorganisation_tried", "reorganisation_ordered", "reorganisation_carried_out", "reorganisation_dropped",
    "reorganisation_return_ordered", "reorganisation_returned",
    "misconduct_passed", "misconduct_concluded", "misconduct_dropped",
    *MOVED_ALONG,
})  # fmt: skip
KNOWN = frozenset({*MAKES, *CHANGES})
#: Models with files of their own, with the rows that belong to them and their foreign keys.
_OWN_FILES: dict[Any, tuple[tuple[type[Recorded], str], ...]] = {
    SupervisionOrder: (),
    FigurePeriod: (),
    Target: (),
    Inspection: ((InspectedCase, "inspection"),),
    InspectionFinding: (),
    Doubt: (),
    Handover: (),
    Recovery: ((RecoveryMonth, "recovery"), (RecoveryPayment, "recovery")),
    LocalRule: (),
    Article: (),
    Parameter: (),
    Reorganisation: (),
    StaffTraining: (),
    Misconduct: (),
}


def total() -> int:
    """The number of files to replay."""
    return sum(model.objects.unscoped().count() for model in _OWN_FILES)


def verify_state(progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    """Yield every row that differs from the record, as a sentence. Counts what was not stated in `uncompared`."""
    for model in _OWN_FILES:
        yield from _verify(model, progress, uncompared)
    yield from upkeep.faults()


def _verify(model: Any, progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    faults: list[str] = []
    last = 0
    every = model.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        rows = readable(every.filter(pk__in=keys), faults)
        below = [
            (one, way)
            for kind, way in _OWN_FILES[model]
            for one in readable(kind._base_manager.filter(**{f"{way}__in": keys}), faults)
        ]
        acts = acts_of([row.file for row in rows], faults)
        for row in rows:
            replayed = Replayed()
            replay(acts[row.file], MAKES, KNOWN.__contains__, replayed, faults)
            own = [row, *(one for one, way in below if getattr(one, f"{way}_id") == row.pk)]
            yield from differences(replayed, own, _named)
            yield from missing(replayed, [model, *(kind for kind, _ in _OWN_FILES[model])])
            uncompared["rows"] += replayed.uncompared
        if model is FigurePeriod:
            yield from proving.faults(rows)
        yield from faults
        faults.clear()
        last = keys[-1]
        progress(len(keys))


def _named(row: Recorded) -> str:
    return say("{kind} {pk}", kind=row._meta.verbose_name, pk=row.pk)
