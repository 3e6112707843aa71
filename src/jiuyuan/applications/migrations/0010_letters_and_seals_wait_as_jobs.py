import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

_CHUNK = 1000


def keep_what_waits(apps, schema_editor):
    Opinion, Job = apps.get_model("applications", "Opinion"), apps.get_model("worker", "Job")
    waiting = Opinion.objects.filter(awaits_seal=True).select_related("application").order_by("pk")
    now = timezone.now()
    Job.objects.bulk_create(
        (
            Job(
                kind="seal_form", key=str(opinion.pk), about=opinion.application.number,
                area=opinion.application.area, ordered_at=now, due_at=now,
            )
            for opinion in waiting.iterator(chunk_size=_CHUNK)
        ),
        batch_size=_CHUNK,
    )


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
