"""Period figures for supervisors: applications and outcomes, days taken, returns and their reasons.

`oversight.figures.period_tables` computes the numbers from stored sums; each number opens the list it counts.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import queries
from jiuyuan.applications.failing import codes
from jiuyuan.applications.figures import CaseFigure
from jiuyuan.applications.models import Decision
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.people import segments
from jiuyuan.wording import say

#: The dimensions by which a table can be divided, as named on the page.
DIMENSIONS = {"agency": "按机构", "category": "按类别", "sex": "按性别", "age": "按年龄", "month": "按月"}


@dataclass(frozen=True)
class CaseFigureLine:
    """A line of a table: its label and its figures, each with the list it counts."""

    label: str
    cells: Sequence[CaseFigure]

    @property
    def share_on_time(self) -> int | None:
        """The percentage of closed cases with a limit that were closed within it."""
        counts = {cell.filters.due: cell.count for cell in self.cells if cell.filters.due}
        every = counts.get("on_time", 0) + counts.get("late", 0)
        return round(100 * counts.get("on_time", 0) / every) if every else None


@dataclass(frozen=True)
class Used:
    """The working days from acceptance to closing, for cases closed in a period."""

    cases: int
    average: float
    longest: int


def divisions(user: User, under: Agency, by: str, period: str) -> list[tuple[str, CaseFilters]]:
    """The lines of a table, each with the filters that narrow to it."""
    match by:
        case "category":
            return [(title, CaseFilters(category=code)) for code, title in queries.categories(user.area).items()]
        case "sex":
            return [(label, CaseFilters(sex=code)) for code, label in segments.SEXES.items()]
        case "age":
            return [(label, CaseFilters(age=code)) for code, (label, *_) in segments.AGES.items()]
        case "month":
            return [
                (
                    say("{year}年{month}月", year=since.year, month=since.month),
                    CaseFilters(received=_code(since, until)),
                )
                for since, until in _months(period)
            ]
    return [(agency.name, CaseFilters(agency=agency.code)) for agency in under.children.all()]


def both(column: CaseFilters, part: CaseFilters, period: str) -> CaseFilters:
    """Combine the filters of a column and a line; a line that is a month replaces the column's period."""
    if part.received:
        month = part.received
        periods = {name: month for name in ("received", "finished", "returned") if getattr(column, name)}
        return replace(column, **periods)
    given = {field.name: value for field in fields(part) if (value := getattr(part, field.name))}
    return replace(column, **given)


class Return(NamedTuple):
    """A return of a case on a day: person, place, and failing clauses (`none` if there are none).

    `before`: the day of the previous return, in all and by clause.
    """

    person: int
    area: str
    categories: Sequence[str]
    sex: str
    born: date
    on: date
    before: date | None
    clauses: Mapping[str, date | None]


def returns(under: str, among: Collection[int] | None = None) -> Iterator[Return]:
    """Yield every return of cases below an agency's path, by case in order of time,
    for everybody or only for `among`.
    """
    rows = Decision.objects.unscoped().filter(action="return", application__area__begins=under)
    if among is not None:
        rows = rows.filter(application__person__any_of=among)
    way = "application__"
    columns = (
        "application_id", "made_at", f"{way}person_id", f"{way}area", f"{way}categories", f"{way}person__sex",
        f"{way}person__birth_date", "refusal",
    )  # fmt: skip
    days: dict[int, dict[date, set[str]]] = {}
    of: dict[int, tuple[int, str, Sequence[str], str, date]] = {}
    for case, made_at, person, area, categories, sex, born, refusal in rows.order_by(
        "application_id", "made_at"
    ).values_list(*columns):
        of[case] = (person, area, categories, sex, born)
        day = timezone.localtime(made_at, clock.CHINA).date()
        days.setdefault(case, {}).setdefault(day, set()).update(queries.clauses_of(refusal) or ["none"])
    for case, by_day in days.items():
        last: date | None = None
        failed: dict[str, date] = {}
        for day, clauses in by_day.items():
            yield Return(*of[case], day, last, {clause: failed.get(clause) for clause in sorted(clauses)})
            last = day
            failed |= dict.fromkeys(clauses, day)


def by_reason(counts: Mapping[str, int], under: Agency, period: str) -> list[CaseFigureLine]:
    """The number of returned cases by failing clause; returns for correction have none."""
    titles = dict(codes()) | {"none": say("要补充或改正（没有不符合的条款）")}
    found = [
        CaseFigureLine(
            titles.get(reason, reason),
            [CaseFigure(many, CaseFilters(returned=period, reason=reason, agency=under.code))],
        )
        for reason, many in counts.items()
        if many
    ]
    return sorted(found, key=lambda line: (-line.cells[0].count, line.label))


def _code(since: date, until: date) -> str:
    return f"{since}_{until}"


def _months(period: str) -> list[tuple[date, date]]:
    found = segments.period_of(period)
    if found is None:
        return []
    (since, until), months = found, []
    while since <= until:
        following = date(since.year + since.month // 12, since.month % 12 + 1, 1)
        months.append((since, min(until, date.fromordinal(following.toordinal() - 1))))
        since = following
    return months
