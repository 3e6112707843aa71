"""Every endpoint of the API, called by every role, inside and outside its area. An endpoint that is not listed fails.

Inside: the case stands below the caller's agency, or is their own. Outside: an agency of the same kind elsewhere, or a
stranger. Everything is tried in a transaction that is undone, so that each caller finds the same case.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.agencies.services import issue_token
from jiuyuan.api.api import api as described
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.assistance.models import JobOffer, Plan, ServiceRefusal
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.people.models import Person
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.models import Recognition, Visit
from tests.api.program import Program, prepared
from tests.assistance.offers import DECLINED, INTERESTED, TELL, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.conftest import ON_POSTGRES
from tests.consistency import (
    endpoints_of_appointments,
    endpoints_of_cases,
    endpoints_of_figures,
    endpoints_of_help,
    endpoints_of_oversight,
    endpoints_of_posts,
    endpoints_of_training,
    endpoints_of_what_is_known,
    pages_of_payments,
)
from tests.consistency.test_every_page_by_role import ELSEWHERE
from tests.factories import SAID, a_case, act_on, an_account, an_applicant, does, staff
from tests.jobs import work
from tests.recognitions.register import bear, end, found, told

pytestmark = pytest.mark.django_db

# The questions of the database are those of `test_every_page_by_role`, which asks more roles there.
BY_DATABASE = ("clerk",) if ON_POSTGRES else ()
CALLERS = ("clerk", "reviewer", "supervisor", "province", "auditor", "applicant", "channel", "public")

Call = Callable[[Program, Application], Any]
# Statuses in the order of CALLERS: inside | outside. Nobody stands outside the province.
LISTED = endpoints_of_appointments.LISTED | endpoints_of_figures.LISTED | endpoints_of_oversight.LISTED | endpoints_of_posts.LISTED | endpoints_of_training.LISTED | endpoints_of_help.LISTED | endpoints_of_what_is_known.LISTED | pages_of_payments.CALLED | endpoints_of_cases.LISTED  # fmt: skip
# One path an action; who may is tried in test_every_action_by_every_role.
ACTIONS = {f"POST /applications/{{number}}/{transition.action}" for transition in APPLICATION.every_transition}
OPERATIONS = set(LISTED) | ACTIONS
LISTS = {"GET /applications": "number", "GET /people": "name", "GET /recognitions": "number"}


def the_operations() -> set[str]:
    paths = described.get_openapi_schema(path_prefix="/")["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_endpoint_is_listed_here():
    assert the_operations() == OPERATIONS


class World:
    """One case in each state that a call needs, all of the same platform, applicant and channel."""

    def __init__(self) -> None:
        self.clerk, self.reviewer = staff("clerk"), staff("reviewer")
        self.owners = {"applicant": an_account(), "channel": an_account("channel")}

    def case(self, status: str, owner: str) -> Application:
        by = self.owners.get(owner)
        if status not in _GOES_ON:
            return a_case(status, by=by, clerk=self.clerk, reviewer=self.reviewer)
        case = a_case("recognised", by=by, clerk=self.clerk, reviewer=self.reviewer)
        bear(case.recognition, "left_scope")
        _GOES_ON[status](self, case.recognition)
        return case

    def caller(self, role: str, inside: bool) -> User | None:
        if role == "public" or (role, inside) == ("province", False):
            return None
        if role in self.owners:
            return self.owners[role] if inside else an_account(role)
        return staff(role, at=None if inside else ELSEWHERE[role])


_GOES_ON: dict[str, Callable[[World, Recognition], object]] = endpoints_of_training.STATES | {
    **endpoints_of_appointments.STATES,
    **endpoints_of_figures.STATES,
    **endpoints_of_help.STATES,
    "borne": lambda world, stay: None,
    "ended": lambda world, stay: end(stay, world.reviewer, ground="left_scope"),
    "objected": lambda world, stay: act_on(
        "object", world.clerk, end(stay, world.reviewer, ground="left_scope").pk, "不该退出"
    ),
    "proposed": lambda world, stay: act_on("propose", world.clerk, stay.pk, ground="left_scope", reason="公安数据"),
    "visited": lambda world, stay: visiting.receive(
        world.clerk, visiting.Brought(str(uuid4()), stay.person_id, "2026-03-02", found={"wants_work": True})
    ),
    "opened": lambda world, stay: act_on("investigate", world.clerk, stay.pk, cause="有人反映"),
    "found": lambda world, stay: found(stay),
    "told": lambda world, stay: told(found(stay), heard=False),
    "heard": lambda world, stay: told(found(stay)),
    "interested": lambda world, stay: _offered(world, stay, INTERESTED),
    "declined": lambda world, stay: _offered(world, stay, DECLINED),
    "offered": lambda world, stay: _offered(world, stay),
    "told of it": lambda world, stay: _told_a_week_ago(world, stay),
    "to be placed": lambda world, stay: endpoints_of_posts.to_be_placed(world.clerk, stay),
}


def _offered(world: World, stay: Recognition, *acts: Any) -> None:
    vacancy = a_fitting_vacancy(world.clerk, f"护理员{stay.pk}")
    an_offer(world.clerk, a_plan_with_vacancies(world.clerk, stay), vacancy, *acts)
    JobOffer.objects.unscoped().filter(recognition=stay).update(answer_by=date(2026, 6, 1))


def _told_a_week_ago(world: World, stay: Recognition) -> None:
    _offered(world, stay, ("answer", {"answer": "declined", "reason": "other", "words": "不想去。"}))
    refusals = ServiceRefusal.objects.unscoped().filter(recognition=stay)
    does(REFUSAL, "tell")(world.clerk, refusals.get().pk, **TELL[1])
    refusals.update(told_on=clock.today() - timedelta(days=7))


def _help(thing: str, action: str = "", **said: Any) -> Call:
    """A call about the plan, the offer or the refusal of the case's recognition; an action with the version as it stands."""

    def call(program: Program, case: Application) -> Any:
        row = _HELP[thing].objects.unscoped().get(recognition=case.recognition_id)
        path = f"/{thing}/{row.pk}"
        if action in ("", "matches"):
            return program.get(f"{path}/{action}".rstrip("/"))
        return program.post(f"{path}/{action}", {"version": row.version, **said})

    return call


