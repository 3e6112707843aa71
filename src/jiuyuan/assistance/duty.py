"""The definition of a duty: for whom, when due, what settles it, who does it, by which clause;
and the day of a query.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import STAFF, Role
from jiuyuan.assistance.models import Measure, SettledOtherwise
from jiuyuan.people.models import Person
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules import calendar
from jiuyuan.wording import say, spoken

AHEAD = 7  # items are shown this many days before they are due
_NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class AsOf:
    """A query of duties: the user, the `day` at whose end it is evaluated, and items due up to `ahead` days later.

    `limits` replace the region's own in a trial.
    """

    user: User
    day: date
    ahead: int = AHEAD
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def until(self) -> date:
        return self.day + timedelta(days=self.ahead)

    @property
    def region(self) -> Region:
        """The region of the user's area; the home region for users who see all."""
        return registry.region_of(self.user.area) if self.user.area else registry.home()

    def limit(self, name: str, area: str = "") -> int:
        """A limit at the place of an agency, by default of the list."""
        if name in self.limits:
            return self.limits[name]
        return (registry.region_of(area) if area else self.region).limit(name, on=self.day)


@dataclass(frozen=True)
class DutySubject:
    """What a model's rows are about: the lookup paths to a recognition and a person, if any, and what lists show."""

    stay: str = ""
    person: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class DueDuty:
    """An item: who or what it is about, its due date, and the act behind its button."""

    row: Any
    on: date
    what: str = ""

    @property
    def about(self) -> str:
        person = self.stay.person if self.stay else self.person
        return str(person.name if person else self.row.title)

    @property
    def person(self) -> Person | None:
        """The person of an item that is not about a recognition."""
        found: Person | None = getattr(self.row, "person", None)
        return found

    @property
    def stay(self) -> Recognition | None:
        row = self.row.plan if isinstance(self.row, Measure) else self.row
        return row if isinstance(row, Recognition) else getattr(row, "recognition", None)


@dataclass(frozen=True)
class DueOn:
    """Due on the date in a column; today if it is empty or there is none.

    `number`: another column that affects the date.
    """

    column: str = ""
    number: str = ""

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        return since or asked.day


@dataclass(frozen=True)
class DaysAfter(DueOn):
    """Due a number of days or working days after the date in the column, by a limit, which a trial may replace."""

    limit: str = ""
    working: bool = False

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        since, days = since or asked.day, asked.limit(self.limit, area)
        return calendar.add_workdays(since, days).day if self.working else since + timedelta(days=days)


@spoken("label", "whom", "when")
@dataclass(frozen=True, eq=False)
class Duty:
    """A row of `duties.DUTIES`.

    - `whom`, `when`: descriptions of the people concerned and the due date; `{names}` are limits of the region.
    - `workflow`, `settles`: the acts that end it; the first is its button and gives it roles and clause.
    - `rows`: the items open at the end of a day, for a user; `due_on`: the due date of an item, from its columns;
      `order`: the column that sorts by due date; `what`: text shown beside the name.
    - `warned`: a limit that shows items more days before they are due than usual.
    - `at_once`: shown from the day it was requested, however far ahead it is due.
    - `of_office`: concerns one office only, and depends on the user, so it is not indexed.
    - `past`: whether `rows` works for past days; otherwise its data have no history.
    - `along`: done together with this duty; items open there are not repeated here.
    - `otherwise`: may be settled otherwise, with a note (`SETTLED_OTHERWISE`); `again`: the day from which it is
      due again, None for never.
    """

    code: str
    label: str
    whom: str
    when: str
    workflow: str
    settles: tuple[str, ...]
    rows: Callable[[AsOf], "QuerySet[Any]"]
    due_on: DueOn
    order: str
    what: Callable[[Any], str] | None = None
    warned: str = ""
    at_once: bool = False
    of_office: bool = False
    past: bool = True
    otherwise: bool = False
    again: Callable[[Any, AsOf], date | None] | None = None
    along: "Duty | None" = None

    def open(self, asked: AsOf) -> "QuerySet[Any]":
        """The open items; none for a past day without history."""
        rows = self.rows(asked)
        if self.along:
            rows = rows.exclude(pk__in=self.along.open(asked).order_by().values("pk"))
        if not self.past and asked.day < clock.today():
            return rows.none()
        if not self.otherwise:
            return rows
        said = (
            SettledOtherwise.objects.unscoped().filter(duty=self.code, row=OuterRef("pk"), on__lte=asked.day).order_by()
        )
        rows = rows.filter(~Exists(said.filter(Q(again_on=None) | Q(again_on__gt=asked.day))))
        last = said.values("row").annotate(last=Max("again_on")).values("last")
        return rows.annotate(due_again=Subquery(last, output_field=DateField())) if self.again else rows

    def due(self, row: Any, asked: AsOf) -> date:
        """The due date of an item; if it was settled otherwise, not before the day when it is due again."""
        since, number = (getattr(row, name) if name else None for name in (self.due_on.column, self.due_on.number))
        return self.reckoned(asked, row.area, since, number, getattr(row, "due_again", None))

    def reckoned(
        self, asked: AsOf, area: str, since: date | None = None, number: int | None = None, again: date | None = None
    ) -> date:
        """The due date from the values of `due_on`'s columns."""
        day = self.due_on.day(since, number, asked, area)
        return max(day, again) if again else day

    def shown_until(self, asked: AsOf) -> date:
        """The last due date shown on the list."""
        if self.at_once:
            return date.max
        return asked.day + timedelta(days=max(asked.ahead, asked.limit(self.warned) if self.warned else 0))

    def settled_by(self, area: str) -> Transition:
        """The transition of its button, in the region of an agency."""
        return WORKFLOWS[self.workflow].of(registry.region_of(area).code).by_action[self.settles[0]]

    def clause_at(self, area: str) -> str:
        return self.settled_by(area).clause

    def roles_at(self, area: str) -> frozenset[Role]:
        """The staff roles that settle it."""
        return self.settled_by(area).roles & STAFF

    @property
    def limit(self) -> str:
        """The limit that determines its due date and can be tried; empty if the date is in the row."""
        return self.due_on.limit if isinstance(self.due_on, DaysAfter) else ""

    def when_in(self, region: Region, day: date) -> str:
        """The description of its due date, with the region's limits."""
        when: str = self.__dict__["when"]  # the template: reading the attribute would translate and format it
        return say(when, **{name: region.limit(name, on=day) for name in _NAMED.findall(when)})

    @property
    def says_what(self) -> bool:
        return self.what is not None


def on_the_register(day: date, way: str = "") -> Q:
    """Recognitions active at the end of a day; `way` is the lookup path to them."""
    still = Q(**{f"{way}status": Recognition.Status.ACTIVE})
    return still | Q(**{f"{way}status": Recognition.Status.ENDED, f"{way}decided_on__gt": day})


def stays(asked: AsOf) -> "QuerySet[Any]":
    """The recognitions active in the area at the end of the day."""
    rows = Recognition.objects.visible_to(asked.user).filter(recognised_on__lte=asked.day)
    return rows.filter(on_the_register(asked.day))
