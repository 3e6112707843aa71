"""The workflow of applications: how a case is loaded, and the functions behind the names in the regions' tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import checks, door, effects, guards, inputs, papers
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, Batch
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Transition, Vocabulary
from jiuyuan.refusals import BadInput, NotForRole, NotFound
from jiuyuan.wording import say


def _door(user: User | None, number: Any, transition: Transition) -> Case:
    """The case, locked; anybody may reach one on public notice."""
    everywhere = APPLICATION.transitions(transition.action)
    open_to_all = {status for one in everywhere if one.public for status in one.sources}
    return door.case(user, number, lock=True, public=open_to_all)


APPLICATION = register(
    Workflow(
        "application",
        "这份申请",
        Application,
        _door,
        Case,
        Vocabulary(
            effects.EFFECTS,
            guards.GUARDS,
            checks.CHECKS,
            guards.WHOSE,
            guards.BEFORE,
            inputs.KINDS,
            letters=papers.ORDERS,
        ),
        things="applications",
    )
)


@transaction.atomic
def recall_batch(user: User, batch: str) -> int:
    """Recall a batch that nobody at the county has opened: all of its cases or none. Returns how many."""
    rows = Application.objects.visible_to(user).filter(batch__number=batch).order_by("pk")
    numbers = list(rows.values_list("number", flat=True))
    if not numbers:
        raise NotFound(say("没有这一批。"))
    for number in numbers:
        engine.act(user, APPLICATION, number, "recall")
    return len(numbers)


@transaction.atomic
def report_batch(user: User, numbers: Sequence[str], versions: Mapping[str, int] | None = None) -> Batch:
    """Report endorsed cases as one numbered batch (二(二)), all or none. `versions`: those that the user saw."""
    if user.role != Role.CLERK or user.agency is None:
        raise NotForRole(say("汇总上报由基层经办人办理。"))
    if not numbers:
        raise BadInput(say("没有选择申请。"), [("numbers", say("请至少选择一份初审通过的申请。"))])
    batch = effects.new_batch(user)
    for number in dict.fromkeys(numbers):
        seen = engine.UNSEEN if versions is None else versions[number]
        engine.act(user, APPLICATION, number, "report", carried={"batch": batch}, version=seen)
    return batch
