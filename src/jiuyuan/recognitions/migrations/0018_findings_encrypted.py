from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_columns
from jiuyuan.encryption import EncryptedJSONField, EncryptedTextField


class Migration(migrations.Migration):
    """What visits found, and what proposals, investigations and ends rest on, lie encrypted."""

    dependencies = [("recognitions", "0017_who_acted")]
    operations = [
        *encrypt_columns("recognitions", "visit", {
            "found": EncryptedJSONField("走访所见", default=dict),
            "seen": EncryptedJSONField("带走名单时的记录", default=dict),
            "remarks": EncryptedTextField("情况说明", blank=True),
            "wanted": EncryptedTextField("需要的帮助", blank=True),
            "help": EncryptedJSONField("帮扶方面的记录", default=dict),
        }),
        *encrypt_columns("recognitions", "exitproposal", {
            "before": EncryptedJSONField("此前的判定", default=dict),
            "now": EncryptedJSONField("现在的判定", default=dict),
        }),
        *encrypt_columns("recognitions", "investigation", {
            "known": EncryptedJSONField("立案时的事实", default=dict),
        }),
        *encrypt_columns("recognitions", "recognition", {
            "basis": EncryptedJSONField("退出所据的事实", null=True),
        }),
        *encrypt_columns("recognitions", "exitobjection", {
            "basis": EncryptedJSONField("退出所据的事实", null=True),
        }),
    ]
