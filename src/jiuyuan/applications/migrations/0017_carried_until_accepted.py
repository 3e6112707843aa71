"""What a case says of somebody whose file stands at another office is kept with the case until it is accepted."""

from django.db import migrations

import jiuyuan.encryption


class Migration(migrations.Migration):
    dependencies = [("applications", "0016_what_was_signed")]

    operations = [
        migrations.AddField(
            "application",
            "carried",
            jiuyuan.encryption.EncryptedTextField(null=True, verbose_name="受理以前随申请存的登记内容"),
        ),
    ]
