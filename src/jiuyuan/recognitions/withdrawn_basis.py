"""Handles recognitions and ends based on facts withdrawn with their file: reviewers are warned and people told.

Nothing is undone automatically. The warning ends when a reviewer restores the recognition or confirms the
decision.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jiuyuan import clock
from jiuyuan.notifications import notices
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Fact
from jiuyuan.recognitions.grounds import as_stated
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Recognition, Warning
from jiuyuan.rules.facts import fact_label
from jiuyuan.wording import say

Gone = Mapping[int, Sequence[Fact]]

_TOLD = notices.declare(
    "recognition.basis_withdrawn",
    "退出所据的数据撤回了",
    "{name}：您{day:date}退出就业困难人员，依据的是“{facts}”。提供这项数据的文件已经撤回，{agency}会重新核对，结果会告诉您；"
    "您也可以对退出提出异议。",
)


def look_again(gone: Gone) -> None:
    """Warn of each end, suspended end and open proposal based on these facts,
    and tell the people whose recognition ended.
    """
    for stay in _of(Recognition, gone, "person").filter(status=Recognition.Status.ENDED).exclude(basis=None):
        if lost := _lost(stay.basis, gone[stay.person_id]):
            warn(stay)
            words = {"name": stay.person.name, "day": stay.ended_on, "facts": labels(lost), "agency": stay.agency.name}
            tell(stay.person, _TOLD, words)
    for objection in _of(ExitObjection, gone, "recognition__person").filter(upheld=None):
        if _lost(objection.basis, gone[objection.recognition.person_id]):
            warn(objection.recognition)
    for proposal in _of(ExitProposal, gone, "recognition__person").filter(status=ExitProposal.Status.OPEN):
        known = proposal.now.get("known", {})
        if any(known.get(fact.name) == fact.value for fact in gone[proposal.recognition.person_id]):
            warn(proposal.recognition)


def warn(stay: Recognition) -> None:
    """Ask a reviewer to look again at the basis of a recognition or its end."""
    Warning.objects.unscoped().update_or_create(
        recognition=stay, kind=Warning.Kind.BASIS, defaults={"due_on": clock.today()}
    )


def labels(facts: Sequence[Fact]) -> list[str]:
    """The labels of the facts, without duplicates."""
    return list(dict.fromkeys(say(fact_label(fact.name)) for fact in facts))


def _of(model: type, gone: Gone, person: str) -> Any:
    related = [f"{person}__account", f"{person}__agency"]
    rows = model.objects.unscoped().filter(**{f"{person}__in": list(gone)})  # type: ignore[attr-defined]
    return rows.select_related(*related).order_by("pk")


def _lost(basis: Sequence[Mapping[str, Any]] | None, facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if as_stated(fact) in (basis or ())]
