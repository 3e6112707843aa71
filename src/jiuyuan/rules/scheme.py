"""Schemes of support (四(三)): who has a right to one, who pays how much, for how long, and what excludes it.

The conditions are those of a policy, so one person gets an answer with reasons and the register is one query. A
figure that nobody has published is an `Amount` without a value; pages then say what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from jiuyuan.rules import entitlement
from jiuyuan.rules.facts import FactDefinition, Facts
from jiuyuan.rules.logic import Condition, all_of, any_of, none_of
from jiuyuan.rules.policy import Base, Category, Exclusion, MaterialRequirement, Policy
from jiuyuan.rules.words.retirement import READS

Certainty = Literal["H", "M", "L", "?"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A rate, base or cap with its source and dates.

    `value` is None if no source gives it; `unit` follows the figure.
    """

    label: str
    value: int | Fraction | None
    source: str
    certainty: Certainty
    unit: str = "元"
    since: date = date.min
    until: date | None = None

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Term:
    """The maximum number of months, and the years before retirement within which the term is extended until then
    (`rules.entitlement`).
    """

    policy_months: int
    extension_years: int
    source: str
    certainty: Certainty
    counting: Literal["cumulative", "consecutive"] = "cumulative"
    extension_follows_law: bool = False


class Against(Exclusion):
    """A circumstance that excludes everybody from a scheme."""

    verdicts = "因此不能享受（{title}）", "没有“{title}”的情形", "暂不能判断有没有“{title}”的情形"


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One scheme of a region with its dates. All of `base` must hold, one of `who`, none of `exclusions`.

    - `facts`: those that the conditions read beside the schema's.
    - `gives`: money to be claimed, a referral to the body that grants it, or an entry in a certificate.
    - `counted`: paid once or by month.
    - `sum_limit`: the dated limit with the amount of one line, in yuan; without a value lines have no amount.
    - `exclusive_with`: codes of schemes that cannot be paid for the same month.
    - `ends_assistance`: whether its end is a ground under 三(二).
    - `public_title`: the title on public lists, if its own discloses something about the recipient.
    - `unpublished`: what no document was found to say, in words for the page.
    """

    code: str
    title: str
    plain: str
    document: str
    clause: str
    certainty: Certainty
    since: date
    until: date | None = None
    who: tuple[Category, ...]
    base: tuple[Base, ...] = ()
    exclusions: tuple[Against, ...] = ()
    facts: tuple[FactDefinition, ...] = ()
    gives: Literal["money", "referral", "entry"] = "money"
    paid_to: Literal["person", "employer", "nobody"] = "person"
    payer: str = ""
    counted: Literal["months", "once", "nothing"] = "once"
    amounts: tuple[Amount, ...] = ()
    sum_limit: str = ""
    term: Term | None = None
    window: str = ""
    materials: tuple[MaterialRequirement, ...] = ()
    publicity: str = ""
    exclusive_with: tuple[str, ...] = ()
    ends_assistance: bool = False
    unpublished: tuple[str, ...] = ()
    public_title: str = ""

    def __post_init__(self) -> None:
        if (self.counted == "months") is not (self.term is not None):
            raise ValueError(f"scheme {self.code}: what is counted by month has a term, and nothing else has")
        if any(amount.value is not None and not amount.source for amount in self.amounts):
            raise ValueError(f"scheme {self.code}: a figure needs its source")

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def amounts_on(self, day: date) -> tuple[Amount, ...]:
        """Its figures in force on a day, including those without a value."""
        return tuple(amount for amount in self.amounts if amount.in_force(day))

    @cached_property
    def rules(self) -> Policy:
        """Its conditions as a policy; eligible means a right to the scheme."""
        return Policy(
            code=self.code, title=self.title, document=self.document, effective_on=self.since, base=self.base,
            categories=self.who, exclusions=self.exclusions, facts=self.facts,
        )  # fmt: skip

    def answer(self, known: Facts, spell: Spell | None = None) -> SchemeAnswer:
        """Whether a person has a right to it on `as_of`.

        `known` are parsed facts and those of the caller's own registers.
        """
        ruling = self.rules.decide({name: known[name] for name in self.rules.known_facts if name in known})
        first, second = len(self.base), len(self.base) + len(self.who)
        base, who, against = ruling.clauses[:first], ruling.clauses[first:second], ruling.clauses[second:]
        if ruling.outcome == "ineligible":
            deciding = [clause for clause in base if clause.status is False]
            deciding += who if not ruling.categories and not ruling.possible_categories else ()
            deciding += [clause for clause in against if clause.status is True]
            return SchemeAnswer(self, "may_not", tuple(clause.reason for clause in deciding), ())
        if ruling.outcome == "eligible":
            deciding = [*base, *(clause for clause in who if clause.status is True)]
        else:
            deciding = [clause for clause in (*base, *against) if clause.status is None]
            deciding += () if ruling.categories else [clause for clause in who if clause.status is None]
        found: Outcome = "may" if ruling.outcome == "eligible" else "unknown"
        answer = SchemeAnswer(self, found, tuple(clause.reason for clause in deciding), ruling.missing)
        return self._counted(answer, known, spell or Spell())

    def _counted(self, found: SchemeAnswer, known: Facts, spell: Spell) -> SchemeAnswer:
        """Add the months; for a scheme not yet granted, as if it were granted today."""
        if self.term is None:
            return found
        counted = self.months(known, spell)
        return replace(
            counted, outcome="used_up" if counted.months_left == 0 else found.outcome, reasons=found.reasons,
            missing=tuple(dict.fromkeys((*found.missing, *counted.missing))),
        )  # fmt: skip

    def months(self, known: Facts, spell: Spell) -> SchemeAnswer:
        """The months alone, regardless of the conditions. `missing` are the unknown facts that decide them."""
        assert self.term is not None
        asked = {
            **{name: known.get(name) for name in ("as_of", *READS)}, "id": None,
            "first_approved_on": spell.first_approved_on or known["as_of"], "paid_months": spell.paid_months,
            "policy_months": self.term.policy_months, "extension_years": self.term.extension_years,
            "counting": self.term.counting, "extension_follows_law": self.term.extension_follows_law,
        }  # fmt: skip
        decided = spell.extended is not None and not (spell.extended and spell.retirement is None)
        counted = (
            entitlement.kept(asked, spell.extended is True, spell.retirement) if decided else entitlement.answer(asked)
        )
        extended, ends, left = counted.outcome
        return SchemeAnswer(
            self, "may", (), counted.missing, counted.months_used, left, ends, extended, counted.basis
        )  # fmt: skip


def together(schemes: Sequence[Scheme]) -> Policy:
    """All schemes as categories of one policy, so that one query answers them for a register, a column each."""
    categories = [
        Category(scheme.code, scheme.title, scheme.clause, _whole(scheme)) for scheme in schemes
    ]  # fmt: skip
    return Policy(
        code="schemes", title="", document="", effective_on=date.min, base=(), categories=tuple(categories), exclusions=(),
        facts=tuple(dict.fromkeys(fact for scheme in schemes for fact in scheme.facts)),
    )  # fmt: skip


def _whole(scheme: Scheme) -> Condition:
    against = [none_of(*(clause.when for clause in scheme.exclusions))] if scheme.exclusions else []
    return all_of(*(clause.when for clause in scheme.base), any_of(*(clause.when for clause in scheme.who)), *against)


Outcome = Literal["may", "may_not", "unknown", "open", "used_up"]


@dataclass(frozen=True, slots=True)
class Spell:
    """What was already granted of a scheme: the day of the first approval and the months paid (`calendar.month_of`).

    `extended` and `retirement`: the decision then made on the extension and the month of retirement it used; it
    is kept.
    """

    first_approved_on: date | None = None
    paid_months: tuple[int, ...] = ()
    extended: bool | None = None
    retirement: int | None = None


@dataclass(frozen=True, slots=True)
class SchemeAnswer:
    """The answer of one scheme about one person. Months are None if it is not counted by month or they are unknown.

    `basis`: what the extension is based on.
    """

    scheme: Scheme
    outcome: Outcome
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    months_used: int | None = None
    months_left: int | None = None
    until: int | None = None
    extended: bool | None = None
    basis: entitlement.Basis | None = None
