"""The nightly run of the register: grounds become proposals, signals open investigations, coming events become
warnings.

Nothing here ends a recognition. Work is done in chunks of one transaction each, and finished work is recognised,
so an interrupted run is simply started again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from jiuyuan.history.services import MACHINES
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.models import Fact
from jiuyuan.procedures import bulk
from jiuyuan.recognitions.answers import Answered, read, stood, told_apart
from jiuyuan.recognitions.grounds import DISQUALIFIED
from jiuyuan.recognitions.inquiry_effects import prepared
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition, Warning
from jiuyuan.recognitions.stay import Inquiry, Proposal
from jiuyuan.recognitions.workflow import INVESTIGATION, PROPOSAL
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.logic import reads
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.recognitions.register_screening import ScreenedStay

NIGHT = MACHINES["night"].name
_CHUNK = 1000
# Facts that predict the day of a ground, and the kind of warning.
_AHEAD = {"retirement_track": Warning.Kind.AGE, "assistance_ends_on": Warning.Kind.ASSISTANCE}
_TELLS_THE_DAY = (*_AHEAD, "birth_date", "sex")

Progress = Callable[[int], None]
T = TypeVar("T")


def find_exits(day: date, progress: Progress) -> dict[str, int]:
    """Propose exits and open investigations for the whole register. Returns how many of each are new or lapsed."""
    # DuckDB; only the nightly run needs it.
    from jiuyuan.recognitions.register_screening import (
        contradicted,
        register_on,
    )

    figures = defaultdict[str, int](int)
    for chunk in chain(_chunks(register_on(day)), _chunks(contradicted())):
        with transaction.atomic():
            for name, count in _work(chunk, day).items():
                figures[name] += count
        progress(len(chunk))
    figures["lapsed"] = _lapse(day)
    return dict(figures)


def warn_ahead(day: date, progress: Progress) -> int:
    """Renew the warnings of grounds that will hold within the next days. Returns how many there are."""
    from jiuyuan.recognitions.register_screening import register_on

    kept: set[tuple[int, str]] = set()
    foretold = _foretold()
    for chunk in _chunks(register_on(day, "warning_days_ahead")):
        coming = [
            (found.recognition, kind, found.on)
            for found in chunk
            for code in found.grounds
            if (kind := foretold.get((found.region, code)))
        ]
        known = _known_of({number for number, _, _ in coming})
        days = [(number, kind, ahead, _day_of(kind, known[number])) for number, kind, ahead in coming]
        warnings = [
            Warning(recognition_id=number, kind=kind, due_on=due)
            for number, kind, ahead, due in days
            if due is not None and day < due <= ahead
        ]
        Warning.objects.bulk_create(
            warnings, update_conflicts=True, unique_fields=["recognition", "kind"], update_fields=["due_on"]
        )
        kept |= {(warning.recognition_id, warning.kind) for warning in warnings}
        progress(len(chunk))
    stale = Warning.objects.unscoped().filter(kind__in=_AHEAD.values()).values_list("pk", "recognition", "kind")
    for part in _chunks(pk for pk, number, kind in list(stale) if (number, kind) not in kept):
        Warning.objects.unscoped().filter(pk__in=part).delete()
    return len(kept)


def _foretold() -> dict[tuple[str, str], str]:
    """The predictable grounds of each region, by the facts they read, with the kind of warning."""
    return {
        (region.code, code): kind
        for region in registry.regions()
        for code, clause in registry.exits(region).items()
        for fact, kind in _AHEAD.items()
        if fact in reads(clause.when)
    }


def _known_of(numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The facts needed for prediction, by recognition."""
    path = "person__known_facts__"
    rows = Recognition.objects.unscoped().filter(pk__in=numbers).values("pk", *(path + name for name in _TELLS_THE_DAY))
    return {row.pop("pk"): {name: row[path + name] for name in _TELLS_THE_DAY} for row in rows}


def _day_of(kind: str, known: dict[str, Any]) -> date | None:
    """The first day on which the ground will hold; None if it holds already for another reason (an early pension)."""
    if kind == Warning.Kind.ASSISTANCE:
        last: date | None = known["assistance_ends_on"]
        return last + timedelta(days=1) if last else None
    track = known["retirement_track"] or ("male_60" if known["sex"] == "male" else "female_55")
    return calendar.retirement(known["birth_date"], track).day if known["birth_date"] else None


