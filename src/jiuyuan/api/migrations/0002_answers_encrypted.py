from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_column
from jiuyuan.encryption import EncryptedTextField


class Migration(migrations.Migration):
    """An answer that is kept for a repeated call holds what was asked for: it lies encrypted."""

    dependencies = [("api", "0001_initial")]
    operations = encrypt_column("api", "idempotentcall", "answer", EncryptedTextField())
