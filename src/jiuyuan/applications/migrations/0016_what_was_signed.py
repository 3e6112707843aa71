"""What an applicant signed online is kept as it was signed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0015_letters_of_every_ending")]

    operations = [
        migrations.AddField("application", "signed", models.JSONField(null=True, verbose_name="网上签名")),
    ]
