"""Looks up the distinct texts of a column in DuckDB, each parsed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

import duckdb
import pyarrow as pa

from jiuyuan.rules.policy import Policy
from jiuyuan.screening.reading import UnreadableFile, reader

_ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
_PIECE = 50_000
_numbers = count(1)


@dataclass(frozen=True)
class Words:
    """Expressions for the value of a row's text and for whether it is wrong;
    and the counts of wrong and valid texts.
    """

    value: str
    is_wrong: str
    wrong: int
    right: int


def read(engine: duckdb.DuckDBPyConnection, texts: str, written: str, name: str, policy: Policy, as_of: date) -> Words:
    """Parse the texts of a fact. `texts`: a query of the distinct ones; `written`: the expression of a row's text."""
    fact = policy.known_facts[name]
    read = reader(fact, policy, as_of)
    kind = _ARROW.get(fact.kind, pa.string())
    schema = pa.schema([("written", pa.string()), ("value", kind), ("wrong", pa.bool_())])
    table = f"words_{next(_numbers)}"
    # All at once first, then in chunks, so that memory stays bounded.
    engine.execute(f"CREATE TEMP TABLE {table}_written AS SELECT * FROM ({texts}) AS texts(written)")
    engine.register("words_read", schema.empty_table())
    engine.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM words_read")
    start = 0
    while rows := engine.execute(
        f"SELECT written FROM {table}_written WHERE rowid >= {start} AND rowid < {start + _PIECE}"
    ).fetchall():
        start += _PIECE
        words, values, wrong = [text for (text,) in rows], [], []
        for text in words:
            try:
                values.append(read(text))
                wrong.append(False)
            except UnreadableFile:
                values.append(None)
                wrong.append(True)
        piece = [pa.array(words, pa.string()), pa.array(values, kind), pa.array(wrong)]
        engine.register("words_read", pa.table(piece, schema=schema))
        engine.execute(f"INSERT INTO {table} SELECT * FROM words_read")
    engine.unregister("words_read")
    engine.execute(f"DROP TABLE {table}_written")
    return _looked_up(engine, table, written)


def _looked_up(engine: duckdb.DuckDBPyConnection, table: str, written: str) -> Words:
    """Look up by ENUM instead of a join, which would not keep the row order.

    The ENUM has first the texts with a value, whose position is that of the value in a list, then those meaning
    unknown, then wrong ones.
    """
    counted = engine.execute(f"SELECT count(value), count(*) FILTER (NOT wrong), count(*) FROM {table}").fetchone()
    valued, right, every = counted or (0, 0, 0)
    if not every:
        return Words("NULL", "FALSE", 0, 0)
    ordered = "wrong, value IS NULL, rowid"
    engine.execute(f"CREATE TYPE {table}_entry AS ENUM (SELECT written FROM {table} ORDER BY {ordered})")
    engine.execute(
        f"SET VARIABLE {table}_values = (SELECT list(value ORDER BY {ordered}) FILTER (value IS NOT NULL) FROM {table})"
    )
    code = f"enum_code(TRY_CAST({written} AS {table}_entry))"
    value = f"list_extract(getvariable('{table}_values'), {code} + 1)" if valued else "NULL"
    return Words(value, f"{code} >= {right}" if every > right else "FALSE", every - right, right)
