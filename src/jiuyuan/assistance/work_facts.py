"""Verifies work that resulted from assistance (四(三)): a fact with its source, without automatic consequences.

Whether the person stays on the register is decided by people (三).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.helped import Helped, Said
from jiuyuan.people import services as people
from jiuyuan.people.models import Source
from jiuyuan.procedures.table import Choices, Need, Transition
from jiuyuan.refusals import BadInput
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.wording import say

#: The facts recorded for work, by the workflow that led to it.
FACTS_OF_WORK: Mapping[str, tuple[str, ...]] = {
    "offer": ("in_labour_relationship",),
    "placement": ("in_labour_relationship", "assisted_employment"),
    "venture": ("business_registered",),
}
_SEEN = (Source.SITE_VISIT.value, "实地看过")
_SOURCE: Mapping[str, Any] = {"name": "source", "label": "从哪里查得", "kind": "choice"}
_BESIDE = (
    Need("observed_on", "查得日期", "date"),
    Need("evidence", "依据", longest=300, empty="请写明依据，例如：社保系统查得6月起参保；到店看过，正在上班。"),
)
_WORDS: Mapping[str, Any] = {
    "label": "核实就业情况", "record": "work_verified", "done": "核实了就业情况",
    "result": "已登记为事实。要不要退出，由人决定。",
    "lead": "就业是事实，要有来源。登记以后名册上看得到；退出不会自动发生。",
}  # fmt: skip


def verify_work(states: tuple[str, ...], *departments: str) -> Transition:
    """The transition with which a clerk states the source that verifies the work."""
    known: Choices = tuple((code, DEPARTMENTS[code].label) for code in departments)
    return Transition(
        "verify_work", sources=frozenset(states), targets=states, roles=frozenset({Role.CLERK}),
        needs=(Need(**_SOURCE, choices=(*known, _SEEN)), *_BESIDE), **_WORDS,
    )  # fmt: skip


def after(began: Callable[[Any], date | None]) -> Callable[[Helped, Said], None]:
    """A check that the verification is not earlier than the work, whose first day `began` returns."""

    def check(context: Helped, said: Said) -> None:
        day = began(context.subject)
        if day is not None and said["observed_on"] < day:
            why = say("{day:date}才开始，查得日期不能更早。", day=day)
            raise BadInput(say("有内容需要改正。"), [("observed_on", why)])

    return check


def verified(workflow: str) -> Callable[[Helped, Said], Said]:
    """The effect that records the facts of the work, from the stated source."""

    def effect(context: Helped, said: Said) -> Said:
        assert context.user is not None
        seen = said["source"] == Source.SITE_VISIT
        people.record_facts(
            context.user.actor, context.person, dict.fromkeys(FACTS_OF_WORK[workflow], True),
            source=Source.SITE_VISIT if seen else Source.SHARED_DATA, department="" if seen else said["source"],
            evidence=said["evidence"], observed_on=said["observed_on"],
        )  # fmt: skip
        return {"source": said["source"], "on": said["observed_on"]}

    return effect
