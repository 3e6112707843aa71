"""The tables of an installation. A new SQLite file starts from the schema dump `tables.sql`.

The dump is what the migrations make of an empty database; most of their time goes to tables that a later migration changes.
Newer migrations run on top of it. `python -m jiuyuan.tables` regenerates it, in a throw-away data folder.
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
    """Make the tables, or apply to those that are there the migrations that they lack."""
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        connection.close()
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as database:
            database.executescript(_KEPT.read_text("utf-8"))
    _migrate()


def _migrate() -> None:
    """Looking for reference cycles takes a quarter of the time of many migrations: each leaves classes of models behind."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        call_command("migrate", verbosity=0)
    finally:
        gc.set_threshold(*usual)


def keep() -> None:
    """Write down what the migrations make of an empty SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        connection.close()
        connection.settings_dict["NAME"] = f"{folder}/database"
        _migrate()
        connection.close()
        with closing(sqlite3.connect(f"{folder}/database")) as database:
            # Not the moment of today, so that the file differs where the tables do.
            database.execute("UPDATE django_migrations SET applied = '2022-06-10'")
            _KEPT.write_text("\n".join(database.iterdump()) + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
    import django

    django.setup()
    keep()
