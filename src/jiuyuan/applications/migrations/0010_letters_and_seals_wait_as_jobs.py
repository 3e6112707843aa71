import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

# One statement: an installation may have hundreds of thousands of opinions without a seal.
_ORDER = """
INSERT INTO worker_job (kind, key, about, payload, area, ordered_at, due_at, claim, done, total, tries, failure)
SELECT 'seal_form', CAST(o.id AS varchar(64)), a.number, '{}', a.area, %s, %s, '', 0, 0, 0, ''
FROM applications_opinion o JOIN applications_application a ON a.id = o.application_id
WHERE o.awaits_seal ORDER BY o.id
"""


def keep_what_waits(apps, schema_editor):
    connection = schema_editor.connection
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_ORDER, [now, now])


class Migration(migrations.Migration):

    dependencies = [
        ("worker", "0001_jobs"),
        ("applications", "0009_states_are_the_procedures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("receipt", "受理通知书"), ("correction", "补正告知书"), ("rejection", "不予认定告知书")], max_length=12, verbose_name="种类")),
                ("issued_on", models.DateField(verbose_name="日期")),
                ("officer_name", models.CharField(blank=True, max_length=80, verbose_name="经办人")),
                ("said", models.JSONField(default=dict, verbose_name="内容")),
                ("stored_as", models.CharField(blank=True, help_text="空：还没有盖章", max_length=80, verbose_name="存放位置")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="校验值")),
                ("sealed_at", models.DateTimeField(null=True, verbose_name="盖章时间")),
                ("application", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="applications.application", verbose_name="申请")),
            ],
            options={"verbose_name": "告知书", "ordering": ["id"]},
        ),
        migrations.RunPython(keep_what_waits, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="opinion", name="applications_to_be_sealed"),
        migrations.RemoveField(model_name="opinion", name="awaits_seal"),
    ]
