"""Looks name the request that made them, as acts do."""

from importlib import import_module
from typing import Any

from django.db import migrations, models

_guard: Any = import_module("jiuyuan.history.migrations.0002_append_only")


class Migration(migrations.Migration):
    dependencies = [("history", "0003_looks_under_proof")]
    # SQLite makes a changed table anew, and its guard would be gone with the old one.
    operations = [
        migrations.RunPython(_guard.drop, _guard.create),
        migrations.AddField(
            "look", "request", models.CharField("请求编号", max_length=32, blank=True, default="", db_default="")
        ),
        migrations.RunPython(_guard.create, _guard.drop),
    ]
