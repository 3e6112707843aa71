"""The term of a policy: how many months were used, which month is the last, and whether it is extended to
retirement.

The extension is decided at the first approval, by the law in force on that day, and kept. A month is a number
(`calendar.month_of`). Unknown input is tried with every value it can have; the answer is known if all agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from jiuyuan.rules.answers import text_json
from jiuyuan.rules.calendar import DELAY_FROM, ONE_DAY, month_of, month_text, retirement_months
from jiuyuan.rules.logic import Answer, Known
from jiuyuan.rules.parameters import chosen, defaults
from jiuyuan.rules.words.retirement import READS, possible_tracks


class Basis(NamedTuple):
    """What the extension is based on: the month of retirement by the law of a day,
    and the months from the approval until then.
    """

    retirement_month: int | None
    months_to_retirement: int | None
    law_of: date | None


class Outcome(NamedTuple):
    """Whether the term is extended to retirement, its last month, and the months left; all None if unknown."""

    extended: Answer
    ends: int | None
    months_left: int | None


class Entitlement(NamedTuple):
    """The answer of `jiuyuan entitlement`.

    `missing`: the unknown fields that decide it; `months_used`: None if unknown.
    """

    id: str | None
    missing: tuple[str, ...]
    months_used: int | None
    outcome: Outcome
    basis: Basis

    def as_json(self) -> dict[str, Any]:
        """One line of `jiuyuan entitlement` as a dict; `id` is None if the input had none."""
        extended, ends, left = self.outcome
        retirement, to_retirement, law_of = self.basis
        return {
            "id": self.id, "missing": list(self.missing), "months_used": self.months_used, "months_left": left,
            "ends": None if ends is None else month_text(ends), "extended": extended,
            "basis": {
                "retirement_month": None if retirement is None else month_text(retirement),
                "months_to_retirement": to_retirement, "law_of": law_of and law_of.isoformat(),
            },
        }  # fmt: skip

    def line(self) -> bytes:
        """`as_json` as a line of JSON in UTF-8, without the newline."""
        extended, ends, left = self.outcome
        retirement, to_retirement, law_of = self.basis
        return (
            b'{"id": %b, "missing": %b, "months_used": %b, "months_left": %b, "ends": %b, "extended": %b, '
            b'"basis": {"retirement_month": %b, "months_to_retirement": %b, "law_of": %b}}'
            % (
                b"null" if self.id is None else text_json(self.id), _names(self.missing), _number(self.months_used),
                _number(left), _month(ends), _ANSWERS[extended], _month(retirement), _number(to_retirement), _day(law_of),
            )
        )  # fmt: skip


_ANSWERS: Mapping[Answer, bytes] = {True: b"true", False: b"false", None: b"null"}


@lru_cache(maxsize=4096)
def _month(month: int | None) -> bytes:
    return b"null" if month is None else b'"%b"' % month_text(month).encode()


@lru_cache(maxsize=4096)
def _number(number: int | None) -> bytes:
    return b"null" if number is None else b"%d" % number


@lru_cache(maxsize=4096)
def _day(day: date | None) -> bytes:
    return b"null" if day is None else b'"%b"' % day.isoformat().encode()


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> bytes:
    return b"[%b]" % b", ".join(map(text_json, names))


class _Term(NamedTuple):
    """The terms of the policy: its months, and how close to retirement it is extended, in months."""

    months: int
    extension_months: int
    consecutive: bool
    follows_law: bool


class _Case(NamedTuple):
    """What decides the extension: track, first approval,
    and the month of retirement by the law at that time and by today's.
    """

    track: str
    approved: date
    retirement: int
    retirement_now: int


class _Paid(NamedTuple):
    """How many months were paid, and the last of them."""

    months: int
    last: int | None


def answer(known: Known) -> Entitlement:
    """The months used and left on `as_of` (money.md). `known` is the result of `parse`."""
    term, tracks = _term(known), possible_tracks(known)
    as_of, born, approved, months = (
        known["as_of"], known["birth_date"], known["first_approved_on"], known["paid_months"],
    )  # fmt: skip
    now, used = month_of(as_of), None if months is None else len(months)
    if born is None:  # depending on the birth date anything is possible
        missing = tuple(
            name for name in _DECIDING if known[name] is None and (len(tracks) > 1 or name not in _OF_TRACK)
        )  # fmt: skip
        return Entitlement(known["id"], missing, used, _NOT_KNOWN, Basis(None, None, approved))
    if len(tracks) == 1 and approved is not None and used is not None:
        case = _case(born, tracks[0], approved, as_of)
        outcome = _outcome(case, now, term, _Paid(used, months[-1] if months else None))
        return Entitlement(known["id"], (), used, outcome, _basis(case))
    approvals = (approved,) if approved is not None else _possible_approvals(known)
    cases = [_case(born, track, day, as_of) for track in tracks for day in approvals]
    outcomes = {
        (case, paid): _outcome(case, now, term, paid)
        for case in cases
        for paid in _possible_payments(months, case.approved, now)
    }
    first, *others = outcomes.values()
    agreed = all(other == first for other in others)
    missing = () if agreed else tuple(_deciding(known, outcomes))
    return Entitlement(known["id"], missing, used, first if agreed else _NOT_KNOWN, _common(map(_basis, cases)))


def _term(known: Known) -> _Term:
    months, years = known["policy_months"], known["extension_years"]
    if months is None:
        months = _usual("assistance_months", known["as_of"])
    if years is None:
        years = _usual("near_retirement_years", known["as_of"])
    return _Term(months, years * 12, known["counting"] == "consecutive", known["extension_follows_law"] is True)


@lru_cache(maxsize=1024)
def _usual(name: str, on: date) -> int:
    return chosen(name, defaults(), {}, on).value


def _case(born: date, track: str, approved: date, as_of: date) -> _Case:
    month = month_of(born)
    return _Case(
        track, approved, month + retirement_months(born, track, approved), month + retirement_months(born, track, as_of)
    )  # fmt: skip


def _basis(case: _Case) -> Basis:
    return Basis(case.retirement, case.retirement - month_of(case.approved), case.approved)


def kept(known: Known, extended: bool, retirement: int | None) -> Entitlement:
    """Like `answer`, for an extension already decided: neither a corrected fact nor a later law changes it.

    `retirement` is the month on which the decision was based; required if extended. Approval and paid months must
    be known.
    """
    term, approved, months = _term(known), known["first_approved_on"], known["paid_months"]
    ends, tracks = retirement, possible_tracks(known)
    if term.follows_law and known["birth_date"] is not None and len(tracks) == 1:
        ends = _case(known["birth_date"], tracks[0], approved, known["as_of"]).retirement_now
    begun, paid = month_of(approved), _Paid(len(months), months[-1] if months else None)
    outcome = _ending(ends if extended else None, begun, month_of(known["as_of"]), term, paid)
    left = None if retirement is None else retirement - begun
    return Entitlement(known["id"], (), paid.months, outcome, Basis(retirement, left, approved))


def _outcome(case: _Case, now: int, term: _Term, paid: _Paid) -> Outcome:
    begun = month_of(case.approved)
    extended = case.retirement - begun < term.extension_months
    ends = case.retirement_now if term.follows_law else case.retirement
    return _ending(ends if extended else None, begun, now, term, paid)


def _ending(ends: int | None, begun: int, now: int, term: _Term, paid: _Paid) -> Outcome:
    """The outcome in the month `now`. `ends` is the last month if the term is extended.

    The next month to be paid is `now`, or the one after the last paid month.
    """
    coming = now if paid.last is None else max(now, paid.last + 1)
    if ends is not None:
        return Outcome(True, ends, max(0, ends - coming + 1))
    if term.consecutive:
        ends = begun + term.months - 1
        return Outcome(False, ends, max(0, ends - coming + 1))
    left = max(0, term.months - paid.months)
    return Outcome(False, paid.last if paid.last is not None and not left else coming + left - 1, left)


_NOT_KNOWN = Outcome(None, None, None)
_OF_TRACK = ("sex", "retirement_track")
#: The input fields that may be unknown and decide the answer, in field order.
_DECIDING = (*READS, "first_approved_on", "paid_months")


def _possible_approvals(known: Known) -> list[date]:
    """Days of a first approval that cover every possible outcome: the first and the last under each law."""
    first, last, months = known["birth_date"], known["as_of"], known["paid_months"]
    if months and months[0] < month_of(last):
        last = max(first, date(months[0] // 12, months[0] % 12 + 1, 28))
    return sorted(day for day in {first, DELAY_FROM - ONE_DAY, DELAY_FROM, last} if first <= day <= last)


def _possible_payments(months: tuple[int, ...] | None, approved: date, now: int) -> tuple[_Paid, ...]:
    """If the paid months are unknown: none paid, and every month paid."""
    if months is not None:
        return (_Paid(len(months), months[-1] if months else None),)
    return _Paid(0, None), _Paid(now - month_of(approved) + 1, now)


def _deciding(known: Known, outcomes: Mapping[tuple[_Case, _Paid], Outcome]) -> Iterator[str]:
    """Yield the unknown fields that decide, in field order: two possibilities that differ only in this field differ
    in the answer.

    A man's track follows from his sex; a woman's is kept the same when her sex is varied.
    """
    pairs = [(one, other) for one, other in combinations(outcomes, 2) if outcomes[one] != outcomes[other]]
    tracks = {
        frozenset((one.track, other.track))
        for (one, paid), (other, also) in pairs
        if one.track != other.track and one.approved == other.approved and paid == also
    }
    if any("male_60" in both for both in tracks):
        yield "sex"
    if any("male_60" not in both for both in tracks):
        yield "retirement_track"
    for name, approval, payment in ("first_approved_on", True, False), ("paid_months", False, True):
        if known[name] is None and any(
            one.track == other.track and (one.approved != other.approved) is approval and (paid != also) is payment
            for (one, paid), (other, also) in pairs
        ):  # fmt: skip
            yield name


def _common(bases: Iterable[Basis]) -> Basis:
    """The parts of the basis on which all possibilities agree."""
    columns = [set(values) for values in zip(*bases, strict=True)]
    return Basis(*(values.pop() if len(values) == 1 else None for values in columns))
