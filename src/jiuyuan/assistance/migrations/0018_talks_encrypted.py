from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_columns
from jiuyuan.encryption import EncryptedJSONField, EncryptedTextField


class Migration(migrations.Migration):
    """What somebody said in a talk lies encrypted."""

    dependencies = [("assistance", "0017_duties_kept_ahead")]
    operations = [
        *encrypt_columns("assistance", "interview", {
            "ability": EncryptedJSONField("就业能力", default=list),
            "wishes": EncryptedJSONField("求职意愿", default=dict),
            "services_wanted": EncryptedJSONField("服务需求", default=list),
            "note": EncryptedTextField("备注", blank=True),
        }),
    ]
