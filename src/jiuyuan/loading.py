"""Bulk writes: COPY on PostgreSQL, one prepared statement on SQLite; inside the caller's transaction.

Values are Python's (dates, times, booleans, text, JSON as text); only types are checked.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models

_SQLITE_PARAMETERS = 30_000


@models.IntegerField.register_lookup
@models.ForeignKey.register_lookup
class AnyOf(models.Lookup):
    """`in` for thousands of keys as one parameter, so that the statement is not compiled and planned anew."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, given = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*given, list(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, given = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*given, json.dumps(list(self.rhs)))


def plan_for_many() -> None:
    """Let the rest of the transaction sort and join in memory, in parallel: nightly runs read millions of rows,
    and no page waits.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL max_parallel_workers_per_gather = 2")


def next_keys(model: type[models.Model], count: int) -> range | list[int]:
    """Reserve primary keys for rows to be inserted, so that they can refer to each other."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Look up the sequence once, not for every key.
            cursor.execute(
                "SELECT nextval(keys) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS keys OFFSET 0) AS sequence"
                " CROSS JOIN generate_series(1, %s)",
                [table, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # SQLite's single writer holds the database during its transaction.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return range(first, first + count)


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `fields` (attribute names, `person_id` for a foreign key)."""
    _ask(model, fields)
    fill(model._meta.db_table, [str(_field(model, name).column) for name in fields], rows)


def fill(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows into a table that need not be a model's: one that a run keeps for itself."""
    names = ", ".join(f'"{column}"' for column in columns)
    table = f'"{table}"'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django turns the errors of `execute` into its own, but not those of `copy`.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            adapt = _sqlite_adapters()
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",
                [[adapt(value) for value in row] for row in rows],
            )


def update(model: type[models.Model], key: str, fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Set `fields` of the rows named by `key`; each of `rows` is the key's value and then the values. Returns how many changed."""
    _ask(model, fields)
    if not rows:
        return 0
    table = f'"{model._meta.db_table}"'
    key_field, *set_fields = (_field(model, name) for name in (key, *fields))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [_type_of(field) for field in (key_field, *set_fields)]
            arrays = ", ".join(f"%s::{kind}[]" for kind in types)
            given = ", ".join(f"v{place}" for place in range(len(types)))
            assignments = ", ".join(f'"{field.column}" = given.v{place}' for place, field in enumerate(set_fields, 1))
            cursor.execute(
                f"UPDATE {table} SET {assignments} FROM unnest({arrays}) AS given({given}) "
                f'WHERE {table}."{key_field.column}" = given.v0',
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            adapt = _sqlite_adapters()
            assignments = ", ".join(f'"{field.column}" = %s' for field in set_fields)
            cursor.executemany(
                f'UPDATE {table} SET {assignments} WHERE "{key_field.column}" = %s',
                [[*map(adapt, row[1:]), adapt(row[0])] for row in rows],
            )
        return int(cursor.rowcount)


def upsert(model: type[models.Model], key: str, fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, or set `fields` where `key` exists; each of `rows` has the key's value, then the values."""
    _ask(model, fields)
    if not rows:
        return
    named = [_field(model, name) for name in (key, *fields)]
    names = ", ".join(f'"{field.column}"' for field in named)
    again = ", ".join(f'"{field.column}" = excluded."{field.column}"' for field in named[1:])
    into = f'INSERT INTO "{model._meta.db_table}" ({names})'
    on = f'ON CONFLICT ("{named[0].column}") DO UPDATE SET {again}'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in named)
            cursor.execute(
                f"{into} SELECT * FROM unnest({arrays}) {on}", [list(column) for column in zip(*rows, strict=True)]
            )
        else:
            adapt = _sqlite_adapters()
            marks = ", ".join(["%s"] * len(named))
            cursor.executemany(f"{into} VALUES ({marks}) {on}", [[adapt(value) for value in row] for row in rows])


def count_on(model: type[models.Model], key: str, field: str, value: Any) -> int:
    """Increment `field` of the row with this key, from 1 for a new row.

    Returns the new value; locked until the commit.
    """
    table, key_column, column = model._meta.db_table, _field(model, key).column, _field(model, field).column
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("{key_column}", "{column}") VALUES (%s, 1) ON CONFLICT ("{key_column}") '
            f'DO UPDATE SET "{column}" = "{table}"."{column}" + 1 RETURNING "{column}"',
            [value],
        )
        return int(cursor.fetchone()[0])


def among(sql: str, values: Sequence[Any], *before: Any, after: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of a query in which `{among}` is replaced by a list of any length, e.g. `WHERE id {among}`."""
    if not values:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(sql.format(among="= ANY(%s)"), [*before, list(values), *after])
            return list(cursor.fetchall())
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(values), _SQLITE_PARAMETERS):
            part = values[start : start + _SQLITE_PARAMETERS]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(sql.format(among=f"IN ({marks})"), [*before, *part, *after])
            found += cursor.fetchall()
        return found


def _ask(model: type[models.Model], fields: Sequence[str]) -> None:
    """Let the model refuse columns (`refuse_loading` in `procedures.subjects`)."""
    if refuse := getattr(model, "refuse_loading", None):
        refuse(fields)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _type_of(field: "models.Field[Any, Any]") -> str:
    kind = field.db_type(connection) or ""
    return kind.split("(")[0]


def _sqlite_adapters() -> Callable[[Any], Any]:
    moments: dict[datetime, Any] = {}

    def adapt(value: Any) -> Any:
        if isinstance(value, datetime):
            if value not in moments:
                moments[value] = connection.ops.adapt_datetimefield_value(value)
            return moments[value]
        return value.isoformat() if isinstance(value, date) else value

    return adapt
