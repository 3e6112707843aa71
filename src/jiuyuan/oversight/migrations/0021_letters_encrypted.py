from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_columns
from jiuyuan.encryption import EncryptedJSONField


class Migration(migrations.Migration):
    """What a letter about a recovery will say lies encrypted."""

    dependencies = [("oversight", "0020_revision_of_tallies")]
    operations = [
        *encrypt_columns("oversight", "recoveryletter", {
            "said": EncryptedJSONField("内容", default=dict, help_text="盖章以后不再保留，以盖了章的为准"),
        }),
    ]
