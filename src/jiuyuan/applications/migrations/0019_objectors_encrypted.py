from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_column
from jiuyuan.encryption import EncryptedTextField


class Migration(migrations.Migration):
    """Who objects and how they are reached lies encrypted."""

    dependencies = [("applications", "0018_objections_by_number")]
    operations = [
        *encrypt_column("applications", "objection", "contact", EncryptedTextField("联系方式", blank=True)),
    ]
