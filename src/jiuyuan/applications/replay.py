"""Replays the record and compares the result with the tables, for `jiuyuan audit verify --state`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from jiuyuan.agencies import replay as agencies
from jiuyuan.agencies.replay import MOVED_ALONG
from jiuyuan.applications.models import (
    Agent,
    Application,
    Decision,
    Objection,
    Opinion,
    PublicNotice,
    SpecialCase,
    SpecialCaseOpinion,
)
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history.state import PastAct, Recorded, Replayed, acts_of, one_without_other, readable, replay
from jiuyuan.history.state import differences as unlike
from jiuyuan.history.state import missing as gone
from jiuyuan.people import replay as people
from jiuyuan.people.models import Person
from jiuyuan.procedures.table import NOTHING
from jiuyuan.recognitions import replay as register
from jiuyuan.wording import say

#: The rows that each effect creates. Entries older than stated columns are only counted, using this table.
_MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "create": (Application,),
    "form": (Agent,),
    "decline": (Decision, Opinion),
    "first_review_pass": (Decision, PublicNotice, Opinion),
    "first_review_fail": (Decision, Opinion),
    "raise_special_case": (SpecialCase,),
    "settle_special_case": (SpecialCaseOpinion,),
    "object": (Objection,),
    "settle_objection": (Decision, Opinion),
    "endorse": (Opinion,),
    "recognise": (Decision, Opinion),
    "return": (Decision, Opinion),
    "reject": (Decision, Opinion),
}
#: Acts and effects that only change existing rows.
_CHANGES = frozenset({
    "submit", "ask_correction", "accept", "report", "recall", "take_back", "reopen", "withdraw", "facts", "dispute", "material",
    "material_removed", "due_on_reckoned_again", "notice_reckoned_again", "erased", *MOVED_ALONG,
})  # fmt: skip
#: Acts that do not belong to a case and change nothing in one.
SETS_NOTHING = frozenset(
    {
        "job_retried",
        "nightly_ordered",
        "extract_uploaded",
        "extract_screened",
        "lead_called",
        "lead_applied",
        "lead_dismissed",
    }
)


def _effects() -> dict[str, str]:
    """The effects of the tables' acts, by their names in the record."""
    return {t.record or t.action: t.effect or t.action for t in APPLICATION.every_transition}


def makes() -> dict[str, tuple[type[Recorded], ...]]:
    """The rows that each act creates, under every name that a region gives it."""
    return _MAKES | {action: _MAKES[effect] for action, effect in _effects().items() if effect in _MAKES}


def known() -> frozenset[str]:
    """All acts of cases, under every name that a region gives them."""
    theirs = {action for action, effect in _effects().items() if effect in _CHANGES or effect in (*_MAKES, NOTHING)}
    return frozenset({*_MAKES, *_CHANGES, *theirs})


CHUNK = 200
Progress = Callable[[int], None]
_PARTS: tuple[tuple[type[Any], str], ...] = (
    (Agent, "application_id"),
    (Decision, "application_id"),
    (PublicNotice, "application_id"),
    (Opinion, "application_id"),
    (SpecialCase, "application_id"),
)


def total() -> int:
    """The number of files and cases to replay, for progress."""
    return Person.objects.unscoped().count() + Application.objects.unscoped().count()


def verify_state(progress: Progress, uncompared: Counter[str]) -> Iterator[str]:
    """Yield every row that differs from the record, as a sentence. Counts rows too old to compare in `uncompared`.

    Replays one file at a time, so memory use does not grow with the record.
    """
    faults: list[str] = []
    yield from people.strangers()
    for belonging in people.files(faults, progress):
        yield from people.differences(belonging, faults, uncompared)
        yield from register.differences(belonging, faults, uncompared)
        yield from _taken(faults)
    yield from _strangers()
    last = 0
    every = Application.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield from _of_cases(readable(every.filter(pk__in=keys), faults), faults, uncompared)
        yield from _taken(faults)
        last = keys[-1]
        progress(len(keys))


def _taken(faults: list[str]) -> list[str]:
    taken = list(faults)
    faults.clear()
    return taken


def _strangers() -> Iterator[str]:
    recorded = "SELECT substr(file, 13) FROM history_entry WHERE seq = 1 AND file LIKE 'application:%%'"
    for number in one_without_other(recorded, "SELECT number FROM applications_application"):
        yield say("申请 {number}：记录中有，表中已没有这一行。", number=number)


def _of_cases(cases: list[Application], faults: list[str], uncompared: Counter[str]) -> Iterator[str]:
    acts = acts_of([case.file for case in cases], faults)
    rows = _parts(cases, faults)
    for case in cases:
        yield from _of_case(case, acts[case.file], rows[case.pk], faults, uncompared)


def _parts(cases: list[Application], faults: list[str]) -> dict[int, list[Recorded]]:
    """The rows of each case, by its key: decisions, notices with objections, opinions, special cases."""
    keys = [case.pk for case in cases]
    found: dict[int, list[Recorded]] = defaultdict(list)
    notices: dict[int, int] = {}
    special: dict[int, int] = {}
    for model, column in _PARTS:
        for row in readable(model.objects.unscoped().filter(application__in=keys).order_by("pk"), faults):
            found[getattr(row, column)].append(row)
            if model in (PublicNotice, SpecialCase):
                (notices if model is PublicNotice else special)[row.pk] = row.application_id
    for objection in readable(Objection.objects.unscoped().filter(notice__in=list(notices)), faults):
        found[notices[objection.notice_id]].append(objection)
    for voice in readable(SpecialCaseOpinion.objects.filter(special_case__in=list(special)), faults):
        found[special[voice.special_case_id]].append(voice)
    return found


def _of_case(
    case: Application, acts: list[PastAct], rows: list[Recorded], faults: list[str], uncompared: Counter[str]
) -> Iterator[str]:
    replayed = Replayed()
    replay(acts, makes(), known().__contains__, replayed, faults)

    def named(row: Recorded) -> str:
        return say("申请 {number}", number=case.number) + (
            "" if row is case else say(" 的{verbose_name} {pk}", verbose_name=row._meta.verbose_name, pk=row.pk)
        )

    def moved(row: Recorded, name: str, recorded: object) -> bool:
        if row is not case or name != "person_id" or not isinstance(recorded, int):
            return False
        return people.moved(case._meta.label_lower, case.pk, recorded, case.person_id, faults)

    yield from unlike(replayed, [case, *rows], named, moved)
    yield from gone(replayed, [Application, Objection, SpecialCaseOpinion, *(model for model, _ in _PARTS)])
    uncompared["rows"] += replayed.uncompared


def every_known_act() -> frozenset[str]:
    """All acts that are replayed or declared to change nothing."""
    return known() | SETS_NOTHING | register.KNOWN | agencies.SETS_NOTHING
