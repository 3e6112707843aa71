"""The question about a population: policy, kind, and day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from jiuyuan.rules.policy import Policy
from jiuyuan.rules.sql import Dialect, Question, policy_query

#: A column passed through the query: where a person is counted.
PLACE = "place"


@dataclass(frozen=True)
class ScreeningQuestion:
    """The question. `base`: the answer also has columns for the base conditions (`decide` only)."""

    policy: Policy
    as_of: date
    question: Question = "decide"
    base: bool = False

    def query(self, columns: Collection[str], dialect: Dialect, source: str = "people") -> str:
        """The query over `source`, which has these columns and `place`; the outcome is TRUE, FALSE or NULL."""
        return policy_query(
            self.policy, self.as_of, columns, dialect=dialect, question=self.question, source=source,
            base=self.base, beside=(PLACE,), in_words=False,
        )  # fmt: skip
