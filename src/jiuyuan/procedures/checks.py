"""System checks of the transition tables: names are in the vocabulary, states exist,
no transition leaves a final state.
"""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import models

from jiuyuan.agencies import again
from jiuyuan.history.services import MACHINES
from jiuyuan.procedures.reading import KINDS
from jiuyuan.procedures.registry import WORKFLOWS, Workflow, clauses_of, tables_of
from jiuyuan.procedures.table import NOTHING, Procedure, Transition
from jiuyuan.regions import registry


def tables_are_whole(**_: Any) -> list[CheckMessage]:
    """Return every fault of every table, with its workflow and action."""
    found: list[CheckMessage] = [
        Error(fault, obj=f"{workflow.name}{f' ({region})' if region else ''}", id="procedures.E001")
        for workflow in WORKFLOWS.values()
        for region, procedure in workflow.procedures.items()
        for fault in faults(workflow, procedure)
    ]
    known = {f"{workflow.name}.{t.action}" for workflow in WORKFLOWS.values() for t in workflow.every_transition}
    found += [
        Error("is confirmed anew, and no table has it", obj=act, id="procedures.E003") for act in again.GRAVE - known
    ]
    return [*found, *(Error(fault, obj=code, id="procedures.E002") for code, fault in _faults_of_regions())]


def _faults_of_regions() -> Iterator[tuple[str, str]]:
    """Yield regions without a table for a workflow, and tables for a workflow that does not exist."""
    for region in registry.regions():
        for workflow in WORKFLOWS.values():
            if not {region.code, ""} & set(workflow.procedures):
                yield region.code, f"has no table of “{workflow.name}”"
        for name, table in tables_of(region.code).items():
            if name not in WORKFLOWS:
                yield region.code, f"has a table of “{name}”, which nothing moves by"
            elif table.region != region.code:
                yield region.code, f"its table of “{name}” says that it is of “{table.region}”"
        for name in clauses_of(region.code):
            moved, _, action = name.partition(".")
            shared = WORKFLOWS[moved].procedures.get("") if moved in WORKFLOWS else None
            if shared is None or (action and action not in shared.by_action):
                yield region.code, f"has a clause for “{name}”, which no shared table has"


def faults(workflow: Workflow, procedure: Procedure) -> Iterator[str]:
    """Yield what is wrong with one table, one sentence per fault."""
    states = procedure.by_state
    if len(states) != len(procedure.states):
        yield "a state stands twice"
    if len(procedure.by_action) != len(procedure.transitions):
        yield "an action stands twice"
    for transition in procedure.transitions:
        for fault in (*_faults_of(workflow, procedure, transition), *_letterless(workflow, procedure, transition)):
            yield f"{transition.action}: {fault}"
    reached = {target for transition in procedure.transitions for target in transition.targets}
    begun = {target for t in procedure.transitions if t.begins for target in t.targets}
    column = workflow.model._meta.get_field(workflow.model.moved_by)
    first = column.get_default() if isinstance(column, models.Field) else None
    for state in procedure.states:
        if state.code not in reached | begun | {first}:
            yield f"nothing leads to “{state.code}”"
    actions = set(procedure.by_action)
    for step in procedure.steps:
        if step.action not in actions:
            yield f"a step rests on the unknown action “{step.action}”"


def _letterless(workflow: Workflow, procedure: Procedure, transition: Transition) -> Iterator[str]:
    """Yield final transitions that tell the person but name no letter,
    or a letter that a region using the table lacks.
    """
    told = transition.message or transition.told_if
    ends = any(state.final for state in procedure.states if state.code in transition.targets)
    if told and ends and not transition.letter:
        yield "ends without saying which letter comes with it (`letter`, or NO_LETTER)"
    here = [
        r for r in registry.regions() if (workflow.procedures.get(r.code) or workflow.procedures.get("")) is procedure
    ]
    for name in transition.letters:
        if name not in workflow.words.letters:
            yield f"unknown letter “{name}”"
        for region in here:
            if name not in registry.papers_of(region.path).letters:
                yield f"{region.code} has no letter “{name}”"


def _faults_of(workflow: Workflow, procedure: Procedure, transition: Transition) -> Iterator[str]:
    words, states = workflow.words, procedure.by_state
    for status in sorted({*transition.sources, *transition.targets} - set(states)):
        yield f"unknown state “{status}”"
    final = {state.code for state in procedure.states if state.final}
    for status in sorted(one for one in transition.sources & final if set(transition.targets) != {one}):
        yield f"leads out of the final state “{status}”"
    if not transition.targets:
        yield "leads nowhere"
    if not (transition.roles or transition.machines or transition.consequence or transition.public):
        yield "nobody may"
    if not (transition.label and (transition.clause or not procedure.region)):
        yield "has no label or no clause"
    named = {
        "effect": {transition.effect or transition.action} - {NOTHING, *words.effects},
        "guard": {*transition.guards, *transition.blocks} - set(words.guards),
        "rule of whose it is": {transition.whose} - {"", *words.whose},
        "rule of other eyes": {transition.before} - {"", *words.before},
        "kind of need": {need.kind for need in transition.needs} - {*KINDS, *words.kinds},
        "machine": transition.machines - set(MACHINES),
    }
    if transition.begins and not transition.roles:
        del named["effect"]  # begun in bulk (`bulk.act_many`)
    for what, unknown in named.items():
        for name in sorted(unknown):
            yield f"unknown {what} “{name}”"
    asked = [need.name for need in transition.needs]
    if len(set(asked)) != len(asked):
        yield "asks for the same thing twice"
    for need in transition.needs:
        if need.only_if and need.only_if[0] not in asked[: asked.index(need.name)]:
            yield f"{need.name}: asked for by “{need.only_if[0]}”, which is not asked before it"