_HELP: dict[str, Any] = {"plans": Plan, "offers": JobOffer, "refusals": ServiceRefusal}


def _offered_anew(program: Program, case: Application) -> Any:
    clerk = staff("clerk")
    return _help("plans", "offers", vacancy=a_fitting_vacancy(clerk, "护工").pk, means="phone")(program, case)


def _of(case: Application, kind: str) -> int:
    """The key of the one proposal, investigation or objection of the case's recognition."""
    stay = case.recognition
    assert stay is not None
    return int(getattr(stay, kind).get().pk)


def _seen(case: Application, **said: Any) -> dict[str, Any]:
    """What is said, with the version of the recognition as it stands."""
    return {"version": Recognition.objects.unscoped().get(pk=case.recognition_id).version, **said}


def _on(kind: str, action: str, **said: Any) -> Call:
    path = "exit_objections" if kind == "objections" else kind
    return lambda p, c: p.post(f"/{path}/{_of(c, kind)}/{action}", _seen(c, **said))


def _visit(case: Application) -> Visit:
    found: Visit = Visit.objects.unscoped().get(person=case.person_id)
    return found


def _on_visit(action: str, **said: Any) -> Call:
    return lambda p, c: p.post(f"/visits/{_visit(c).pk}/{action}", {"version": visiting.stand(_visit(c)), **said})


def _facts_of(case: Application) -> dict[str, Any]:
    said = {key: value for key, value in _facts(case).items() if key != "version"}
    return {"version": Person.objects.unscoped().get(pk=case.person_id).version, **said}


def _facts(case: Application) -> dict[str, Any]:
    return {
        "version": case.version, "facts": {"wants_work": True}, "source": "commitment", "evidence": "书面承诺，本人签名",
    }  # fmt: skip


