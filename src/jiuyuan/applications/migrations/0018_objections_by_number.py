"""Who objects to a notice gets a number to ask after it; objections of before have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0017_carried_until_accepted")]
    operations = [
        migrations.AddField(
            "objection",
            "number",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="提出的人凭它查处理情况；猜不到",
                max_length=20,
                verbose_name="异议编号",
            ),
        ),
        migrations.AddConstraint(
            "objection",
            models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number",),
                name="applications_an_objection_by_its_number",
            ),
        ),
    ]
