"""Applications and recognitions say which region's rules they stand under. Until now there was one region, and one policy of
recognition: the columns come with these as constants, which neither database writes into every row."""

from django.db import migrations, models


def _column(table, name, length, value):
    add = f"ALTER TABLE {table} ADD COLUMN {name} varchar({length}) NOT NULL DEFAULT '{value}'"

    def forwards(apps, editor):
        editor.execute(add)
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT")

    return migrations.RunPython(
        forwards, lambda apps, editor: editor.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    )


class Migration(migrations.Migration):
    dependencies = [("recognitions", "0011_nights_wait_as_jobs")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                _column("recognitions_recognition", "region", 20, "jilin"),
                _column("recognitions_recognition", "scheme", 40, "employment_hardship"),
            ],
            [
                migrations.AddField("recognition", "region", models.CharField("地区", max_length=20, default="jilin"), preserve_default=False),
                migrations.AddField("recognition", "scheme", models.CharField("认定事项", max_length=40, default="employment_hardship"), preserve_default=False),
            ],
        )
    ]
