"""The database itself refuses to change or remove what is recorded."""

from typing import Any

from django.db import migrations

TABLES = ("history_entry", "history_look", "history_digest")
REFUSAL = "the record is append-only"

# PostgreSQL: one function, a trigger for rows and one for TRUNCATE, which fires no row trigger.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}: % on %', TG_OP, TG_TABLE_NAME; END $$
"""


def create(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_FUNCTION, params=None)
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            for name, event, each in (("rows", "UPDATE OR DELETE", "ROW"), ("table", "TRUNCATE", "STATEMENT")):
                editor.execute(
                    f"CREATE TRIGGER {table}_append_only_{name} BEFORE {event} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION history_refuse()"
                )
        else:
            for event in ("UPDATE", "DELETE"):
                editor.execute(
                    f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {event} on {table}'); END"
                )


def drop(apps: Any, editor: Any) -> None:
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            for name in ("rows", "table"):
                editor.execute(f"DROP TRIGGER {table}_append_only_{name} ON {table}")
        else:
            for event in ("update", "delete"):
                editor.execute(f"DROP TRIGGER {table}_append_only_{event}")
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION history_refuse()")


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
