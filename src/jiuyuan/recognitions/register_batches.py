"""Exports the register from any database as Arrow.

SQLite cannot screen, and DuckDB's extension for it cannot be downloaded in a closed network.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import connection

from jiuyuan.recognitions.register import REGISTER
from jiuyuan.rules.facts import ON_FILE, SCHEMA, FactDefinition

_ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
_CHUNK = 50_000


def schema(own: Sequence[FactDefinition] = ()) -> pa.Schema:
    """The columns of `register.columns` with their types."""
    kinds = {name: SCHEMA[name].kind for name in ON_FILE} | {fact.name: fact.kind for fact in own}
    facts = ((name, _ARROW.get(kind, pa.string())) for name, kind in kinds.items())
    return pa.schema([("id", pa.int64()), ("recognised_on", pa.date32()), *facts])


def batches(own: Sequence[FactDefinition] = (), where: str = "") -> Iterator[pa.RecordBatch]:
    """Yield the table in batches; `where` comes from `register.within`."""
    as_arrow = schema(own)
    readers: list[Callable[[Any], Any]] = [_as_it_is, _day]
    readers += [_READERS.get(SCHEMA[name].kind, _as_it_is) for name in ON_FILE]
    readers += [_of_json(_OWN_READERS.get(fact.kind, _as_it_is)) for fact in own]
    wanted = [f"k.{name}" for name in ON_FILE] + [f"k.own->'{fact.name}'" for fact in own]
    with connection.cursor() as cursor:
        cursor.execute(REGISTER.format(columns=", ".join(wanted)) + where)
        while rows := cursor.fetchmany(_CHUNK):
            columns = [
                pa.array([read(value) for value in column], type=field.type)
                for read, column, field in zip(readers, zip(*rows, strict=True), as_arrow, strict=True)
            ]
            yield pa.record_batch(columns, schema=as_arrow)


def _as_it_is(value: object) -> object:
    return value


def _day(value: object) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _days(value: object) -> list[date] | None:
    return None if value is None else [date.fromisoformat(day) for day in json.loads(str(value))]


def _of_json(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(json.loads(value))


_READERS: dict[str, Callable[[Any], Any]] = {
    "date": _day,
    "dates": _days,
    "boolean": lambda value: None if value is None else bool(value),
    "number": lambda value: None if value is None else float(str(value)),
}
_OWN_READERS: dict[str, Callable[[Any], Any]] = {
    "date": _day,
    "number": float,
    "dates": lambda days: list(map(_day, days)),
}
