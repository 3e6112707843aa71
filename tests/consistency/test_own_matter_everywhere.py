"""Nobody acts in their own matter: every service that changes something about a person is listed here and tried.

By the same account, the same ID number, a declared relative, and an account whose holder nobody knows. A service that takes a
member of staff and is not listed fails.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from jiuyuan import applications as applications_package
from jiuyuan import clock
from jiuyuan import people as people_package
from jiuyuan import recognitions as recognitions_package
from jiuyuan.agencies.models import Relative, User
from jiuyuan.agencies.roles import STAFF
from jiuyuan.applications import asking, door
from jiuyuan.applications import services as cases
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Application, Extract, Lead
from jiuyuan.people import accounts, bank_accounts, files
from jiuyuan.people import queries as people
from jiuyuan.people.models import Person
from jiuyuan.people.sources import enquiries, interfaces
from jiuyuan.people.sources.enquiries import register_unemployed as register
from jiuyuan.procedures import bulk, engine
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions import family_warnings, visiting, withdrawn_basis
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.refusals import HolderUnknown, OwnMatter, Refusal
from tests.consistency.a_clerks_day import OF_FIGURES
from tests.factories import (
    a_case,
    a_photograph,
    act,
    act_on,
    answer_correction,
    ask_to_correct,
    call_lead,
    certify_family,
    clear_family,
    confirm_change,
    dismiss_lead,
    draft_lead,
    request_merge,
    request_split,
    staff,
    undo_change,
)
from tests.recognitions.register import found, on_the_register, struck_off, told

pytestmark = pytest.mark.django_db

PACKAGES = (people_package, applications_package, recognitions_package)
# What a public function with a `user` may be without being tried here, by kind.
ONLY_READS = {
    "queries.listed", "queries.looked_at_list", "queries.refuse_unmasking", "queries.refuse_own_file", "queries.seen",
    "queries.refuse_too_many", "queries.opened", "queries.narrowed", "queries.counts", "queries.open_proposals", "queries.open_investigations",
    "queries.open_objections", "queries.coming_warnings", "queries.waiting", "queries.days_ahead",
    "visits_due.to_visit", "visits_due.last_visits", "visits_due.brought_back", "visits_due.opened", "holders.others_of",
    "holders.relatives_of", "sources.queries.listed", "sources.queries.opened", "sources.services.interrupted", "sources.services.unconfirmed",
    "applications.lookups.listed", "applications.lookups.sees", "applications.queries.listed", "applications.queries.counts", "applications.queries.how_many",
    "applications.queries.cases", "applications.queries.states_of", "applications.queries.on_notice",
    "applications.queries.running_notices", "applications.paging.first_or_later", "applications.paging.soonest", *OF_FIGURES,
}  # fmt: skip
A_STEP_OF_WHAT_IS_TRIED = {
    "about.visible_person", "files.begin", "act_facts.record", "applications.services.open_for_change",
    "applications.admission.check_new", "applications.admission.refuse_second", "applications.effects.new_batch",
}  # fmt: skip
ABOUT_NO_PERSON_ON_FILE = {
    "holders.name_holder", "holders.declare", "holders.take_off", "sources.workflow.may_import", "sources.services.upload",
    "import.upload", "import.start", "import.discard", "import.take_back", "sources.workflow.order", "applications.outreach.upload",
    "applications.nightly_orders.order",
}  # fmt: skip
#: What the family of tests tries (tests/procedures/test_every_procedure.py); of an application, “an action of the table”.
BY_THE_FAMILY = {
    one.name for one in WORKFLOWS.values() if one.model._meta.app_label in ("assistance", "money", "oversight")
}
NOT_ACTS = ONLY_READS | A_STEP_OF_WHAT_IS_TRIED | ABOUT_NO_PERSON_ON_FILE


def _correction(person: Person) -> int:
    return ask_to_correct(staff("clerk"), person.pk, what="income_stable", wanted="否", reason="租约已止。").pk


def _merge(person: Person) -> int:
    other = on_the_register().person
    return request_merge(staff("clerk"), person.pk, other.pk, "同一人", difference_seen=True).pk


def _visit(person: Person) -> int:
    return visiting.receive(staff("clerk"), _brought(person)).pk


def _brought(person: Person) -> visiting.Brought:
    return visiting.Brought(uid=str(uuid4()), person=person.pk, visited_on="2026-03-02", remarks="在家。")


def _family(person: Person) -> int:
    return certify_family(staff("reviewer"), person.pk, ground="入户核实。").pk


def _proposal(stay: Recognition) -> int:
    return act_on("propose", staff("clerk"), stay.pk, ground="left_scope", reason="公安数据").pk


Tried = Callable[[User, Recognition], Any]
# The role that may do it, what has to be there before, and the act.
ACTS: dict[str, tuple[str, Callable[[Recognition], int], Tried]] = {}


def _act(
    name: str, role: str, before: Callable[[Recognition], int], run: Callable[[User, Recognition, int], Any]
) -> None:
    ACTS[name] = (role, before, run)  # type: ignore[assignment]


_none: Callable[[Recognition], int] = lambda stay: 0  # noqa: E731
_act(
    "recognition.end",
    "reviewer",
    _none,
    lambda u, s, i: act_on("end", u, s.pk, ground="imprisoned", on=s.recognised_on, evidence="判决书"),
)
_bank = {"number": "6217000010001234569", "holder": "", "bank": "建设银行"}
_act("bank_accounts.enter", "clerk", _none, lambda u, s, i: bank_accounts.enter(u, s.person_id, **_bank))
_unborne: Callable[[Recognition], int] = lambda stay: withdrawn_basis.warn(struck_off(stay, "imprisoned")) or 0  # noqa: E731
_act("recognition.restore", "reviewer", _unborne, lambda u, s, i: act_on("restore", u, s.pk, "重新核对过"))
_act("recognition.stand_by", "reviewer", _unborne, lambda u, s, i: act_on("stand_by", u, s.pk, "重新核对过"))
_act(
    "exit_proposal.propose",
    "clerk",
    _none,
    lambda u, s, i: act_on("propose", u, s.pk, ground="left_scope", reason="公安数据"),
)
_act("exit_proposal.confirm", "reviewer", _proposal, lambda u, s, i: act_on("confirm", u, i, reason="属实"))
_act("exit_proposal.dismiss", "reviewer", _proposal, lambda u, s, i: act_on("dismiss", u, i, reason="不属实"))
_act(
    "exit_objection.object",
    "clerk",
    lambda s: struck_off(s, "imprisoned").pk,
    lambda u, s, i: act_on("object", u, s.pk, "不该退出"),
)
_act(
    "exit_objection.settle",
    "reviewer",
    lambda s: act_on("object", staff("clerk"), struck_off(s, "imprisoned").pk, "不该退出").pk,
    lambda u, s, i: act_on("settle", u, i, upheld=True, finding="成立"),
)
_act("investigation.investigate", "clerk", _none, lambda u, s, i: act_on("investigate", u, s.pk, cause="有人反映"))


def _opened(stay: Recognition) -> int:
    return act_on("investigate", staff("clerk"), stay.pk, cause="有人反映").pk


_act("investigation.evidence", "clerk", _opened, lambda u, s, i: act_on("evidence", u, i, note="看过"))
_act(
    "investigation.find",
    "clerk",
    _opened,
    lambda u, s, i: act_on("find", u, i, finding="属实", holds=True, fraud=False),
)
_act(
    "investigation.tell", "clerk", lambda s: found(s).pk, lambda u, s, i: act_on("tell", u, i, how="电话", proof="录音")
)
_act(
    "investigation.respond",
    "clerk",
    lambda s: told(found(s), heard=False).pk,
    lambda u, s, i: act_on("respond", u, i, words="没有"),
)
_act(
    "investigation.send_back",
    "reviewer",
    lambda s: told(found(s)).pk,
    lambda u, s, i: act_on("send_back", u, i, reason="再查"),
)
_act(
    "investigation.decide",
    "reviewer",
    lambda s: told(found(s)).pk,
    lambda u, s, i: act_on("decide", u, i, outcome="exit", reason="属实"),
)
_act("visiting.taken_along", "clerk", _none, lambda u, s, i: visiting.taken_along(u, [s.person_id]))
_act("visiting.receive", "clerk", _none, lambda u, s, i: visiting.receive(u, _brought(s.person)))
_act(
    "visit.confirm",
    "clerk",
    lambda s: _visit(s.person),
    lambda u, s, i: engine.act(u, VISIT, i, "confirm", {"choices": {}}),
)
_act(
    "visit.discard",
    "clerk",
    lambda s: _visit(s.person),
    lambda u, s, i: engine.act(u, VISIT, i, "discard", {"reason": "走错了门"}),
)
_act(
    "correction.ask",
    "clerk",
    _none,
    lambda u, s, i: ask_to_correct(u, s.person_id, what="income_stable", wanted="否", reason="租约已止。"),
)
_act(
    "correction.answer",
    "clerk",
    lambda s: _correction(s.person),
    lambda u, s, i: answer_correction(u, i, granted=False, answer="已核对。"),
)
_act(
    "file_change.request_merge",
    "clerk",
    lambda s: on_the_register().person_id,
    lambda u, s, i: request_merge(u, i, s.person_id, "同一人", difference_seen=True),
)
_act(
    "file_change.request_split",
    "clerk",
    _none,
    lambda u, s, i: request_split(u, s.person_id, name="另人", id_number="", phone="", items={}, reason="弄混了"),
)
_act(
    "file_change.confirm",
    "reviewer",
    lambda s: _merge(s.person),
    lambda u, s, i: confirm_change(u, i, difference_seen=True),
)
_act("family.certify", "reviewer", _none, lambda u, s, i: certify_family(u, s.person_id, ground="入户核实。"))
_act("family.clear", "reviewer", lambda s: _family(s.person), lambda u, s, i: clear_family(u, i, because="就业"))
_act(
    "family_warnings.clear",
    "reviewer",
    lambda s: _family(s.person),
    lambda u, s, i: family_warnings.clear(u, i, {"because": "就业"}),
)
_act("files.keep", "clerk", _none, lambda u, s, i: files.keep(u, s.person_id, "other", a_photograph(), "x.jpg"))
_act(
    "files.record",
    "clerk",
    _none,
    lambda u, s, i: files.record(u, s.person_id, {"wants_work": True}, source="site_visit", evidence="入户"),
)
_act(
    "files.write_household", "clerk", _none, lambda u, s, i: files.write_household(u, s.person_id, [{"name": "家里人"}])
)
_act("accounts.issue_code", "clerk", _none, lambda u, s, i: accounts.issue_code(u, s.person))


def _merged(person: Person) -> int:
    other = a_case("declined").person
    change = request_merge(staff("clerk"), person.pk, other.pk, "同一人", difference_seen=True).pk
    confirm_change(staff("reviewer"), change, difference_seen=True)
    return change


def _ones_own_proposal(user: User, pk: int) -> Any:
    ExitProposal.objects.unscoped().filter(pk=pk).update(proposed_by=user)
    return act_on("take_back", user, pk, reason="弄错了")


def _lead(person: Person) -> int:
    extract = Extract.objects.create(
        provider="失业登记系统", file_name="x.csv", sha256="", observed_on="2026-03-01", agency=person.agency,
        area=person.area, by=staff("reviewer"), at=clock.now(),
    )  # fmt: skip
    lead = Lead(
        extract=extract, row=2, agency=person.agency, area=person.area, name=person.name, id_number=person.id_number,
        id_index=person.id_index, outcome="eligible",
    )  # fmt: skip
    bulk.act_many(LEAD, "worker", "find", [(LEAD.hold(lead, None), {})])
    return lead.pk


_act("file_change.undo", "clerk", lambda s: _merged(s.person), lambda u, s, i: undo_change(u, i, "弄错了"))
_act("exit_proposal.take_back", "clerk", _proposal, lambda u, s, i: _ones_own_proposal(u, i))
_act("sources.interfaces.ask", "clerk", _none, lambda u, s, i: interfaces.ask(u, s.person, "civil_affairs"))
_act("sources.enquiries.ask", "clerk", _none, lambda u, s, i: enquiries.ask(u, s.person, ["civil_affairs"], "办理"))
_act("sources.enquiries.register_unemployed", "clerk", _none, lambda u, s, i: register(u, s.person, clock.today(), "1"))
_act("sources.interfaces.may_ask", "clerk", _none, lambda u, s, i: interfaces.may_ask(u, s.person))
_act("lead.call", "clerk", lambda s: _lead(s.person), lambda u, s, i: call_lead(u, i, "no_answer"))
_act("lead.dismiss", "clerk", lambda s: _lead(s.person), lambda u, s, i: dismiss_lead(u, i, "不想"))
_act("lead.draft", "clerk", lambda s: _lead(s.person), lambda u, s, i: draft_lead(u, i, phone="13900001111"))
# The same on a case that is open.
ON_A_CASE: dict[str, Callable[[User, Application], Any]] = {
    "applications.services.create": lambda u, c: cases.create(u, **_form(c.person)),
    "an action of the table": lambda u, c: act(u, c, "raise_special_case"),
    "applications.services.dispute_fact": lambda u, c: cases.dispute_fact(u, c.number, "wants_work", "不对"),
    "applications.asking.ask_departments": lambda u, c: asking.ask_departments(u, c.number),
    "applications.services.save": lambda u, c: cases.save(u, c.number, details={"skills": "缝纫"}),
    "applications.services.use_again": lambda u, c: cases.use_again(u, c.number, c.materials.first().document_id),
    "applications.services.add_material": lambda u, c: cases.add_material(u, c.number, "other", a_photograph(), "x"),
    "applications.services.remove_material": lambda u, c: cases.remove_material(u, c.number, c.materials.first().pk),
}
# Whole numbers, and papers as they are, an office shows nobody of themselves.
WHOLE: dict[str, Callable[[User, Application], Any]] = {
    "queries.opened": lambda u, c: people.opened(u, c.person_id, "人员档案", unmask=True),
    "applications.door.case": lambda u, c: door.case(u, c.number, look="申请", unmask=True),
    "applications.door.document_of": lambda u, c: door.document_of(u, c.number, c.materials.first().pk),
}
# tests/applications/test_order_of_questions.py, and by `visiting.receive`, which is the way to it.
TRIED_ELSEWHERE = {"applications.workflow.report_batch", "applications.workflow.recall_batch", "visit.receive"}


def _form(person: Person) -> dict[str, Any]:
    return {
        "name": person.name, "id_number": person.id_number, "phone": person.phone, "platform": person.agency.code,
        "categories": ["older"],
    }  # fmt: skip


def _names_of(package: ModuleType) -> set[str]:
    """The public functions of a package whose first argument is the user who acts."""
    names = set()
    for entry in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if "migrations" in entry.name:
            continue
        module = importlib.import_module(entry.name)
        where = entry.name.removeprefix("jiuyuan.").removeprefix("people.").removeprefix("recognitions.")
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and inspect.unwrap(function).__module__ == module.__name__
            if own and not name.startswith("_") and next(iter(inspect.signature(function).parameters), "") == "user":
                names.add(f"{where}.{name}")
    return names


def test_every_service_that_takes_a_user_is_tried_here() -> None:
    there = set[str]().union(*map(_names_of, PACKAGES))
    there |= {
        f"{workflow.name}.{transition.action}"
        for workflow in WORKFLOWS.values()
        for transition in workflow.every_transition
        if transition.roles & STAFF and workflow.name not in ("application", *BY_THE_FAMILY)
    }
    tried = set(ACTS) | set(ON_A_CASE) | set(WHOLE) | TRIED_ELSEWHERE
    assert there - NOT_ACTS - tried == set()
    assert not (NOT_ACTS - {"queries.opened"}) & tried


def _refusal(run: Callable[[User, Application], Any], user: User, case: Application) -> type[Exception] | None:
    try:
        run(user, case)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("how", ["account", "id_number", "relative"])
def test_nobody_acts_on_their_own_case_or_looks_at_it_whole(how: str) -> None:
    case = a_case("accepted")
    user = staff("clerk", id_index=case.person.id_index) if how == "id_number" else staff("clerk")
    if how == "account":
        Person.objects.unscoped().filter(pk=case.person_id).update(account=user)
    if how == "relative":
        Relative.objects.create(user=user, name="母亲", relation="母亲", id_index=case.person.id_index)
    for name, run in (ON_A_CASE | WHOLE).items():
        if name == "applications.services.create":
            continue  # the open case itself stands in the way; see below
        assert _refusal(run, user, case) is OwnMatter, name
    withdrawn = a_case("declined")
    theirs = staff("clerk", id_index=withdrawn.person.id_index)
    assert _refusal(ON_A_CASE["applications.services.create"], theirs, withdrawn) is OwnMatter
    unknown = staff("clerk", id_index="")
    for name, run in ON_A_CASE.items():
        on = withdrawn if name == "applications.services.create" else case
        assert _refusal(run, unknown, on) is HolderUnknown, name


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