def _chunks(items: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _work(chunk: "Sequence[ScreenedStay]", day: date) -> dict[str, int]:
    """Create proposals and investigations for some recognitions, which are locked so that nobody ends one meanwhile."""
    found = {item.recognition: item for item in chunk}
    rows = Recognition.objects.unscoped().filter(pk__in=found, status=Recognition.Status.ACTIVE)
    recognitions = list(rows.select_related("person__agency").select_for_update(of=("self",)).order_by("pk"))
    settled = _settled(found)
    wanted = [r for r in recognitions if _anything_new(found[r.pk], settled[r.pk])]
    recorded = _recorded_facts(wanted)
    proposals: list[ExitProposal] = []
    investigations: list[Investigation] = []
    figures = defaultdict[str, int](int)
    for recognition in wanted:
        facts = recorded[recognition.person_id]
        now = _answered(recognition, standing_facts.standing(facts), day)
        if now is None:
            figures["unreadable"] += 1
            continue
        known = settled[recognition.pk]
        for ground in (code for code in now.answer.grounds if code != DISQUALIFIED):
            if ground not in known.open_grounds and known.dismissed.get(ground) != now.rests_on([ground]):
                proposals.append(_proposal(recognition, ground, now, _before(recognition, ground, facts, day), day))
        opened = None if known.investigating else _investigation(recognition, facts, now)
        if opened and known.cleared != _Cleared(opened.signals, opened.known):
            investigations.append(opened)
    bulk.act_many(PROPOSAL, "night", "propose", [_proposed(one) for one in proposals])
    bulk.act_many(INVESTIGATION, "night", "investigate", [_opened(one) for one in investigations])
    return {**figures, "proposals": len(proposals), "investigations": len(investigations)}


@dataclass(frozen=True)
class _Cleared:
    """What the last investigation examined: the same signals on the same facts need no second one."""

    signals: list[str]
    known: dict[str, Any]


class _Settled:
    """What is already open, or was decided on the same facts."""

    def __init__(self) -> None:
        self.open_grounds: set[str] = set()
        self.dismissed: dict[str, dict[str, Any]] = {}
        self.investigating = False
        self.cleared: _Cleared | None = None


def _settled(found: Iterable[int]) -> dict[int, _Settled]:
    settled = defaultdict[int, _Settled](_Settled)
    numbers = list(found)
    for proposal in ExitProposal.objects.unscoped().filter(recognition__in=numbers).order_by("pk"):
        known = settled[proposal.recognition_id]
        if proposal.status == ExitProposal.Status.OPEN:
            known.open_grounds.add(proposal.ground)
        elif proposal.status == ExitProposal.Status.DISMISSED:
            known.dismissed[proposal.ground] = proposal.now.get("known", {})
    for objection in ExitObjection.objects.unscoped().filter(recognition__in=numbers, upheld=None):
        settled[objection.recognition_id].open_grounds.add(objection.ground)
    for investigation in Investigation.objects.unscoped().filter(recognition__in=numbers).order_by("pk"):
        known = settled[investigation.recognition_id]
        known.investigating = investigation.status != Investigation.Status.DECIDED
        known.cleared = _Cleared(investigation.signals, investigation.known)
    return settled


def _anything_new(found: "ScreenedStay", settled: _Settled) -> bool:
    """Whether a closer look is needed: most findings are those of the night before."""
    to_investigate = found.signals or found.contradicted or DISQUALIFIED in found.grounds
    return bool(set(found.grounds) - settled.open_grounds - {DISQUALIFIED}) or bool(
        to_investigate and not settled.investigating
    )


def _recorded_facts(recognitions: Sequence[Recognition]) -> dict[int, list[Fact]]:
    recorded = defaultdict[int, list[Fact]](list)
    people = [recognition.person_id for recognition in recognitions]
    for fact in Fact.objects.unscoped().filter(person__in=people):
        recorded[fact.person_id].append(fact)
    return recorded


def _answered(recognition: Recognition, known: dict[str, standing_facts.Standing], day: date) -> Answered | None:
    return read(recognition, standing_facts.values(known), day)


def _before(recognition: Recognition, ground: str, facts: Sequence[Fact], day: date) -> Answered | None:
    """The answer of the previous day; if the ground held already then (a night was missed),
    that of the day of recognition.
    """
    answer = None
    for earlier in (day - timedelta(days=1), recognition.recognised_on):
        answer = stood(recognition, facts, earlier)
        if answer is None or ground not in answer.answer.grounds:
            break
    return answer


def _proposal(recognition: Recognition, ground: str, now: Answered, before: Answered | None, day: date) -> ExitProposal:
    then, said, changed = told_apart(before, now, ground)
    return ExitProposal(
        recognition=recognition,
        ground=ground,
        found_on=day,
        proposed_by_name=NIGHT,
        reason=said["reason"],
        before=then,
        now=said,
        changed=changed,
    )


def _investigation(recognition: Recognition, recorded: Sequence[Fact], now: Answered) -> Investigation | None:
    """The investigation to open, if any: for signals,
    and for contradictions in which one side would be a signal or a ground.
    """
    standing = standing_facts.standing(recorded)
    doubted = {name: item for name, item in standing.items() if item.contradicted}
    newest = {name: max(item.current, key=lambda fact: fact.pk).value for name, item in doubted.items()}
    if_true = read(recognition, now.facts | newest, date.fromisoformat(now.facts["as_of"])) if doubted else None
    # 三(六) requires a finding about this recognition, whatever an earlier one found.
    signals = [*now.answer.signals, *(code for code in now.answer.grounds if code == DISQUALIFIED)]
    reasons = [clause.reason for code in signals if (clause := now.clause(code))]
    if if_true:
        already = {*signals, *now.answer.grounds}
        claimed = [code for code in (*if_true.answer.signals, *if_true.answer.grounds) if code not in already]
        reasons += [
            say("来源互相矛盾：{reason}", reason=clause.reason) for code in claimed if (clause := if_true.clause(code))
        ]
        signals += claimed
    if not signals:
        return None
    investigation = prepared(recognition, None, NIGHT, date.fromisoformat(now.facts["as_of"]), cause="".join(reasons))
    investigation.signals = signals
    investigation.known = (if_true or now).rests_on(signals)
    return investigation


def _proposed(item: ExitProposal) -> tuple[Proposal, dict[str, Any]]:
    """The proposal with the payload of its record entry."""
    return Proposal(item.recognition, None, item), {"reason": item.reason, "changed": item.changed}


def _opened(item: Investigation) -> tuple[Inquiry, dict[str, Any]]:
    return Inquiry(item.recognition, None, item), {"cause": item.cause, "signals": item.signals}


def _lapse(day: date) -> int:
    """Close the run's proposals whose ground no longer holds because a fact was corrected."""
    lapsed = 0
    open_ones = ExitProposal.objects.unscoped().filter(status=ExitProposal.Status.OPEN, proposed_by_name=NIGHT)
    for chunk in _chunks(open_ones.select_related("recognition__person").iterator(chunk_size=_CHUNK)):
        recorded = _recorded_facts([proposal.recognition for proposal in chunk])
        gone: list[tuple[Proposal, dict[str, Any]]] = []
        for proposal in chunk:
            known = standing_facts.standing(recorded[proposal.recognition.person_id])
            now = _answered(proposal.recognition, known, day)
            if now is not None and proposal.ground not in now.answer.grounds:
                proposal.decided_on = day
                gone.append((Proposal(proposal.recognition, None, proposal), {}))
        with transaction.atomic():
            keys = [one.subject.pk for one, _ in gone]
            rows = ExitProposal.objects.unscoped().filter(pk__in=keys, status=ExitProposal.Status.OPEN)
            still_open = set(rows.select_for_update().values_list("pk", flat=True))
            gone = [(one, said) for one, said in gone if one.subject.pk in still_open]
            bulk.act_many(PROPOSAL, "night", "lapse", gone)
        lapsed += len(gone)
    return lapsed
