"""Divides lists and figures by sex, by age, and by the day of an event."""

from datetime import date, datetime, time
from functools import lru_cache

from django.db.models import Q

from jiuyuan import clock

NOBODY = Q(pk__in=[])
#: Age bands in full years, from and to, by the code used in URLs.
AGES: dict[str, tuple[str, int, int]] = {
    "0-29": ("不满30岁", 0, 29),
    "30-39": ("30至39岁", 30, 39),
    "40-49": ("40至49岁", 40, 49),
    "50-59": ("50至59岁", 50, 59),
    "60-150": ("60岁以上", 60, 150),
}
SEXES = {"male": "男", "female": "女"}


def between(column: str, period: str, *, moment: bool = False) -> Q:
    """Filter a column by period (`2026-01-01_2026-03-31`, inclusive); an invalid period matches nothing."""
    found = period_of(period)
    if found is None:
        return NOBODY
    since, until = found
    if not moment:
        return Q(**{f"{column}__gte": since, f"{column}__lte": until})
    begin, end = datetime.combine(since, time.min, clock.CHINA), datetime.combine(until, time.max, clock.CHINA)
    return Q(**{f"{column}__gte": begin, f"{column}__lte": end})


def period_of(text: str) -> tuple[date, date] | None:
    """Parse a period; None if it is invalid or ends before it begins."""
    since, _, until = text.partition("_")
    found = clock.asked_day(since), clock.asked_day(until)
    return (found[0], found[1]) if found[0] and found[1] and found[0] <= found[1] else None


def of_sex(sex: str, via: str = "person__") -> Q:
    return Q(**{f"{via}sex": sex}) if sex in SEXES else NOBODY


def of_age(band: str, on: date, via: str = "person__") -> Q:
    """Match people whose age in full years lies in the band on a day."""
    if band not in AGES:
        return NOBODY
    _, least, most = AGES[band]
    return Q(**{f"{via}birth_date__lte": _years_before(on, least), f"{via}birth_date__gt": _years_before(on, most + 1)})


def age_band(born: date, on: date) -> str:
    """The age band of a birth date on a day, consistent with `of_age`; empty if none."""
    return next((code for code, first, last in _born_within(on) if last < born <= first), "")


@lru_cache(maxsize=32)
def _born_within(on: date) -> list[tuple[str, date, date]]:
    """Each band with its last birth date, and the last birth date that is too old for it."""
    return [(code, _years_before(on, least), _years_before(on, most + 1)) for code, (_, least, most) in AGES.items()]


def of_another_age(since: date, until: date, via: str = "") -> Q:
    """Match people whose age band changed after `since` and by `until`, whichever is earlier of the two."""
    since, until = sorted((since, until))
    found = NOBODY
    for (_, first, _), (_, later, _) in zip(_born_within(since), _born_within(until), strict=True):
        found |= Q(**{f"{via}birth_date__gt": first, f"{via}birth_date__lte": later})
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