CALLS: dict[str, tuple[str, Call]] = endpoints_of_posts.CALLS | {
    **endpoints_of_training.CALLS,
    **pages_of_payments.CALLS,
    **endpoints_of_what_is_known.CALLS,
    **endpoints_of_appointments.CALLS,
    **endpoints_of_figures.CALLS,
    **endpoints_of_help.CALLS,
    **endpoints_of_oversight.CALLS,
    "POST /self-check": ("", lambda p, c: p.post("/self-check", {"wants_work": True})),
    "GET /notices": ("", lambda p, c: p.get("/notices", platform="220102001")),
    "POST /applications": ("", lambda p, c: p.post("/applications", an_applicant().form())),
    "GET /applications": ("draft", lambda p, c: p.get("/applications")),
    "GET /applications/{number}": ("draft", lambda p, c: p.get(f"/applications/{c.number}")),
    "GET /applications/{number}/form.pdf": ("draft", lambda p, c: p.get(f"/applications/{c.number}/form.pdf")),
    "POST /applications/{number}/materials": ("draft", lambda p, c: p.upload(f"/applications/{c.number}/materials")),
    "POST /applications/{number}/facts": ("draft", lambda p, c: p.post(f"/applications/{c.number}/facts", _facts(c))),
    "POST /applications/{number}/disputes": (
        "draft",
        lambda p, c: p.post(
            f"/applications/{c.number}/disputes", {"version": c.version, "name": "wants_work", "evidence": "不是我填的"}
        ),
    ),
    "POST /applications/{number}/household": (
        "draft",
        lambda p, c: p.post(f"/applications/{c.number}/household", {"version": c.version, "members": []}),
    ),
    "POST /batches": ("endorsed", lambda p, c: p.post("/batches", {"numbers": [c.number]})),
    "GET /people": ("draft", lambda p, c: p.get("/people")),
    "GET /people/{pk}": ("draft", lambda p, c: p.get(f"/people/{c.person_id}")),
    "GET /people/{pk}/entitlements": ("recognised", lambda p, c: p.get(f"/people/{c.person_id}/entitlements")),
    "GET /recognitions": ("recognised", lambda p, c: p.get("/recognitions")),
    "GET /recognitions/{pk}/exit-notice.pdf": (
        "ended",
        lambda p, c: p.get(f"/recognitions/{c.recognition_id}/exit-notice.pdf"),
    ),
    "GET /recognitions/{pk}": ("recognised", lambda p, c: p.get(f"/recognitions/{c.recognition_id}")),
    "POST /people/{pk}/documents": ("recognised", lambda p, c: p.upload(f"/people/{c.person_id}/documents")),
    "POST /people/{pk}/facts": ("recognised", lambda p, c: p.post(f"/people/{c.person_id}/facts", _facts_of(c))),
    "POST /recognitions/{pk}/proposals": (
        "borne",
        lambda p, c: p.post(
            f"/recognitions/{c.recognition_id}/proposals", _seen(c, ground="left_scope", reason="公安数据")
        ),
    ),
    "GET /visits": ("visited", lambda p, c: p.get("/visits", status="draft")),
    "GET /visits/{pk}": ("visited", lambda p, c: p.get(f"/visits/{_visit(c).pk}")),
    "POST /visits/{pk}/confirm": ("visited", _on_visit("confirm", choices={"wants_work": "take"})),
    "POST /visits/{pk}/discard": ("visited", _on_visit("discard", reason="走错了门")),
    "POST /proposals/{pk}/confirm": ("proposed", _on("proposals", "confirm", reason="属实")),
    "POST /proposals/{pk}/dismiss": ("proposed", _on("proposals", "dismiss", reason="不属实")),
    "POST /proposals/{pk}/take_back": ("proposed", _on("proposals", "take_back", reason="提错了")),
    "POST /recognitions/{pk}/investigations": (
        "borne",
        lambda p, c: p.post(f"/recognitions/{c.recognition_id}/investigations", _seen(c, cause="有人反映")),
    ),
    "POST /investigations/{pk}/find": ("opened", _on("investigations", "find", holds=True, fraud=False, finding="在")),
    "POST /investigations/{pk}/tell": ("found", _on("investigations", "tell", how="电话", proof="录音")),
    "POST /investigations/{pk}/respond": ("told", _on("investigations", "respond", words="没有")),
    "POST /investigations/{pk}/send_back": ("heard", _on("investigations", "send_back", reason="再查")),
    "POST /investigations/{pk}/decide": ("heard", _on("investigations", "decide", outcome="exit", reason="属实")),
    "POST /recognitions/{pk}/objections": (
        "ended",
        lambda p, c: p.post(f"/recognitions/{c.recognition_id}/objections", _seen(c, reason="不该退出")),
    ),
    "POST /plans/{pk}/offers": ("offered", _offered_anew),
    "GET /offers/{pk}": ("offered", _help("offers")),
    "POST /offers/{pk}/answer": ("offered", _help("offers", "answer", answer="interested")),
    "POST /offers/{pk}/taken_on": ("offered", _help("offers", "taken_on", **{"from": "2026-06-01"})),
    "POST /offers/{pk}/applied": ("interested", _help("offers", "applied")),
    "POST /offers/{pk}/not_taken_on": ("interested", _help("offers", "not_taken_on", reason="招满了。")),
    "GET /refusals/{pk}": ("declined", _help("refusals")),
    "POST /refusals/{pk}/tell": ("declined", _help("refusals", "tell", **TELL[1])),
    "POST /refusals/{pk}/respond": ("told of it", _help("refusals", "respond", words="夜里没人照顾老人。")),
    "POST /refusals/{pk}/count": ("told of it", _help("refusals", "count", ground="没有理由。")),
    "POST /refusals/{pk}/excuse": ("told of it", _help("refusals", "excuse", ground="属实。")),
    "POST /exit_objections/{pk}/settle": ("objected", _on("objections", "settle", upheld=True, finding="成立")),
    "POST /recognitions/{pk}/end": (
        "borne",
        lambda p, c: p.post(
            f"/recognitions/{c.recognition_id}/end",
            {"version": 1, "ground": "left_scope", "on": clock.today().isoformat(), "evidence": "公安数据"},
        ),
    ),
}


