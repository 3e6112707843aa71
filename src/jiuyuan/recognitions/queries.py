"""Queries of the register: who is on it, what waits for a decision, what is coming.

A count and its list share a query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.characters import whole_number
from jiuyuan.history import services as history
from jiuyuan.people import queries as people
from jiuyuan.people import segments
from jiuyuan.people.list_filters import ListFilters
from jiuyuan.people.models import Person
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition, Warning
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, PROPOSAL, RECOGNITION
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.regions import registry
from jiuyuan.speed.counts import rows_of
from jiuyuan.wording import say

PAGE = 50
_LARGEST_KEY = 2**63 - 1


def listed(user: User, status: str = "") -> ScopedQuerySet:
    """The recognitions this user may see, optionally of one state. Raises `NotForRole`, `BadInput`."""
    if not user.may(Right.SEE_CASES):
        raise NotForRole(say("您的角色不能查看认定名册。"))
    rows = Recognition.objects.visible_to(user).select_related("person", "agency", "former")
    return RECOGNITION.in_state(rows, status)


def seen(user: User, pk: int, what: str) -> Recognition:
    """A recognition, for staff who may see it and for the person. Records the look. Raises `NotFound`."""
    rows = Recognition.objects.visible_to(user).select_related("person__agency", "person__account", "agency", "former")
    recognition: Recognition | None = rows.filter(pk=pk).first() if 0 < pk <= _LARGEST_KEY else None
    if recognition is None:
        raise NotFound(say("没有这条认定记录。"))
    history.looked(user.actor, recognition.file, what, recognition.area)
    return recognition


def opened(user: User, pk: int, what: str) -> Recognition:
    """A recognition, for staff. Records the look. Raises `NotFound`, `NotForRole`."""
    recognition = seen(user, pk, what)
    if not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("认定名册由经办、复核、督导和省级管理人员查看，您的角色不能查看。"))
    return recognition


def category_of(recognition: Recognition) -> str:
    """The title of the category; one from an earlier register is kept as written."""
    known = registry.categories(registry.named(recognition.region)).get(recognition.category)
    return known.title if known else recognition.category


def active(person: Person) -> Recognition | None:
    """The active recognition of a person, or None."""
    found: Recognition | None = person.recognitions.filter(status=Recognition.Status.ACTIVE).first()
    return found


@dataclass(frozen=True)
class RegisterFilters(ListFilters):
    """The filters of the register, as in its URL."""

    status: str = ""
    category: str = ""
    ground: str = ""
    carried_over: str = ""
    agency: str = ""
    warning: str = ""
    proposal: str = ""
    investigation: str = ""
    fact: str = ""
    entered: str = ""  # periods, in the format of `people.segments.between`
    left: str = ""
    sex: str = ""
    age: str = ""
    q: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether there are filters other than the state."""
        return bool(str(replace(self, status="")))


_ONLY: dict[str, Callable[[], Q]] = {
    "proposal": lambda: Q(Exists(_of_this(ExitProposal).filter(status=ExitProposal.Status.OPEN))),
    "investigation": lambda: Q(Exists(_of_this(Investigation).filter(~Q(status=Investigation.Status.DECIDED)))),
}


def _of_this(model: Any) -> ScopedQuerySet:
    rows: ScopedQuerySet = model.objects.unscoped().filter(recognition=OuterRef("pk")).order_by()
    return rows


