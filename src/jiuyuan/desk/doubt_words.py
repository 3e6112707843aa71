"""A doubt in words: which two records do not go together, and of which months."""

from jiuyuan.oversight.doubt_checks import RECORDS
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import Fact
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_text
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say


def record(of: Doubt, named: str) -> str:
    """One of its two records: what it is, and which one."""
    kind, _, key = named.partition(":")
    return say("{kind} {which}", kind=say(RECORDS[kind]), which=_which(of, kind, key))


def _which(of: Doubt, kind: str, key: str) -> str:
    if kind == "unclaimed":
        here = registry.schemes(registry.region_of(of.area).code)
        return next((scheme.title for scheme in here if scheme.code == key), key)
    if kind == "fact":
        fact = Fact.objects.unscoped().filter(pk=key).first()
        return say("“{label}”", label=say(FACTS[fact.name].label)) if fact is not None else say("第{key}号", key=key)
    return say("第{key}号", key=key)


def months_of(one: Doubt) -> str:
    if one.since is None or one.until is None:
        return ""
    first, last = month_text(one.since), month_text(one.until)
    return first if first == last else say("{first}至{last}", first=first, last=last)
