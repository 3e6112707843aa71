"""The order of visits in an area, and visits brought back (四(一)).

People under investigation come first, then those with an upcoming event, then those not visited for the longest
time.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, DateField, Exists, IntegerField, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.characters import whole_number
from jiuyuan.history import services as history
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Investigation, Recognition, Visit, Warning
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import say

PAGE = 50
INVESTIGATED, COMING, OTHERWISE = range(3)
NEVER = date(1900, 1, 1)
_LARGEST_KEY = 2**63 - 1


def to_visit(user: User, agency: str = "", address: str = "") -> ScopedQuerySet:
    """Everybody active in the area's register, with `urgency` and the day of the `last` visit (`NEVER` if none)."""
    _refuse_others(user)
    rows = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    if agency:
        chosen = Agency.objects.filter(code=agency, path__begins=user.area).first()
        rows = rows.filter(person__area__begins=chosen.path) if chosen else rows.none()
    if address.strip():
        rows = rows.filter(person__address__contains=address.strip())
    of_this: dict[str, Any] = {"recognition": OuterRef("pk")}
    open_ones = Investigation.objects.unscoped().filter(**of_this).exclude(status=Investigation.Status.DECIDED)
    coming = Warning.objects.unscoped().filter(queries.coming(), **of_this)
    visits = Visit.objects.unscoped().filter(person=OuterRef("person_id")).order_by()
    counting = visits.filter(nobody_home=False).exclude(status=Visit.Status.DISCARDED).values("person")
    return rows.select_related("person__agency").annotate(
        urgency=Case(
            When(Exists(open_ones.order_by()), then=Value(INVESTIGATED)),
            When(Exists(coming.order_by()), then=Value(COMING)),
            default=Value(OTHERWISE),
            output_field=IntegerField(),
        ),
        last=Coalesce(
            Subquery(counting.annotate(last=Max("visited_on")).values("last")), Value(NEVER), output_field=DateField()
        ),
        waiting=Exists(visits.filter(status=Visit.Status.DRAFT)),
    )


def last_visits(user: User, people: Sequence[int]) -> dict[int, date]:
    """The day of the last visit on which each of these people was met, by key; people never met are left out."""
    met = Visit.objects.visible_to(user).filter(person__in=people, nobody_home=False)
    counting = met.exclude(status=Visit.Status.DISCARDED).order_by()
    return dict(counting.values_list("person").annotate(last=Max("visited_on")))


def page_of(rows: ScopedQuerySet, cursor: str) -> tuple[list[Any], str | None]:
    """A page by keyset pagination and the cursor of the next; a bad cursor means the first page."""
    urgency, _, rest = cursor.partition("_")
    day, _, pk = rest.partition("_")
    try:
        first, after, key = whole_number(urgency), date.fromisoformat(day), whole_number(pk)
        if first is not None and key is not None:
            rows = rows.filter(
                Q(urgency__gt=first) | Q(urgency=first, last__gt=after) | Q(urgency=first, last=after, pk__gt=key)
            )
    except ValueError:
        pass
    found = list(rows.order_by("urgency", "last", "pk")[: PAGE + 1])
    end = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{end.urgency}_{end.last}_{end.pk}" if end else None


def brought_back(user: User, status: str = "") -> ScopedQuerySet:
    """The visits of the area, optionally in one state. Raises `NotForRole`, `BadInput`."""
    _refuse_others(user)
    return VISIT.in_state(Visit.objects.visible_to(user).select_related("person__agency"), status)


def opened(user: User, pk: int) -> Visit:
    """A visit. Records the look. Raises `NotFound`, `NotForRole`."""
    rows = Visit.objects.visible_to(user).select_related("person__agency")
    visit: Visit | None = rows.filter(pk=pk).first() if 0 < pk <= _LARGEST_KEY else None
    if visit is None:
        raise NotFound(say("没有这次走访。"))
    _refuse_others(user)
    history.looked(user.actor, visit.person.file, "走访记录", visit.person.area)
    return visit


def days_since(last: date) -> int | None:
    """The number of days since the last visit; None if never."""
    return None if last == NEVER else (clock.today() - last).days


def _refuse_others(user: User) -> None:
    if not user.may(Right.SEE_VISITS):
        raise NotForRole(say("入户走访由基层经办人办理，县级复核人可以查看。"))
