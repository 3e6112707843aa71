"""What is asked of a population: which policy, which question, on which day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from jiuyuan.rules.policy import Policy
from jiuyuan.rules.sql import Dialect, Question, policy_query

#: The column that goes through the query beside the answers: where to count a person.
PLACE = "place"


@dataclass(frozen=True)
class ScreeningQuestion:
    """`base`: the base conditions are columns of the answer too (`decide` only)."""

    policy: Policy
    as_of: date
    question: Question = "decide"
    base: bool = False

    def query(self, columns: Collection[str], dialect: Dialect, source: str = "people") -> str:
        """The query over `source`, which has these columns and `place`; the outcome as TRUE, FALSE or NULL."""
        return policy_query(
            self.policy, self.as_of, columns, dialect=dialect, question=self.question, source=source,
            base=self.base, beside=(PLACE,), in_words=False,
        )  # fmt: skip
