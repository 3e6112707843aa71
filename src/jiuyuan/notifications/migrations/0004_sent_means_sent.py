"""What was called sent so far had only been shown in the system: no gateway could be configured. Nothing of it is sent now."""

from django.db import migrations, models


def nothing_was_sent(apps, schema_editor):
    apps.get_model("notifications", "Message").objects.exclude(sent_at=None).update(sent_at=None)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_codes_with_fields")]

    operations = [
        migrations.RemoveIndex("message", "notifications_waiting"),
        migrations.RunPython(nothing_was_sent, migrations.RunPython.noop),
        migrations.AddField("message", "due_at", models.DateTimeField(null=True, verbose_name="何时发短信")),
        migrations.AddField("message", "delivered_at", models.DateTimeField(null=True, verbose_name="送达时间")),
        migrations.AddField(
            "message", "sent_to", models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="发往")
        ),
        migrations.AddIndex(
            "message",
            models.Index(fields=["due_at"], name="notifications_due", condition=models.Q(due_at__isnull=False)),
        ),
        migrations.AddIndex(
            "message",
            models.Index(fields=["sent_to", "sent_at"], name="notifications_sent_to", condition=models.Q(("sent_to", ""), _negated=True)),
        ),
        migrations.AddIndex(
            "message",
            models.Index(fields=["sent_at"], name="notifications_sent", condition=models.Q(sent_at__isnull=False)),
        ),
    ]
