"""How a policy answers for one person, quickly: every clause is compiled once and remembers the answers that come again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from jiuyuan.rules.answers import NOTHING, ClauseAnswer, Decision, ExitAnswer, Frame, Opened
from jiuyuan.rules.facts import TRACK_SEX, Fact, Facts
from jiuyuan.rules.logic import (
    Answer,
    Condition,
    Evaluate,
    Known,
    Not,
    all_of,
    any_of,
    comes_again,
    compile_condition,
    compile_residual,
    explain,
    key_of,
    leaves,
    reads,
    remember,
)
from jiuyuan.rules.missing import deciding_facts
from jiuyuan.rules.sentences import list_text
from jiuyuan.rules.words import yes

if TYPE_CHECKING:
    from jiuyuan.rules.policy import Clause

BASE, CATEGORIES, EXCLUSIONS = "base", "categories", "exclusions"
# What stands for open clauses that share no fact with others, of the categories and of the rest: it can be true, and it can be false.
_ONE_MORE_CATEGORY = yes(Fact("=category", "boolean", ""))
_ONE_MORE = yes(Fact("=more", "boolean", ""))


class CompiledClause:
    """One clause as functions of the facts. An answer is remembered where the values it rests on come again (`logic`)."""

    def __init__(self, clause: Clause, facts: Mapping[str, Fact], group: str = "") -> None:
        kinds = {name: fact.kind for name, fact in facts.items()}
        self.code, self.group = clause.code, group
        self.reads = reads(clause.when)
        self.evaluate: Evaluate = compile_condition(clause.when)
        self._rest = compile_residual(clause.when)
        self.remembers = comes_again(clause.when, kinds)
        self._explain = explain(clause.when, None if self.remembers else kinds)
        self._labels = {name: facts[name].label for name in self.reads}
        self._bit = {name: 1 << place for place, name in enumerate(facts)}
        true, false, unknown = (
            f"{verdict.format(title=clause.title, clause=clause.clause)}。" for verdict in clause.verdicts
        )
        frame = partial(Frame, clause.clause, clause.code, clause.title, self.reads)
        self._true, self._false, self._unknown = (frame(True), true), (frame(False), false), (frame(None), unknown)
        self.key = key_of(clause.when)
        self.remembered: dict[Any, ClauseAnswer] = {}
        self._opened: dict[tuple[date, Any], Opened] = {}

    def answer(self, facts: Known) -> ClauseAnswer:
        """The answer from complete facts (every name there, None for unknown)."""
        status, phrases, state = self._explain(facts)
        if status is None:
            key = facts["as_of"], state
            opened = self._opened.get(key) or remember(self._opened, key, self._open(facts))
            answer = ClauseAnswer(self._unknown[0], phrases + opened.ending, opened)
        else:
            frame, verdict = self._true if status else self._false
            answer = ClauseAnswer(frame, phrases + verdict)
        return remember(self.remembered, self.key(facts), answer) if self.remembers else answer

    def _open(self, facts: Known) -> Opened:
        rest = self._rest(facts)
        assert isinstance(rest, Condition)
        missing = deciding_facts(rest, facts)
        labels = list_text(label for name, label in self._labels.items() if name in missing)
        names = {name for leaf in leaves(rest) for name in leaf.samples(facts)}
        bits, open_bits = (sum(self._bit[name] for name in found) for found in (missing, names))
        return Opened(self.group, rest, missing, bits, open_bits, f"还不知道{labels}，{self._unknown[1]}")


class Engine:
    """A policy, compiled."""

    def __init__(
        self, code: str, facts: Mapping[str, Fact], base: Sequence[Clause], categories: Sequence[Clause],
        exclusions: Sequence[Clause], exits: Sequence[Clause], excused: Evaluate | None, excused_codes: frozenset[str],
    ) -> None:  # fmt: skip
        self._code = code
        self._blank: dict[str, Any] = dict.fromkeys(facts)
        self._order = {name: place for place, name in enumerate(facts)}
        self._base, self._categories, self._exclusions = (
            [CompiledClause(clause, facts, group) for clause in clauses]
            for group, clauses in ((BASE, base), (CATEGORIES, categories), (EXCLUSIONS, exclusions))
        )
        self._exits = [CompiledClause(clause, facts) for clause in exits]
        self._steps = [
            (clause.remembers, clause.key, clause.remembered, clause.answer)
            for clause in (*self._base, *self._categories, *self._exclusions)
        ]
        self._excused, self._excused_codes = excused, excused_codes
        self._first, self._second = len(base), len(base) + len(categories)
        self._summaries: dict[str, dict[tuple[Answer, ...], _Summary]] = {
            group: {} for group in (BASE, CATEGORIES, EXCLUSIONS)
        }
        self._deciding: dict[tuple[bool, tuple[Opened, ...]], tuple[int, bool, bool]] = {}
        read = {name for clause in (*self._base, *self._categories, *self._exclusions) for name in clause.reads}
        self._bits = [(1 << place, name) for name, place in self._order.items() if name in read]

    def _complete(self, facts: Facts) -> dict[str, Any]:
        # With a name more than there are facts, the person's own, it has every one of them.
        full = dict(facts) if len(facts) > len(self._blank) else {**self._blank, **facts}
        track = full["retirement_track"]
        if track is not None:
            if full["sex"] is None:
                full["sex"] = TRACK_SEX[track]
        elif full["sex"] == "male":
            full["retirement_track"] = "male_60"
        return full

    def decide(self, facts: Facts) -> Decision:
        full = self._complete(facts)
        answers = tuple([
            (remembered.get(key(full)) if remembers else None) or compute(full)
            for remembers, key, remembered, compute in self._steps
        ])  # fmt: skip
        statuses = tuple([answer.status for answer in answers])
        first, second = self._first, self._second
        base = self._summary(BASE, self._base, statuses[:first])
        categories = self._summary(CATEGORIES, self._categories, statuses[first:second])
        exclusions = self._summary(EXCLUSIONS, self._exclusions, statuses[second:])
        missing: tuple[str, ...] = ()
        if base.no or exclusions.yes or not (categories.yes or categories.unknown):
            outcome = "ineligible"
        elif base.unknown or exclusions.unknown or not categories.yes:
            outcome = "undetermined"
            # With one category met the others do not matter.
            missing = self._missing_of(answers[:first] + answers[second:] if categories.yes else answers, full)
        else:
            outcome = "eligible"
        return Decision(
            facts.get("id"), outcome, categories.yes, categories.unknown, exclusions.yes, missing, self._code, answers,
        )  # fmt: skip

    def _summary(self, group: str, clauses: Sequence[CompiledClause], statuses: tuple[Answer, ...]) -> _Summary:
        known = self._summaries[group]
        return known.get(statuses) or remember(known, statuses, _Summary(statuses, [clause.code for clause in clauses]))

    def _missing_of(self, answers: tuple[ClauseAnswer, ...], full: Known) -> tuple[str, ...]:
        """Exact. A clause that shares no unknown fact with another decides by itself, or not at all, whatever is in it."""
        opened = [answer.opened for answer in answers if answer.opened]
        seen = shared = missing = 0
        for clause in opened:
            shared |= seen & clause.open
            seen |= clause.open
            missing |= clause.missing
        if shared:  # else each can be the one that decides
            together = tuple([clause for clause in opened if clause.open & shared])
            alone = [clause for clause in opened if not clause.open & shared]
            key = CATEGORIES in [clause.group for clause in alone], together
            missing, category, other = self._deciding.get(key) or remember(
                self._deciding, key, self._decide_together(together, key[0], full)
            )
            for clause in alone:
                if category if clause.group == CATEGORIES else other:
                    missing |= clause.missing
        return tuple([name for bit, name in self._bits if missing & bit])

    def _decide_together(
        self, together: tuple[Opened, ...], category_alone: bool, full: Known
    ) -> tuple[int, bool, bool]:
        """What decides among clauses that share facts; and whether a category that shares none does, or another such clause.

        A base condition or an exclusion that shares no fact can always be as it has to be, so that the others decide as they do
        without it; itself it decides where the others can be met, whatever is in it. One mark stands for all of these.
        """
        base, categories, exclusions = (
            [clause.rest for clause in together if clause.group == group] for group in (BASE, CATEGORIES, EXCLUSIONS)
        )
        if category_alone:
            categories.append(_ONE_MORE_CATEGORY)
        met = [any_of(*categories)] if categories else []
        whole = all_of(_ONE_MORE, *base, *met, *(Not(part) for part in exclusions))
        deciding = deciding_facts(whole, {**full, "=category": None, "=more": None})
        found = sum(1 << self._order[name] for name in deciding if name in self._order)
        return found, "=category" in deciding, "=more" in deciding

    def exits(self, facts: Facts) -> ExitAnswer:
        full = self._complete(facts)
        answers = tuple([clause.answer(full) for clause in self._exits])
        statuses = [answer.status for answer in answers]
        excused = self._excused_codes if self._excused is not None and self._excused(full) is True else NOTHING
        signals = [
            answer
            for clauses, alarm in ((self._base, False), (self._exclusions, True))
            for answer in [clause.answer(full) for clause in clauses if clause.code not in excused]
            if answer.status is alarm
        ]
        return ExitAnswer(
            facts.get("id"),
            True if True in statuses else None if None in statuses else False,
            tuple([answer.code for answer in answers if answer.status is True]),
            tuple([answer.code for answer in answers if answer.status is None]),
            tuple([answer.code for answer in signals]),
            answers, tuple(signals), self._code,
        )  # fmt: skip

    def rested_on(self, facts: Facts, verified: frozenset[str]) -> dict[str, frozenset[str]]:
        full = self._complete(facts)
        rests = {
            "base": self._enough(self._base, facts, full, verified),
            "exclusions": self._enough(self._exclusions, facts, full, verified),
        }
        for clause in self._categories:
            if clause.evaluate(full) is True:
                rests[clause.code] = self._enough([clause], facts, full, verified)
        return rests

    def _enough(
        self, clauses: Sequence[CompiledClause], facts: Facts, full: Known, verified: frozenset[str]
    ) -> frozenset[str]:
        """A smallest set of known facts with which each clause still answers the same, verified ones and early ones kept."""
        kept = NOTHING
        for clause in clauses:
            wanted = clause.evaluate(full)
            from_each_other = {"sex", "retirement_track"}  # where one is read the other can stand for it (`_complete`)
            may_count = {*clause.reads} | (set() if from_each_other.isdisjoint(clause.reads) else from_each_other)
            names = [name for name in may_count if facts.get(name) is not None]
            if wanted is None:
                kept |= set(names)
                continue
            left = {"as_of": facts["as_of"], **{name: facts[name] for name in names}}
            for name in sorted(names, key=lambda n: (n in verified or n in kept, -self._order[n])):
                trial = {k: v for k, v in left.items() if k != name}
                if clause.evaluate(self._complete(trial)) is wanted:
                    left = trial
            kept |= left.keys() - {"as_of"}
        return kept


class _Summary:
    """The codes of a group of clauses by their answers."""

    __slots__ = ("no", "unknown", "yes")

    def __init__(self, statuses: tuple[Answer, ...], codes: Sequence[str]) -> None:
        def those(wanted: Answer) -> tuple[str, ...]:
            return tuple(code for code, status in zip(codes, statuses, strict=True) if status is wanted)

        self.yes, self.no, self.unknown = those(True), those(False), those(None)
