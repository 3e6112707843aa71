"""今天要办: what is due in assistance, applications and supervision, and the full list of each duty."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from jiuyuan import clock, masking
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import paging
from jiuyuan.applications import queries as applications
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.assistance import duties
from jiuyuan.assistance.due_today import OpenToday
from jiuyuan.assistance.duty import AsOf, DueDuty, Duty
from jiuyuan.assistance.models import Measure, ServiceRefusal
from jiuyuan.assistance.otherwise_workflow import OTHERWISE
from jiuyuan.characters import whole_number
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.oversight_things import THINGS
from jiuyuan.desk.place_in_list import address_of_list
from jiuyuan.desk.views.helping import act_kind
from jiuyuan.oversight import trained
from jiuyuan.oversight.staff_training_workflow import STAFF_TRAINING
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import queries as imports
from jiuyuan.procedures import engine
from jiuyuan.procedures.own_matter import same_person
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.speed.addresses import url_of
from jiuyuan.wording import say

_FIRST, _PAGE = 8, 100
#: Groups of applications: overdue, overdue unless published today, and due soon.
_OF_CASES = ("overdue", "post", "soon")
#: The section of the assistance page for a duty.
_SECTIONS = {
    "plan": "plan-title", "measure": "plan-title", "offer": "offers-title", "appointment": "appointments-title",
    "refusal": "refusals-title", "placement": "placements-title", "interview": "",
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A section: its first rows, the number, and the URL of the full list."""

    label: str
    clause: str
    count: int
    rows: list[dict[str, Any]]
    says_what: bool
    more: str = ""
    when: str = ""
    who: str = ""


#: Workflows whose page has another name.
_PAGES = {"payment_batch": "payment"}


@staff(Right.SEE_DUTIES)
@require_safe
def today(request: StaffRequest) -> HttpResponseBase:
    """What is due, soonest first; what others settle is folded.

    `?duty=` is the full list of a duty, `?on=` the list at the end of a past day.
    """
    user, day = request.user, clock.today()
    on = _past(request.GET.get("on", ""), day)
    if "duty" in request.GET:
        return _whole(request, on or day, day)
    of_help = _of_that_day(user, on) if on else _of_today(user, day)
    of_cases = (
        []
        if on or not user.may(Right.SEE_PEOPLE)
        else [
            *_cases(user, day),
            *_course(user, day),
            *_registers(user, day),
        ]
    )
    found = [*of_cases, *of_help]
    title = say("{day:date}要办的", day=on) if on else say("今天要办")
    mine, of_others = [one for one in found if not one.who], [one for one in found if one.who]
    context = {"found": found, "mine": mine, "of_others": of_others, "title": title, "next": None, "past": on}
    return page(request, "today.html", context, at="today")


def _known(user: User) -> Sequence[Duty]:
    """The duties a user sees; without access to files, only those the role settles."""
    if user.may(Right.SEE_PEOPLE):
        return duties.DUTIES
    return [duty for duty in duties.DUTIES if user.role in duty.roles_at(user.area)]


def _past(said: str, today: date) -> date | None:
    """A past day; None for today and anything else."""
    day = clock.asked_day(said)
    return day if day and day < today else None


def _whole(request: StaffRequest, on: date, today: date) -> HttpResponseBase:
    duty, user = duties.BY_CODE.get(request.GET["duty"]), request.user
    if duty is None or duty not in _known(user):
        raise NotFound(say("没有这一项要办的事。"))
    start = whole_number(request.GET.get("from", "")) or 0
    if on < today:
        asked = AsOf(user, on)
        due, count = list(duties.every(asked, duty, start, _PAGE)), duty.open(asked).count()
    else:
        open_now = OpenToday(user, [duty])
        due, count = open_now.page(duty, start, _PAGE), open_now.counts[duty.code]
    rows = [_due(user, duty, one, on) for one in due]
    section = _section(user, duty, on, count, rows)
    query = {"duty": duty.code, "from": start + _PAGE, **({"on": on} if on < today else {})}
    following = f"?{urlencode(query)}" if count > start + _PAGE else None
    past = on if on < today else None
    found = [section] if rows else []
    context = {
        "found": found, "mine": found, "of_others": [], "title": say(duty.label), "next": following, "past": past,
    }  # fmt: skip
    return page(request, "today.html", context, at="today")


