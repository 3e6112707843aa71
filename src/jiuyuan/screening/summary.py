"""Counts outcomes, categories and exclusions, in all and by county, while the answers pass."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from jiuyuan.rules.policy import Policy
from jiuyuan.rules.sql import Question
from jiuyuan.wording import say

#: The outcomes with their Chinese names, in the order TRUE, FALSE, NULL.
OUTCOMES: Mapping[Question, tuple[tuple[str, str], ...]] = {
    "decide": (("eligible", "符合条件"), ("ineligible", "不符合"), ("undetermined", "暂不能判断")),
    "exits": (("true", "有退出情形"), ("false", "没有退出情形"), ("null", "暂不能判断")),
}
_NOTHING = pa.scalar(None, pa.bool_())
# Not codes of any clause.
_PLACE, _OUTCOME, _NO, _PEOPLE = "place of people", "outcome of people", "outcome is no", "number of people"
_AT_ONCE = 8  # batches: counting a million people this way takes three fifths of the time


@dataclass(frozen=True)
class Column:
    """A boolean column of the answers: name, and the clause and kind it stands for, in Chinese."""

    name: str
    title: str
    clause: str
    kind: str


def columns(policy: Policy, question: Question, base: bool = False) -> tuple[Column, ...]:
    """The columns after `id` and outcome, in order."""
    if question == "exits":
        signals = [*((c, say("（不符合）")) for c in policy.base), *((c, say("（有）")) for c in policy.exclusions)]
        grounds = [Column(c.code, c.title, c.clause, say("退出情形")) for c in policy.exits]
        return (
            *grounds,
            *(Column(f"signal_{c.code}", c.title + end, c.clause, say("需核查的情况")) for c, end in signals),
        )
    kinds = [
        (say("基本条件"), policy.base if base else ()),
        (say("类别"), policy.categories),
        (say("不予认定情形"), policy.exclusions),
    ]
    return tuple(Column(c.code, c.title, c.clause, kind) for kind, clauses in kinds for c in clauses)


@dataclass
class PlaceSummary:
    """The people of a county: the number of each outcome, and of TRUE in each column."""

    name: str
    outcomes: list[int] = field(default_factory=lambda: [0, 0, 0])
    true: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def people(self) -> int:
        return sum(self.outcomes)


class Summary:
    """The counts of a screening."""

    def __init__(self, policy: Policy, as_of: date, question: Question, base: bool = False) -> None:
        self.policy, self.as_of, self.question = policy, as_of, question
        self.columns = columns(policy, question, base)
        self.rejected = 0
        self.unknown: dict[str, int] = defaultdict(int)
        self._names = [column.name for column in self.columns]
        self._uncounted: list[pa.RecordBatch] = []
        self._counted: list[pa.Table] = []

    def add(self, answers: pa.RecordBatch, outcome: str, place: str) -> None:
        """Count a batch: TRUE, FALSE or NULL in `outcome` and each column, a number or NULL in `place`."""
        for name in self._names:
            self.unknown[name] += answers.column(name).null_count
        chosen = [answers.column(name) for name in (place, outcome, *self._names)]
        self._uncounted.append(pa.record_batch(chosen, [_PLACE, _OUTCOME, *self._names]))
        if len(self._uncounted) == _AT_ONCE:
            self._count()

    def _count(self) -> None:
        answers = pa.Table.from_batches(self._uncounted)
        self._uncounted = []
        # Counting non-null values is faster than summing booleans.
        marks = {name: pc.if_else(answers[name], True, _NOTHING) for name in (_OUTCOME, *self._names)}
        marks[_NO] = pc.if_else(answers[_OUTCOME], _NOTHING, True)
        grouped = pa.table({_PLACE: answers[_PLACE], **marks}).group_by(_PLACE, use_threads=False)
        counts = grouped.aggregate([([], "count_all"), *((name, "count") for name in marks)])
        self._counted.append(counts.rename_columns([_PLACE, _PEOPLE, *marks]))
        together = pa.concat_tables(self._counted).group_by(_PLACE, use_threads=False)
        names = [_PEOPLE, *marks]
        self._counted = [together.aggregate([(name, "sum") for name in names]).rename_columns([_PLACE, *names])]

    @property
    def _places(self) -> dict[int | None, PlaceSummary]:
        if self._uncounted:
            self._count()
        found: dict[int | None, PlaceSummary] = {}
        for row in self._counted[0].to_pylist() if self._counted else []:
            outcomes = [row[_OUTCOME], row[_NO], row[_PEOPLE] - row[_OUTCOME] - row[_NO]]
            found[row[_PLACE]] = PlaceSummary("", outcomes, {name: row[name] for name in self._names})
        return found

    @property
    def people(self) -> int:
        return sum(place.people for place in self._places.values())

    @property
    def total(self) -> PlaceSummary:
        """Everybody."""
        return _together(say("合计"), self._places.values())

    def counties(self) -> list[PlaceSummary]:
        """The counties in code order; other provinces together, unknown places last."""
        found: dict[tuple[int, str], list[PlaceSummary]] = defaultdict(list)
        for code, place in self._places.items():
            found[self.policy.county(code)].append(place)
        return [_together(name, places) for (_, name), places in sorted(found.items(), key=lambda item: item[0])]

    def text(self) -> str:
        """Tables for a terminal."""
        total, outcomes = self.total, OUTCOMES[self.question]
        head = say(
            "{title}（{code}），按{as_of}的情况：共{people:,}人",
            title=self.policy.title,
            code=self.policy.code,
            as_of=self.as_of,
            people=self.people,
        )
        if self.rejected:
            head += say("，另有{rejected:,}行不能使用", rejected=self.rejected)
        rows = [
            [label, f"{count:,}", _share(count, total.people)]
            for (_, label), count in zip(outcomes, total.outcomes, strict=True)
        ]
        tables = [head, table([say("结果"), say("人数"), say("占比")], rows)]
        for kind in dict.fromkeys(column.kind for column in self.columns):
            rows = [
                [f"{c.clause} {c.title}", f"{total.true[c.name]:,}", f"{self.unknown[c.name]:,}"]
                for c in self.columns
                if c.kind == kind
            ]
            tables.append(table([kind, say("人数"), say("不清楚")], rows))
        shown = [c for c in self.columns if c.kind in ("类别", "不予认定情形", "退出情形")]
        heads = [say("地区"), say("人数"), *(label for _, label in outcomes), *(c.clause for c in shown)]
        rows = [
            [p.name, *(f"{n:,}" for n in (p.people, *p.outcomes)), *(f"{p.true[c.name]:,}" for c in shown)]
            for p in self.counties()
        ]
        tables.append(table(heads, rows))
        return "\n\n".join(tables)


def _together(name: str, places: Iterable[PlaceSummary]) -> PlaceSummary:
    whole = PlaceSummary(name)
    for place in places:
        whole.outcomes = [a + b for a, b in zip(whole.outcomes, place.outcomes, strict=True)]
        for column, count in place.true.items():
            whole.true[column] += count
    return whole


def _share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "–"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A text table, first column left-aligned, figures right-aligned; Chinese characters have width two."""
    lines = [list(heads), *map(list, rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(heads))]
    lines.insert(1, ["─" * width for width in widths])
    return "\n".join(
        "  ".join(
            _padded(cell, width, left=place == 0) for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)


def _padded(words: str, width: int, left: bool) -> str:
    blanks = " " * (width - _width(words))
    return words + blanks if left else blanks + words
