"""What every table inherits: who may, where, in which state, on what conditions; what stands in the record, what is told.

Each transition of each table is tried by its specimen (`tests/procedures/specimens`), in the engine's own order of questions,
and `offered` must say the same as `act`. One subject for all questions: each is undone.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from jiuyuan import clock
from jiuyuan.agencies.models import Relative, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.history.services import MACHINES, PUBLIC, entry_hash
from jiuyuan.history.state import key_of
from jiuyuan.notifications.models import Message
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.registry import WORKFLOWS, Workflow
from jiuyuan.procedures.subjects import Subject, moving
from jiuyuan.procedures.table import Transition
from jiuyuan.refusals import (
    BadInput,
    GuardNotMet,
    HolderUnknown,
    LoginNeeded,
    NotForRole,
    NotFound,
    OlderVersion,
    OwnMatter,
    Refusal,
    SameEyes,
    WrongState,
)
from tests.conftest import ON_POSTGRES
from tests.factories import OTHER_COUNTY, OTHER_PLATFORM, an_account, staff
from tests.procedures.specimens import BROKEN, SPECIMENS, STANDING, Specimen

pytestmark = pytest.mark.django_db

Line = tuple[str, Workflow, Transition]


def _lines() -> Iterator[Line]:
    """Each transition with the name of its table: `application`, and of a region that has its own `application:beijing`."""
    for workflow in WORKFLOWS.values():
        for region in workflow.procedures:
            procedure = workflow.of(region)
            table = workflow.name if procedure is workflow.of() else f"{workflow.name}:{region}"
            for transition in procedure.transitions:
                yield table, workflow, transition


LINES = list(_lines())
_ELSEWHERE = {Role.CLERK: OTHER_PLATFORM, Role.REVIEWER: OTHER_COUNTY}


def test_each_transition_of_each_table_has_a_specimen():
    assert {(table, transition.action) for table, _, transition in LINES} == set(SPECIMENS)
    asked = {(table, name) for table, _, line in LINES for name in (*line.blocks, *line.guards) if line.roles}
    assert asked == set(BROKEN)


def _written() -> tuple[int, int]:
    """How many acts are in the record, and how many messages."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM history_entry), (SELECT count(*) FROM notifications_message)")
        found: tuple[int, int] = cursor.fetchone()
        return found


class Tried:
    """A transition with a subject that stands ready for it, and somebody who may."""

    def __init__(self, table: str, workflow: Workflow, transition: Transition) -> None:
        self.table, self.workflow, self.transition = table, workflow, transition
        self.specimen: Specimen = SPECIMENS[table, transition.action]
        self.row = self.specimen.ready()
        self.said = self.specimen.words(self.row)
        self.carried = self.specimen.carried(self.row) if self.specimen.carried else None
        self.machine = next(iter(sorted(transition.machines)), "") if not transition.roles else ""
        self.role = next((role for role in (Role.CLERK, Role.REVIEWER, *Role) if role in transition.roles), None)
        self.user: User | None = None
        if self.role:
            self.user = self.specimen.by(self.row) if self.specimen.by else staff(self.role)

    @property
    def key(self) -> Any:
        if self.specimen.key:
            return self.specimen.key(self.row)
        return self.row.number if isinstance(self.row, Application) else getattr(self.row, "pk", None)

    def act(self, user: User | None, said: dict[str, Any] | None = None, **more: Any) -> Any:
        told = self.said if said is None else said
        more = {"carried": self.carried, **more}
        return engine.act(user, self.workflow, self.key, self.transition.action, told, **more)

    @property
    def status(self) -> str:
        """As it stands in the table; of one that begins, what it hangs on."""
        if not isinstance(self.row, Subject):
            return ""
        return str(getattr(type(self.row)._base_manager.get(pk=self.row.pk), self.row.moved_by))

    def context(self, user: User | None) -> Context:
        row = type(self.row).objects.unscoped().get(pk=self.row.pk) if self.row is not None else None
        return self.workflow.hold(row, user)

    def refused(self, kind: type[Refusal], user: User | None, said: dict[str, Any] | None = None, **more: Any) -> Any:
        """The refusal, which nothing survives, and which is no other than what was offered."""
        before = _written()
        with pytest.raises(kind) as caught, transaction.atomic():
            self.act(user, said, **more)
        assert type(caught.value) is kind, caught.value
        assert _written() == before
        if user is not None and kind is not NotFound and self.row is not None:
            self.agrees(user, caught.value)
        return caught.value

    def agrees(self, user: User, refusal: Refusal | None) -> None:
        """`offered` gives it, and says why not, exactly as `act` answered."""
        offers = {offer.transition.action: offer for offer in engine.offered(self.workflow, self.context(user))}
        offer = offers.get(self.transition.action)
        if isinstance(refusal, NotForRole):
            assert offer is None
            return
        if isinstance(refusal, WrongState) and offer is None:
            return
        assert offer is not None
        if refusal is None or isinstance(refusal, BadInput | OlderVersion):
            assert offer.possible, offer.reasons
        else:
            assert (refusal.code, type(refusal)) in {(one.code, type(one)) for one in offer.refusals}


