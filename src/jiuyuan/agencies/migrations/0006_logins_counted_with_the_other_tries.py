"""django-axes counted wrong passwords in tables of its own, with account and address in them; `agencies.logins` does it now."""

from django.db import migrations

_TABLES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog")


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_relatives_and_holders")]
    operations = [
        migrations.RunSQL([f"DROP TABLE IF EXISTS {table}" for table in _TABLES], migrations.RunSQL.noop)
    ]
