"""Moves rows from one office to another, or with their office below another; each file records it.

Files are found by column values, without instances: a county has hundreds of thousands. Past work stays in the
name of its office: opinions, letters, paid batches, closed months.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.models import Application, Lead
from jiuyuan.assistance.models import Course, DutyCount, OpenDuty, PublicPost, Vacancy
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry, Look
from jiuyuan.history.services import Actor, NewAct
from jiuyuan.history.state import Recorded, stated_row
from jiuyuan.money.models import Claim, EmployerClaim, PaymentBatch, SchemeNotice
from jiuyuan.oversight.models import (
    Doubt,
    FigureTally,
    Handover,
    Inspection,
    InspectionFinding,
    Parameter,
    Recovery,
    SupervisionOrder,
)
from jiuyuan.people.models import Enquiry, Person
from jiuyuan.recognitions.models import Investigation, Recognition
from jiuyuan.worker.models import Job

_CHUNK = 1000
_EVERY = Q()
_STAY, _CASE = "recognition__person", "application__person"
#: The record is never moved, and derived rows are rebuilt.
_STAYS: frozenset[Any] = frozenset({Entry, Look, OpenDuty, DutyCount, FigureTally})
#: For rows recorded in another file: the prefix of its name, and the column with the rest.
_FILES: dict[Any, tuple[str, str]] = {
    Person: ("person", "pk"),
    Application: ("application", "number"),
    Lead: ("extract", "extract_id"),
    Recognition: ("person", "person_id"),
    Investigation: ("person", "recognition__person_id"),
    Claim: ("person", "person_id"),
    SchemeNotice: ("person", "person_id"),
}


@dataclass(frozen=True)
class AtAnOffice:
    """A kind of row that moves when its office is merged.

    The lookup paths to the person with whom it moves when a part is split off (none: it stays), and a filter.
    """

    ways: tuple[str, ...] = ()
    which: Q = _EVERY


#: Rows that belong to one of these move with it.
GOES: dict[Any, AtAnOffice] = {
    Person: AtAnOffice(("pk",)),
    Application: AtAnOffice(("person",)),
    Lead: AtAnOffice(),
    Recognition: AtAnOffice(("person",)),
    Investigation: AtAnOffice((_STAY,)),
    Vacancy: AtAnOffice(),
    Course: AtAnOffice(),
    PublicPost: AtAnOffice(),
    Claim: AtAnOffice(("person",)),
    EmployerClaim: AtAnOffice(),
    SchemeNotice: AtAnOffice(("person",)),
    PaymentBatch: AtAnOffice(which=~Q(status__in=["settled", "withdrawn"])),
    Doubt: AtAnOffice(("person",)),
    Inspection: AtAnOffice(which=~Q(status__in=["closed", "dropped"])),
    InspectionFinding: AtAnOffice((f"inspected__{_CASE}", f"inspected__{_STAY}")),
    Recovery: AtAnOffice(("person",)),
    Handover: AtAnOffice(("recovery__person",)),
    SupervisionOrder: AtAnOffice((_CASE, _STAY)),
    Parameter: AtAnOffice(which=Q(kind="word")),
    Enquiry: AtAnOffice(("person",)),
    Job: AtAnOffice(which=Q(finished_at=None)),
}


@dataclass(frozen=True)
class Route:
    """A move. `source` and `target`: rows of these offices themselves; otherwise all rows below `old`.

    `people`: only rows about these; `files`: only rows recorded in these.
    """

    old: str
    new: str
    source: Agency | None = None
    target: Agency | None = None
    people: "QuerySet[Any] | None" = None
    files: frozenset[str] | None = None

    @classmethod
    def between(cls, source: Agency, target: Agency, **only: Any) -> "Route":
        return cls(source.path, target.path, source, target, **only)

    def models(self) -> "list[Any]":
        if self.source is None:
            return [Person, *(one for one in with_an_area() if one is not Person)]
        return [one for one, goes in GOES.items() if self.people is None or goes.ways]

    def rows(self, model: Any) -> "QuerySet[Any]":
        """The rows of a model that move."""
        rows = getattr(model.objects, "unscoped", model.objects.all)().order_by("pk")
        if self.source is None:
            return rows.filter(area__begins=self.old)
        lies = Q(area=self.old) if _has(model, "area") else Q(agency=self.source)
        rows = rows.filter(lies, GOES[model].which)
        if self.people is None:
            return rows
        about = Q()
        for way in GOES[model].ways:
            about |= Q(**{f"{way}__in": self.people})
        return rows.filter(about)

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The changed columns of a row."""
        changed = {"area": self.new + row["area"][len(self.old) :]} if "area" in row else {}
        if self.source is not None and self.target is not None and row.get("agency_id") == self.source.pk:
            changed["agency_id"] = self.target.pk
        return changed

    def write(self, model: Any, keys: list[int]) -> None:
        rows = getattr(model.objects, "unscoped", model.objects.all)().filter(pk__in=keys).order_by()
        if self.source is not None and _has(model, "agency"):
            rows.filter(agency=self.source).update(agency=self.target)
        if _has(model, "area"):
            rows.update(area=Concat(Value(self.new), Substr("area", len(self.old) + 1)))


