"""What an installation adds to the rules at start: published holidays and limits of its own, from its data folder."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jiuyuan.rules import calendar, parameters


class AgenciesConfig(AppConfig):
    name = "jiuyuan.agencies"

    def ready(self) -> None:
        """Stops with a sentence where a file is faulty: a wrong limit must not be counted with silently."""
        for file, extend in (("holidays.toml", calendar.extend), ("limits.toml", parameters.extend)):
            path = settings.JIUYUAN.data / file
            if path.is_file():
                try:
                    extend(path)
                except ValueError as error:
                    raise ImproperlyConfigured(str(error)) from None
