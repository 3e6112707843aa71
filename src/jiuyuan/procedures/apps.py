"""The tables are checked when Django starts: a wrong name must not wait for the day on which somebody acts."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules


class ProceduresConfig(AppConfig):
    name = "jiuyuan.procedures"

    def ready(self) -> None:
        from jiuyuan.procedures import checks

        autodiscover_modules("procedures")  # each app names its workflows there
        register(checks.tables_are_whole)