@pytest.mark.parametrize("status", sorted({status for status, _ in CALLS.values()}))
def test_every_endpoint_answers_every_role_as_listed(status: str) -> None:
    world, roles = World(), BY_DATABASE or (*CALLERS, "finance")
    cases = {owner: status and world.case(status, owner) for owner in _owners(world, roles)}
    operations = [operation for operation, (wanted, _) in CALLS.items() if wanted == status]
    if any(operation.endswith(".pdf") for operation in operations):
        work("seal_form", "make_letter", "make_exit_notice")
    callers = _programs(world, roles)
    answers, listed = {}, {}
    for operation in operations:
        wanted = zip(LISTED[operation].split(" | "), (True, False), strict=True)
        listed[operation] = {
            (role, there): answer
            for answers_there, there in wanted
            for role, answer in pages_of_payments.by_caller(operation, CALLERS, answers_there, there)
            if role in roles
        }
        answers[operation] = {}
        for owner, case in cases.items():
            with undone():
                send = prepared(CALLS[operation][1], case)
                for role, there in listed[operation]:
                    if owner == (role if role in cases else "clerk"):
                        answer = _answered(operation, case, callers[role, there], send, role, there)
                        answers[operation][role, there] = answer
    assert answers == listed


def _owners(world: World, roles: tuple[str, ...]) -> list[str]:
    """Whose cases these roles ask for: an applicant's and a channel's own, everybody else the clerk's."""
    return [*(owner for owner in world.owners if owner in roles), "clerk"]


def _programs(world: World, roles: tuple[str, ...]) -> dict[tuple[str, bool], Program]:
    """A program with a token for each role inside and outside."""
    callers = {(role, inside): world.caller(role, inside) for inside in (True, False) for role in roles}
    return {place: Program(issue_token(caller) if caller else "") for place, caller in callers.items()}


def _answered(
    operation: str, case: Application, caller: Program, send: Callable[[Program], Any], role: str, inside: bool
) -> str:
    if role == "province" and not inside:
        return "-"
    with undone():
        answer = send(caller)
    if answer.status_code == 200 and operation in LISTS:
        seen = _names(answer, operation, case)
        assert seen == (inside and (role, operation) != ("channel", "GET /recognitions")), role
    return str(answer.status_code)


def _names(answer: Any, operation: str, case: Application) -> bool:
    recognition = case.recognition.number if case.recognition else None
    wanted = {"GET /applications": case.number, "GET /people": case.person.name, "GET /recognitions": recognition}
    return wanted[operation] in [row[LISTS[operation]] for row in answer.json()["items"]]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done within it leaves nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _undone(caller: Program, call: Call, case: Application) -> Any:
    with undone():
        return call(caller, case)


@pytest.mark.parametrize("status", sorted({min(t.sources) for t in APPLICATION.of().transitions}))
def test_every_action_by_every_role(status: str) -> None:
    """Who is not in the table's row is refused; who is, reaches the case; outside, the case is not there."""
    world, roles = World(), BY_DATABASE or (*CALLERS, "finance")
    cases = {owner: world.case(status, owner) for owner in _owners(world, roles)}
    callers = _programs(world, roles)
    for transition in (one for one in APPLICATION.of().transitions if min(one.sources) == status):

        def act(program: Program, case: Application, action: str = transition.action) -> Any:
            body = {"version": case.version, **SAID.get(action, {})}
            return program.post(f"/applications/{case.number}/{action}", body)

        for role in roles:
            case, which = cases.get(role, cases["clerk"]), (transition.action, role)
            inside = _undone(callers[role, True], act, case).status_code
            if transition.public:
                assert inside in (200, 422), which
            elif role == "public":
                assert inside == 401, which
            elif role in ("auditor", "finance"):
                assert inside == 404, which
            elif Role(role) in transition.roles:
                assert inside in (200, 403 if transition.action == "take_back" else 422), which  # by who did it alone
            else:
                assert inside == 403, which
            if role not in ("province", "public") and not transition.public:
                assert _undone(callers[role, False], act, case).status_code == 404, which
