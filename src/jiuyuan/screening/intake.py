"""Tables of one kind as one relation of clean, typed facts. Every value is looked at once, before anything is answered.

Each column that can be wrong is asked for one row that is, which statistics and dictionaries of a file mostly answer without
its rows; only where there is one are such rows listed and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from jiuyuan.rules.policy import Policy
from jiuyuan.rules.sql import contradictions, literal
from jiuyuan.screening.question import PLACE
from jiuyuan.screening.reading import Reading, as_it_is, as_written, quoted, text
from jiuyuan.screening.rejects import Rejected
from jiuyuan.screening.tables import ROW, Table


@dataclass(frozen=True)
class Clean:
    """`sql` gives the facts by name, `id`, and `place`, the place to count a person at; `columns` are those that it has.

    `direct`: the files themselves hold the same values, under these names of columns.
    """

    sql: str
    columns: tuple[str, ...]
    paths: tuple[Path, ...]
    rows: int
    direct: dict[str, str] | None


def alike(tables: Iterable[Table]) -> list[list[Table]]:
    """The tables in groups with the same columns, each group in the order of its files."""
    ordered = sorted(tables, key=lambda table: (table.headings, table.copied))
    return [list(group) for _, group in groupby(ordered, key=lambda table: (table.headings, table.copied))]


def place(columns: Sequence[str], dialect: str) -> str:
    """Where to count a person: the usual residence, else the register; the first nine digits of the code as a number."""
    named = [name for name in ("residence_division", "hukou_division") if name in columns]
    if not named:
        return "CAST(NULL AS INTEGER)"
    tried = "TRY_CAST" if dialect == "duckdb" else "CAST"
    codes = [f"{tried}(SUBSTRING({name} || '000', 1, 9) AS INTEGER)" for name in named]
    return codes[0] if len(codes) == 1 else f"COALESCE({', '.join(codes)})"


class Group:
    """Tables with the same columns, read in one go."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, tables: Sequence[Table], policy: Policy, as_of: date) -> None:
        self._engine, self._tables, self._policy, self._as_of = engine, tables, policy, as_of
        self._headings = {fact: (heading, kind) for fact, heading, kind in tables[0].headings}
        self._readings = {name: self._reading(name) for name in self._headings}
        self.rows = sum(table.rows for table in tables)

    def _reading(self, name: str, exact: bool = True) -> Reading:
        kind = self._headings[name][1]
        fact = None if name == "id" else self._policy.known_facts[name]
        return (as_it_is(fact, f"raw_{name}", kind) if exact else None) or as_written(fact, f"raw_{name}", kind)

    def clean(self, reject: Callable[[Rejected], None]) -> Clean:
        """Look at every value; tell of those that cannot be used, and leave their rows out."""
        faulty, contradictory = self._look()
        where = ""
        if faulty or contradictory:
            for rejected in self._listed(faulty, contradictory):
                reject(rejected)
            where = f" WHERE ({self._wrong(faulty, contradictory)}) IS NOT TRUE"
        names = tuple(self._headings)
        sql = f"SELECT {', '.join(names)}, {place(names, 'duckdb')} AS {PLACE} FROM {self._read()}{where}"
        as_they_are = not where and all(r.exact and r.value == f"raw_{name}" for name, r in self._readings.items())
        direct = {name: heading for name, (heading, _) in self._headings.items()} if as_they_are else None
        return Clean(sql, names, tuple(table.path for table in self._tables), self.rows, direct)

    def _read(self, *beside: str, names: Iterable[str] | None = None, options: str = "") -> str:
        """The columns of these facts, or every one, as they stand in the files (`raw_…`) and as facts."""
        files = ", ".join(text(str(table.path)) for table in self._tables)
        read = {name: self._readings[name] for name in (self._headings if names is None else names)}
        raw = [f"{quoted(self._headings[name][0])} AS raw_{name}" for name in read]
        inner = f"SELECT {', '.join([*beside, *raw])} FROM read_parquet([{files}]{options})"
        return f"(SELECT *, {', '.join(f'{reading.value} AS {name}' for name, reading in read.items())} FROM ({inner})) AS read"

    def _look(self) -> tuple[list[str], list[str]]:
        """The columns with values that cannot be read, and the conditions by which known facts contradict each other."""
        faulty = self._faulty(self._headings)
        again = [name for name in faulty if self._readings[name].exact]
        if again:  # 男 in a column of text is no code, but can be read
            self._readings |= {name: self._reading(name, exact=False) for name in again}
            faulty = self._faulty(faulty)
        return faulty, self._contradictory()

    def _faulty(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if any(self._any(each, [name]) for each in self._readings[name].bad)]

    def _contradictory(self) -> list[str]:
        facts = [name for name in self._headings if name != "id"]
        asked = dict(contradictions(facts, self._as_of).values())
        if "as_of" in facts:
            asked[f"as_of <> {literal(self._as_of)}"] = ("as_of",)
        return [condition for condition, names in asked.items() if self._any(condition, names)]

    def _any(self, condition: str, names: Iterable[str]) -> bool:
        """Whether any row is so, by the columns of these names."""
        found = self._engine.execute(f"SELECT 1 FROM {self._read(names=names)} WHERE {condition} LIMIT 1")
        return found.fetchone() is not None

    def _wrong(self, faulty: Sequence[str], contradictory: Sequence[str]) -> str:
        """The condition of a row to leave out."""
        return " OR ".join([each for name in faulty for each in self._readings[name].bad] + list(contradictory))

    def _listed(self, faulty: Sequence[str], contradictory: Sequence[str]) -> Iterator[Rejected]:
        shown = {str(table.path): str(table.shown) for table in self._tables}
        number = ROW if self._tables[0].copied else "file_row_number + 1"
        place_in_file = ("filename AS read_from", f"{number} AS read_at")
        read = self._read(*place_in_file, options=", filename = true, file_row_number = true")
        together = [name for name in _TOGETHER if name in self._headings]
        written = [f"CASE WHEN {self._wrong([name], [])} THEN CAST(raw_{name} AS VARCHAR) END" for name in faulty]
        identity = "id" if "id" in self._headings else "NULL"
        columns = ", ".join(["read_from", "read_at", identity, *written, *together])
        cursor = self._engine.execute(f"SELECT {columns} FROM {read} WHERE {self._wrong(faulty, contradictory)}")
        while rows := cursor.fetchmany(10_000):
            for file, row, id, *values in rows:
                yield Rejected(
                    shown[file], row, id or "",
                    {name: value for name, value in zip(faulty, values, strict=False) if value is not None},
                    {name: v for name, v in zip(together, values[len(faulty) :], strict=True) if v is not None},
                )  # fmt: skip


_TOGETHER = ("as_of", "birth_date", "unemployed_since", "sex", "retirement_track")
