"""The registry of figures: a scoped query, the deciding day, and what is counted once. Figures count people, not
rows.

Value and list use the same rows, so they cannot differ. Filled at start, then read-only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Count, Q

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.people import segments
from jiuyuan.people.models import Person
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.regions import registry as regions
from jiuyuan.rules import calendar
from jiuyuan.wording import say, spoken

MANY = 2_000  # people per statement


@dataclass(frozen=True)
class Span:
    """The counted days, first and last included."""

    since: date
    until: date

    @property
    def code(self) -> str:
        """In the format of list filters (`people.segments.between`)."""
        return f"{self.since}_{self.until}"


@dataclass(frozen=True)
class Part:
    """A part of the people: a sex, an age band on the last day, a category. Empty for all."""

    sex: str = ""
    age: str = ""
    category: str = ""


class Asked(NamedTuple):
    """A request: user (None for system runs), agency path, days and part.

    `reckoned`: a cache shared by several figures of one run.
    """

    user: User | None
    under: str
    span: Span
    part: Part = Part()
    reckoned: dict[Any, Any] | None = None


class Counted(NamedTuple):
    """A row behind a figure: its person and place."""

    person: int
    area: str
    category: Any
    sex: str
    born: date


@spoken("label", "decides", "counts")
@dataclass(frozen=True)
class FigureDefinition:
    """One version of a figure's definition.

    - `decides`: the deciding day, `counts`: what is counted once, in words.
    - `when` filters the rows of `model` by day; `person`, `area` and `category` are lookup paths from a row.
    - `since`, `until`: a changed definition is a new version, and both may be in force together.
    - `stock`: the number on the last day, rather than events within the days.
    - `aim`: a higher value is better, so targets may be set.
    """

    code: str
    version: int
    label: str
    decides: str
    model: Any
    when: Callable[[Span], Q]
    person: str = "person"
    area: str = "area"
    category: str = "category"
    counts: str = "人，同一个人只数一次"
    stock: bool = False
    aim: bool = False
    day: str = ""
    divides: tuple[str, ...] = ("category", "sex", "age")
    details: tuple[str, ...] = ()
    detail: Callable[..., str] = str
    stay: str = ""
    since: date = date.min
    until: date = date.max

    @property
    def key(self) -> tuple[str, int]:
        return self.code, self.version

    def rows(self, asked: Asked, among: Iterable[int] | None = None) -> Any:
        """The rows behind the figure, unsorted; `among`: only about these people."""
        manager, part = self.model.objects, asked.part
        rows = manager.unscoped() if asked.user is None else manager.visible_to(asked.user)
        rows = rows.filter(self.when_asked(asked, among), **{f"{self.area}__begins": asked.under})
        if among is not None:
            rows = rows.filter(**{f"{self.person}__any_of": among})
        if part.sex:
            rows = rows.filter(segments.of_sex(part.sex, f"{self.person}__"))
        if part.age:
            rows = rows.filter(segments.of_age(part.age, asked.span.until, f"{self.person}__"))
        if part.category:
            rows = rows.filter(self._of_category(part.category))
        return rows.order_by()

    def when_asked(self, asked: Asked, among: Iterable[int] | None) -> Q:
        """The condition for the rows it counts."""
        return self.when(asked.span)

    def _of_category(self, code: str) -> Q:
        return Q(**{self.category: code})

    def value(self, asked: Asked) -> int:
        """The number of people."""
        return int(self.rows(asked).aggregate(n=Count(f"{self.person}_id", distinct=True))["n"])

    def people(self, asked: Asked) -> Any:
        """The list behind the value: the same people, if their rows are visible to the user."""
        return Person.objects.unscoped().filter(pk__in=self.rows(asked).values(f"{self.person}_id"))

    def counted(self, asked: Asked, among: Iterable[int] | None = None) -> Iterator[Counted]:
        """Yield every row with the attributes by which figures are divided; `among`: only about these people."""
        if among is None:
            yield from self.divided(self.rows(asked))
            return
        people = iter(among)
        while some := list(islice(people, MANY)):
            yield from self.divided(self.rows(asked, some))

    def divided(self, rows: Any) -> Iterator[Counted]:
        """Yield rows with the attributes by which figures are divided."""
        way = f"{self.person}__"
        columns = (f"{self.person}_id", self.area, self.category, f"{way}sex", f"{way}birth_date")
        return (Counted(*row) for row in rows.values_list(*columns).iterator(chunk_size=MANY))


NOW = "now"
_declared: dict[tuple[str, int], FigureDefinition] = {}
_by_day: dict[str, FigureDefinition] = {}
#: All versions of all definitions, in page order.
FIGURES: Mapping[tuple[str, int], FigureDefinition] = MappingProxyType(_declared)
#: The newest versions of figures in period tables, by code.
BY_DAY: Mapping[str, FigureDefinition] = MappingProxyType(_by_day)


def declare(figure: FigureDefinition, *, monthly: bool = True) -> FigureDefinition:
    """Register a definition; `monthly` ones are in monthly reports. Raises `ValueError` if the version exists."""
    if monthly:
        if figure.key in _declared:
            raise ValueError(f"{figure.code}: version {figure.version} is declared twice")
        _declared[figure.key] = figure
    if figure.day:
        _by_day[figure.code] = figure
    return figure


def in_force(span: Span) -> list[FigureDefinition]:
    """The versions in force on these days, together if a definition changed."""
    return [one for one in FIGURES.values() if one.since <= span.until and span.since <= one.until]


def definition(code: str, version: int = 0) -> FigureDefinition:
    """A definition, by default the newest version. Raises `NotFound`."""
    found = [one for one in FIGURES.values() if one.code == code and version in (0, one.version)]
    if not found:
        raise NotFound(say("没有这个统计数。"))
    return max(found, key=lambda one: one.version)


def refuse_who_may_not(user: User) -> None:
    """Raise `NotForRole` if the user may not see the list behind figures."""
    if not (user.may(Right.SEE_FIGURES) and user.may(Right.SEE_PEOPLE)):
        raise NotForRole(say("统计由能看名单的经办、复核、督导和省级管理人员查看，您的角色不能查看。"))


def month_of(path: str, month: date) -> Span:
    """The days of a reporting month at an agency; `month` is the first day of the calendar month."""
    begins = regions.region_of(path).limit("period_begins_day", on=month)
    if begins == 1:
        return Span(month, following(month) - timedelta(days=1))
    return Span(before(month).replace(day=begins), month.replace(day=begins - 1))


def month_at(path: str, day: date) -> date:
    """The reporting month of a day."""
    month = day.replace(day=1)
    return month if day <= month_of(path, month).until else following(month)


def following(month: date) -> date:
    return calendar.add_months(month, 1)


def before(month: date) -> date:
    return calendar.add_months(month, -1)


def narrowed(asked: Asked, **part: str) -> Asked:
    """The same request for a part of the people."""
    return asked._replace(part=replace(asked.part, **part))