def _of_today(user: User, day: date) -> list[Section]:
    """The duties with anything due, with their items."""
    known = _known(user)
    open_now = OpenToday(user, known)
    due = open_now.soonest(_FIRST)
    return [_duty(user, duty, day, open_now.counts[duty.code], due[duty.code]) for duty in known if duty.code in due]


def _of_that_day(user: User, day: date) -> list[Section]:
    """The same for a past day, from the conditions."""
    due = {duty: list(duties.due(user, duty, day, _FIRST)) for duty in _known(user)}
    return [_duty(user, duty, day, duty.open(AsOf(user, day)).count(), rows) for duty, rows in due.items() if rows]


def _duty(user: User, duty: Duty, day: date, count: int, due: list[DueDuty]) -> Section:
    rows = [_due(user, duty, one, day) for one in due]
    query = {"duty": duty.code, **({"on": day} if day < clock.today() else {})}
    return _section(user, duty, day, count, rows, f"?{urlencode(query)}" if count > len(rows) else "")


def _section(user: User, duty: Duty, day: date, count: int, rows: list[dict[str, Any]], more: str = "") -> Section:
    roles = duty.roles_at(user.area)
    who = "" if user.role in roles else say("由{roles}办理", roles=[Role(role).label for role in Role if role in roles])
    when = duty.when_in(registry.region_of(user.area), day)
    return Section(duty.label, duty.clause_at(user.area), count, rows, duty.says_what, more, when, who)


def _cases(user: User, day: date) -> Iterator[Section]:
    """Applications past their limit, or from tomorrow on."""
    if not user.may(Right.SEE_CASES):
        return
    for due in _OF_CASES:
        filters = CaseFilters(state="open", due=due)
        found = paging.soonest(user, due, _FIRST + 1)
        if found:
            count = len(found) if len(found) <= _FIRST else applications.how_many(user, filters)
            shown = [
                _row(
                    one.person.name,
                    day if due == "post" else one.due_on or day,
                    say("公示已满，待签署") if over else one.state.label,
                    url_of("desk:case", one.number),
                    day,
                )
                for one, over in found[:_FIRST]
            ]
            more = address_of_list(filters) if count > len(shown) else ""
            yield Section(say("申请：{due}", due=say(applications.DUE[due])), "", count, shown, True, more)


def _course(user: User, day: date) -> Iterator[Section]:
    """The training course on the policy in force, until the user has passed it."""
    if trained.is_due(user):
        clause = STAFF_TRAINING.of(registry.region_of(user.area).code).by_action["take_course"].clause
        row = _row(say("业务培训"), day, say("现在的政策还没有学过"), url_of("desk:policy_course"), day)
        yield Section(say("业务培训"), clause, 1, [row], True)


def _registers(user: User, day: date) -> Iterator[Section]:
    """Earlier registers uploaded by a colleague that wait for another person."""
    if not user.may(Right.IMPORT_RECORDS):
        return
    waiting = imports.listed(user).filter(kind=ImportBatch.Kind.EARLIER_REGISTER, status=ImportBatch.Status.CHECKED)
    shown = [
        _row(
            masking.text(one.file_name),
            day,
            say("{name}上传", name=one.by_name),
            url_of("desk:import", one.pk),
            day,
        )
        for one in waiting[:_FIRST]
        if not same_person(one.by, user)
    ]
    if shown:
        yield Section(say("等您确认的名册"), "", len(shown), shown, True)


