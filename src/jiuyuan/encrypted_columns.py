"""For migrations: converts plain columns of text or JSON into encrypted ones, with their values."""

from collections.abc import Mapping
from typing import Any

from django.db import migrations, models

from jiuyuan.encryption import EncryptedTextField, encrypt

_AT_ONCE = 2_000


def encrypt_column(app: str, model: str, name: str, field: EncryptedTextField) -> list[Any]:
    """The operations for one column."""
    return encrypt_columns(app, model, {name: field})


def encrypt_columns(app: str, model: str, fields: Mapping[str, EncryptedTextField]) -> list[Any]:
    """The operations for several columns of a table, whose rows are read and written once, in chunks.

    NULL stays NULL; nothing is lost if it is interrupted.
    """
    table, kept = f"{app}_{model}", {name: f"{name}_encrypted" for name in fields}

    def fill(_apps: Any, editor: Any) -> None:
        connection, last = editor.connection, 0
        write = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    f"SELECT id, {', '.join(fields)} FROM {table} WHERE id > %s ORDER BY id LIMIT {_AT_ONCE}", [last]
                )
                rows = cursor.fetchall()
                if not rows:
                    return
                sealed = [
                    [None if text is None else encrypt(text.encode(), f"{app}.{model}.{name}") for text in column]
                    for name, column in zip(fields, list(zip(*rows, strict=True))[1:], strict=True)
                ]
                write(cursor, table, list(kept.values()), [pk for pk, *_ in rows], sealed)
                last = rows[-1][0]

    return [
        *(migrations.AddField(model, column, models.BinaryField(null=True)) for column in kept.values()),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(migrations.RemoveField(model, name) for name in fields),
        *(migrations.RenameField(model, column, name) for name, column in kept.items()),
        *(migrations.AlterField(model, name, field) for name, field in fields.items()),
    ]


def _on_postgres(cursor: Any, table: str, columns: list[str], keys: list[int], sealed: list[list[Any]]) -> None:
    given = ", ".join(f"v{place}" for place in range(len(columns)))
    assignments = ", ".join(f"{column} = given.v{place}" for place, column in enumerate(columns))
    arrays = "%s::bigint[]" + ", %s::bytea[]" * len(columns)
    cursor.execute(
        f"UPDATE {table} SET {assignments} FROM unnest({arrays}) AS given(id, {given}) WHERE {table}.id = given.id",
        [keys, *sealed],
    )


def _on_sqlite(cursor: Any, table: str, columns: list[str], keys: list[int], sealed: list[list[Any]]) -> None:
    assignments = ", ".join(f"{column} = %s" for column in columns)
    cursor.executemany(f"UPDATE {table} SET {assignments} WHERE id = %s", list(zip(*sealed, keys, strict=True)))
