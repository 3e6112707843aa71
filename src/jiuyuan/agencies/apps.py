"""What is added to the rules at start: the facts that schemes ask of departments, the region's own; published holidays and limits of the installation's own."""

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
        """Stops with a sentence where a file is faulty: a wrong limit must not be counted with silently."""
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
