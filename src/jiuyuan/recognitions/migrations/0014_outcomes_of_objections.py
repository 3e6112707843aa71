"""What became of an objection to an exit is a letter, kept beside the notices of exits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recognitions", "0013_states_are_the_procedures")]

    operations = [
        migrations.AddField(
            model_name="exitnotice",
            name="objection",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="outcome",
                to="recognitions.exitobjection", verbose_name="所处理的异议",
            ),
        ),
        migrations.RemoveConstraint(model_name="exitnotice", name="recognitions_one_notice_an_end"),
        migrations.AddConstraint(
            model_name="exitnotice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("objection", None)), fields=("recognition", "version"), name="recognitions_one_notice_an_end"
            ),
        ),
    ]
