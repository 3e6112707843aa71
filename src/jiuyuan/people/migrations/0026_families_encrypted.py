from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_columns
from jiuyuan.encryption import EncryptedJSONField


class Migration(migrations.Migration):
    """The members of a certified family lie encrypted."""

    dependencies = [("people", "0025_insurance_by_month")]
    operations = [
        *encrypt_columns("people", "familycertification", {
            "members": EncryptedJSONField("家庭成员", default=list),
        }),
    ]
