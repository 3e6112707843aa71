"""At start, adds to the rules the facts of schemes and regions, and the installation's holidays and limits."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jiuyuan.regions import registry
from jiuyuan.rules import calendar, facts, scheme_facts
from jiuyuan.speed import words
from jiuyuan.wording import translate_by


class AgenciesConfig(AppConfig):
    name = "jiuyuan.agencies"

    def ready(self) -> None:
        """Stops with a message if a file is faulty, rather than use a wrong limit."""
        translate_by(words.said)
        facts.add(scheme_facts.ON_FILE)
        for rules in registry.policies():
            facts.add(rules.facts)
        for file, extend in (("holidays.toml", calendar.extend), ("limits.toml", registry.extend)):
            path = settings.JIUYUAN.data / file
            if path.is_file():
                try:
                    extend(path)
                except ValueError as error:
                    raise ImproperlyConfigured(str(error)) from None
