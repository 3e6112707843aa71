"""Creates and migrates the tables of an installation.

A new SQLite file starts from the dump `tables.sql`, the result of the migrations on an empty database, because
running them takes long. Newer migrations run on top of it. `python -m jiuyuan.tables` regenerates it, in a
temporary data folder.
"""

import gc
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.core.management import call_command
from django.db import connection

_KEPT = Path(__file__).with_suffix(".sql")


def bring_up_to_date() -> None:
    """Create the tables, or apply the missing migrations."""
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        connection.close()
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as database:
            database.executescript(_KEPT.read_text("utf-8"))
    _migrate()


def _migrate() -> None:
    """Without garbage collection, which takes a quarter of the time of many migrations:
    each leaves reference cycles of model classes.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        call_command("migrate", verbosity=0)
    finally:
        gc.set_threshold(*usual)


def keep() -> None:
    """Write the dump of an empty SQLite database after all migrations."""
    with tempfile.TemporaryDirectory() as folder:
        connection.close()
        connection.settings_dict["NAME"] = f"{folder}/database"
        _migrate()
        connection.close()
        with closing(sqlite3.connect(f"{folder}/database")) as database:
            # A constant time, so that the file changes only when the tables do.
            database.execute("UPDATE django_migrations SET applied = '2022-06-10'")
            _KEPT.write_text("\n".join(database.iterdump()) + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
    import django

    django.setup()
    keep()
