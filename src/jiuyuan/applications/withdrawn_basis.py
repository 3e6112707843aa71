"""Handles decisions based on facts that were withdrawn with their file.

People recognised on such a fact are flagged for review; people refused on one are told that they may apply again.
Nothing is undone automatically.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from jiuyuan.applications.models import Application, Decision
from jiuyuan.notifications import notices
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Fact
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.withdrawn_basis import labels, warn
from jiuyuan.regions import registry
from jiuyuan.rules.departments import code_of

_TOLD = notices.declare(
    "application.basis_withdrawn",
    "不予认定所据的数据撤回了",
    "您的申请（{number}）{day:date}没有通过，依据的是“{facts}”。提供这项数据的文件已经撤回。您可以重新申请，以前填的不用再填；"
    "有不明白的，请问{agency}。",
)


def look_again(gone: Mapping[int, Sequence[Fact]]) -> None:
    """Flag every recognition based on these facts,
    and tell people whose latest application was refused on one of them.
    """
    rows = Application.objects.unscoped().filter(person__in=list(gone), finished_on__isnull=False)
    rows = rows.select_related("person__account", "person__agency", "agency", "recognition").order_by("pk")
    for application in {one.person_id: one for one in rows}.values():  # the latest of each person
        facts, decision = gone[application.person_id], application.decisions.order_by("-pk").first()
        stay = application.recognition
        if decision is None:
            continue
        if stay is not None and stay.status == Recognition.Status.ACTIVE:
            if any(_rests_on(decision, fact) for fact in facts):
                warn(stay)
        elif lost := refused_on(decision, facts):
            words = {"number": application.number, "day": timezone.localdate(decision.made_at), "facts": labels(lost)}
            tell(application.person, _TOLD, words | {"agency": application.agency.name}, file=application.file)


def refused_on(decision: Decision, facts: Sequence[Fact]) -> list[Fact]:
    """Those of these facts on which the decision refused the person."""
    stated = [one for clause in decision.refusal.get("clauses", ()) for one in clause["facts"]]
    return [fact for fact in facts if _as_stated(fact) in stated]


def _as_stated(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name, "value": fact.value, "source": fact.source, "department": code_of(fact.department),
        "observed_on": fact.observed_on.isoformat(),
    }  # fmt: skip


def _rests_on(decision: Decision, fact: Fact) -> bool:
    """Whether a recognition used the fact, with this value, in a clause that supported it."""
    if decision.facts.get(fact.name) != fact.value or fact.recorded_at > decision.made_at:
        return False
    policy = registry.policy(decision.policy)
    bore = {one.code for one in (*policy.base, *policy.exclusions)} | set(decision.answer["categories"])
    return any(one["code"] in bore and fact.name in one["facts"] for one in decision.answer["clauses"])