@contextmanager
def undone() -> Iterator[None]:
    """What is done within it is undone, the day too."""
    today = clock.today()
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        clock.move_to(today)


def who_may_not_is_refused_before_anything_else_is_asked(tried: Tried) -> None:
    workflow, transition = tried.workflow, tried.transition
    nothing: dict[str, Any] = {"no such thing": 1}
    for role in Role:
        if role in transition.roles:
            continue
        user = an_account(role) if role in (Role.APPLICANT, Role.CHANNEL) else staff(role)
        if tried.specimen.brings:  # what it follows from stands there instead
            with pytest.raises((NotForRole, NotFound)):
                tried.act(user, nothing)
            continue
        seen = workflow.name == "import" or tried.row is None or type(tried.row).scope.holds(user, tried.row)
        tried.refused(NotForRole if seen else NotFound, user, nothing, version=-1)
    if not transition.public:
        tried.refused(LoginNeeded, None, nothing)
    for machine in set(MACHINES) - transition.machines:
        with pytest.raises((NotForRole, NotFound)):
            tried.act(None, nothing, machine=machine)


def nobody_acts_outside_their_area_in_their_own_matter_or_twice(tried: Tried) -> None:
    transition = tried.transition
    wrong = {"no such thing": 1}
    if not transition.public and tried.row is not None:
        if tried.role in _ELSEWHERE:
            tried.refused(NotFound, staff(tried.role, at=_ELSEWHERE[tried.role]), wrong)
        if Role.APPLICANT in transition.roles:
            tried.refused(NotFound, an_account("applicant"), wrong)
    if transition.public:
        return
    by = tried.specimen.by(tried.row) if tried.specimen.by else None
    for person in tried.context(tried.user).concerned if tried.row is not None and by is None else ():
        if not person.id_index:
            continue
        same_number = staff(tried.role, id_index=person.id_index)
        relative = staff(tried.role)
        Relative.objects.create(user=relative, name="母亲", relation="母亲", id_index=person.id_index)
        tried.refused(OwnMatter, same_number, wrong, version=-1)
        tried.refused(OwnMatter, relative, wrong, version=-1)
    if tried.specimen.before:
        with undone():
            before = tried.specimen.before(tried.row)
            role = by.role if by else tried.role
            tried.refused(SameEyes, staff(role, id_index=before.id_index), wrong, version=-1)
            if before.role in transition.roles:
                tried.refused(SameEyes, before, wrong, version=-1)
    if by is None:
        tried.refused(HolderUnknown, staff(tried.role, id_index=""), wrong, version=-1)


def another_state_an_older_version_and_a_missing_word_are_refused(tried: Tried) -> None:
    workflow, transition = tried.workflow, tried.transition
    user = tried.user
    from_where = transition.while_in if transition.begins else transition.sources
    around = workflow if not transition.begins else WORKFLOWS.get(workflow.hangs_on)
    for state in around.states if from_where else ():
        if state in from_where:
            continue
        with undone():
            if not _stands(around, tried.row, state):
                continue
            context = tried.context(user)
            refusal = tried.refused(WrongState, user, {"no such thing": 1}, version=-1)
            assert refusal.details["status"] == state
            if not transition.begins:
                given = workflow.of(context.region).from_state(state, tried.role)
                assert refusal.details["actions"] == [one.action for one in given]
    if tried.row is None:
        return
    versioned = tried.context(user).versioned
    if versioned is not None:
        tried.refused(OlderVersion, user, {"no such thing": 1}, version=versioned.version + 1)
        assert "version" in dict(tried.refused(BadInput, user, version="1").errors)
    assert "no such thing" in dict(tried.refused(BadInput, user, {**tried.said, "no such thing": 1}).errors)
    for need in transition.needs:
        if not need.required or need.name not in tried.said:
            continue
        for left in ({n: v for n, v in tried.said.items() if n != need.name}, {**tried.said, need.name: ""}):
            errors = dict(tried.refused(BadInput, user, left).errors)
            assert need.name in errors
            assert errors[need.name].endswith("。")


