"""Nobody acts in their own matter: every service that changes something about a person is listed here and tried.

By the same account, the same ID number, a declared relative, and an account whose holder nobody knows. A service that takes a
member of staff and is not listed fails.
"""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from jiuyuan.agencies.models import Relative, User
from jiuyuan.people import accounts, corrections, families, files, merging
from jiuyuan.people.models import Person
from jiuyuan.recognitions import exits, family_warnings, investigations, objections, services, visiting
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import HolderUnknown, OwnMatter
from tests.factories import a_photograph, staff
from tests.recognitions.register import found, on_the_register, struck_off, told

pytestmark = pytest.mark.django_db

MODULES: tuple[ModuleType, ...] = (
    services, exits, objections, investigations, visiting, family_warnings, corrections, merging, families, files,
)  # fmt: skip
# They change nothing, or are a step of those that are tried here.
NOT_ACTS = {
    "services.end_where_borne", "services.close", "services.active",
    "merging.why_not_confirm", "investigations.fitting", "services.open_recognition",
}  # fmt: skip


def _correction(person: Person) -> int:
    return corrections.ask(staff("clerk"), person.pk, what="income_stable", wanted="否", reason="租约已止。").pk


def _merge(person: Person) -> int:
    other = on_the_register().person
    return merging.request_merge(staff("clerk"), person.pk, other.pk, "同一人", difference_seen=True).pk


def _visit(person: Person) -> int:
    return visiting.receive(staff("clerk"), _brought(person)).pk


def _brought(person: Person) -> visiting.Brought:
    return visiting.Brought(uid=str(uuid4()), person=person.pk, visited_on="2026-03-02", remarks="在家。")


def _family(person: Person) -> int:
    return families.certify(staff("reviewer"), person.pk, ground="入户核实。").pk


def _proposal(stay: Recognition) -> int:
    return exits.propose(staff("clerk"), stay.pk, ground="left_scope", reason="公安数据").pk


Tried = Callable[[User, Recognition], Any]
# The role that may do it, what has to be there before, and the act.
ACTS: dict[str, tuple[str, Callable[[Recognition], int], Tried]] = {}


def _act(
    name: str, role: str, before: Callable[[Recognition], int], run: Callable[[User, Recognition, int], Any]
) -> None:
    ACTS[name] = (role, before, run)  # type: ignore[assignment]


_none: Callable[[Recognition], int] = lambda stay: 0  # noqa: E731
_act(
    "services.end",
    "reviewer",
    _none,
    lambda u, s, i: services.end(
        u, s.pk, version=s.version, ground="imprisoned", on=s.recognised_on, evidence="判决书"
    ),
)
_act("exits.propose", "clerk", _none, lambda u, s, i: exits.propose(u, s.pk, ground="left_scope", reason="公安数据"))
_act("exits.confirm", "reviewer", _proposal, lambda u, s, i: exits.confirm(u, i, reason="属实"))
_act("exits.dismiss", "reviewer", _proposal, lambda u, s, i: exits.dismiss(u, i, reason="不属实"))
_act(
    "objections.object_to_exit",
    "clerk",
    lambda s: struck_off(s, "imprisoned").pk,
    lambda u, s, i: objections.object_to_exit(u, s.pk, "不该退出"),
)
_act(
    "objections.settle",
    "reviewer",
    lambda s: objections.object_to_exit(staff("clerk"), struck_off(s, "imprisoned").pk, "不该退出").pk,
    lambda u, s, i: objections.settle(u, i, upheld=True, finding="成立"),
)
_act(
    "investigations.open_investigation",
    "clerk",
    _none,
    lambda u, s, i: investigations.open_investigation(u, s.pk, cause="有人反映"),
)


def _opened(stay: Recognition) -> int:
    return investigations.open_investigation(staff("clerk"), stay.pk, cause="有人反映").pk


