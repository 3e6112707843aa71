"""Sends warnings about what will soon be late, to the acting office and to the one that asked or supervises (五(一)
明确责任主体, 五(三)).

Accounts get one message per matter and day; `soon_late` has the list.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.assistance.duties import BY_CODE
from jiuyuan.assistance.duty import AsOf
from jiuyuan.notifications import notices
from jiuyuan.notifications import services as notifications
from jiuyuan.notifications.models import Message
from jiuyuan.oversight.models import INSPECTORS, Handover, InspectionFinding, SupervisionOrder
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import say

MATTER = notices.declare(
    "oversight.matter_soon_late",
    "快到期：{what}",
    "{kind} {number}：由{office}办，{due:date}到期，过了就是超期。在“今天要办”和“监督”的各页里办。",
)
CASES = notices.declare(
    "oversight.cases_soon_late",
    "快到期：{number}份申请",
    "{office}有{number}份申请{due:date}到期，还没有办完。请在期限以前办完，来不及的尽早延长期限或者说明原因。",
)
_AT_OFFICES = frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR})
_COUNTED_AT = frozenset({Agency.Level.COMMUNITY, Agency.Level.PLATFORM, Agency.Level.COUNTY, Agency.Level.REGION})


@dataclass(frozen=True)
class _Matter:
    """Rows in a state with a due date; `office` and `above` are the lookup paths to the acting and the asking
    office.
    """

    duty: str
    model: Any
    status: str
    office: str = "agency"
    above: str = ""


_INSPECTING = "inspected__inspection__agency"
_MATTERS = (
    _Matter("answer_supervision", SupervisionOrder, "asked", above="ordering_agency"),
    _Matter("answer_finding", InspectionFinding, "raised", above=_INSPECTING),
    _Matter("review_finding", InspectionFinding, "answered", office=_INSPECTING),
    _Matter("decide_handover", Handover, "reported"),
    _Matter("send_handover", Handover, "agreed"),
    _Matter("ask_the_police", Handover, "received"),
    _Matter("contest_handover", Handover, "not_filed"),
)


def tell(day: date) -> int:
    """Send the warnings not sent yet. Returns for how many matters; safe to repeat."""
    return sum(_tell_of(matter, day) for matter in _MATTERS) + _tell_of_cases(day)


def _tell_of(matter: _Matter, day: date) -> int:
    duty, told = BY_CODE[matter.duty], 0
    ways = {way for way in (matter.office, matter.above) if way}
    rows = matter.model.objects.unscoped().filter(status=matter.status).select_related(*ways).order_by("pk")
    soon = []
    for row in rows:
        due = duty.due(row, AsOf(User(), day))
        if day <= due <= _warned_until(row.area, day):
            soon.append((row, due))
    known = _told([row.file for row, _ in soon], MATTER)
    for row, due in soon:
        if (row.file, due) in known:
            continue
        office, above = _along(row, matter.office), _along(row, matter.above) if matter.above else None
        to = {office.pk: duty.roles_at(row.area)}
        above = above or office.ancestor(Agency.Level.REGION)
        if above is not None:
            to[above.pk] = to.get(above.pk, frozenset()) | INSPECTORS
        kind = say(matter.model._meta.verbose_name)
        fields = {"what": say(duty.label), "kind": kind, "number": _number(row), "office": office.name, "due": due}
        told += _write(row.file, MATTER, fields, to)
    return told


def _tell_of_cases(day: date) -> int:
    """Warn of cases by office and due date, including those below:
    at most one message per day of the warning period.
    """
    until = max(_warned_until(region.path, day) for region in registry.regions())
    cases = Application.objects.unscoped().filter(
        finished_on=None, accepted_on__isnull=False, due_on__range=(day, until)
    )
    offices = {
        path: (pk, level, name) for pk, path, level, name in Agency.objects.values_list("pk", "path", "level", "name")
    }
    many: Counter[tuple[str, date]] = Counter()
    for area, due, number in cases.order_by().values_list("area", "due_on").annotate(number=Count("pk")):
        if due <= _warned_until(area, day):
            many.update({(path, due): number for path in _around(area) if path in offices})
    known: dict[tuple[str, date], int] = defaultdict(int)
    files = {f"agency:{offices[path][0]}" for path, _ in many}
    for file, fields in Message.objects.unscoped().filter(code=CASES, file__in=files).values_list("file", "fields"):
        known[file, _day(fields)] = max(known[file, _day(fields)], fields["number"])
    told = 0
    for (path, due), number in sorted(many.items()):
        pk, level, name = offices[path]
        file = f"agency:{pk}"
        if level in _COUNTED_AT and number > known[file, due]:
            told += _write(file, CASES, {"office": name, "number": number, "due": due}, {pk: _AT_OFFICES})
    return told


def _around(area: str) -> Iterator[str]:
    return (area[: at + 1] for at, letter in enumerate(area) if letter == "/")


def _warned_until(area: str, day: date) -> date:
    return calendar.add_workdays(day, registry.region_of(area).limit("warning_working_days", on=day)).day


def _told(files: Iterable[str], code: str) -> set[tuple[str, date]]:
    rows = Message.objects.unscoped().filter(code=code, file__in=list(files)).values_list("file", "fields")
    return {(file, _day(fields)) for file, fields in rows}


def _day(fields: dict[str, Any]) -> date:
    return date.fromisoformat(fields["due"]["day"])


def _along(row: Any, way: str) -> Agency:
    for name in way.split("__"):
        row = getattr(row, name)
    found: Agency = row
    return found


def _number(row: Any) -> str:
    """The number or id of the matter; messages name nobody."""
    about = row.inspected.about if isinstance(row, InspectionFinding) else getattr(row, "about", row)
    return str(getattr(about, "number", about.pk))


@transaction.atomic
def _write(file: str, code: str, fields: dict[str, Any], to: Mapping[int, Collection[Role]]) -> bool:
    """Send to all active accounts with these roles at these offices. False if there are none."""
    accounts = User.objects.filter(agency__in=to, is_active=True).order_by("pk")
    whom = [one for one in accounts if one.in_use and Role(one.role) in to[one.agency_id or 0]]
    for one in whom:
        notifications.write(file, code, fields, recipient=one.username)
    return bool(whom)
