"""An earlier register is confirmed by a second person before its rows stand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0018_vacancy_files"),
    ]
    operations = [
        migrations.AddField(
            "importbatch",
            "confirmed_by",
            models.ForeignKey(
                help_text="以前的名册由另一人确认",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="确认人",
            ),
        ),
    ]
