"""The app of the worker, which checks the job registry at start."""

from django.apps import AppConfig
from django.core import checks


class WorkerConfig(AppConfig):
    name = "jiuyuan.worker"

    def ready(self) -> None:
        from jiuyuan.worker.registry import check

        checks.register(check)
