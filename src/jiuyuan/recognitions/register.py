"""The register as one table for the engines: every active recognition with what is known about the person.

PostgreSQL answers over a query where the rows lie; SQLite is no screening engine, and DuckDB's extension for it cannot be
fetched in a closed network, so that its rows come out as Arrow.
"""

import json
from collections.abc import Iterator
from datetime import date

import pyarrow as pa
from django.db import connection

from jiuyuan.people.models import KNOWN
from jiuyuan.rules.facts import FACTS

_ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
_CHUNK = 50_000

#: The columns: the recognition's number as `id`, and facts by name.
COLUMNS = ("id", "recognised_on", *KNOWN)
SCHEMA = pa.schema([
    ("id", pa.int64()), ("recognised_on", pa.date32()),
    *((name, _ARROW.get(FACTS[name].kind, pa.string())) for name in KNOWN),
])  # fmt: skip

_REGISTER = """
    SELECT r.id, r.recognised_on, {columns}
    FROM recognitions_recognition r JOIN people_knownfacts k ON k.person_id = r.person_id
    WHERE r.status = 'active'
"""


def in_postgres() -> str:
    """The table as a query for PostgreSQL."""
    # An absent list is unknown, an empty one is not.
    as_dates = "CASE WHEN k.{0} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(k.{0})::date) END AS {0}"
    columns = (as_dates.format(name) if FACTS[name].kind == "dates" else f"k.{name}" for name in KNOWN)
    return _REGISTER.format(columns=", ".join(columns))


def batches() -> Iterator[pa.RecordBatch]:
    """The table in pieces of Arrow, from any database."""
    kinds = [FACTS[name].kind if name in KNOWN else "" for name in COLUMNS]
    readers = [_READERS.get(kind, _as_it_is) for kind in kinds]
    readers[COLUMNS.index("recognised_on")] = _day
    with connection.cursor() as cursor:
        cursor.execute(_REGISTER.format(columns=", ".join(f"k.{name}" for name in KNOWN)))
        while rows := cursor.fetchmany(_CHUNK):
            columns = [
                pa.array([read(value) for value in column], type=field.type)
                for read, column, field in zip(readers, zip(*rows, strict=True), SCHEMA, strict=True)
            ]
            yield pa.record_batch(columns, schema=SCHEMA)


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
