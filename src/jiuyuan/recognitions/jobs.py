"""Runs the jobs of the register, and of files of every kind."""

from datetime import timedelta

from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import insurance_months, mapping, recording, reversal, running
from jiuyuan.people.sources.running import Elsewhere
from jiuyuan.people.sources.workflow import JOBS
from jiuyuan.recognitions import importing, letters
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.leases import beat
from jiuyuan.worker.loop import NotYet
from jiuyuan.worker.models import Job, lease
from jiuyuan.worker.registry import job

running.WORK[ImportBatch.Kind.EARLIER_REGISTER] = importing.work_for
running.WORK[ImportBatch.Kind.INSURANCE_MONTHS] = insurance_months.work_for


@job(JobKind.MAKE_EXIT_NOTICE)
def make_exit_notice(job: Job) -> None:
    letters.make_exit_notice(job.key)


@job(JobKind.ORDER_EXIT_NOTICES, Lane.TIDYING, every=timedelta(hours=1))
def order_exit_notices(_job: Job) -> None:
    letters.order_missing_exit_notices()


@job(JobKind.TRY_FILE, Lane.IMPORTS)
@job(JobKind.IMPORT_FILE, Lane.IMPORTS)
@job(JobKind.TAKE_BACK_FILE, Lane.IMPORTS)
def run_file(job: Job) -> None:
    """Try, import or withdraw the rest of a file; nothing if its batch is in another state by now."""
    batch = ImportBatch.objects.unscoped().get(pk=job.key)
    if JOBS.get(batch.status) != job.kind:
        return

    def progress(done: int, total: int) -> None:
        beat(job, done, total)

    try:
        if job.kind == JobKind.TAKE_BACK_FILE:
            reversal.run(batch.pk, progress)
        else:
            running.run(batch.pk, running.WORK.get(batch.kind, recording.work_for), progress)
    except Elsewhere:  # a command started by hand runs it; check again when it has ended
        raise NotYet(lease()) from None
    except mapping.UnusableMapping as wrong:
        running.fail(batch.pk, str(wrong))
