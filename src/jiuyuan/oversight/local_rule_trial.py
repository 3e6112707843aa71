"""Tries a city's rule on the files before publication: whom it would affect (六)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from jiuyuan.applications.models import Application, PublicNotice
from jiuyuan.oversight.models import LocalRule
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record

_YEAR = timedelta(days=365)


def whom_it_touches(rule: LocalRule, today: date) -> list[str]:
    """Two lines for each changed limit: old and new value, and how many cases or people it affects. No names."""
    lines = []
    for name, value in sorted(rule.changes.items()):  # PostgreSQL does not keep the order of keys
        lines += of_a_limit(rule.area, name, value, rule.since, today)
    return lines or [for_record("没有改变任何期限，只公布文字。"), _on_the_register(rule.area, 0, today)]


def of_a_limit(area: str, name: str, value: int, since: date, today: date) -> list[str]:
    """The old and new value of a limit in an area, and how many cases or people it affects."""
    place = registry.region_of(area)
    try:
        figure = place.limit_figure(name, on=since)
    except KeyError:
        change = for_record("{label}：现在没有，定为{then}。", label=registry.known_limits(place)[name], then=value)
    else:
        change = for_record("{label}：{now}改为{then}。", label=figure.label, now=figure.value, then=value)
    return [change, _COUNTED.get(name, _on_the_register)(area, value, today)]


def _cases(area: str, value: int, today: date) -> str:
    accepted = Application.objects.unscoped().filter(area__begins=area, accepted_on__gt=today - _YEAR)
    late = open_ = 0
    groups = list(_by(accepted, "accepted_on", "finished_on"))
    for begun, finished, count in groups:
        open_ += count if finished is None else 0
        late += count if (finished or today) > calendar.add_workdays(begun, value).day else 0
    return for_record(
        "过去一年受理{all}件，按新期限有{late}件算超期；现在办理中的{open_}件仍按受理时的期限。",
        all=sum(count for *_, count in groups), late=late, open_=open_,
    )  # fmt: skip


def _notices(area: str, value: int, today: date) -> str:
    posted = PublicNotice.objects.unscoped().filter(application__area__begins=area, posted_on__gt=today - _YEAR)
    count = same = 0
    for begun, ends, number in _by(posted, "posted_on", "ends_on"):
        count += number
        same += number if ends >= calendar.add_workdays(begun, value).day else 0
    return for_record("过去一年公示{count}次，按新的公示期有{longer}次要公示得更久。", count=count, longer=count - same)


def _on_the_register(area: str, _value: int, _today: date) -> str:
    rows = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE, area__begins=area)
    where = for_record("全省") if area == registry.region_of(area).path else for_record("本市")
    return for_record("{where}在册{count}人。", where=where, count=rows.count())


def _by(rows: "QuerySet[Any]", begun: str, ended: str) -> Any:
    return rows.order_by().values_list(begun, ended).annotate(number=Count("pk"))


_COUNTED: dict[str, Callable[[str, int, date], str]] = {
    "recognition_working_days": _cases,
    "notice_working_days": _notices,
}