def _stands(workflow: Workflow, row: Any, state: str) -> bool:
    """Whether the row could be put into that state, past the engine; what a constraint refuses cannot stand so."""
    columns = STANDING.get((workflow.name, state), {"status": state})
    try:
        with transaction.atomic(), moving(workflow.model):
            workflow.model.objects.unscoped().filter(pk=row.pk).update(**columns)
    except IntegrityError:
        return False
    return True


def guard_refuses_with_its_code(tried: Tried, name: str) -> None:
    workflow, transition = tried.workflow, tried.transition
    break_: Callable[[Any], Any] = BROKEN[tried.table, name]
    break_(tried.row)
    blocks = name in transition.blocks
    refusal = tried.refused(WrongState if blocks else GuardNotMet, tried.user)
    guard, context = workflow.words.guards[name], tried.context(tried.user)
    unmet = engine.offer(workflow, context, transition.action).unmet
    assert name in unmet
    if unmet[0] == name:
        said = guard.unmet(context)
        assert refusal.code == ("state" if blocks else guard.code if isinstance(said, str) else said.code)
    assert re.search("[\u4e00-\u9fff]", refusal.title)


def what_is_done_stands_in_the_record_and_is_told(tried: Tried) -> None:
    transition = tried.transition
    specimen, user = tried.specimen, tried.user
    last = Entry.objects.unscoped().order_by("-pk").values_list("pk", flat=True).first() or 0
    told = Message.objects.unscoped().count()
    version = versioned = None
    if specimen.brings:
        subject = specimen.brings(tried.row)
    else:
        if user is not None and tried.row is not None:
            tried.agrees(user, None)
            versioned = tried.context(user).versioned
            version = versioned.version if versioned is not None else None
        seen = {} if version is None else {"version": version}
        subject = tried.act(user, machine=tried.machine, **seen)
    assert str(subject.status) in transition.targets
    acts = Entry.objects.unscoped().filter(pk__gt=last).order_by("pk")
    if transition.stated_elsewhere:  # with the act that brought it about, or with the entry of the list
        stated = [entry for entry in acts if key_of(subject) in entry.payload.get("state", {})]
        assert bool(stated) == bool(acts)
    elif action := transition.record or transition.action:
        entry = next(entry for entry in acts if entry.action in (action, action.replace("merge", "split")))
        assert entry.hash == entry_hash(entry)
        if not specimen.brings:
            actor = MACHINES[tried.machine] if tried.machine else PUBLIC if transition.public else user.actor
            who = (entry.actor, entry.actor_name, entry.role, entry.agency)
            assert who == (actor.username, actor.name, actor.role, actor.agency)
    if isinstance(versioned, Model) and not transition.begins:  # of a visit it is what stands of the person
        assert tried.context(user).versioned.version > version
    bodies = [
        message.body
        for message in Message.objects.unscoped().order_by("-pk")[: max(0, Message.objects.unscoped().count() - told)]
    ]
    expected = transition.message_for(tried.said) is not None if specimen.told is None else specimen.told
    assert bool(bodies) == expected
    assert not any(re.search("[{}]|None", body) for body in bodies)


def _refusals(transition: Transition) -> list[Callable[[Tried], None]]:
    """What is asked before it is done. Whom the table alone refuses, it refuses on both databases."""
    first = [] if ON_POSTGRES else [who_may_not_is_refused_before_anything_else_is_asked]
    if not transition.roles:
        return first
    if not ON_POSTGRES:
        first += [
            nobody_acts_outside_their_area_in_their_own_matter_or_twice,
            another_state_an_older_version_and_a_missing_word_are_refused,
        ]
    guards = [partial(guard_refuses_with_its_code, name=name) for name in (*transition.blocks, *transition.guards)]
    return [*first, *guards]


@pytest.mark.parametrize(
    ("table", "workflow", "transition"), LINES, ids=[f"{table}-{transition.action}" for table, _, transition in LINES]
)
def test_a_transition_is_asked_in_order_done_recorded_and_told(table, workflow, transition):
    tried = Tried(table, workflow, transition)
    before = tried.status
    for question in (*_refusals(transition), what_is_done_stands_in_the_record_and_is_told):
        with undone():
            question(tried)
    assert tried.status == before
