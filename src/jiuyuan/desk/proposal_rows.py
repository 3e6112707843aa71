"""A proposal in words: the ground's answer on the previous day and now, and the changed fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuyuan.assistance.models import ServiceRefusal
from jiuyuan.desk.fact_rows import in_words
from jiuyuan.recognitions.answers import compared
from jiuyuan.recognitions.grounds import grounds_of, held_of
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.recognitions.nightly import NIGHT
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

_STATUS = {True: "成立", False: "不成立", None: "尚不清楚"}


@dataclass(frozen=True)
class FactThenAndNow:
    label: str
    then: str
    now: str
    changed: bool


@dataclass(frozen=True)
class ShownProposal:
    """A proposal for display.

    `reason`: by the author of a manual proposal. `rows`: empty for older proposals. `refusals`: those it is based
    on.
    """

    proposal: ExitProposal
    ground: str
    clause: str
    then_on: date | None
    now_on: date | None
    then: str
    then_reason: str
    now: str
    now_reason: str
    rows: tuple[FactThenAndNow, ...]
    only_time: bool
    reason: str
    refusals: tuple[ServiceRefusal, ...] = ()

    @property
    def changes(self) -> str:
        """What changed, in one sentence."""
        if self.now != _STATUS[True]:
            return say("按档案中的事实，这一情形现在还不成立，要先登记有来源的事实或材料。")
        if self.only_time and self.proposal.before.get("status") is True:
            return say("认定之日就已经是这样，请核对当时的认定。")
        if self.only_time:
            return say("事实没有变化，到了日子。")
        return "；".join(
            say("{label}由“{then}”变为“{now}”", label=row.label, then=row.then, now=row.now)
            for row in self.rows
            if row.changed
        )


def shown(proposal: ExitProposal) -> ShownProposal:
    ground = grounds_of(proposal.recognition).get(proposal.ground)
    then, now = proposal.before, proposal.now
    return ShownProposal(
        proposal,
        ground.title if ground else proposal.ground,
        ground.clause if ground else "",
        _day(then),
        _day(now),
        _STATUS[then["status"]] if then else "",
        then.get("reason", ""),
        _STATUS[now["status"]] if now else "",
        now.get("reason", ""),
        tuple(
            FactThenAndNow(
                say(FACTS[name].label),
                in_words(name, then.get("known", {}).get(name)) if then else "",
                in_words(name, value),
                name in proposal.changed,
            )
            for name, value in now.get("known", {}).items()
            if name in FACTS and name != "as_of"
        ),
        proposal.changed == ["as_of"],
        "" if proposal.proposed_by_name == NIGHT else proposal.reason,
        _refusals(proposal),
    )


def _refusals(proposal: ExitProposal) -> tuple[ServiceRefusal, ...]:
    """The refusals behind a proposal with their proofs, earliest first."""
    days = proposal.now.get("known", {}).get("service_refusals")
    if not days:
        return ()
    rows = ServiceRefusal.objects.unscoped().filter(recognition=proposal.recognition_id, refused_on__in=days)
    counted = rows.filter(status=ServiceRefusal.Status.COUNTED).select_related(
        "offer__offered_by", "appointment__invited_by", "decided_by"
    )
    return tuple(counted.order_by("refused_on", "pk"))


def before_and_after(recognition: Recognition, ground: str, on: date) -> ShownProposal:
    """The same for an exit about to be decided directly."""
    before, now, changed = compared(recognition, ground, on)
    return shown(ExitProposal(recognition=recognition, ground=ground, before=before, now=now, changed=changed))


def end_in_words(recognition: Recognition) -> str:
    """The clause and case on which a recognition ended, in words."""
    said = held_of(recognition)
    return f"{said.clause} {said.title}" if said else recognition.ground


def ground_in_words(recognition: Recognition, code: str) -> str:
    """A ground with its clause; an unknown code is returned as it is."""
    ground = grounds_of(recognition).get(code)
    return f"{ground.clause} {ground.title}" if ground else code


def _day(answer: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(answer["as_of"]) if answer else None
