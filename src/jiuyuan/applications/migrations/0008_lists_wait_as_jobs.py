from django.db import migrations
from django.utils import timezone


def keep_what_waits(apps, schema_editor):
    Extract, Job = apps.get_model("applications", "Extract"), apps.get_model("worker", "Job")
    waiting = Extract.objects.filter(status__in=["waiting", "running"])
    Job.objects.bulk_create(
        Job(
            kind="screen_list", key=str(extract.pk), about=f"{extract.provider} · 第{extract.pk}份", area=extract.area,
            ordered_by_id=extract.by_id, ordered_at=extract.at, due_at=timezone.now(),
        )
        for extract in waiting
    )


class Migration(migrations.Migration):

    dependencies = [
        ("worker", "0001_jobs"),
        ("applications", "0007_lists_that_are_claimed"),
    ]

    operations = [
        migrations.RunPython(keep_what_waits, migrations.RunPython.noop),
        migrations.RemoveField(model_name="extract", name="beat_at"),
    ]
