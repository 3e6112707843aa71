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
    dependencies = [("applications", "0010_letters_and_seals_wait_as_jobs")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                _column("applications_application", "region", 20, "jilin"),
                _column("applications_application", "scheme", 40, "employment_hardship"),
                _column("applications_application", "policy", 40, "jilin-2022-10"),
            ],
            [
                migrations.AddField("application", "region", models.CharField("地区", max_length=20, default="jilin"), preserve_default=False),
                migrations.AddField("application", "scheme", models.CharField("认定事项", max_length=40, default="employment_hardship"), preserve_default=False),
                migrations.AddField("application", "policy", models.CharField("依据", max_length=40, default="jilin-2022-10"), preserve_default=False),
            ],
        )
    ]
