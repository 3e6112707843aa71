"""The regions' own facts in one column, and an index by which lists find them (PostgreSQL)."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE INDEX people_own_facts ON people_knownfacts USING gin (own jsonb_path_ops) WHERE own IS NOT NULL"
        )


def no_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX people_own_facts")


class Migration(migrations.Migration):
    dependencies = [("people", "0014_imports_wait_as_jobs")]

    operations = [
        migrations.AddField("knownfacts", "own", models.JSONField(null=True, verbose_name="各地自定事项")),
        migrations.RunPython(index, no_index),
    ]
