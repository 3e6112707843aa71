"""The whole register through the exit rules in one query: in PostgreSQL where it lies, else in DuckDB fed with Arrow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import duckdb
import pyarrow as pa
from django.db import connection

from jiuyuan.recognitions import register
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules.facts import Fact
from jiuyuan.rules.sql import policy_query

_CHUNK = 50_000


@dataclass(frozen=True)
class Found:
    """An active recognition about which something is to be done: grounds that are true, signals that are.

    `contradicted`: sources that may contradict each other, which the query cannot look into: to it the fact is unknown.
    """

    recognition: int
    grounds: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    contradicted: bool = False


def register_on(as_of: date) -> Iterator[Found]:
    """Every active recognition with a ground for exit or a signal on that day, by number.

    One query over the whole register; what comes back is only what calls for something.
    """
    rules = registry.policy_of("", as_of)
    dialect: Literal["postgres", "duckdb"] = "postgres" if connection.vendor == "postgresql" else "duckdb"
    columns = register.columns(rules.facts)
    query = policy_query(rules, as_of, columns, dialect=dialect, question="exits", source="register")
    grounds = [clause.code for clause in rules.exits]
    signals = [clause.code for clause in (*rules.base, *rules.exclusions)]
    shown = [f"signal_{code}" for code in signals]
    text = f"SELECT {', '.join(['id', *grounds, *shown])} FROM ({query}) AS answers WHERE {' OR '.join(['exit', *shown])} ORDER BY id"
    rows = _in_postgres(text, rules.facts) if connection.vendor == "postgresql" else _in_duckdb(text, rules.facts)
    for number, *answers in rows:
        yield Found(
            number,
            tuple(code for code, answer in zip(grounds, answers, strict=False) if answer),
            tuple(code for code, answer in zip(signals, answers[len(grounds) :], strict=True) if answer),
        )


def contradicted() -> Iterator[Found]:
    """Every active recognition of somebody whose sources may contradict each other, by number."""
    active = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE)
    doubted = active.filter(person__known_facts__contradicted=True).order_by("pk").values_list("pk", flat=True)
    for number in doubted.iterator(chunk_size=_CHUNK):
        yield Found(number, contradicted=True)


def _in_postgres(query: str, own: Sequence[Fact]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH register AS ({register.in_postgres(own)}) {query}")
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _in_duckdb(query: str, own: Sequence[Fact]) -> Iterator[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        engine.register("batch", register.schema(own).empty_table())
        engine.execute("CREATE TEMP TABLE register AS SELECT * FROM batch")
        # One by one and from this thread: DuckDB would read from threads of its own, where Django has other connections.
        for batch in register.batches(own):
            engine.register("batch", pa.Table.from_batches([batch]))
            engine.execute("INSERT INTO register SELECT * FROM batch")
        engine.execute(query)
        while rows := engine.fetchmany(_CHUNK):
            yield from rows
