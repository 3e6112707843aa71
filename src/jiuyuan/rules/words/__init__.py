"""The words that policies are written in. Each is one question about facts, with its answer, phrase, SQL and samples together.

A clause that cannot be said with these needs a new word, all four parts of it; `tests/rules` hold every word to them.
"""

from jiuyuan.rules.words.days import Rising, aged, lasted, over
from jiuyuan.rules.words.marks import no, one_of, recorded, within, yes
from jiuyuan.rules.words.money import earns_minimum_wage
from jiuyuan.rules.words.refusals import refused
from jiuyuan.rules.words.retirement import retired

__all__ = [
    "Rising",
    "aged",
    "earns_minimum_wage",
    "lasted",
    "no",
    "one_of",
    "over",
    "recorded",
    "refused",
    "retired",
    "within",
    "yes",
]  # fmt: skip
