"""Runs the jobs of applications."""

from datetime import timedelta
from functools import partial

from django.conf import settings

from jiuyuan import clock, demonstration_progress
from jiuyuan.applications import lost_uploads, nightly, outreach, papers, printed_form, sheets
from jiuyuan.applications.models import Application
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.leases import beat
from jiuyuan.worker.loop import NotYet
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(JobKind.SCREEN_LIST, Lane.LISTS)
def screen_list(job: Job) -> None:
    outreach.screen(int(job.key), lambda done, total: beat(job, done, total))


@job(JobKind.SEAL_FORM)
def seal_form(job: Job) -> None:
    """Set every missing seal on the form of this opinion's case, oldest first."""
    rows = Application.objects.unscoped().select_related("person", "agency")
    printed_form.seal_application(rows.get(opinions=int(job.key)))


@job(JobKind.MAKE_LETTER)
def make_letter(job: Job) -> None:
    papers.seal(int(job.key))


@job(JobKind.MAKE_SHEETS, every=timedelta(minutes=1))
def make_sheets(_job: Job) -> None:
    sheets.make_missing()


@job(JobKind.NIGHTLY, Lane.NIGHT)
def run_night(job: Job) -> None:
    """Run the night of one day. Does nothing once the day is over: the next night finds the same."""
    if demonstration_progress.progress(settings.JIUYUAN):
        raise NotYet
    if job.key == clock.today().isoformat():
        nightly.run(partial(show_step, job), by=job.ordered_by)


def show_step(job: Job, step: str, _done: int) -> None:
    steps = nightly.steps()
    beat(job, steps.index(step), len(steps))


@job(JobKind.REMOVE_LOST, Lane.TIDYING, every=timedelta(hours=1))
def remove_lost(_job: Job) -> None:
    lost_uploads.remove_lost()
