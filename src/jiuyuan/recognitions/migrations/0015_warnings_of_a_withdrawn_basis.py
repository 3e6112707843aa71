"""A warning where what a recognition or its end rests on was taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recognitions", "0014_outcomes_of_objections")]
    operations = [
        migrations.AlterField(
            "warning",
            "kind",
            models.CharField(
                choices=[
                    ("age", "将到法定退休年龄"),
                    ("assistance", "援助政策将期满"),
                    ("family", "零就业家庭清零期限"),
                    ("basis", "所据的数据已撤回"),
                ],
                max_length=16,
                verbose_name="事项",
            ),
        ),
    ]
