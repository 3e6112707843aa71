"""Answers for one person quickly: every clause is compiled once and caches repeated answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from jiuyuan.rules.answers import NOTHING, ClauseAnswer, ExitAnswer, Frame, Opened, Ruling
from jiuyuan.rules.facts import TRACK_SEX, FactDefinition, Facts
from jiuyuan.rules.logic import (
    WIDE,
    Answer,
    Clause,
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
    leaves,
    reads,
    remember,
)
from jiuyuan.rules.missing import deciding_facts
from jiuyuan.rules.sentences import list_text
from jiuyuan.rules.words import yes

BASE, CATEGORIES, EXCLUSIONS = "base", "categories", "exclusions"
# Stand-ins for all open clauses that share no fact with others, one for categories and one for the rest: they can be
# true or false.
_ONE_MORE_CATEGORY = yes(FactDefinition("=category", "boolean", ""))
_ONE_MORE = yes(FactDefinition("=more", "boolean", ""))


class _Plan:
    """The common part of a clause's answers for one combination of leaf answers: the skeleton of the sentence.

    The sentence is `opening`, then for each of the `gaps` a phrase with a day or a sum, and the text after it.
    `state` and `states` describe the unknown facts of an open clause.
    """

    __slots__ = ("answer", "gaps", "opening", "state", "states", "status")

    def __init__(self, status: Answer, state: Any, states: Sequence[Evaluate]) -> None:
        self.status, self.state, self.states = status, state, states
        self.opening = ""
        self.gaps: list[tuple[Callable[[Known, bool], str], bool, str]] = []
        self.answer: ClauseAnswer | None = None  # the complete answer if there are no gaps

    def add(self, text: str) -> None:
        """Append text that is the same for everybody."""
        if self.gaps:
            phrase, answer, after = self.gaps[-1]
            self.gaps[-1] = phrase, answer, after + text
        else:
            self.opening += text


def _together(evaluates: Sequence[Evaluate]) -> Callable[[Known], Any]:
    """Combine the functions into one; it is called for every person."""
    if len(evaluates) == 1:
        return evaluates[0]
    if len(evaluates) == 2:
        first, second = evaluates
        return lambda facts: (first(facts), second(facts))
    return lambda facts: tuple([evaluate(facts) for evaluate in evaluates])


class CompiledClause:
    """One clause compiled into functions of the facts. Answers are cached if their input is likely to repeat."""

    def __init__(self, clause: Clause, facts: Mapping[str, FactDefinition], group: str = "") -> None:
        kinds = {name: fact.kind for name, fact in facts.items()}
        self.code, self.group = clause.code, group
        self.reads = reads(clause.when)
        self.evaluate: Evaluate = compile_condition(clause.when)
        self._rest = compile_residual(clause.when)
        self._explain = explain(clause.when)
        found = tuple(leaves(clause.when))
        self._figures = [leaf for leaf in found if leaf.dated or any(kinds[name] in WIDE for name in leaf.reads)]
        self._outcome = _together([leaf.compiled() for leaf in self._figures])
        marks = sorted({name for leaf in found if leaf not in self._figures for name in leaf.reads})
        self._marks: Callable[[Known], Any] = itemgetter(*marks) if marks else lambda facts: None
        self._plans: dict[Any, _Plan] = {}
        self._labels = {name: facts[name].label for name in self.reads}
        self._bit = {name: 1 << place for place, name in enumerate(facts)}
        true, false, unknown = (
            f"{verdict.format(title=clause.title, clause=clause.clause)}。" for verdict in clause.verdicts
        )
        frame = partial(Frame, clause.clause, clause.code, clause.title, self.reads)
        self._frames = {True: frame(True), False: frame(False), None: frame(None)}
        self._verdicts: dict[Answer, str] = {True: true, False: false, None: unknown}
        self.remembers = comes_again(self.reads, kinds)
        self.key = itemgetter(*(["as_of"] if any(leaf.dated for leaf in found) else []), *self.reads)
        self.remembered: dict[Any, ClauseAnswer] = {}
        self._opened: dict[Any, Opened] = {}

    def answer(self, facts: Known) -> ClauseAnswer:
        """The answer from complete facts (every name present, None for unknown)."""
        key = self._marks(facts), self._outcome(facts)
        plan = self._plans.get(key) or remember(self._plans, key, self._plan(facts))
        answer = plan.answer or self._filled(plan, facts)
        return remember(self.remembered, self.key(facts), answer) if self.remembers else answer

    def carriers(self, full: Known, known: Known) -> tuple[str, ...]:
        """The known facts of the parts that carry the answer: those mentioned in its reason."""
        _, carriers, _ = self._explain(full)
        read = {name for leaf, _ in carriers for name in leaf.reads}
        return tuple([name for name in self.reads if name in read and known.get(name) is not None])

    def _plan(self, facts: Known) -> _Plan:
        status, carriers, state = self._explain(facts)
        rest = self._rest(facts) if status is None else status
        unknown = leaves(rest) if isinstance(rest, Condition) else ()
        plan = _Plan(status, state, [leaf.state for leaf in unknown if len(leaf.reads) > 1])
        for leaf, answer in carriers:
            if leaf in self._figures:
                plan.gaps.append((leaf.phrase, answer, "，"))
            else:
                plan.add(f"{leaf.phrase(facts, answer)}，")
        if status is not None:
            plan.add(self._verdicts[status])
            if not plan.gaps:
                plan.answer = self._filled(plan, facts)
        return plan

    def _filled(self, plan: _Plan, facts: Known) -> ClauseAnswer:
        reason = plan.opening
        for phrase, answer, after in plan.gaps:
            reason += phrase(facts, answer) + after
        status = plan.status
        if status is not None:
            return ClauseAnswer(self._frames[status], reason, status)
        key = facts["as_of"], plan.state, *[state(facts) for state in plan.states]
        opened = self._opened.get(key) or remember(self._opened, key, self._open(facts))
        return ClauseAnswer(self._frames[None], reason + opened.ending, None, opened)

    def _open(self, facts: Known) -> Opened:
        rest = self._rest(facts)
        assert isinstance(rest, Condition)
        missing = deciding_facts(rest, facts)
        labels = list_text(label for name, label in self._labels.items() if name in missing)
        names = {name for leaf in leaves(rest) for name in leaf.samples(facts)}
        bits, open_bits = (sum(self._bit[name] for name in found) for found in (missing, names))
        return Opened(self.group, rest, missing, bits, open_bits, f"还不知道{labels}，{self._verdicts[None]}")


class Engine:
    """A compiled policy."""

    def __init__(
        self, code: str, facts: Mapping[str, FactDefinition], base: Sequence[Clause], categories: Sequence[Clause],
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
        self._of_base, self._of_categories, self._of_exclusions = (
            _Summaries([clause.code for clause in clauses]) for clauses in (base, categories, exclusions)
        )
        self._deciding: dict[tuple[bool, tuple[Opened, ...]], tuple[int, bool, bool]] = {}
        read = {name for clause in (*self._base, *self._categories, *self._exclusions) for name in clause.reads}
        self._bits = [(1 << place, name) for name, place in self._order.items() if name in read]
        self._first_half = sum(bit for bit, _ in self._bits[: len(read) // 2])
        self._names: dict[int, tuple[str, ...]] = {}

    def _complete(self, facts: Facts) -> Facts:
        # One more name than there are facts (the person's `id`) means that all are present.
        full = facts if len(facts) > len(self._blank) else {**self._blank, **facts}
        sex, track = full["sex"], full["retirement_track"]
        if sex is None and track is not None:
            return {**full, "sex": TRACK_SEX[track]}
        if track is None and sex == "male":
            return {**full, "retirement_track": "male_60"}
        return full

    def decide(self, facts: Facts) -> Ruling:
        full = self._complete(facts)
        answers = tuple([
            (remembered.get(key(full)) if remembers else None) or compute(full)
            for remembers, key, remembered, compute in self._steps
        ])  # fmt: skip
        statuses = tuple([answer.status for answer in answers])
        first, second = self._first, self._second
        base, categories = self._of_base[statuses[:first]], self._of_categories[statuses[first:second]]
        exclusions = self._of_exclusions[statuses[second:]]
        missing: tuple[str, ...] = ()
        if base.no or exclusions.yes or not (categories.yes or categories.unknown):
            outcome = "ineligible"
        elif base.unknown or exclusions.unknown or not categories.yes:
            outcome = "undetermined"
            # With one category met the other categories do not matter.
            missing = self._missing_of(answers[:first] + answers[second:] if categories.yes else answers, full)
        else:
            outcome = "eligible"
        return Ruling(
            facts.get("id"), outcome, categories.yes, categories.unknown, exclusions.yes, missing, self._code, answers,
        )  # fmt: skip

    def _missing_of(self, answers: tuple[ClauseAnswer, ...], full: Known) -> tuple[str, ...]:
        """The exact missing facts.

        An open clause that shares no unknown fact with another decides on its own or not at all, regardless of
        its content.
        """
        opened = [answer.opened for answer in answers if answer.opened]
        seen = shared = missing = 0
        for clause in opened:
            shared |= seen & clause.open
            seen |= clause.open
            missing |= clause.missing
        if shared:  # otherwise each of them can decide
            together, in_categories, elsewhere = [], 0, 0
            for clause in opened:
                if clause.open & shared:
                    together.append(clause)
                elif clause.group == CATEGORIES:
                    in_categories |= clause.missing
                else:
                    elsewhere |= clause.missing
            key = bool(in_categories), tuple(together)
            missing, category, other = self._deciding.get(key) or remember(
                self._deciding, key, self._decide_together(key[1], key[0], full)
            )
            missing |= (in_categories if category else 0) | (elsewhere if other else 0)
        first = missing & self._first_half  # each half repeats
        return self._named(first) + self._named(missing ^ first)

    def _named(self, bits: int) -> tuple[str, ...]:
        names = self._names.get(bits)
        if names is None:
            names = remember(self._names, bits, tuple([name for bit, name in self._bits if bits & bit]))
        return names

    def _decide_together(
        self, together: tuple[Opened, ...], category_alone: bool, full: Known
    ) -> tuple[int, bool, bool]:
        """The deciding facts of clauses that share facts, and whether other open categories, and other open clauses,
        decide.

        A base condition or exclusion that shares no fact can always have the value needed, so the others decide
        as if it were absent. It decides itself if the others can be met. One stand-in represents all of them.
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

    def carriers(self, code: str, facts: Facts) -> tuple[str, ...]:
        full = self._complete(facts)
        clause = next(c for c in (*self._base, *self._categories, *self._exclusions) if c.code == code)
        return clause.carriers(full, facts)

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
        """A minimal set of known facts with which each clause still gives the same answer;
        verified and early facts are preferred.
        """
        kept = NOTHING
        for clause in clauses:
            wanted = clause.evaluate(full)
            from_each_other = {"sex", "retirement_track"}  # each can be derived from the other (`_complete`)
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


class _Summaries(dict[tuple[Answer, ...], "_Summary"]):
    """The summaries of one group of clauses, by their statuses."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, statuses: tuple[Answer, ...]) -> _Summary:
        return remember(self, statuses, _Summary(statuses, self._codes))


class _Summary:
    """The codes of a group of clauses, by status."""

    __slots__ = ("no", "unknown", "yes")

    def __init__(self, statuses: tuple[Answer, ...], codes: Sequence[str]) -> None:
        def those(wanted: Answer) -> tuple[str, ...]:
            return tuple(code for code, status in zip(codes, statuses, strict=True) if status is wanted)

        self.yes, self.no, self.unknown = those(True), those(False), those(None)
