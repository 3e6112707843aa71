"""The whole register through the exit rules in one query: in PostgreSQL where it lies, else in DuckDB fed with Arrow.

SQLite is no screening engine, and DuckDB's extension for it cannot be fetched in a closed network.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection
from sqlglot import exp

from jiuyuan.people.models import KNOWN
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules import policy
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.sql import policy_query

_COLUMNS = ("id", "recognised_on", *KNOWN)
_ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
_CHUNK = 50_000

_REGISTER = """
    SELECT r.id, r.recognised_on, {columns}
    FROM recognitions_recognition r JOIN people_knownfacts k ON k.person_id = r.person_id
    WHERE r.status = 'active'
"""


@dataclass(frozen=True)
class Found:
    """An active recognition about which something is to be done: grounds that are true, signals that are.

    `contradicted`: sources that may contradict each other, which the query cannot look into: to it the fact is unknown.
    """

    recognition: int
    grounds: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    contradicted: bool = False


def register_on(as_of: date, code: str = policy.DEFAULT) -> Iterator[Found]:
    """Every active recognition with a ground for exit or a signal on that day, by number.

    One query over the whole register; what comes back is only what calls for something.
    """
    rules = policy.load(code)
    dialect = "postgres" if connection.vendor == "postgresql" else "duckdb"
    query = policy_query(rules, as_of, _COLUMNS, dialect=dialect, question="exits", source="register")  # type: ignore[arg-type]
    grounds = [clause.code for clause in rules.exits]
    signals = [clause.code for clause in (*rules.base, *rules.exclusions)]
    wanted = [exp.column("exit"), *(exp.column(f"signal_{code}") for code in signals)]
    names = ["id", *grounds, *(f"signal_{code}" for code in signals)]
    text = exp.select(*names).from_(query.subquery("answers")).where(exp.or_(*wanted)).order_by("id").sql(dialect)
    rows = _in_postgres(text) if connection.vendor == "postgresql" else _in_duckdb(text)
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


def _in_postgres(query: str) -> Iterator[tuple[Any, ...]]:
    # An absent list is unknown, an empty one is not.
    as_dates = "CASE WHEN k.{0} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(k.{0})::date) END AS {0}"
    columns = ", ".join(as_dates.format(name) if FACTS[name].kind == "dates" else f"k.{name}" for name in KNOWN)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH register AS ({_REGISTER.format(columns=columns)}) {query}")
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _in_duckdb(query: str) -> Iterator[tuple[Any, ...]]:
    types = [pa.int64(), pa.date32(), *(_ARROW.get(FACTS[name].kind, pa.string()) for name in KNOWN)]
    schema = pa.schema(list(zip(_COLUMNS, types, strict=True)))
    with duckdb.connect() as engine:
        engine.register("batch", schema.empty_table())
        engine.execute("CREATE TEMP TABLE register AS SELECT * FROM batch")
        # One by one and from this thread: DuckDB would read from threads of its own, where Django has other connections.
        for batch in _batches(schema):
            engine.register("batch", pa.Table.from_batches([batch]))
            engine.execute("INSERT INTO register SELECT * FROM batch")
        engine.execute(query)
        while rows := engine.fetchmany(_CHUNK):
            yield from rows


def _batches(schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    kinds = [FACTS[name].kind if name in KNOWN else "" for name in _COLUMNS]
    readers = [_READERS.get(kind, _as_it_is) for kind in kinds]
    readers[_COLUMNS.index("recognised_on")] = _day
    with connection.cursor() as cursor:
        cursor.execute(_REGISTER.format(columns=", ".join(f"k.{name}" for name in KNOWN)))
        while rows := cursor.fetchmany(_CHUNK):
            columns = [
                pa.array([read(value) for value in column], type=field.type)
                for read, column, field in zip(readers, zip(*rows, strict=True), schema, strict=True)
            ]
            yield pa.record_batch(columns, schema=schema)


def _as_it_is(value: object) -> object:
    return value


def _day(value: object) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _days(value: object) -> list[date] | None:
    return None if value is None else [date.fromisoformat(day) for day in json.loads(str(value))]


_READERS = {
    "date": _day,
    "dates": _days,
    "boolean": lambda value: None if value is None else bool(value),
    "number": lambda value: None if value is None else float(str(value)),
}
