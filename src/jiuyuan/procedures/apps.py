"""Loads every workflow and checks its tables at start, so that a misspelt name fails before anybody uses it."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules


class ProceduresConfig(AppConfig):
    name = "jiuyuan.procedures"

    def ready(self) -> None:
        from jiuyuan.procedures import checks

        autodiscover_modules("procedures")  # each app names its workflows there
        register(checks.tables_are_whole)
