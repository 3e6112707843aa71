"""Replays the acts in people's files and compares the result with the tables of the register."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jiuyuan.history.state import PastAct, Recorded, Replayed, key_of, readable, replay
from jiuyuan.history.state import differences as unlike
from jiuyuan.history.state import missing as gone
from jiuyuan.people import replay as people
from jiuyuan.people.replay import Files
from jiuyuan.recognitions.models import (
    ExitObjection,
    ExitProposal,
    Investigation,
    InvestigationEvidence,
    Recognition,
)
from jiuyuan.wording import say

#: The rows that each act creates. Entries older than stated columns are only counted, using this table.
MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "recognised": (Recognition,),
    "carried_over": (Recognition,),
    "exit_proposed": (ExitProposal,),
    "exit_objected": (ExitObjection,),
    "investigation_opened": (Investigation,),
    "investigation_evidence": (InvestigationEvidence,),
}
#: Acts that only change existing rows.
CHANGES = frozenset({
    "ended", "annulled", "restored", "looked_at_again", "exit_proposal_confirmed", "exit_proposal_dismissed", "exit_proposal_taken_back",
    "exit_proposal_lapsed", "exit_objection_decided", "investigation_found", "investigation_told",
    "investigation_responded", "investigation_sent_back", "investigation_decided", "recovery_handed_over",
    "recovery_called_off",
})  # fmt: skip
SETS_NOTHING = frozenset({"visit_received", "visit_confirmed", "visit_discarded"})
#: The columns that never change.
_FIXED = frozenset({
    "person_id", "number", "agency_id", "area", "category", "recognised_on", "recognised_by_id", "recognised_by_name", "policy", "carried_over",
    "former_id",
})  # fmt: skip
_MODELS: tuple[type[Recorded], ...] = (Recognition, ExitProposal, ExitObjection, Investigation, InvestigationEvidence)


def _in_words(row: dict[str, Any], act: PastAct, suspended: dict[str, tuple[Any, Any]]) -> None:
    """Derive status, ground and day from an older entry, which describes its act in words.

    Other columns become unknown.
    """
    for name in row.keys() - _FIXED - {"status", "ground", "ended_on"}:
        del row[name]
    said, number = act.payload, str(act.payload["recognition"])
    if act.action in ("ended", "annulled"):
        row |= {"status": "ended", "ground": said.get("ground"), "ended_on": said.get("on")}
    elif act.action == "exit_objected":
        suspended[number] = row.get("ground"), row.get("ended_on")
        row |= {"status": "active", "ground": "", "ended_on": None}
    elif act.action == "exit_objection_decided" and not said.get("upheld") and number in suspended:
        ground, on = suspended[number]
        row |= {"status": "ended", "ground": ground, "ended_on": on}


def differences(belonging: Files, faults: list[str], uncompared: Counter[str]) -> Iterator[str]:
    """Yield each difference between the register's tables and these people's records, a sentence per row and column."""
    replayed = Replayed()
    register = readable(Recognition.objects.unscoped().filter(person__in=belonging.people), faults)
    numbers = {one.pk: one.number for one in register}
    keys = {one.number: key_of(one) for one in register}
    suspended: dict[str, tuple[Any, Any]] = {}
    for act in belonging.acts:
        replay([act], MAKES, KNOWN.__contains__, replayed, faults)
        row = replayed.rows.get(keys.get(str(act.payload.get("recognition")), ""))
        if row is not None and "state" not in act.payload:
            _in_words(row, act, suspended)

    def named(row: Recorded) -> str:
        if isinstance(row, Recognition):
            return say("认定 {number}", number=row.number)
        if isinstance(row, InvestigationEvidence):
            return say("调查证据 {pk}", pk=row.pk)
        assert isinstance(row, ExitProposal | ExitObjection | Investigation)
        return say(
            "认定 {recognition_id} 的{verbose_name} {pk}",
            recognition_id=numbers[row.recognition_id],
            verbose_name=row._meta.verbose_name,
            pk=row.pk,
        )

    def moved(row: Recorded, name: str, recorded: object) -> bool:
        if name != "person_id" or not isinstance(recorded, int):
            return False
        return people.moved(row._meta.label_lower, row.pk, recorded, row.__dict__["person_id"], faults)

    yield from unlike(replayed, register, named, moved)
    investigations: list[Investigation] = []
    for model in (ExitProposal, ExitObjection, Investigation):
        rows = readable(model.objects.unscoped().filter(recognition__in=list(numbers)), faults)
        investigations += [row for row in rows if isinstance(row, Investigation)]
        yield from unlike(replayed, rows, named)
    evidence = InvestigationEvidence.objects.unscoped().filter(investigation__in=[one.pk for one in investigations])
    yield from unlike(replayed, readable(evidence, faults), named)
    for above, way in _ABOVE.items():
        found = readable(above._base_manager.filter(**{f"{way}__in": belonging.people}), faults)
        yield from unlike(replayed, found, lambda row: f"{row._meta.verbose_name} {row.pk}", moved)
    yield from gone(replayed, (*_MODELS, *_ABOVE))
    uncompared["rows"] += replayed.uncompared


#: Every act that may occur in a person's file.
KNOWN = {*people.SETS, *people.SETS_NOTHING, *MAKES, *CHANGES, *SETS_NOTHING}
#: For models of apps above: the lookup path from a row to the person in whose file it is recorded.
_ABOVE: dict[type[Recorded], str] = {}


def also(
    makes: Mapping[str, Sequence[type[Recorded]]], changes: Iterable[str], ways: Mapping[type[Recorded], str]
) -> None:
    """Let an app above register its acts in people's files, so that its rows are compared too."""
    MAKES.update({act: tuple(models) for act, models in makes.items()})
    KNOWN.update(makes, changes)
    _ABOVE.update(ways)
