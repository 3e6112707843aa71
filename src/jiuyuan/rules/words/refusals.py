"""The word for refusing services too often within half a year (三(五))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from jiuyuan.rules.calendar import add_months, neighbour
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf, Samples
from jiuyuan.rules.sentences import day_text, span_text
from jiuyuan.rules.words.days import around

if TYPE_CHECKING:
    from jiuyuan.rules.sql.row import SqlRow


@dataclass(frozen=True, slots=True)
class RefusedOften(Leaf):
    """At least `times` refusals within `months` months, all after the recognition and up to the day of the question.

    Both ends count: days belong to one window if the last is no later than the anniversary of the first. Refusals
    before or on the day of recognition do not count, because assistance had not begun.
    """

    times: int
    months: int

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("recognised_on", "service_refusals")

    def compiled(self) -> Evaluate:
        def evaluate(facts: Known) -> Answer:
            recognised, as_of = facts["recognised_on"], facts["as_of"]
            if recognised is not None and recognised >= as_of:
                return False  # no refusal can be later than the recognition
            refusals = facts["service_refusals"]
            if refusals is None:
                return None
            windows = self._windows(refusals, as_of)
            if not windows:
                return False
            # The last window has the latest start: if any window lies after the recognition, it does.
            return None if recognised is None else bool(recognised < windows[-1][0])

        return evaluate

    @property
    def window(self) -> tuple[int, int]:
        return self.times, self.months

    def _windows(self, refusals: tuple[date, ...], as_of: date) -> list[tuple[date, date]]:
        """The first and last day of each run of `times` refusals within `months` months."""
        days = sorted(day for day in refusals if day <= as_of)
        runs = zip(days, days[self.times - 1 :], strict=False)
        return [(first, last) for first, last in runs if last <= add_months(first, self.months)]

    def phrase(self, facts: Known, answer: bool) -> str:
        span = "半年" if self.months == 6 else span_text(self.months)
        as_of, refusals = facts["as_of"], facts["service_refusals"]
        if answer:
            first, last = self._windows(refusals, as_of)[-1]
            count = sum(1 for day in refusals if first <= day <= last)
            return f"{day_text(first)}至{day_text(last)}的{span}内拒绝公共就业服务{count}次"
        return f"认定后没有在{span}内拒绝公共就业服务{self.times}次以上"

    def sql(self, row: SqlRow) -> str:
        return row.refused()

    def samples(self, facts: Known) -> Samples:
        as_of = facts["as_of"]
        found: Samples = {}
        if facts["recognised_on"] is None:
            # The last window can begin with any refusal, or on the day of the question.
            starts = {as_of, *(facts["service_refusals"] or ())}
            found["recognised_on"] = around({neighbour(start, -1) for start in starts})
        if facts["service_refusals"] is None:
            found["service_refusals"] = ((), (as_of,) * self.times)
        return found


def refused(*, times: int, months: int) -> Condition:
    """若干个月内拒绝公共就业服务若干次以上."""
    return RefusedOften(times, months)
