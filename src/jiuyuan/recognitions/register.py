"""The register as one table for the engines: every active recognition with what is known about the person.

PostgreSQL answers over a query where the rows lie; SQLite is no screening engine, and DuckDB's extension for it cannot be
fetched in a closed network, so that its rows come out as Arrow.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import connection

from jiuyuan.people.models import KNOWN
from jiuyuan.rules.facts import SCHEMA, FactDefinition

_ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
_POSTGRES = {"date": "date", "boolean": "boolean", "number": "numeric"}
_CHUNK = 50_000

_REGISTER = """
    SELECT r.id, r.recognised_on, {columns}
    FROM recognitions_recognition r JOIN people_knownfacts k ON k.person_id = r.person_id
    WHERE r.status = 'active'
"""


def columns(own: Sequence[FactDefinition] = ()) -> list[str]:
    """The recognition's number as `id`, then facts by name, `own` those of the policy that asks."""
    return ["id", "recognised_on", *KNOWN, *(fact.name for fact in own)]


def schema(own: Sequence[FactDefinition] = ()) -> pa.Schema:
    kinds = {name: SCHEMA[name].kind for name in KNOWN} | {fact.name: fact.kind for fact in own}
    facts = ((name, _ARROW.get(kind, pa.string())) for name, kind in kinds.items())
    return pa.schema([("id", pa.int64()), ("recognised_on", pa.date32()), *facts])


def within(region: str, areas: Sequence[str] = ()) -> str:
    """What narrows the table to a region, or to some areas of it. Codes and paths are the system's own and need no quoting."""
    narrowed = f" AND r.area IN ({', '.join(map(repr, areas))})" if areas else ""
    return f" AND r.region = '{region}'{narrowed}"


def in_postgres(own: Sequence[FactDefinition] = (), where: str = "") -> str:
    """The table, or what is `within` a region of it, as a query for PostgreSQL."""
    # An absent list is unknown, an empty one is not.
    as_dates = "CASE WHEN k.{0} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(k.{0})::date) END AS {0}"
    of_schema = (as_dates.format(name) if SCHEMA[name].kind == "dates" else f"k.{name}" for name in KNOWN)
    return _REGISTER.format(columns=", ".join([*of_schema, *map(_own_in_postgres, own)])) + where


def _own_in_postgres(fact: FactDefinition) -> str:
    if fact.kind == "dates":
        days = f"ARRAY(SELECT jsonb_array_elements_text(k.own->'{fact.name}')::date)"
        return f"CASE WHEN k.own ? '{fact.name}' THEN {days} END AS {fact.name}"
    return f"(k.own->>'{fact.name}')::{_POSTGRES.get(fact.kind, 'text')} AS {fact.name}"


def batches(own: Sequence[FactDefinition] = (), where: str = "") -> Iterator[pa.RecordBatch]:
    """The same table in pieces of Arrow, from any database."""
    as_arrow = schema(own)
    readers: list[Callable[[Any], Any]] = [_as_it_is, _day]
    readers += [_READERS.get(SCHEMA[name].kind, _as_it_is) for name in KNOWN]
    readers += [_of_json(_OWN_READERS.get(fact.kind, _as_it_is)) for fact in own]
    wanted = [f"k.{name}" for name in KNOWN] + [f"k.own->'{fact.name}'" for fact in own]
    with connection.cursor() as cursor:
        cursor.execute(_REGISTER.format(columns=", ".join(wanted)) + where)
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