_act("investigations.add_evidence", "clerk", _opened, lambda u, s, i: investigations.add_evidence(u, i, note="看过"))
_act(
    "investigations.find",
    "clerk",
    _opened,
    lambda u, s, i: investigations.find(u, i, finding="属实", holds=True, fraud=False),
)
_act(
    "investigations.tell",
    "clerk",
    lambda s: found(s).pk,
    lambda u, s, i: investigations.tell(u, i, how="电话", proof="录音"),
)
_act(
    "investigations.respond",
    "clerk",
    lambda s: told(found(s), heard=False).pk,
    lambda u, s, i: investigations.respond(u, i, words="没有"),
)
_act(
    "investigations.send_back",
    "reviewer",
    lambda s: told(found(s)).pk,
    lambda u, s, i: investigations.send_back(u, i, reason="再查"),
)
_act(
    "investigations.decide",
    "reviewer",
    lambda s: told(found(s)).pk,
    lambda u, s, i: investigations.decide(u, i, outcome="exit", reason="属实"),
)
_act("visiting.taken_along", "clerk", _none, lambda u, s, i: visiting.taken_along(u, [s.person_id]))
_act("visiting.receive", "clerk", _none, lambda u, s, i: visiting.receive(u, _brought(s.person)))
_act(
    "visiting.confirm", "clerk", lambda s: _visit(s.person), lambda u, s, i: visiting.confirm(u, i, choices={}, stood=0)
)
_act("visiting.discard", "clerk", lambda s: _visit(s.person), lambda u, s, i: visiting.discard(u, i, "走错了门"))
_act(
    "corrections.ask",
    "clerk",
    _none,
    lambda u, s, i: corrections.ask(u, s.person_id, what="income_stable", wanted="否", reason="租约已止。"),
)
_act(
    "corrections.answer",
    "clerk",
    lambda s: _correction(s.person),
    lambda u, s, i: corrections.answer(u, i, granted=False, answer="已核对。"),
)
_act(
    "merging.request_merge",
    "clerk",
    lambda s: on_the_register().person_id,
    lambda u, s, i: merging.request_merge(u, i, s.person_id, "同一人", difference_seen=True),
)
_act(
    "merging.request_split",
    "clerk",
    _none,
    lambda u, s, i: merging.request_split(
        u, s.person_id, name="另人", id_number="", phone="", items={}, reason="弄混了"
    ),
)
_act(
    "merging.confirm",
    "reviewer",
    lambda s: _merge(s.person),
    lambda u, s, i: merging.confirm(u, i, difference_seen=True),
)
_act("families.certify", "reviewer", _none, lambda u, s, i: families.certify(u, s.person_id, ground="入户核实。"))
_act("families.clear", "reviewer", lambda s: _family(s.person), lambda u, s, i: families.clear(u, i, because="就业"))
_act(
    "family_warnings.clear",
    "reviewer",
    lambda s: _family(s.person),
    lambda u, s, i: family_warnings.clear(u, i, because="就业"),
)
_act("files.keep", "clerk", _none, lambda u, s, i: files.keep(u, s.person_id, "other", a_photograph(), "x.jpg"))
_act(
    "files.record",
    "clerk",
    _none,
    lambda u, s, i: files.record(u, s.person_id, {"wants_work": True}, source="site_visit", evidence="入户"),
)
_act("accounts.issue_code", "clerk", _none, lambda u, s, i: accounts.issue_code(u, s.person))
# Undoing, and taking back what one proposed oneself, are asked the same question; they need more of a past to be tried.
ASKED_ELSEWHERE = {"merging.undo", "exits.take_back"}


def test_every_service_that_takes_a_member_of_staff_is_tried_here() -> None:
    there = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in vars(module).items()
        if inspect.isfunction(function) and inspect.unwrap(function).__module__ == module.__name__
        and not name.startswith("_") and next(iter(inspect.signature(function).parameters), "") == "user"
    }  # fmt: skip
    assert there - NOT_ACTS == set(ACTS) - {"accounts.issue_code"} | ASKED_ELSEWHERE


@pytest.mark.parametrize("how", ["account", "id_number", "relative"])
@pytest.mark.parametrize("name", sorted(ACTS))
def test_nobody_acts_in_their_own_matter(name: str, how: str) -> None:
    role, before, run = ACTS[name]
    stay = on_the_register()
    item = before(stay)
    stay = Recognition.objects.unscoped().select_related("person").get(pk=stay.pk)
    user = staff(role, id_index=stay.person.id_index) if how == "id_number" else staff(role)
    if how == "account":
        Person.objects.unscoped().filter(pk=stay.person_id).update(account=user)
    if how == "relative":
        Relative.objects.create(user=user, name="母亲", relation="母亲", id_index=stay.person.id_index)
    stay.person.refresh_from_db()
    with pytest.raises(OwnMatter):
        run(user, stay, item)  # type: ignore[call-arg]


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_account_whose_holder_is_unknown_looks_and_does_not_act(name: str) -> None:
    role, before, run = ACTS[name]
    stay = on_the_register()
    item = before(stay)
    stay.refresh_from_db()
    with pytest.raises(HolderUnknown):
        run(staff(role, id_index=""), stay, item)  # type: ignore[call-arg]
