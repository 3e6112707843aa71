"""Reads rows of the record as text and parses them one by one, whatever somebody put into the database.

The ORM would fail at the first invalid value.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

_FETCHED = 2_000


class UnreadableColumn(ValueError):
    """A row that cannot be parsed; the message names the column."""


def rows(
    table: str, columns: Sequence[str], *, order: Sequence[str], where: str = "", given: Sequence[Any] = ()
) -> "Iterator[Stored]":
    """Yield the rows in order, with a few thousand in memory at a time."""
    # SQLite accepts any value in any column; as bytes each can be fetched.
    as_text = "{}::text" if connection.vendor == "postgresql" else "CAST({} AS BLOB)"
    wanted = ", ".join(as_text.format(f'"{column}"') for column in columns)
    # With the table's name, otherwise PostgreSQL would sort by the selected text.
    by = ", ".join(f'"{table}"."{column}"' for column in order)
    sql = f'SELECT {wanted} FROM "{table}" {f"WHERE {where}" if where else ""} ORDER BY {by}'
    cursor = connection.chunked_cursor()
    with cursor:
        cursor.execute(sql, given)
        while fetched := cursor.fetchmany(_FETCHED):
            for values in fetched:
                yield Stored(dict(zip(columns, values, strict=True)))


class Stored:
    """One row. Its accessors raise `UnreadableColumn` for a value of the wrong type."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, column: str) -> str:
        value = self._values[column]
        try:
            return value.decode("utf-8") if isinstance(value, bytes) else _text(value)
        except ValueError:
            raise UnreadableColumn(column) from None

    def texts(self, columns: Sequence[str]) -> dict[str, str]:
        return {column: self.text(column) for column in columns}

    def number(self, column: str) -> int:
        return self._read(column, int)

    def number_or_none(self, column: str) -> int | None:
        return None if self._values[column] is None else self.number(column)

    def yes(self, column: str) -> bool:
        return self._read(column, {"1": True, "0": False, "true": True, "false": False}.__getitem__)

    def day(self, column: str) -> date:
        return self._read(column, date.fromisoformat)

    def moment(self, column: str) -> datetime:
        """A timestamp in Django's format: SQLite without a time zone, in UTC."""
        at = self._read(column, datetime.fromisoformat)
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def json(self, column: str) -> Any:
        return self._read(column, json.loads)

    def shown(self, column: str) -> str:
        """The value for messages, as far as it can be displayed."""
        value = self._values[column]
        return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))[:64]

    def _read(self, column: str, kind: Any) -> Any:
        try:
            return kind(self.text(column))
        except (ValueError, KeyError, OverflowError, RecursionError):
            raise UnreadableColumn(column) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value
