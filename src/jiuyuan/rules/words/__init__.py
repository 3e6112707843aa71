"""The words of policies. Each is one question about facts, with its answer, phrase, SQL and samples.

A clause that cannot be expressed with them needs a new word with all four; `tests/rules` tests every word for
them.
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
