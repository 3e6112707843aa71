"""Runs the jobs of supervision."""

from datetime import timedelta

from django.db import transaction

from jiuyuan.oversight import recovery_letters, reorganising
from jiuyuan.oversight.figures import upkeep
from jiuyuan.oversight.models import Reorganisation
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION
from jiuyuan.procedures import engine
from jiuyuan.worker import leases
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.loop import NotYet
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.MAKE_RECOVERY_LETTER)
def make_recovery_letter(job: Job) -> None:
    recovery_letters.make_recovery_letter(int(job.key))


@job(JobKind.KEEP_FIGURES, Lane.TIDYING, every=timedelta(minutes=1), when=upkeep.behind)
def keep_figures(_job: Job) -> None:
    upkeep.keep_up()


@job(JobKind.REORGANISE, Lane.IMPORTS)  # in the lane of imports, which write to the same offices
def reorganise(job: Job) -> None:
    """Reorganise in one transaction; later, when nobody uses the old place any more,
    move what was written there meanwhile.
    """
    row = (
        Reorganisation.objects.unscoped()
        .select_related("office__parent", "other", "ordered_by", "returned_by")
        .get(pk=job.key)
    )
    act = {Reorganisation.Status.ORDERED: "carry_out", Reorganisation.Status.RETURNING: "carry_back"}.get(row.status)
    if act is None:
        with transaction.atomic():
            reorganising.bring_after(row)
        return
    leases.beat(job, 0, reorganising.total(row))
    progress = leases.beats_aside(job)
    engine.act(None, REORGANISATION, row.pk, act, machine="worker", carried={"progress": progress})
    raise NotYet