def narrowed(user: User, filters: RegisterFilters) -> ScopedQuerySet:
    """The filtered register. Raises `NotForRole`."""
    rows = listed(user)
    for name in ("status", "category", "ground"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.carried_over:
        rows = rows.filter(carried_over=filters.carried_over == "yes")
    if filters.agency:
        agency = Agency.objects.filter(code=filters.agency, path__begins=user.area).first()
        rows = rows.filter(area__begins=agency.path) if agency else rows.none()
    if filters.warning:
        warned = _of_this(Warning).filter(coming())
        rows = rows.filter(Exists(warned if filters.warning == "any" else warned.filter(kind=filters.warning)))
    for name, only in _ONLY.items():
        if value := getattr(filters, name):
            rows = rows.filter(only() if value == "open" else Q(pk__in=[]))
    rows = rows.filter(in_period(filters, clock.today()))
    if filters.fact:
        rows = rows.filter(people.known(filters.fact, "person__"))
    if filters.q:
        rows = rows.filter(Q(number__iexact=filters.q) | people.matching(filters.q, "person__"))
    return rows


def in_period(filters: RegisterFilters, today: date) -> Q:
    """The filters by which figures are divided: when somebody entered or left, and who."""
    found = Q()
    if filters.entered:
        found &= segments.between("recognised_on", filters.entered)
    if filters.left:
        found &= segments.between("ended_on", filters.left)
    if filters.sex:
        found &= segments.of_sex(filters.sex)
    if filters.age:
        found &= segments.of_age(filters.age, today)
    return found


def counts(user: User, filters: RegisterFilters) -> dict[str, int]:
    """The length of the list for each state, and for no state (``""``)."""
    every = replace(filters, status="")
    here = None if every != RegisterFilters() else (user.pk, user.role, user.area)
    rows = partial(_by_status, user, every)
    found = dict(rows() if here is None else rows_of((counts, *here), rows))
    return {**{status: found.get(status, 0) for status in RECOGNITION.states}, "": sum(found.values())}


def _by_status(user: User, filters: RegisterFilters) -> "QuerySet[Any]":
    return narrowed(user, filters).order_by().values_list("status").annotate(many=Count("pk"))


def open_proposals(user: User) -> ScopedQuerySet:
    """Proposals waiting for a reviewer."""
    return ExitProposal.objects.visible_to(user).filter(status=ExitProposal.Status.OPEN)


def open_investigations(user: User) -> ScopedQuerySet:
    """Undecided investigations."""
    return Investigation.objects.visible_to(user).exclude(status=Investigation.Status.DECIDED)


def open_objections(user: User) -> ScopedQuerySet:
    """Undecided objections to an exit."""
    return ExitObjection.objects.visible_to(user).filter(upheld=None)


def coming_warnings(user: User) -> ScopedQuerySet:
    """Warnings of the next days, and recognitions or ends whose facts were withdrawn."""
    there = Q(recognition__status=Recognition.Status.ACTIVE) | Q(kind=Warning.Kind.BASIS)
    return Warning.objects.visible_to(user).filter(coming(), there)


def days_ahead(user: User) -> int:
    """How many days ahead warnings are given where this user works."""
    return registry.region_of(user.area).limit("warning_days_ahead", on=clock.today())


def coming() -> Q:
    """Filters warnings: those of the next days, missed deadlines of families, and withdrawn facts not yet reviewed.

    The nightly run decides how far ahead, by the limit of each place.
    """
    return Q(due_on__gte=clock.today()) | Q(kind__in=(Warning.Kind.FAMILY, Warning.Kind.BASIS))


def due_warnings(user: User) -> ScopedQuerySet:
    """The warnings whose day has come."""
    return coming_warnings(user).filter(due_on__lte=clock.today())


#: The work lists, and the roles to whom the tables give one of these acts.
_WORK: dict[str, tuple[Callable[[User], ScopedQuerySet], frozenset[Role]]] = {
    "proposals": (open_proposals, PROPOSAL.of().by_action["confirm"].roles),
    "investigations": (open_investigations, frozenset().union(*(t.roles for t in INVESTIGATION.of().transitions))),
    "objections": (open_objections, OBJECTION.of().by_action["settle"].roles),
    "warnings": (due_warnings, frozenset({Role.CLERK, Role.REVIEWER})),
}


def waiting(user: User) -> dict[str, int]:
    """The number of items on each work list for this role, in one query; none for read-only roles."""
    lists = [name for name, (_, roles) in _WORK.items() if user.role in roles]
    if not lists:
        return {}
    here = (user.pk, user.role, user.area, clock.today())
    (counted,) = rows_of((waiting, *here), partial(_counting, user, lists))
    return dict(zip(lists, counted, strict=True))


def _counting(user: User, lists: Sequence[str]) -> "QuerySet[Any]":
    """One row with the length of each list."""
    each = (_WORK[name][0](user).order_by().annotate(many=Func(F("pk"), function="COUNT")) for name in lists)
    return User.objects.filter(pk=user.pk).values_list(*(Subquery(rows.values("many")) for rows in each))


def soonest_first(rows: ScopedQuerySet, by: str, cursor: str) -> tuple[list[Any], str | None]:
    """A page by keyset pagination, soonest `by` first, and the cursor of the next;
    a bad cursor means the first page.
    """
    day, _, pk = cursor.partition("_")
    try:
        after, place = date.fromisoformat(day), whole_number(pk)
        if place is not None:
            rows = rows.filter(Q(**{f"{by}__gt": after}) | Q(**{by: after, "pk__gt": place}))
    except ValueError:
        pass
    found = list(rows.order_by(by, "pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{getattr(last, by)}_{last.pk}" if last else None
