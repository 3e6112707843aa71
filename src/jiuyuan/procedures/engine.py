"""The engine: the only code that changes the state of a subject.

One action is one transaction. Checks run in the order of the HTTP contract: login, existence and scope, role,
state, own matter, same eyes, holder known, version, fields, guards; and, for a grave act by a user at a browser,
re-authentication (`agencies.again`).
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from jiuyuan.agencies import again
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.notifications import notices
from jiuyuan.procedures import own_matter
from jiuyuan.procedures.context import OUTDATED, Context
from jiuyuan.procedures.doors import open_for_nobody
from jiuyuan.procedures.reading import read
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.subjects import moving
from jiuyuan.procedures.table import NOTHING, Procedure, Transition
from jiuyuan.refusals import (
    BadInput,
    GuardNotMet,
    LoginNeeded,
    NotForRole,
    NotFound,
    OlderVersion,
    Refusal,
    WrongState,
)
from jiuyuan.wording import say

#: Passed as the version where nobody looked at the subject before acting: system runs, the demonstration, the public.
UNSEEN = object()


@transaction.atomic
def act(
    user: User | None,
    workflow: Workflow,
    key: Any,
    action: str,
    said: Mapping[str, Any] | None = None,
    *,
    version: object = UNSEEN,
    machine: str = "",
    carried: Mapping[str, Any] | None = None,
) -> Any:
    """Perform one action of the workflow's table and return the subject.

    `user` is None for the public and for a `machine`. `version` is the version that the user saw, or `UNSEEN`.
    `carried` is passed to the effect unchanged; services use it, requests never do.
    """
    known = workflow.transitions(action)
    if user is None and not machine and not any(transition.public for transition in known):
        raise LoginNeeded(say("请先登录。"))
    if not known:
        raise NotFound(say("没有“{action}”这个动作。", action=action))
    with open_for_nobody() if user is None else nullcontext():  # the caller without a user was checked above
        context = workflow.door(user, key, known[0])
    procedure = workflow.of(context.region)
    transition = procedure.by_action.get(action)
    if transition is None:
        raise NotFound(say("没有“{action}”这个动作。", action=action))
    context.machine, context.carried = machine, carried or {}
    if machine:
        refuse_machine(transition, machine)
    else:
        _refuse_role(workflow, context, transition)
    refuse_state(workflow, procedure, context, transition)
    if refusal := hands_off(workflow, context, transition):
        raise refusal
    if version is not UNSEEN and context.versioned is not None:
        refuse_older(workflow.noun, context.versioned, version, context.outdated)
    cleaned = read(workflow, context, transition, said or {})
    if unmet := guards_unmet(workflow, context, transition):
        raise _together(unmet)
    again.ask_where_grave(user, f"{workflow.name}.{action}")
    return _perform(workflow, context, transition, cleaned)


def follow(context: Context, workflow: Workflow, row: Any, action: str, said: Mapping[str, Any] | None = None) -> Any:
    """Perform an act that the current one causes, by the same actor, and return its subject.

    The state is checked, role and needs are not. `row` is the subject, or its parent if the action creates the
    subject. `said` has cleaned values. Call it inside an effect.
    """
    following = workflow.hold(row, context.user)
    transition = workflow.of(following.region).by_action[action]
    if not transition.consequence:
        raise ValueError(f"{workflow.name}.{action} follows from nothing")
    following.machine = context.machine
    refuse_state(workflow, workflow.of(following.region), following, transition)
    done = _perform(workflow, following, transition, dict(said or {}))
    if transition.stated_elsewhere:
        context.written += [done, *following.written]
    return done


@dataclass(frozen=True)
class Offer:
    """A transition that the state offers to a role.

    `refusals` say why it is not possible now; empty if it is possible.
    """

    transition: Transition
    refusals: tuple[Refusal, ...]
    unmet: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return not self.refusals

    @property
    def in_state(self) -> bool:
        """Whether no block about the subject's surroundings forbids it."""
        return not any(isinstance(refusal, WrongState) for refusal in self.refusals)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The refusals as sentences."""
        return tuple(refusal.title for refusal in self.refusals)


def offered(workflow: Workflow, context: Context, *, only_main: bool = False) -> list[Offer]:
    """The transitions that the state offers to this user, in table order, each with its refusals."""
    assert context.user is not None
    procedure, role = workflow.of(context.region), Role(context.user.role)
    given = (
        procedure.begin(context.around, role) if context.subject is None else procedure.from_state(context.status, role)
    )
    given = tuple(t for t in given if not only_main or t.emphasis == "main")
    given = tuple(t for t in given if not (t.whose and workflow.words.whose[t.whose](context)))
    return [offer(workflow, context, t.action) for t in given]


def offer(workflow: Workflow, context: Context, action: str) -> Offer:
    """One transition with its refusals for this user now."""
    transition = workflow.of(context.region).by_action[action]
    found: list[tuple[str, Refusal]] = []
    found += [(name, block) for name in transition.blocks if (block := workflow.words.guards[name].block(context))]
    if refusal := hands_off(workflow, context, transition):
        found.append((refusal.code, refusal))
    found += [(name, unmet) for name in transition.guards if (unmet := workflow.words.guards[name].refusal(context))]
    return Offer(transition, tuple(refusal for _, refusal in found), tuple(name for name, _ in found))


def why_not(workflow: Workflow, context: Context, action: str) -> str:
    """Why this user cannot perform an action now, for pages; empty if they can."""
    transition = workflow.of(context.region).by_action[action]
    try:
        _refuse_role(workflow, context, transition)
        refuse_state(workflow, workflow.of(context.region), context, transition)
        if refusal := hands_off(workflow, context, transition):
            raise refusal
    except Refusal as refused:
        return refused.title
    return "".join(refusal.title for refusal in guards_unmet(workflow, context, transition))


def hands_off(workflow: Workflow, context: Context, transition: Transition) -> GuardNotMet | None:
    """Why this member of staff may not act here at all: own matter, same eyes or holder unknown. None if they may."""
    if context.user is None or transition.public:
        return None
    eyes = workflow.words.before[transition.before] if transition.before else None
    try:
        own_matter.refuse(
            context.user,
            *context.concerned,
            acted_before=eyes.people(context) if eyes else (),
            same_eyes=eyes.sentence if eyes else "",
        )
    except GuardNotMet as refusal:
        return refusal
    return None


def guards_unmet(workflow: Workflow, context: Context, transition: Transition) -> list[GuardNotMet]:
    """The unmet guards of the transition, in table order."""
    guards = (workflow.words.guards[name] for name in transition.guards)
    return [refusal for guard in guards if (refusal := guard.refusal(context))]


def _perform(workflow: Workflow, context: Context, transition: Transition, said: dict[str, Any]) -> Any:
    name, context.action = transition.effect or transition.action, transition.action
    if check := workflow.words.checks.get(name):
        check(context, said)
    before = context.status
    context.target = transition.targets[0] if len(transition.targets) == 1 else before
    with moving(workflow.model if transition.begins else context.subject):
        more = workflow.words.effects[name](context, said) if name != NOTHING else None
        more = more or {}
        if context.unchanged:
            return context.subject
        if context.target not in transition.targets:
            raise AssertionError(f"{workflow.name}.{transition.action} leads to “{context.target}”")
        if context.target != before:
            context.move(workflow.of(context.region).by_state[context.target].final)
        context.save()
    if not transition.stated_elsewhere:
        context.record(transition, context.payload(transition, said, more, before != context.status))
    told = {**said, **more, **context.words}
    if not context.tells_nothing and (code := workflow.notice(workflow.of(context.region), transition, told)):
        if "heard" in notices.NOTICES[code].fields:
            told["heard"] = context.heard(transition)
        context.tell(code, told)
    if before != context.status or len(transition.targets) == 1:
        for letter in transition.letters:
            workflow.words.letters[letter](context)
    if after := workflow.words.after.get(name):
        after(context, said)
    return context.subject


def refuse_machine(transition: Transition, machine: str) -> None:
    if machine not in transition.machines:
        raise NotForRole(say("“{label}”由人办理，系统只能提出。", label=transition.label))


def _refuse_role(workflow: Workflow, context: Context, transition: Transition) -> None:
    role = Role(context.user.role) if context.user else None
    if role is None and not transition.public:  # public only in another region's table
        raise LoginNeeded(say("请先登录。"))
    if role is not None and role not in transition.roles:
        raise NotForRole(
            transition.not_yours
            or say("“{label}”不属于您的职责，由{roles}办理。", label=transition.label, roles=names_of(transition.roles))
        )
    if transition.whose and (mine := workflow.words.whose[transition.whose](context)):
        raise NotForRole(mine)


def refuse_state(workflow: Workflow, procedure: Procedure, context: Context, transition: Transition) -> None:
    begun = context.status in transition.sources
    if not (begun or (transition.begins and (not transition.while_in or context.around in transition.while_in))):
        said = say(
            "{noun}现在是“{status}”，不能{label}。",
            noun=workflow.noun,
            status=procedure.label(context.status),
            label=transition.label,
        )
        raise WrongState(transition.not_now or said, **context.standing(procedure))
    for name in transition.blocks:
        if block := workflow.words.guards[name].block(context):
            block.details = {**context.standing(procedure), **block.details}
            raise block


def refuse_older(noun: str, row: Any, version: object, outdated: str = OUTDATED) -> None:
    """Raise `OlderVersion` if the user saw another version of the row than the current one,
    `BadInput` if it is not a number.
    """
    if version == row.version and not isinstance(version, bool):
        return
    if isinstance(version, int) and not isinstance(version, bool):
        said = say(outdated, noun=noun, version=version, row_version=row.version)
        raise OlderVersion(said, version=row.version)
    raise BadInput(say("有内容需要填写或改正。"), [("version", say("请写明您看到的是第几版：version，整数。"))])


def _together(refusals: Sequence[GuardNotMet]) -> GuardNotMet:
    """Merge several refusals into one, with the code of the first."""
    first = refusals[0]
    if len(refusals) > 1:
        title = "；".join(refusal.title.rstrip("。") for refusal in refusals) + "。"
        return GuardNotMet(title, first.errors, code=first.code, **first.details)
    return first


def names_of(roles: frozenset[Role]) -> str:
    return "、".join(role.label for role in Role if role in roles)
