"""How the jobs about applications are done."""

from datetime import timedelta

from django.conf import settings

from jiuyuan import preparing
from jiuyuan.applications import forms, lost_uploads, nightly_orders, outreach
from jiuyuan.applications.models import Opinion
from jiuyuan.worker.kinds import Kind, Lane
from jiuyuan.worker.leases import beat
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(Kind.SCREEN_LIST, Lane.LISTS)
def screen_list(job: Job) -> None:
    outreach.screen(int(job.key), lambda done, total: beat(job, done, total))


@job(Kind.SEAL_FORM, every=timedelta(0), when=lambda: Opinion.objects.unscoped().filter(awaits_seal=True).exists())
def seal_form(_job: Job) -> None:
    forms.seal_waiting()


@job(
    Kind.NIGHTLY, Lane.NIGHT, every=timedelta(0),
    when=lambda: not preparing.progress(settings.JIUYUAN) and nightly_orders.any_waiting(),
)  # fmt: skip
def nightly(_job: Job) -> None:
    nightly_orders.run_waiting()


@job(Kind.REMOVE_LOST, Lane.TIDYING, every=timedelta(hours=1))
def remove_lost(_job: Job) -> None:
    lost_uploads.remove_lost()
