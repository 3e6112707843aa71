from django.db import migrations

from jiuyuan.encrypted_columns import encrypt_columns
from jiuyuan.encryption import EncryptedJSONField


class Migration(migrations.Migration):
    """What a decision rested on, what a form and a call said, and what a letter will say lie encrypted."""

    dependencies = [("applications", "0021_who_acted")]
    operations = [
        *encrypt_columns("applications", "decision", {
            "facts": EncryptedJSONField("所据事实"),
            "answer": EncryptedJSONField("判定结果"),
            "refusal": EncryptedJSONField("拒绝的依据", default=dict),
        }),
        *encrypt_columns("applications", "lead", {
            "facts": EncryptedJSONField("已知事实", default=dict),
            "answers": EncryptedJSONField("电话中的回答", default=dict),
        }),
        *encrypt_columns("applications", "application", {
            "details": EncryptedJSONField("认定表其他栏目", default=dict),
        }),
        *encrypt_columns("applications", "letter", {
            "said": EncryptedJSONField("内容", default=dict, help_text="盖章以后不再保留，以盖了章的为准"),
        }),
    ]
