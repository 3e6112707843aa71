"""What the worker does with a batch, after the page has answered."""

import contextlib

from django_tasks import task

from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import mapping, running, taking_back
from jiuyuan.people.sources.recording import Recorder
from jiuyuan.people.sources.running import Elsewhere, Work


def work_for(batch: ImportBatch) -> Work:
    return Recorder(batch, mapping.load(batch.kind))


@task
def run(batch_id: int) -> None:
    """Try or import a department's file. A batch that somebody else is running is left to them."""
    with contextlib.suppress(Elsewhere):
        running.run(batch_id, work_for)


@task
def take_back(batch_id: int) -> None:
    with contextlib.suppress(Elsewhere):
        taking_back.run(batch_id)
