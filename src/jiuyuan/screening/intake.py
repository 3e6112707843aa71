"""Turns tables of one kind into a relation of clean, typed facts; every value is checked once before anything is
answered.

A column with a fitting type is searched for one wrong row, which file statistics and dictionaries mostly answer
without reading rows. Of other columns each distinct text is parsed once (`words`). Wrong rows are listed and left
out only if there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from jiuyuan.rules.facts import TOGETHER
from jiuyuan.rules.policy import Policy
from jiuyuan.rules.sql import contradictions, literal
from jiuyuan.screening import words
from jiuyuan.screening.question import PLACE
from jiuyuan.screening.reading import ExactColumn, as_it_is, as_text, in_words, quoted, text
from jiuyuan.screening.rejects import FaultyRows
from jiuyuan.screening.tables import ROW, ScreenedTable
from jiuyuan.screening.words import Words

#: The usual notation of amounts, parsed by the engine itself.
_PLAIN = "[0-9]{1,15}([.][0-9]{1,9})?"
_ROWS = 1 << 14
_REPEATED = "repeated_ids"


@dataclass(frozen=True)
class Clean:
    """Clean facts. `sql` has the facts by name, `id`, and `place`, where a person is counted; `columns` are those
    present.

    `direct`: the columns of the files with the same values, if there are any.
    """

    sql: str
    columns: tuple[str, ...]
    paths: tuple[Path, ...]
    rows: int
    direct: dict[str, str] | None


def alike(tables: Iterable[ScreenedTable]) -> list[list[ScreenedTable]]:
    """Group tables with the same columns, keeping the file order."""
    ordered = sorted(tables, key=lambda table: (table.headings, table.copied))
    return [list(group) for _, group in groupby(ordered, key=lambda table: (table.headings, table.copied))]


def place(columns: Sequence[str], dialect: str) -> str:
    """The SQL for where a person is counted: residence, else household registration,
    as the first nine digits of the code.
    """
    named = [name for name in ("residence_division", "hukou_division") if name in columns]
    if not named:
        return "CAST(NULL AS INTEGER)"
    tried = "TRY_CAST" if dialect == "duckdb" else "CAST"
    codes = [f"{tried}(SUBSTRING({name} || '000', 1, 9) AS INTEGER)" for name in named]
    return codes[0] if len(codes) == 1 else f"COALESCE({', '.join(codes)})"


def refuse_doubtful_ids(engine: duckdb.DuckDBPyConnection, groups: Sequence[Group]) -> None:
    """Reject rows with an empty or repeated id: nobody could tell whose answer it is."""
    asked = " UNION ALL ".join(query for group in groups if (query := group.ids()))
    if not asked:
        return
    # Strictly ascending ids, as in registers, are distinct and not empty, which takes a third of the time of
    # counting them.
    ascends = f"SELECT id > lag(id, 1, '') OVER () AS ascends FROM ({asked}) AS ids"
    engine.execute(f"SELECT 1 FROM ({ascends}) AS in_order WHERE ascends IS NOT TRUE LIMIT 1")
    if engine.fetchone() is None:
        return
    engine.execute(f"SELECT count(*) > count(DISTINCT hash(id)) FROM ({asked}) AS ids WHERE id <> ''")
    found = engine.fetchone()
    repeated = bool(found and found[0])
    if repeated:
        query = f"SELECT id FROM ({asked}) AS ids WHERE id <> '' GROUP BY id HAVING count(*) > 1"
        # An ENUM rather than a table: joins, including `IN`, do not keep the row order with several threads.
        engine.execute(f"CREATE TYPE {_REPEATED} AS ENUM ({query})")
    for group in groups:
        group.doubt_ids(repeated)


@dataclass
class _Column:
    """A column on its way to a fact: unchanged (`exact`), by its words, or as text (`shown`),
    for the id and other texts.
    """

    name: str
    kind: str
    raw: str
    exact: ExactColumn | None
    shown: str = ""
    plain: str = ""  # texts that the engine parses itself
    words: Words | None = None
    doubtful: str = ""  # for the id: empty or repeated

    @property
    def bad(self) -> str:
        """The condition for a row of another type or value."""
        return " OR ".join(self.exact.bad) if self.exact else "FALSE"

    @property
    def value(self) -> str:
        if self.shown:
            return self.shown
        if self.words is None:
            return self.exact.value if self.exact else "NULL"
        if self.exact:
            return f"CASE WHEN {self.bad} THEN {self.words.value} ELSE {self.exact.value} END"
        if self.plain:
            return f"CASE WHEN {self.plain} THEN TRY_CAST({self.raw} AS DOUBLE) ELSE {self.words.value} END"
        return self.words.value

    @property
    def wrong(self) -> str:
        """The condition for an unreadable row."""
        if self.doubtful:
            return self.doubtful
        assert self.words
        return f"({self.bad})" if self.exact and not self.words.right else self.words.is_wrong


class Group:
    """Tables with the same columns, read together."""

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, tables: Sequence[ScreenedTable], policy: Policy, as_of: date
    ) -> None:
        self._engine, self._tables, self._policy, self._as_of = engine, tables, policy, as_of
        self._headings = {fact: heading for fact, heading, _ in tables[0].headings}
        self._columns = {name: self._column(name, kind) for name, _, kind in tables[0].headings}
        self.rows = sum(table.rows for table in tables)

    def _column(self, name: str, kind: str) -> _Column:
        raw, fact = f"raw_{name}", None if name == "id" else self._policy.known_facts[name]
        column = _Column(name, kind, raw, as_it_is(fact, raw, kind))
        if self._tables[0].copied and (fact is None or fact.kind == "text"):
            column.exact, column.shown = None, as_text(raw, kind)  # an empty cell of a text file is NULL
        elif column.exact is None and (fact is None or fact.kind == "text"):
            column.shown = as_text(raw, kind)
        elif self._tables[0].copied:
            column.exact = None
        if fact is not None and fact.kind == "number" and column.exact is None and kind == "VARCHAR":
            column.plain = f"regexp_full_match({raw}, '{_PLAIN}')"
            if fact.positive:
                column.plain = f"({column.plain} AND TRY_CAST({raw} AS DOUBLE) > 0)"
        return column

    def clean(self, reject: Callable[[FaultyRows], None]) -> Clean:
        """Check every value, report unusable ones, and leave out their rows."""
        faulty, contradictory = self._look()
        where = ""
        if faulty or contradictory:
            for rejected in self._listed(faulty, contradictory):
                reject(rejected)
            where = f" WHERE ({self._wrong(faulty, contradictory)}) IS NOT TRUE"
        names = tuple(self._columns)
        sql = f"SELECT {', '.join(names)}, {place(names, 'duckdb')} AS {PLACE} FROM {self._read(also=self._marks(faulty))}{where}"
        as_they_are = not where and all(column.value == column.raw for column in self._columns.values())
        direct = dict(self._headings) if as_they_are else None
        return Clean(sql, names, tuple(table.path for table in self._tables), self.rows, direct)

    def ids(self) -> str | None:
        """The query of the ids in these files; None if they have none."""
        column = self._columns.get("id")
        return f"SELECT {column.value} AS id FROM {self._inside([column])}" if column else None

    def doubt_ids(self, repeated: bool) -> None:
        """Leave out rows without an id and, if there are `repeated` ones, all rows with those."""
        column = self._columns.get("id")
        if column is None:
            return
        empty = f"coalesce({column.value}, '') = ''"
        again = f"TRY_CAST({column.value} AS {_REPEATED}) IS NOT NULL"
        doubts = [empty] * self._any_raw(column, empty) + [again] * repeated
        column.doubtful = " OR ".join(doubts)

    def _read(
        self, *beside: str, names: Iterable[str] | None = None, options: str = "", also: Iterable[str] = ()
    ) -> str:
        """The columns of these facts, by default all, raw (`raw_…`) and as facts, and the `also` expressions."""
        read = [self._columns[name] for name in (self._columns if names is None else names)]
        values = [f"{column.value} AS {column.name}" for column in read]
        return f"(SELECT inside.*, {', '.join([*values, *also])} FROM {self._inside(read, beside, options)}) AS read"

    def _inside(self, columns: Iterable[_Column], beside: Iterable[str] = (), options: str = "") -> str:
        files = ", ".join(text(str(table.path)) for table in self._tables)
        raw = [f"{quoted(self._headings[column.name])} AS {column.raw}" for column in columns]
        return f"(SELECT {', '.join([*beside, *raw])} FROM read_parquet([{files}]{options})) AS inside"

    def _look(self) -> tuple[list[_Column], list[str]]:
        """The columns with unreadable values, and the conditions of contradictions."""
        for column in self._columns.values():
            if column.shown:
                continue
            if column.exact is None:
                column.words = self._words(column, f"NOT ({column.plain})" if column.plain else "TRUE")
            elif any(self._any_raw(column, each) for each in column.exact.bad):
                column.words = self._words(column, column.bad)
        faulty = [c for c in self._columns.values() if c.doubtful or (c.words and c.words.wrong)]
        return faulty, self._contradictory()

    def _words(self, column: _Column, where: str) -> Words:
        written = in_words(column.raw, column.kind)
        texts = f"SELECT DISTINCT {written} FROM {self._inside([column])} WHERE {column.raw} IS NOT NULL AND ({where})"
        return words.read(self._engine, texts, written, column.name, self._policy, self._as_of)

    def _any_raw(self, column: _Column, condition: str) -> bool:
        found = self._engine.execute(f"SELECT 1 FROM {self._inside([column])} WHERE {condition} LIMIT 1")
        return bool(found.fetchall())

    def _contradictory(self) -> list[str]:
        facts = [name for name in self._columns if name != "id"]
        asked = dict(contradictions(facts, self._as_of).values())
        if "as_of" in facts:
            asked[f"as_of <> {literal(self._as_of)}"] = ("as_of",)
        return [condition for condition, names in asked.items() if self._any(condition, names)]

    def _any(self, condition: str, names: Iterable[str]) -> bool:
        """Whether the condition holds for any row; `names` are the columns needed."""
        found = self._engine.execute(f"SELECT 1 FROM {self._read(names=names)} WHERE {condition} LIMIT 1")
        return bool(found.fetchall())

    def _wrong(self, faulty: Sequence[_Column], contradictory: Sequence[str]) -> str:
        """The condition for a row to leave out."""
        return " OR ".join([*(f"wrong_{column.name}" for column in faulty), *contradictory])

    def _marks(self, faulty: Sequence[_Column]) -> list[str]:
        return [f"{column.wrong} AS wrong_{column.name}" for column in faulty]

    def _listed(self, faulty: Sequence[_Column], contradictory: Sequence[str]) -> Iterator[FaultyRows]:
        number = ROW if self._tables[0].copied else "file_row_number + 1"
        place_in_file = ("filename AS read_from", f"{number} AS read_at")
        together = [name for name in TOGETHER if name in self._columns]
        names = list(dict.fromkeys([*(["id"] if "id" in self._columns else []), *(c.name for c in faulty), *together]))
        read = self._read(
            *place_in_file, names=names, options=", filename = true, file_row_number = true", also=self._marks(faulty)
        )
        columns = ["read_from", "read_at", "id" if "id" in self._columns else "NULL AS id", *together]
        for column in faulty:
            columns.append(
                f"CASE WHEN wrong_{column.name} THEN coalesce(CAST({column.raw} AS VARCHAR), '') END AS written_{column.name}"
            )
        query = f"SELECT {', '.join(columns)} FROM {read} WHERE {self._wrong(faulty, contradictory)}"
        shown = {str(table.path): str(table.shown) for table in self._tables}
        for batch in self._engine.sql(query).to_arrow_reader(_ROWS):
            columns_read = {name: batch.column(name).to_pylist() for name in batch.schema.names}
            yield FaultyRows(columns_read, tuple(column.name for column in faulty), tuple(together), shown)
