"""The tables as Markdown: a state diagram, and each transition with its roles, sources and clause."""

from collections.abc import Iterator

from jiuyuan.agencies.roles import Role
from jiuyuan.history.services import MACHINES
from jiuyuan.procedures.registry import WORKFLOWS, Workflow
from jiuyuan.procedures.table import Procedure, Transition
from jiuyuan.wording import say


def document() -> str:
    """Return every table as Markdown."""
    lines = [
        "# Procedures",
        "",
        "How everything moves, as `jiuyuan procedures` writes it from the tables. Do not edit: a test compares.",
    ]
    for workflow in WORKFLOWS.values():
        for region in workflow.procedures:
            lines += _of_one(workflow, workflow.of(region))
    return "\n".join(lines) + "\n"


def _of_one(workflow: Workflow, procedure: Procedure) -> Iterator[str]:
    region = f" ({procedure.region})" if procedure.region else ""
    yield from ("", f"## {workflow.name}{region}", "", "```mermaid", "stateDiagram-v2", *_drawn(procedure), "```", "")
    yield from ("| state | |", "| --- | --- |")
    for state in procedure.states:
        label = say("{label}，办结", label=state.label) if state.final else state.label
        yield f"| `{state.code}` | {label} |"
    yield from ("", "| action | from | to | who | needs | clause |", "| --- | --- | --- | --- | --- | --- |")
    for transition in procedure.transitions:
        yield f"| {' | '.join(_cells(procedure, transition))} |"


def _drawn(procedure: Procedure) -> Iterator[str]:
    for transition in procedure.transitions:
        sources = sorted(transition.sources) or ["[*]"]
        if frozenset(transition.targets) == transition.sources:
            continue  # the state does not change; the table below the diagram lists it
        for source in sources:
            for target in transition.targets:
                yield f"  {source} --> {target}: {transition.action}"


def _cells(procedure: Procedure, transition: Transition) -> Iterator[str]:
    still_open = {state.code for state in procedure.states if not state.final}
    yield f"`{transition.action}` {transition.label}"
    yield (
        ""
        if transition.begins
        else "any open"
        if transition.sources == still_open
        else _codes(sorted(transition.sources))
    )
    yield "the same" if frozenset(transition.targets) == transition.sources else _codes(transition.targets)
    who = ["anyone"] if transition.public else [role.value for role in Role if role in transition.roles]
    who += [f"{MACHINES[machine].username} (a run)" for machine in sorted(transition.machines)]
    who += ["follows from another act"] if transition.consequence else []
    yield ", ".join(who)
    needs = [need.name if need.required else f"({need.name})" for need in transition.needs]
    yield ", ".join([*needs, *(f"guard {name}" for name in (*transition.blocks, *transition.guards))])
    yield transition.clause


def _codes(codes: "tuple[str, ...] | list[str]") -> str:
    return ", ".join(f"`{code}`" for code in codes)
