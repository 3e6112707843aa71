"""A table that is not whole is refused when the system starts."""

from dataclasses import replace

import pytest

from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures.checks import faults, tables_are_whole
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.table import Need, Procedure, State, Step

WHOLE = APPLICATION.of()


def with_act(**change: object) -> Procedure:
    """The table of the application with its `accept` changed."""
    changed = replace(WHOLE.by_action["accept"], **change)
    return replace(WHOLE, transitions=tuple(changed if t.action == "accept" else t for t in WHOLE.transitions))


def test_every_table_is_whole():
    assert tables_are_whole() == []
    assert len(WORKFLOWS) > 3


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"sources": frozenset({"nowhere"})}, "accept: unknown state “nowhere”"),
        ({"targets": ("nowhere",)}, "accept: unknown state “nowhere”"),
        ({"targets": ()}, "accept: leads nowhere"),
        ({"sources": frozenset({"withdrawn"})}, "accept: leads out of the final state “withdrawn”"),
        ({"roles": frozenset()}, "accept: nobody may"),
        ({"clause": ""}, "accept: has no label or no clause"),
        ({"effect": "fly"}, "accept: unknown effect “fly”"),
        ({"guards": ("sunshine",)}, "accept: unknown guard “sunshine”"),
        ({"blocks": ("sunshine",)}, "accept: unknown guard “sunshine”"),
        ({"whose": "the_kings"}, "accept: unknown rule of whose it is “the_kings”"),
        ({"before": "four"}, "accept: unknown rule of other eyes “four”"),
        ({"machines": frozenset({"robot"})}, "accept: unknown machine “robot”"),
        ({"needs": (Need("x", "某项", "song"),)}, "accept: unknown kind of need “song”"),
        ({"needs": (Need("x", "某项"), Need("x", "某项"))}, "accept: asks for the same thing twice"),
        (
            {"needs": (Need("x", "某项", only_if=("y", 1)), Need("y", "另一项"))},
            "accept: x: asked for by “y”, which is not asked before it",
        ),
    ],
)
def test_what_a_table_lacks_is_said(change, fault):
    assert fault in list(faults(APPLICATION, with_act(**change)))


def test_a_state_that_nothing_leads_to_and_a_step_that_nobody_takes_are_said():
    lonely = replace(WHOLE, states=(*WHOLE.states, State("lonely", "孤立")))
    assert list(faults(APPLICATION, lonely)) == ["nothing leads to “lonely”"]
    assert list(faults(APPLICATION, replace(WHOLE, steps=(Step("fly", "飞", "飞"),)))) == [
        "a step rests on the unknown action “fly”"
    ]
    twice = replace(WHOLE, transitions=(*WHOLE.transitions, WHOLE.transitions[0]))
    assert list(faults(APPLICATION, twice)) == ["an action stands twice"]


def test_a_second_table_for_a_region_is_refused():
    with pytest.raises(ValueError, match="two procedures"):
        APPLICATION.add(WHOLE)
