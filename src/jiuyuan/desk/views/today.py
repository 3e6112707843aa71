"""今天要办: what is due, of help, of applications and of supervision, and the whole list of each duty."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import queries as applications
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.assistance import duties
from jiuyuan.characters import whole_number
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import address_of_list
from jiuyuan.oversight import queries as oversight
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import say

_FIRST, _PAGE = 20, 100
#: Of applications: what is over, and what is over unless it is done today.
_OF_CASES = ("overdue", "post", "last")


@dataclass(frozen=True)
class Section:
    """What is due of one kind: its first rows, how many there are, and the page with all of them."""

    label: str
    clause: str
    count: int
    rows: list[dict[str, Any]]
    says_what: bool
    more: str = ""


@staff(Right.SEE_PEOPLE)
@require_safe
def today(request: StaffRequest) -> HttpResponseBase:
    """What is due, the soonest first; settled by the acts themselves. `?duty=` is the whole list of one duty."""
    user, day = request.user, clock.today()
    if "duty" in request.GET:
        return _whole(request, day)
    of_help = (_duty(user, duty, day, count) for duty, count in _counted(user, day) if count)
    found = [*_cases(user, day), *_orders(user, day), *(one for one in of_help if one.rows)]
    return page(request, "today.html", {"found": found, "title": say("今天要办"), "next": None}, at="today")


def _whole(request: StaffRequest, day: date) -> HttpResponseBase:
    duty = next((one for one in duties.DUTIES if one.code == request.GET["duty"]), None)
    if duty is None:
        raise NotFound(say("没有这一项要办的事。"))
    start = whole_number(request.GET.get("from", "")) or 0
    rows = [_due(one, day) for one in duties.every(request.user, duty, day, start, _PAGE)]
    count = duty.rows(request.user, day).count()
    section = Section(say(duty.label), duty.clause_at(request.user.area), count, rows, duty.says_what)
    following = f"?{urlencode({'duty': duty.code, 'from': start + _PAGE})}" if count > start + _PAGE else None
    context = {"found": [section] if rows else [], "title": say(duty.label), "next": following}
    return page(request, "today.html", context, at="today")


def _counted(user: User, day: date) -> Iterator[tuple[duties.Duty, int]]:
    numbers = duties.counted(user, day)
    return ((duty, numbers[duty.code]) for duty in duties.DUTIES)


def _duty(user: User, duty: duties.Duty, day: date, count: int) -> Section:
    rows = [_due(one, day) for one in duties.due(user, duty, day, _FIRST)]
    more = f"?{urlencode({'duty': duty.code})}" if count > len(rows) else ""
    return Section(say(duty.label), duty.clause_at(user.area), count, rows, duty.says_what, more)


def _cases(user: User, day: date) -> Iterator[Section]:
    """Applications over their limit, or over it after today."""
    if not user.may(Right.SEE_CASES):
        return
    for due in _OF_CASES:
        filters = CaseFilters(state="open", due=due)
        rows = applications.listed(user, filters)
        found = list(rows.select_related("person").order_by("due_on", "pk")[: _FIRST + 1])
        if found:
            count = len(found) if len(found) <= _FIRST else rows.order_by().count()
            shown = [
                _row(
                    one.person.name,
                    day if due == "post" else one.due_on,
                    one.state.label,
                    reverse("desk:case", args=[one.number]),
                    day,
                )
                for one in found[:_FIRST]
            ]
            more = address_of_list(filters) if count > len(shown) else ""
            yield Section(say("申请：{due}", due=say(applications.DUE[due])), "", count, shown, True, more)


def _orders(user: User, day: date) -> Iterator[Section]:
    """Orders of supervision that wait for this user's office."""
    rows = oversight.orders(user).filter(oversight.waiting_for(user))
    if found := list(rows[: _FIRST + 1]):
        count = len(found) if len(found) <= _FIRST else rows.order_by().count()
        shown = [
            _row(
                one.person.name,
                one.due_on if one.status == "asked" else day,
                one.question,
                reverse("desk:supervision_order", args=[one.pk]),
                day,
            )
            for one in found[:_FIRST]
        ]
        clause = SUPERVISION.of(registry.region_of(user.area).code).by_action["supervise"].clause
        yield Section(say("督办"), clause, count, shown, True, reverse("desk:supervision") if count > _FIRST else "")


def _due(one: duties.Due, day: date) -> dict[str, Any]:
    stay = one.stay
    if stay is not None:
        url = reverse("desk:helping", args=[stay.pk])
    elif one.person is not None:
        url = reverse("desk:person", args=[one.person.pk])
    else:
        url = reverse("desk:vacancy", args=[one.row.pk])
    return _row(one.about, one.on, one.what, url, day)


def _row(about: str, on: date, what: str, url: str, day: date) -> dict[str, Any]:
    return {"about": about, "what": what, "on": on, "late": on < day, "today": on == day, "url": url}