def counted(route: Route) -> list[tuple[str, int]]:
    """The number of moving rows of each kind, by name, without zeros."""
    found = ((str(model._meta.verbose_name), route.rows(model).count()) for model in route.models())
    return [(what, count) for what, count in found if count]


def go(
    by: Actor, route: Route, action: str, said: Mapping[str, Any], progress: Callable[[int], None] = lambda done: None
) -> int:
    """Move all rows of a route, with one act in each file concerned. Returns how many rows.

    Call it inside a transaction in which the offices are locked.
    """
    done = 0
    of_people = [one for one in route.models() if one is not Person and _FILES.get(one, ("",))[0] == "person"]
    apart = [one for one in route.models() if one is not Person and one not in of_people]
    # Rows by which others are found are moved last.
    for model in apart:
        done = _go_one_kind(by, route, model, action, said, done, progress)
    for people in _locked(route, Person):
        acts: dict[str, dict[str, Any]] = defaultdict(dict)
        keys = [row["pk"] for row in people]
        for model in of_people:
            way = _FILES[model][1].removesuffix("_id")
            for rows in _locked(route, model, Q(**{f"{way}__in": keys})):
                _note(route, model, rows, acts)
                done += len(rows)
        _note(route, Person, people, acts)
        done += len(people)
        history.append_many(by, _acts(route, acts, action, said))
        progress(done)
    for model in of_people:  # people whose files are elsewhere
        done = _go_one_kind(by, route, model, action, said, done, progress)
    return done


def _go_one_kind(
    by: Actor,
    route: Route,
    model: Any,
    action: str,
    said: Mapping[str, Any],
    done: int,
    progress: Callable[[int], None],
) -> int:
    for rows in _locked(route, model):
        acts: dict[str, dict[str, Any]] = defaultdict(dict)
        _note(route, model, rows, acts)
        history.append_many(by, _acts(route, acts, action, said))
        done += len(rows)
        progress(done)
    return done


def offices_go(old: str, new: str) -> None:
    """Change the paths of an office and all offices below it."""
    Agency.objects.filter(path__begins=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))


def accounts_go(
    by: Actor, accounts: "QuerySet[User]", target: Agency, action: str, said: Mapping[str, Any]
) -> list[str]:
    """Move accounts to another office. Returns their names."""
    found = list(accounts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    User.objects.filter(pk__in=[one.pk for one in found]).update(agency=target)
    history.append_many(by, [NewAct(one.file, action, said, target.path) for one in found])
    return [one.username for one in found]


@cache
def with_an_area() -> tuple[Any, ...]:
    """The models with an area column that are not derived."""
    return tuple(model for model in apps.get_models() if _has(model, "area") and model not in _STAYS)


def file_of(model: Any) -> tuple[str, str] | None:
    """The prefix of a row's file name and the column with the rest; None if it has no file."""
    if model in _FILES:
        return _FILES[model]
    return (str(model(pk=0).file).partition(":")[0], "pk") if hasattr(model, "file") else None


@cache
def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _locked(route: Route, model: Any, within: Q = _EVERY) -> Iterator[list[dict[str, Any]]]:
    """Yield the moving rows in locked chunks, with the columns needed for their acts."""
    file, last = file_of(model), 0
    columns = [name for name in ("area", "agency_id") if _has(model, name.removesuffix("_id"))]
    columns += [file[1]] if file and file[1] != "pk" else []
    while keys := list(route.rows(model).filter(within, pk__gt=last).values_list("pk", flat=True)[:_CHUNK]):
        last = keys[-1]
        rows = getattr(model.objects, "unscoped", model.objects.all)().filter(pk__in=keys).order_by("pk")
        list(rows.select_for_update().values_list("pk", flat=True))
        found = list(rows.values("pk", *columns))
        if file:
            found = [{**row, "file": f"{file[0]}:{row[file[1]]}"} for row in found]
        if route.files is not None:
            found = [row for row in found if row.get("file") in route.files]
        if found:
            yield found


def _note(route: Route, model: Any, rows: list[dict[str, Any]], acts: dict[str, dict[str, Any]]) -> None:
    """Write the rows, and collect what was set for each file."""
    recorded = issubclass(model, Recorded)
    for row in rows:
        if "file" in row:
            state = stated_row(model, row["pk"], route.values(row)) if recorded else {}
            acts[row["file"]].update(state)
    route.write(model, [row["pk"] for row in rows])


def _acts(route: Route, acts: Mapping[str, dict[str, Any]], action: str, said: Mapping[str, Any]) -> list[NewAct]:
    return [NewAct(file, action, said, route.new, state or None) for file, state in acts.items()]
