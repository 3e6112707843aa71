from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits to be told is kept as a code with fields. What was written before keeps its text."""

    dependencies = [
        ("notifications", "0002_messages_to_the_dead_are_held_back"),
    ]

    operations = [
        operation
        for model in ("message", "withheld")
        for operation in (
            migrations.RenameField(model, "title", "sent_title"),
            migrations.RenameField(model, "body", "sent_body"),
            migrations.AlterField(model, "sent_title", models.CharField("发出的标题", max_length=120, blank=True)),
            migrations.AlterField(model, "sent_body", models.TextField("发出的正文", blank=True)),
            migrations.AddField(model, "code", models.CharField("讲什么", max_length=80, blank=True, default="")),
            migrations.AddField(model, "fields", models.JSONField("其中的事项", default=dict)),
        )
    ]
