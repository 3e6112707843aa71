"""What a supervisor asks of a period: applications and how they ended, days used, returns and their reasons.

How many there are says `oversight.figures.period_tables`, from sums that are kept; each number opens the list that it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from django.utils import timezone

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import queries
from jiuyuan.applications.failing import codes
from jiuyuan.applications.figures import CaseFigure
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.people import segments
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


def both(column: CaseFilters, part: CaseFilters, period: str) -> CaseFilters:
    """A column within a part; a part that is a month takes the place of the column's own period."""
    if part.received:
        month = part.received
        periods = {name: month for name in ("received", "finished", "returned") if getattr(column, name)}
        return replace(column, **periods)
    given = {field.name: value for field in fields(part) if (value := getattr(part, field.name))}
    return replace(column, **given)


@dataclass(frozen=True)
class Return:
    """That a case was returned in a period: where it is, whom it is about, the day, and the clauses that failed."""

    case: int
    area: str
    categories: Sequence[str]
    sex: str
    born: date
    on: date
    clauses: Sequence[str]

    def lines(self, by: str, line: str, today: date) -> Sequence[str]:
        """The lines of a table to which it belongs; `line` where that is an office's path around it."""
        match by:
            case "category":
                return self.categories
            case "sex":
                return (self.sex,)
            case "age":
                return (segments.age_band(self.born, today),)
            case "month":
                return (str(self.on.replace(day=1)),)
        return (line,) if self.area.startswith(line) else ()


def returns_below(user: User, under: Agency, period: str) -> list[Return]:
    """Every return of a period. A case may have several and counts once, so that no sums of months can be kept of it."""
    cases = Application.objects.visible_to(user).filter(area__begins=under.path)
    rows = queries.returns(period).filter(application__in=cases).order_by()
    way = "application__"
    columns = (
        "application_id", f"{way}area", f"{way}categories", f"{way}person__sex", f"{way}person__birth_date",
        "made_at", "refusal",
    )  # fmt: skip
    return [
        Return(
            case,
            area,
            categories,
            sex,
            born,
            timezone.localtime(made_at, clock.CHINA).date(),
            queries.clauses_of(refusal),
        )
        for case, area, categories, sex, born, made_at, refusal in rows.values_list(*columns)
    ]


def by_reason(returns: Sequence[Return], under: Agency, period: str) -> list[CaseFigureLine]:
    """How often cases were returned, by the clause that failed; those to be put right have none."""
    per_reason: dict[str, set[int]] = {}
    for one in returns:
        for reason in one.clauses or ["none"]:
            per_reason.setdefault(reason, set()).add(one.case)
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
