"""The cases waiting for a user: those in which the region's table gives their role a main act and nothing else is
awaited.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Objection, PublicNotice, SpecialCase, SpecialCaseOpinion
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures.table import Transition
from jiuyuan.regions import registry

_RUNNING = {"taken_down_on": None, "application": OuterRef("pk")}


def objected() -> Exists:
    objections = Objection.objects.unscoped().filter(notice__application=OuterRef("pk"), upheld=None)
    return Exists(objections)


def notice_over(today: date) -> Q:
    """Notices that have run their days without an open objection: they await the signature."""
    over = PublicNotice.objects.unscoped().filter(ends_on__lt=today, **_RUNNING)
    return Q(Exists(over), ~objected(), status="publishing", finished_on=None)


def waits_for(user: User, today: date) -> Q:
    """The cases of the area that wait for this role,
    without special cases on which the user has already given an opinion.
    """
    procedure, role = APPLICATION.of(registry.region_of(user.area).code), Role(user.role)
    found = Q(pk__in=[])
    for transition in procedure.transitions:
        theirs = {state.code for state in procedure.states if state.theirs}
        sources = sorted(transition.sources - theirs)
        if transition.emphasis == "main" and role in transition.roles and sources:
            found |= Q(*_ready(transition, user, today), status__in=sources, finished_on=None)
    return found


def my_work(user: User) -> str:
    """The group with which the list of cases opens: what waits for this user; for read-only roles, what is open."""
    procedure = APPLICATION.of(registry.region_of(user.area).code)
    acts = any(Role(user.role) in t.roles and t.emphasis == "main" for t in procedure.transitions)
    return "todo" if acts else "open"


def _ready(transition: Transition, user: User, today: date) -> list[Q]:
    asked = SpecialCase.objects.unscoped().filter(application=OuterRef("pk"), granted=None)
    voiced = SpecialCaseOpinion.objects.filter(special_case=OuterRef("pk"), reviewer=user)
    over = PublicNotice.objects.unscoped().filter(ends_on__lt=today, **_RUNNING)
    words = {
        "open_special_case": Q(Exists(asked.exclude(Exists(voiced)))),
        "no_open_special_case": ~Q(Exists(asked)),
        "open_objection": Q(objected()),
        "no_open_objection": ~Q(objected()),
        "notice_over": Q(Exists(over)),
    }
    found = [words[guard] for guard in transition.guards if guard in words]
    return [*found, ~Q(endorsed_by=user)] if transition.before == "another_recognises" else found
