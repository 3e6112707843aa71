"""Bulk transitions by a system actor: what `engine.act` checks, writes and records,
in a few statements for many subjects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiuyuan import loading
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.history.state import set_by, stated_row
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.engine import refuse_machine, refuse_state
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import WrongState
from jiuyuan.wording import say


@dataclass(frozen=True, slots=True)
class Begun:
    """A new subject in a bulk insert, without a model instance: its key, its column values and its record payload."""

    pk: int
    values: tuple[Any, ...]
    file: str
    area: str
    said: Mapping[str, Any]


@dataclass(frozen=True)
class BegunRows:
    """A bulk insert of new subjects, as when a register is imported: the columns, and the values of each row."""

    columns: tuple[str, ...]
    begun: Sequence[Begun]


#: Subjects in their contexts, each with the payload of its record entry, or new rows.
Many = Sequence[tuple[Context, dict[str, Any]]] | BegunRows
Heads = Mapping[str, tuple[int, str]]


def act_many(
    workflow: Workflow, machine: str, action: str, many: Many, *, by: Actor | None = None, heads: Heads | None = None
) -> None:
    """Apply one action to many subjects as a system actor. Sends no messages.

    If the action creates its subjects, pass them unsaved in their contexts, or as `BegunRows`. Otherwise pass
    locked subjects on which the new values are already set. `by` is the actor named in the record, if somebody
    ordered the run; `heads` is passed to `history.append_many`.

    Call it inside a transaction that holds the locks on which the state depends.
    """
    write = _begin_rows if isinstance(many, BegunRows) else _move_many
    if acts := write(workflow, machine, action, many):  # type: ignore[arg-type]
        history.append_many(by or history.MACHINES[machine], acts, heads)


def _begin_rows(workflow: Workflow, machine: str, action: str, rows: BegunRows) -> list[history.NewAct]:
    transition = workflow.of().by_action[action]
    refuse_machine(transition, machine)
    [target] = transition.targets
    model, state = workflow.model, rows.columns.index(workflow.model.moved_by)
    if not transition.begins or any(one.values[state] != target for one in rows.begun):
        raise ValueError(f"{workflow.name}.{action} begins in “{target}”")
    with moving(model):
        loading.insert(model, ("id", *rows.columns), [(one.pk, *one.values) for one in rows.begun])
    record = transition.record or action
    return [
        history.NewAct(
            one.file, record, one.said, one.area,
            stated_row(model, one.pk, dict(zip(rows.columns, one.values, strict=True))),
        )
        for one in rows.begun
    ]  # fmt: skip


def _move_many(
    workflow: Workflow, machine: str, action: str, acts: Sequence[tuple[Context, dict[str, Any]]]
) -> list[history.NewAct]:
    for context, _ in acts:
        procedure = workflow.of(context.region)
        transition = procedure.by_action[action]
        refuse_machine(transition, machine)
        refuse_state(workflow, procedure, context, transition)
        context.machine, context.target = machine, transition.targets[0]
        if context.target != context.status:
            context.move(procedure.by_state[context.target].final)
    subjects = [context.subject for context, _ in acts]
    with moving(workflow.model):
        there = [subject for subject in subjects if not subject._state.adding]
        workflow.model._default_manager.bulk_create(subject for subject in subjects if subject._state.adding)
        for subject in there:
            subject.save()
    found = [(context, said, workflow.of(context.region).by_action[action]) for context, said in acts]
    return [
        history.NewAct(
            context.subject.file, transition.record or action, context.payload(transition, {}, said, True),
            context.subject.area, set_by([context.subject]),
        )
        for context, said, transition in found
        if not transition.stated_elsewhere
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """A locked subject in a bulk transition, without a model instance.

    `state`: what else the act set, by row (`history.state`).
    """

    pk: int
    status: str
    version: int
    file: str
    area: str
    said: Mapping[str, Any]
    state: Mapping[str, Mapping[str, Any]]


def follow_many(workflow: Workflow, action: str, actor: Actor, moved: Sequence[Moved], region: str = "") -> None:
    """Like `engine.follow` for many subjects, in a few statements. Sends no messages.

    Call it inside the transaction of the act that causes this one, with the subjects locked. Raises `WrongState`.
    """
    transition = workflow.of(region).by_action[action]
    if not transition.consequence:
        raise ValueError(f"{workflow.name}.{action} follows from nothing")
    [target] = transition.targets
    if any(one.status not in transition.sources for one in moved):
        raise WrongState(say("{noun}刚刚被别人改动，请重新打开后再办。", noun=workflow.noun))
    model = workflow.model
    with moving(model):
        loading.update(model, "id", (model.moved_by, "version"), [(one.pk, target, one.version + 1) for one in moved])
    said = {"to": target, "clause": transition.clause}
    history.append_many(
        actor,
        [
            history.NewAct(
                one.file, transition.record or action, {**said, **one.said}, one.area,
                {**stated_row(model, one.pk, {model.moved_by: target, "version": one.version + 1}), **one.state},
            )
            for one in moved
        ],
    )  # fmt: skip
