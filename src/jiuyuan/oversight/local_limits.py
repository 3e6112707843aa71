"""The limits that cities published, given to the regions, which are asked for every limit (`regions.registry.keep_up`)."""

from django.db import DatabaseError

from jiuyuan import clock
from jiuyuan.oversight.models import LocalRule
from jiuyuan.regions import registry
from jiuyuan.rules.parameters import Limit


def _published() -> list[Limit] | None:
    """Those of every rule that was ever published, each with its days; None where the database does not answer."""
    rules = LocalRule.objects.unscoped().exclude(published_on=None).select_related("agency").order_by("pk")
    try:
        return [limit for rule in rules for limit in rule.limits()]
    except DatabaseError:
        return None


def read_again() -> None:
    """Know at once what was published or withdrawn; other processes know it on the day on which it begins to count."""
    registry.keep_up(clock.today(), again=True)


registry.published_by(_published)