def _due(user: User, duty: Duty, one: DueDuty, day: date) -> dict[str, Any]:
    stay = one.stay
    if duty.workflow == "claim":
        url = url_of("desk:claim", one.row.pk)
    elif duty.workflow == "supervision":
        url = url_of("desk:supervision_order", one.row.pk)
    elif (things := WORKFLOWS[duty.workflow].things) in THINGS:
        url = url_of("desk:oversight_thing", things, one.row.pk)
    elif stay is not None:
        url = url_of("desk:helping", stay.pk)
    elif one.person is not None:
        url = url_of("desk:person", one.person.pk)
    else:
        url = url_of(f"desk:{_PAGES.get(duty.workflow, duty.workflow)}", one.row.pk)
    row = _row(one.about, one.on, one.what, url, day)
    if day == clock.today() and user.role in duty.roles_at(user.area):
        row["button"], *row["others"] = _buttons(user, duty, one, url)
        if duty.otherwise and stay is not None and user.role == Role.CLERK:
            where = url_of("desk:help_act", stay.pk, OTHERWISE.name, "settle_otherwise", 0)
            row["otherwise"] = f"{where}?{urlencode({'duty': duty.code, 'item': one.row.pk})}"
    return row


def _buttons(user: User, duty: Duty, one: DueDuty, url: str) -> list[dict[str, str]]:
    """Every act that settles the item now, or leads there; if the usual one is disabled, first the page that says
    why.

    What depends on another duty waits for it: whether somebody was hired is not asked before they have answered.
    """
    workflow, row = WORKFLOWS[duty.workflow], one.row
    if len(duty.settles) == 1 or not isinstance(row, workflow.model):
        return [{"label": duty.settled_by(user.area).label, "url": _act(duty, one, duty.settles[0])}]
    offers = [offer for offer in engine.offered(workflow, workflow.hold(_with_stay(one), user)) if not offer.reasons]
    possible = {offer.transition.action for offer in offers}
    of_others = {act for each in duties.DUTIES if each.workflow == duty.workflow for act in each.settles}
    later = of_others - set(duty.settles) if duty.settles[0] in possible else set()
    acts = [
        one.transition
        for one in offers
        if one.transition.action in duty.settles
        or (one.transition.emphasis == "main" and one.transition.action not in later)
    ]
    found = [{"label": act.label, "url": _act(duty, one, act.action)} for act in acts]
    section = _SECTIONS.get(duty.workflow, "")
    if duty.settles[0] not in [act.action for act in acts]:
        found.insert(0, {"label": say("看情况"), "url": f"{url}#{section}" if one.stay and section else url})
    return found


def _with_stay(one: DueDuty) -> Any:
    """The row with its recognition set, so that nothing is loaded again."""
    row, stay = one.row, one.stay
    if stay is None:
        return row
    for each in (row, getattr(row, "plan", None), row.of if isinstance(row, ServiceRefusal) else None):
        if each is not None and not isinstance(each, Measure):
            each.recognition = stay
    return row


def _act(duty: Duty, one: DueDuty, act: str) -> str:
    """The URL of an act that settles it."""
    stay, row = one.stay, one.row
    if (things := WORKFLOWS[duty.workflow].things) in THINGS:
        return url_of("desk:oversight_act", things, row.pk, act)
    if duty.workflow in ("vacancy", "post", "course", "claim", "employer_claim", "payment_batch", "supervision"):
        return url_of(f"desk:{_PAGES.get(duty.workflow, duty.workflow)}_act", row.pk, act)
    if duty.workflow == "family":
        return url_of("desk:family_clear", row.pk)
    if duty.workflow == "visit" and (person := stay.person if stay else one.person):
        return url_of("desk:visit_enter", person.pk)
    assert stay is not None
    if act == "offer":
        return url_of("desk:matches", stay.pk)
    if duty.workflow == "investigation":
        return url_of("desk:recognition_act", stay.pk, act, 0)
    key = 0 if isinstance(row, Recognition) else row.pk
    return url_of("desk:help_act", stay.pk, act_kind(duty.workflow, row), act, key)


def _row(about: str, on: date, what: str, url: str, day: date) -> dict[str, Any]:
    row = {"about": about, "what": what, "on": on, "late": on < day, "today": on == day, "url": url}
    return {**row, "button": None, "others": (), "otherwise": ""}
