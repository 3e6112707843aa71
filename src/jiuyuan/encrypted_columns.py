"""For migrations: turn a plain-text column into an encrypted one, its values included."""

from itertools import islice
from typing import Any

from django.db import migrations, models

from jiuyuan.encryption import EncryptedTextField, encrypt

_AT_ONCE = 2_000


def encrypt_column(app: str, model: str, name: str, field: EncryptedTextField) -> list[Any]:
    """The operations for one column. The rows are read and written in pieces; nothing is lost where it is stopped."""
    table, kept = f"{app}_{model}", f"{name}_encrypted"

    def fill(_apps: Any, editor: Any) -> None:
        last = 0
        with editor.connection.cursor() as cursor:
            while True:
                cursor.execute(f"SELECT id, {name} FROM {table} WHERE id > %s ORDER BY id LIMIT {_AT_ONCE}", [last])
                rows = list(islice(cursor.fetchall(), _AT_ONCE))
                if not rows:
                    return
                sealed = [(encrypt(text.encode(), f"{app}.{model}.{name}"), pk) for pk, text in rows]
                cursor.executemany(f"UPDATE {table} SET {kept} = %s WHERE id = %s", sealed)
                last = rows[-1][0]

    return [
        migrations.AddField(model, kept, models.BinaryField(default=b"")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveField(model, name),
        migrations.RenameField(model, kept, name),
        migrations.AlterField(model, name, field),
    ]
