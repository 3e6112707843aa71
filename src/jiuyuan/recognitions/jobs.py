"""How the jobs about the register are done."""

from datetime import timedelta

from jiuyuan.people.sources import queries
from jiuyuan.recognitions.waiting_imports import run_waiting
from jiuyuan.worker.kinds import Kind, Lane
from jiuyuan.worker.models import Job
from jiuyuan.worker.registry import job


@job(Kind.IMPORT_FILE, Lane.IMPORTS, every=timedelta(0), when=lambda: queries.waiting().exists())
def import_file(_job: Job) -> None:
    run_waiting()
