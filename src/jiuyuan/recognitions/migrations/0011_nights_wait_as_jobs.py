from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def keep_what_waits(apps, schema_editor):
    NightlyRun, Job = apps.get_model("recognitions", "NightlyRun"), apps.get_model("worker", "Job")
    area = apps.get_model("agencies", "Agency").objects.filter(parent=None).values_list("path", flat=True).first() or ""
    waiting = NightlyRun.objects.filter(Q(ordered_at__isnull=False) | Q(finished_at=None, beat_at__isnull=False))
    Job.objects.bulk_create(
        Job(
            kind="nightly", key=run.day.isoformat(), about=run.day.isoformat(), area=area,
            ordered_at=run.ordered_at or run.started_at, due_at=timezone.now(),
        )
        for run in waiting
    )


class Migration(migrations.Migration):

    dependencies = [
        ("worker", "0001_jobs"),
        ("recognitions", "0010_who_proposed_and_what_was_found"),
    ]

    operations = [
        migrations.RunPython(keep_what_waits, migrations.RunPython.noop),
        migrations.RemoveField(model_name="nightlyrun", name="ordered_at"),
        migrations.RemoveField(model_name="nightlyrun", name="beat_at"),
    ]
