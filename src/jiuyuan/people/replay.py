"""Replays the acts in people's files and compares the result with the tables: facts, superseding, and `KnownFacts`.

Merged and split files are replayed together, in the order of their acts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.replay import MOVED_ALONG
from jiuyuan.encryption import index_under, keyed_mark
from jiuyuan.history.services import masked
from jiuyuan.history.state import PastAct, acts_of, one_without_other, readable
from jiuyuan.people.fact_writer import known_row
from jiuyuan.people.models import BankAccount, Fact, KnownFacts, Person
from jiuyuan.rules.facts import FACTS, ON_FILE, Invalid, own_facts
from jiuyuan.wording import say

CHUNK = 200
Progress = Callable[[int], None]


@dataclass
class Files:
    """People whose files belong together, with all their acts in order."""

    people: list[int]
    acts: list[PastAct]


def files(faults: list[str], progress: Progress) -> Iterator[Files]:
    """Yield everybody's file once; merged and split files together with the oldest of them."""
    last = 0
    while keys := list(
        Person.objects.unscoped().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        acts = acts_of([f"person:{key}" for key in keys], faults)
        for key in keys:
            together = _together(key, acts, faults)
            if min(together) == key:
                found = [act for one in together for act in acts[f"person:{one}"]]
                if len(together) > 1:
                    found.sort(key=lambda act: act.id)
                yield Files(sorted(together), found)
        last = keys[-1]
        progress(len(keys))


def _together(key: int, acts: dict[str, list[PastAct]], faults: list[str]) -> set[int]:
    """The people whose files were merged or split with this one, however many are loaded."""
    found, todo = {key}, [key]
    while todo:
        file = f"person:{todo.pop()}"
        if file not in acts:
            acts |= acts_of([file], faults)
        for act in acts[file]:
            if act.action in _MOVES:
                others = {act.payload.get("from"), act.payload.get("to")} - found
                todo += [other for other in others if isinstance(other, int)]
                found |= set(todo)
    return found


@dataclass
class _Known:
    """A fact according to the record. None means not recorded at that time."""

    person: int
    name: str
    value: Any
    source: str
    department: str
    evidence: str
    settlement: str
    batch: int | None
    recorded_by: str
    observed_on: str | None
    document: int | None
    disputed: str | None = None
    withdrawn: bool = False


@dataclass
class ReplayedFacts:
    """The replayed facts of files: by primary key, those recorded before keys were, what supersedes each,
    and the names whose standing facts are unknown.
    """

    facts: dict[int, _Known] = field(default_factory=dict)
    older: list[_Known] = field(default_factory=list)
    gave_way: dict[int, int | None] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    uncompared: int = 0


def _recorded(known: ReplayedFacts, act: PastAct) -> None:
    said = act.payload
    written: dict[str, list[int]] = said.get("written") or {}
    for name, value in said["facts"].items():
        fact = _Known(
            int(act.file.partition(":")[2]), name, value, said["source"], said.get("department") or "",
            (said.get("evidence") or "").strip(), (said.get("settlement") or "").strip(), said.get("batch"), act.actor,
            said.get("observed_on"), said.get("document"),
        )  # fmt: skip
        if name in written:
            pk, *gave_way = written[name]
            known.facts[pk] = fact
            known.gave_way |= dict.fromkeys(gave_way, pk)
        else:
            known.older.append(fact)
            known.unsure.add(name)


def _disputed(known: ReplayedFacts, act: PastAct) -> None:
    for pk in act.payload.get("disputed", ()):
        if pk in known.facts:
            known.facts[pk].disputed = act.payload["evidence"].strip()
    if "disputed" not in act.payload:
        known.unsure.add(act.payload["name"])


def _withdrawn(known: ReplayedFacts, act: PastAct) -> None:
    if "withdrawn" not in act.payload:
        known.unsure |= set(act.payload["facts"])
        return
    for pk in act.payload["withdrawn"]:
        if pk in known.facts:
            known.facts[pk].withdrawn = True
    known.gave_way |= dict(act.payload["again"])


def _moved(known: ReplayedFacts, act: PastAct) -> None:
    """Replay a move, which both files record, once."""
    if act.file != f"person:{act.payload['from']}":
        return
    to = act.payload["from" if act.action.endswith("_undone") else "to"]
    for pk in act.payload["rows"].get("people.fact", ()):
        if pk in known.facts:
            known.facts[pk].person = to
    known.gave_way |= dict(act.payload.get("again", ()))
    if "again" not in act.payload:
        known.unsure |= {"birth_date", "sex"}


_MOVES = {f"{kind}_{step}": _moved for kind in ("merge", "split") for step in ("confirmed", "undone")}
SETS: dict[str, Callable[[ReplayedFacts, PastAct], None]] = {
    "facts_recorded": _recorded,
    "fact_disputed": _disputed,
    "facts_withdrawn": _withdrawn,
    **_MOVES,
}
# Acts in a file, or about an import, that record no fact.
SETS_NOTHING = frozenset({
    "person_registered", "identity_corrected", "contact_changed", "file_moved", "phone_changed", "address_changed", "bank_account_entered", "account_bound", "binding_code_issued", "document_added", "household_recorded",
    "merge_requested", "split_requested", "correction_asked", "correction_answered", "family_certified", "family_cleared", "erased",
    "file_uploaded", "import_started", "import_checked", "import_finished", "import_failed", "import_discarded",
    "import_withdrawal_ordered", "import_withdrawn", *MOVED_ALONG,
})  # fmt: skip


def known_from(acts: Iterable[PastAct], faults: list[str]) -> ReplayedFacts:
    """The facts of one or more files, replayed from their acts."""
    known = ReplayedFacts()
    for act in acts:
        if sets := SETS.get(act.action):
            try:
                sets(known, act)
            except (KeyError, TypeError, ValueError, AttributeError):
                faults.append(say("案卷 {file}：第 {seq} 条的内容不能重放。", file=act.file, seq=act.seq))
    return known


def differences(belonging: Files, faults: list[str], uncompared: Counter[str]) -> Iterator[str]:
    """Yield each difference between the tables and these people's records as a sentence.

    Unreadable entries go to `faults`; facts too old to compare are counted in `uncompared`.
    """
    known = known_from(belonging.acts, faults)
    rows: dict[int, list[Fact]] = defaultdict(list)
    recorded = Fact.objects.unscoped().select_related("recorded_by").filter(person__in=belonging.people).order_by("pk")
    for fact in readable(recorded, faults):
        rows[fact.person_id].append(fact)
        yield from _of_fact(fact, known)
    for pk, missing in known.facts.items():
        yield say("{named}（{pk}）：记录中有，表中已没有这一行。", named=_named(missing.person, missing.name), pk=pk)
    for missing in known.older:
        yield say("{named}：记录中有，表中已没有这一行，或被改动。", named=_named(missing.person, missing.name))
    screened = readable(KnownFacts.objects.unscoped().filter(pk__in=belonging.people), faults)
    of_people = {one.pk: one for one in screened}
    for person in belonging.people:
        if rows[person]:
            yield from _of_screening(person, of_people.get(person), rows[person])
    uncompared["rows"] += known.uncompared
    yield from _of_accounts(belonging, faults, uncompared)


def _of_accounts(belonging: Files, faults: list[str], uncompared: Counter[str]) -> Iterator[str]:
    """Check that each bank account has the number entered by its act. Older acts name neither row nor number."""
    entered = [act.payload for act in belonging.acts if act.action == "bank_account_entered"]
    recorded = {said["account"]: said.get("index") for said in entered if "account" in said}
    older = Counter(said.get("last_four") for said in entered if "account" not in said)
    for row in readable(BankAccount.objects.unscoped().filter(person__in=belonging.people).order_by("pk"), faults):
        named = say("案卷 person:{person} 的银行账户（{pk}）", person=row.person_id, pk=row.pk)
        if row.pk in recorded:
            if {masked(keyed_mark(row.number)), masked(index_under(row.number_index, 1))} != {recorded.pop(row.pk)}:
                yield say("{named}：账号与记录不符。", named=named)
        elif older[row.number[-4:]]:
            older[row.number[-4:]] -= 1
            uncompared["rows"] += 1
        else:
            yield say("{named}：记录中没有这一行，是在记录之外加进去的，或被改动。", named=named)
    for pk in recorded:
        yield say("银行账户（{pk}）：记录中有，表中已没有这一行。", pk=pk)


def _named(person: int, name: str) -> str:
    return say(
        "案卷 person:{person} 的事实“{label}”", person=person, label=FACTS[name].label if name in FACTS else name
    )


def _of_fact(fact: Fact, known: ReplayedFacts) -> Iterator[str]:
    named = f"{_named(fact.person_id, fact.name)}（{fact.pk}）"
    recorded = known.facts.pop(fact.pk, None)
    whole = recorded is not None
    if recorded is None:
        recorded = next((one for one in known.older if not any(_unlike(fact, one))), None)
        if recorded is None:
            yield say("{named}：记录中没有这一行，是在记录之外加进去的，或被改动。", named=named)
            return
        known.older.remove(recorded)
        known.uncompared += 1
    for label in _unlike(fact, recorded):
        yield say("{named}：{label}与记录不符。", named=named, label=label)
    sure = whole and fact.name not in known.unsure
    if (sure or fact.pk in known.gave_way) and fact.superseded_by_id != known.gave_way.get(fact.pk):
        yield say("{named}：被哪一条取代与记录不符。", named=named)
    if sure:
        if fact.disputed != (recorded.disputed is not None) or (recorded.disputed or "") != masked(fact.dispute):
            yield say("{named}：本人有没有异议与记录不符。", named=named)
        if (fact.withdrawn_at is not None) != recorded.withdrawn:
            yield say("{named}：是否随导入撤回与记录不符。", named=named)


def _by(fact: Fact, recorded: _Known) -> str:
    """Who recorded the fact, by user name. System actors have no account."""
    if fact.recorded_by is not None:
        return fact.recorded_by.username
    return "" if User.objects.filter(username=recorded.recorded_by).exists() else recorded.recorded_by


def _unlike(fact: Fact, recorded: _Known) -> Iterator[str]:
    """Yield the differences between a fact and the record, in words."""
    pairs = {
        "人员": (fact.person_id, recorded.person),
        "事项": (fact.name, recorded.name),
        "内容": (masked(fact.value), recorded.value),
        "来源": (fact.source, recorded.source),
        "提供部门": (masked(fact.department), recorded.department),
        "依据": (masked(fact.evidence), recorded.evidence),
        "采纳说明": (masked(fact.settlement), recorded.settlement),
        "导入批次": (fact.batch_id, recorded.batch),
        "登记人": (_by(fact, recorded), recorded.recorded_by),
    }
    if recorded.observed_on is not None:
        pairs |= {
            "查得日期": (fact.observed_on.isoformat(), recorded.observed_on),
            "材料": (fact.document_id, recorded.document),
        }
    return (label for label, (found, said) in pairs.items() if found != said)


def _of_screening(person: int, screened: KnownFacts | None, facts: Sequence[Fact]) -> Iterator[str]:
    """Compare `KnownFacts` with the facts it is derived from. `contradicted` may be set too long, but never missing."""
    try:
        row = known_row(facts)
    except Invalid:
        return
    if screened is None:
        yield say("案卷 person:{person}：筛查所用的一行（people_knownfacts）已不存在。", person=person)
        return
    unlike = [FACTS[name].label for name in ON_FILE if _plain(getattr(screened, name)) != _plain(row[name])]
    mine, derived = screened.own or {}, row["own"] or {}
    unlike += [FACTS[name].label for name in own_facts() if mine.get(name) != derived.get(name)]
    if row["contradicted"] and not screened.contradicted:
        unlike.append(say("来源矛盾"))
    if unlike:
        yield say(
            "案卷 person:{person}：筛查所用的一行（people_knownfacts）与事实不符：{unlike}。",
            person=person,
            unlike=unlike,
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else float(value) if _is_number(value) else value


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str | list) and value is not None and hasattr(value, "__float__")


def strangers() -> Iterator[str]:
    """Yield people without a file in the record, and files of people who do not exist."""
    people, recorded = (
        "SELECT 'person:' || id FROM people_person",
        ("SELECT file FROM history_entry WHERE seq = 1 AND file LIKE 'person:%%'"),
    )
    for file in one_without_other(people, recorded):
        yield say("人员 {partition}：记录中没有这个人的案卷，是在记录之外加进去的。", partition=file.partition(":")[2])
    for file in one_without_other(recorded, people):
        yield say("案卷 {file}：记录中有这个人，表中已没有。", file=file)


def moved(label: str, pk: int, person: int, to: int, faults: list[str]) -> bool:
    """Whether the record shows that a row was moved from one person's file to another's, in any number of steps."""
    acts: dict[str, list[PastAct]] = {}
    together = _together(person, acts, faults)
    every = sorted((act for one in together for act in acts[f"person:{one}"]), key=lambda act: act.id)
    for act in every:
        told = act.action in _MOVES and act.file == f"person:{act.payload['from']}"
        if told and pk in act.payload["rows"].get(label, ()):
            person = act.payload["from" if act.action.endswith("_undone") else "to"]
    return person == to
