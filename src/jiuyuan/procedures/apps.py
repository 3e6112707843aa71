"""The tables are checked when Django starts: a wrong name must not wait for the day on which somebody acts."""

from django.apps import AppConfig
from django.core.checks import register


class ProceduresConfig(AppConfig):
    name = "jiuyuan.procedures"

    def ready(self) -> None:
        from jiuyuan.procedures import checks

        register(checks.tables_are_whole)
