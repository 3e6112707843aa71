"""How a policy answers for one person, quickly: every clause is compiled once and remembers the answers that come again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from jiuyuan.rules.answers import ClauseAnswer, Decision, ExitAnswer
from jiuyuan.rules.facts import TRACK_SEX, Fact, Facts
from jiuyuan.rules.logic import (
    Condition,
    Evaluate,
    Known,
    Not,
    all_of,
    any_of,
    compile_condition,
    compile_residual,
    explain,
    leaves,
    reads,
)
from jiuyuan.rules.missing import deciding_facts
from jiuyuan.rules.sentences import list_text

if TYPE_CHECKING:
    from jiuyuan.rules.policy import Clause

_NOTHING: frozenset[str] = frozenset()
_MOST_REMEMBERED = 8192
Signature = tuple[Any, ...]
_WIDE = frozenset({"date", "dates", "number", "text", "division"})  # facts with more values than can be remembered in pairs


class CompiledClause:
    """One clause as functions of the facts."""

    def __init__(self, clause: Clause, facts: Mapping[str, Fact]) -> None:
        self.clause = clause
        self.code = clause.code
        self.reads = reads(clause.when)
        self.evaluate: Evaluate = compile_condition(clause.when)
        self.rest = compile_residual(clause.when)
        self._opened: dict[Signature, tuple[frozenset[str], frozenset[str]]] = {}
        self._explain = explain(clause.when)
        self._facts = facts
        true, false, unknown = (verdict.format(title=clause.title) for verdict in clause.verdicts)
        self._verdicts = {True: true, False: false, None: unknown}
        self.key: Callable[[Known], Any] = itemgetter("as_of", *self.reads)
        self.remembered: dict[Any, ClauseAnswer] = {}
        self.remembers = sum(facts[name].kind in _WIDE for name in self.reads) < 2

    def answer(self, facts: Known) -> ClauseAnswer:
        """The answer from complete facts (every name there, None for unknown)."""
        if not self.remembers:
            return self._answer(facts)
        key = self.key(facts)
        known = self.remembered.get(key)
        if known is None:
            if len(self.remembered) >= _MOST_REMEMBERED:
                self.remembered.clear()
            known = self.remembered[key] = self._answer(facts)
        return known

    def _answer(self, facts: Known) -> ClauseAnswer:
        status, phrases = self._explain(facts)
        clause = self.clause
        if status is None:
            signature = self._signature(facts)
            if signature not in self._opened:
                if len(self._opened) >= _MOST_REMEMBERED:
                    self._opened.clear()
                self._opened[signature] = self._open(facts)
            missing, opened = self._opened[signature]
            labels = list_text(self._facts[name].label for name in self.reads if name in missing)
            reason = "，".join([*phrases, f"还不知道{labels}", self._verdicts[None]]) + "。"
            return ClauseAnswer(clause.clause, self.code, clause.title, self.reads, None, reason, missing, opened, signature)
        reason = "，".join([*phrases, self._verdicts[status]]) + "。"
        return ClauseAnswer(clause.clause, self.code, clause.title, self.reads, status, reason)

    def _signature(self, facts: Known) -> Signature:
        """What the open leaves and all that they can do depend on: two people with the same one miss the same facts."""
        rest = self.rest(facts)
        assert isinstance(rest, Condition)
        return (facts["as_of"], *[(id(leaf), *[facts[name] for name in leaf.reads]) for leaf in leaves(rest)])

    def _open(self, facts: Known) -> tuple[frozenset[str], frozenset[str]]:
        rest = self.rest(facts)
        assert isinstance(rest, Condition)
        return deciding_facts(rest, facts), frozenset(name for leaf in leaves(rest) for name in leaf.samples(facts))


class Engine:
    """A policy, compiled."""

    def __init__(
        self, code: str, facts: Mapping[str, Fact], base: Sequence[Clause], categories: Sequence[Clause],
        exclusions: Sequence[Clause], exits: Sequence[Clause], excused: Evaluate | None, excused_codes: frozenset[str],
    ) -> None:  # fmt: skip
        self._code = code
        self._blank: dict[str, Any] = dict.fromkeys(facts)
        self._order = {name: place for place, name in enumerate(facts)}
        self._base = [CompiledClause(clause, facts) for clause in base]
        self._categories = [CompiledClause(clause, facts) for clause in categories]
        self._exclusions = [CompiledClause(clause, facts) for clause in exclusions]
        self._exits = [CompiledClause(clause, facts) for clause in exits]
        self._all = [*self._base, *self._categories, *self._exclusions]
        self._excused, self._excused_codes = excused, excused_codes
        self._summaries: dict[tuple[bool | None, ...], _Summary] = {}
        self._missing: dict[Any, tuple[str, ...]] = {}

    def _complete(self, facts: Facts) -> dict[str, Any]:
        full = {**self._blank, **facts}
        track = full["retirement_track"]
        if track is not None:
            if full["sex"] is None:
                full["sex"] = TRACK_SEX[track]
        elif full["sex"] == "male":
            full["retirement_track"] = "male_60"
        return full

    def decide(self, facts: Facts) -> Decision:
        full = self._complete(facts)
        answers = tuple([clause.answer(full) for clause in self._all])
        statuses = tuple([answer.status for answer in answers])
        summary = self._summaries.get(statuses)
        if summary is None:
            if len(self._summaries) >= _MOST_REMEMBERED:
                self._summaries.clear()
            summary = self._summaries[statuses] = self._summary(statuses)
        missing = self._missing_of(summary, answers, full) if summary.outcome == "undetermined" else ()
        return Decision(
            facts.get("id"), summary.outcome, summary.categories, summary.possible, summary.exclusions,
            missing, self._code, answers,
        )  # fmt: skip

    def _summary(self, statuses: tuple[bool | None, ...]) -> _Summary:
        first, second = len(self._base), len(self._base) + len(self._categories)
        base, categories, exclusions = statuses[:first], statuses[first:second], statuses[second:]
        if False in base or True in exclusions or not (True in categories or None in categories):
            outcome = "ineligible"
        elif None in base or None in exclusions or True not in categories:
            outcome = "undetermined"
        else:
            outcome = "eligible"
        met = True in categories  # then no other category matters
        matter = [
            place
            for place, status in enumerate(statuses)
            if status is None and not (met and first <= place < second)
        ]  # fmt: skip
        return _Summary(
            outcome,
            tuple(c.code for c, s in zip(self._categories, categories, strict=True) if s is True),
            tuple(c.code for c, s in zip(self._categories, categories, strict=True) if s is None),
            tuple(c.code for c, s in zip(self._exclusions, exclusions, strict=True) if s is True),
            matter,
        )

    def _missing_of(self, summary: _Summary, answers: tuple[ClauseAnswer, ...], full: Known) -> tuple[str, ...]:
        """Exact: where no two open clauses share a fact each can decide alone; else the condition as a whole is asked."""
        opened = [answers[place] for place in summary.matter]
        together = _NOTHING.union(*[answer.open for answer in opened])
        if len(together) == sum([len(answer.open) for answer in opened]):
            return self._sorted(_NOTHING.union(*[answer.missing for answer in opened]))
        key = tuple([answer.signature for answer in opened])
        if key not in self._missing:
            if len(self._missing) >= _MOST_REMEMBERED:
                self._missing.clear()
            self._missing[key] = self._sorted(self._deciding(summary, full))
        return self._missing[key]

    def _deciding(self, summary: _Summary, full: Known) -> frozenset[str]:
        parts: list[list[Condition]] = [[], [], []]
        for place in summary.matter:
            rest = self._all[place].rest(full)
            assert isinstance(rest, Condition)
            parts[(place >= len(self._base)) + (place >= len(self._base) + len(self._categories))].append(rest)
        base, categories, exclusions = parts
        whole = [*base, *([any_of(*categories)] if categories else []), *(Not(part) for part in exclusions)]
        return deciding_facts(all_of(*whole), full)

    def _sorted(self, names: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=self._order.__getitem__))

    def exits(self, facts: Facts) -> ExitAnswer:
        full = self._complete(facts)
        answers = tuple([clause.answer(full) for clause in self._exits])
        statuses = [answer.status for answer in answers]
        excused = self._excused_codes if self._excused is not None and self._excused(full) is True else _NOTHING
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
        kept = _NOTHING
        for clause in clauses:
            wanted = clause.evaluate(full)
            names = [name for name in clause.reads if facts.get(name) is not None]
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
    """What follows from the answers of the clauses alone; `matter` are the places of the open ones that bear on the outcome."""

    __slots__ = ("categories", "exclusions", "matter", "outcome", "possible")

    def __init__(
        self, outcome: str, categories: tuple[str, ...], possible: tuple[str, ...], exclusions: tuple[str, ...],
        matter: list[int],
    ) -> None:  # fmt: skip
        self.outcome, self.categories, self.possible = outcome, categories, possible
        self.exclusions, self.matter = exclusions, matter
