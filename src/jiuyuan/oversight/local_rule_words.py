"""A city's rule in words: whether it is in force, and what it changes."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from jiuyuan.oversight.models import LocalRule
from jiuyuan.regions import registry
from jiuyuan.wording import say


@dataclass(frozen=True)
class RuleInWords:
    """A rule in words. `standing`: coming, in_force, over, or draft; `changes`: one sentence per limit."""

    rule: LocalRule
    standing: str
    when: str
    changes: list[str]


def public_rules() -> "QuerySet[LocalRule]":
    """All rules ever published, because the public may read ended ones too."""
    return LocalRule.objects.unscoped().exclude(published_on=None).select_related("agency")


def in_words(rule: LocalRule, day: date) -> RuleInWords:
    standing = _standing(rule, day)
    when = {
        "draft": say("草稿，还没有公布，不起作用。"),
        "coming": say("还没有施行，{since:date}起施行，到{last:date}为止。", since=rule.since, last=rule.last_day),
        "in_force": say("正在施行，{since:date}起，到{last:date}为止。", since=rule.since, last=rule.last_day),
        "never": say("已废止，没有施行过。"),
        "over": say("到{last:date}为止，{next:date}起不再适用。", last=rule.last_day, next=date.fromordinal(rule.last_day.toordinal() + 1)),
    }[standing]  # fmt: skip
    return RuleInWords(rule, standing, when, _changes(rule))


def _standing(rule: LocalRule, day: date) -> str:
    if rule.published_on is None:
        return "never" if rule.status == LocalRule.Status.WITHDRAWN else "draft"
    if rule.last_day < rule.since:
        return "never"
    if rule.in_force(day):
        return "in_force"
    return "coming" if day < rule.since else "over"


def _changes(rule: LocalRule) -> list[str]:
    """The changes from the region's values to the city's."""
    place = registry.region_of(registry.region_of(rule.area).path)
    figures = [(place.limit_figure(name, on=rule.since), value) for name, value in sorted(rule.changes.items())]
    return [
        say("{label}：全省{now}，这里改为{then}。", label=figure.label, now=figure.value, then=value)
        for figure, value in figures
    ]
