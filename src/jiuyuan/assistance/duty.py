"""What a duty is: for whom, when it is due, what settles it, who does it, by which clause; and as of which day that is asked."""

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

AHEAD = 7  # days that are shown before they come
_NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class AsOf:
    """Whose list it is, as it stood at the end of `day`, with what falls due until `ahead` days later. `limits` are tried
    in the place of the region's own."""

    user: User
    day: date
    ahead: int = AHEAD
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def until(self) -> date:
        return self.day + timedelta(days=self.ahead)

    @property
    def region(self) -> Region:
        """Where the list is read; the home region for who sees them all."""
        return registry.region_of(self.user.area) if self.user.area else registry.home()

    def limit(self, name: str, area: str = "") -> int:
        """A limit where an agency stands, else where the list is read."""
        if name in self.limits:
            return self.limits[name]
        return (registry.region_of(area) if area else self.region).limit(name, on=self.day)


@dataclass(frozen=True)
class DutySubject:
    """What the rows of a model are about: the ways to a stay on the register and to a person, where there are any, and what a list
    shows with each."""

    stay: str = ""
    person: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class DueDuty:
    """One thing to do: about whom or what, by when, and the act that a button leads to."""

    row: Any
    on: date
    what: str = ""

    @property
    def about(self) -> str:
        person = self.stay.person if self.stay else self.person
        return str(person.name if person else self.row.title)

    @property
    def person(self) -> Person | None:
        """Whom it is about who need not be on the register."""
        found: Person | None = getattr(self.row, "person", None)
        return found

    @property
    def stay(self) -> Recognition | None:
        row = self.row.plan if isinstance(self.row, Measure) else self.row
        return row if isinstance(row, Recognition) else getattr(row, "recognition", None)


@dataclass(frozen=True)
class DueOn:
    """When something is due: on the day that stands in a column, today where none does, or where there is no such column.

    `number`: another column that decides it.
    """

    column: str = ""
    number: str = ""

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        return since or asked.day


@dataclass(frozen=True)
class DaysAfter(DueOn):
    """So many days, or working days, after it: by a limit, which may be tried."""

    limit: str = ""
    working: bool = False

    def day(self, since: date | None, number: int | None, asked: AsOf, area: str) -> date:
        since, days = since or asked.day, asked.limit(self.limit, area)
        return calendar.add_workdays(since, days).day if self.working else since + timedelta(days=days)


@spoken("label", "whom", "when")
@dataclass(frozen=True, eq=False)
class Duty:
    """A row of the table of duties (`duties.DUTIES`): there is one of each.

    - `whom`, `when`: in words, for whom it applies and when it is due; `{names}` are limits of the region.
    - `workflow`, `settles`: the acts that end it; the first is its button, whose roles and clause are the duty's.
    - `rows`: what stands open at the end of a day, for a user; `due_on`: when one of them is due, by columns of it; `order`: the
      column by which the soonest comes first; `what`: what is shown beside the name.
    - `warned`: the limit that says how many days before it is due it stands on the list, where those are more than usual.
    - `at_once`: it stands on the list from the day on which it was asked for, however far its day is.
    - `of_office`: it is the business of one office alone, not of those around it: who looks decides, so that it is kept in no index.
    - `past`: whether `rows` can tell of days that are over; where not, what it reads keeps its last state alone.
    - `along`: the duty with which it is done: who is open there is not listed here too.
    - `otherwise`: it may be settled otherwise, with a note (`SETTLED_OTHERWISE`); `again`: the day from which it is due again
      all the same, None for never.
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
        """What is to be done; none of it where a day that is over is not known any more."""
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
        """When one of `open` is due; again after it was settled otherwise, not before the day said then."""
        since, number = (getattr(row, name) if name else None for name in (self.due_on.column, self.due_on.number))
        return self.reckoned(asked, row.area, since, number, getattr(row, "due_again", None))

    def reckoned(
        self, asked: AsOf, area: str, since: date | None = None, number: int | None = None, again: date | None = None
    ) -> date:
        """The same from what stands in the columns of `due_on`."""
        day = self.due_on.day(since, number, asked, area)
        return max(day, again) if again else day

    def shown_until(self, asked: AsOf) -> date:
        """What is due until then is on the list."""
        if self.at_once:
            return date.max
        return asked.day + timedelta(days=max(asked.ahead, asked.limit(self.warned) if self.warned else 0))

    def settled_by(self, area: str) -> Transition:
        """The act of its button, by the table of the region where an agency stands."""
        return WORKFLOWS[self.workflow].of(registry.region_of(area).code).by_action[self.settles[0]]

    def clause_at(self, area: str) -> str:
        return self.settled_by(area).clause

    def roles_at(self, area: str) -> frozenset[Role]:
        """Which roles of staff settle it."""
        return self.settled_by(area).roles & STAFF

    @property
    def limit(self) -> str:
        """The limit that decides its day, and may be tried; empty where the day stands in the row."""
        return self.due_on.limit if isinstance(self.due_on, DaysAfter) else ""

    def when_in(self, region: Region, day: date) -> str:
        """When it is due, in words, with the region's limits."""
        when: str = self.__dict__["when"]  # the template, not yet a sentence
        return say(when, **{name: region.limit(name, on=day) for name in _NAMED.findall(when)})

    @property
    def says_what(self) -> bool:
        return self.what is not None


def on_the_register(day: date, way: str = "") -> Q:
    """Whose stay goes on at the end of a day; `way` leads to the stay."""
    still = Q(**{f"{way}status": Recognition.Status.ACTIVE})
    return still | Q(**{f"{way}status": Recognition.Status.ENDED, f"{way}decided_on__gt": day})


def stays(asked: AsOf) -> "QuerySet[Any]":
    """Everybody on the register of the list's area at the end of its day."""
    rows = Recognition.objects.visible_to(asked.user).filter(recognised_on__lte=asked.day)
    return rows.filter(on_the_register(asked.day))
