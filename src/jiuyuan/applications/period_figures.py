"""What a supervisor asks of a period: applications and how they ended, days used, returns and their reasons.

Each figure is counted by the very condition that narrows the list behind it, in one query a table.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from django.db.models import Count, Q

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import queries
from jiuyuan.applications.failing import codes
from jiuyuan.applications.figures import CaseFigure
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.people import segments
from jiuyuan.rules import calendar
from jiuyuan.wording import say

#: By what a table divides, in the words of the page.
DIMENSIONS = {"agency": "按机构", "category": "按类别", "sex": "按性别", "age": "按年龄", "month": "按月"}


@dataclass(frozen=True)
class CaseFigureLine:
    """A line of a table: what it counts and the figures, each with the list that it counted."""

    label: str
    cells: Sequence[CaseFigure]

    @property
    def share_on_time(self) -> int | None:
        """Of the closed cases with a limit, those within it, in percent."""
        counts = {cell.filters.due: cell.count for cell in self.cells if cell.filters.due}
        every = counts.get("on_time", 0) + counts.get("late", 0)
        return round(100 * counts.get("on_time", 0) / every) if every else None


@dataclass(frozen=True)
class Used:
    """How long cases took that were closed in a period: working days from acceptance on."""

    cases: int
    average: float
    longest: int


def divisions(user: User, under: Agency, by: str, period: str) -> list[tuple[str, CaseFilters]]:
    """The lines by which a table divides, each with what narrows to it."""
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


def table(
    user: User, under: Agency, by: str, period: str, columns: Sequence[tuple[str, CaseFilters]]
) -> tuple[CaseFigureLine, list[CaseFigureLine]]:
    """The whole, and its parts, over the area of one agency; `columns`: a heading, and what narrows the list to it."""
    lines = [(say("合计"), CaseFilters()), *divisions(user, under, by, period)]
    shown = [
        [_both(replace(filters, agency=filters.agency or under.code), part, period) for _, filters in columns]
        for _, part in lines
    ]
    rows = Application.objects.visible_to(user).filter(area__begins=under.path).order_by()
    today, paths = clock.today(), {agency.code: agency.path for agency in [under, *under.children.all()]}
    asked = {
        f"n{i}_{j}": Count("pk", filter=_condition(filters, user, today, paths))
        for i, line in enumerate(shown)
        for j, filters in enumerate(line)
    }
    counted = rows.aggregate(**asked)
    found = [
        CaseFigureLine(label, [CaseFigure(counted[f"n{i}_{j}"], filters) for j, filters in enumerate(shown[i])])
        for i, (label, _) in enumerate(lines)
    ]
    return found[0], found[1:]


def _both(column: CaseFilters, part: CaseFilters, period: str) -> CaseFilters:
    """A column within a part; a part that is a month takes the place of the column's own period."""
    if part.received:
        month = part.received
        periods = {name: month for name in ("received", "finished", "returned") if getattr(column, name)}
        return replace(column, **periods)
    given = {field.name: value for field in fields(part) if (value := getattr(part, field.name))}
    return replace(column, **given)


def _condition(filters: CaseFilters, user: User, today: date, paths: dict[str, str]) -> Q:
    found = queries.in_period(filters, today)
    if filters.state:
        found &= queries.in_state(filters.state, today, user)
    if filters.due:
        found &= queries.due(filters.due, today, user)
    if filters.category:
        found &= queries.claims(filters.category)
    return found & Q(area__begins=paths[filters.agency])


def used(user: User, under: Agency, period: str) -> Used | None:
    """Working days from acceptance to the end, of what was closed in a period; None where nothing was."""
    rows = Application.objects.visible_to(user).filter(
        segments.between("finished_on", period), accepted_on__isnull=False
    )
    pairs = rows.filter(area__begins=under.path).order_by().values_list("accepted_on", "finished_on")
    days: Counter[int] = Counter()
    for accepted_on, finished_on, many in pairs.annotate(many=Count("pk")):
        days[calendar.workdays_left(accepted_on, finished_on)] += many
    if not days:
        return None
    every = days.total()
    return Used(every, sum(n * many for n, many in days.items()) / every, max(days))


def returned(user: User, under: Agency, period: str) -> list[CaseFigureLine]:
    """How often cases were returned, by the clause that failed; those to be put right have none."""
    cases = Application.objects.visible_to(user).filter(area__begins=under.path)
    rows = queries.returns(period).filter(application__in=cases)
    per_reason: dict[str, set[int]] = {}
    for application, refusal in rows.values_list("application_id", "refusal"):
        for reason in queries.clauses_of(refusal) or ["none"]:
            per_reason.setdefault(reason, set()).add(application)
    titles = dict(codes()) | {"none": say("要补充或改正（没有不符合的条款）")}
    found = [
        CaseFigureLine(
            titles.get(reason, reason),
            [CaseFigure(len(those), CaseFilters(returned=period, reason=reason, agency=under.code))],
        )
        for reason, those in per_reason.items()
    ]
    return sorted(found, key=lambda line: -line.cells[0].count)


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
