from django.db import migrations
from django.utils import timezone

_JOBS = {"checking": "try_file", "running": "import_file", "withdrawing": "take_back_file"}


def keep_what_waits(apps, schema_editor):
    ImportBatch, Job = apps.get_model("people", "ImportBatch"), apps.get_model("worker", "Job")
    Job.objects.bulk_create(
        Job(
            kind=_JOBS[batch.status], key=str(batch.pk), about=f"第{batch.pk}批 {batch.get_kind_display()}",
            area=batch.area, ordered_by_id=batch.by_id, ordered_at=batch.at, due_at=timezone.now(),
        )
        for batch in ImportBatch.objects.filter(status__in=_JOBS)
    )


class Migration(migrations.Migration):

    dependencies = [
        ("worker", "0001_jobs"),
        ("people", "0013_household_written_when"),
    ]

    operations = [
        migrations.RunPython(keep_what_waits, migrations.RunPython.noop),
        migrations.RemoveField(model_name="importbatch", name="beat_at"),
    ]
