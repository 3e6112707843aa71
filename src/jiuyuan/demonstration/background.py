"""The rest of a demonstration: made in a separate folder and database, then copied in one transaction.

So no page waits for it, a killed run is repeated without a trace, and users see all of it or nothing. Run as
`python -m jiuyuan.demonstration.background DATABASE`, with its own folder as `JIUYUAN_DATA`.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from jiuyuan import config
from jiuyuan.config import Config
from jiuyuan.demonstration_progress import FOLDER, START, note

_WHOLE = "whole"
_DATABASE = "jiuyuan.sqlite3"
_PATIENCE = 60  # seconds for which copying waits for other writers


def start(data: Path, database: Path, niceness: int = 0) -> "subprocess.Popen[bytes] | None":
    """Start making the rest; None if there is nothing to make. `niceness`: so that pages are answered first."""
    folder = data / FOLDER
    if not folder.exists():
        return None
    shutil.copy(data / config.FILE, folder / config.FILE)
    return subprocess.Popen(
        [sys.executable, "-m", "jiuyuan.demonstration.background", database],
        env={**os.environ, "JIUYUAN_DATA": str(folder), "JIUYUAN_DATABASE_URL": f"sqlite:///{folder / _DATABASE}"},
        preexec_fn=lambda: os.nice(niceness),
        stdin=subprocess.DEVNULL,
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
    import django

    django.setup()
    installation = config.load()
    with _alone(installation.data) as there:
        if not there:  # another process finished it meanwhile
            return
        try:
            if not (installation.data / _WHOLE).exists():
                _make(installation)
            _take_over(installation, Path(sys.argv[1]))
        except Exception:
            note(installation.data, 0, 0, stopped=True)
            raise


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Wait for the process of a killed demonstration that is still making the rest; False if that has finished it."""
    try:
        opened = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield (folder / config.FILE).exists()
    finally:
        os.close(opened)


def _make(installation: Config) -> None:
    folder = installation.data
    for left in folder.glob(f"{_DATABASE}*"):
        left.unlink()
    shutil.copy(folder / START, folder / _DATABASE)
    from django.db import connections, transaction

    from jiuyuan import tables
    from jiuyuan.demonstration import first_screens, schedule

    parent = os.getppid()

    def told(over: int, of: int) -> None:
        if os.getppid() != parent:  # the process that started it has ended
            os._exit(1)
        note(folder, over, of)

    schedule.clear_away(folder)
    tables.bring_up_to_date()  # a newer version may continue what an older one began
    with transaction.atomic():
        ensemble = first_screens.ensemble(folder)
        ensemble.of_the_first_screens()  # invent the same people; their stories are already told
        schedule.tell(ensemble.of_the_rest(), told)
    connections.close_all()
    (folder / _WHOLE).touch()


def _take_over(installation: Config, database: Path) -> None:
    """Copy documents first: a row without its document is an error, a document without its row is not."""
    folder = installation.data
    into = config.load(folder.parent)
    for path in (folder / "documents").glob("*/*"):
        _move(path, into.data / path.relative_to(folder))
    _rows(folder / _DATABASE, database)
    for path in installation.ledger_key.parent.glob("*"):
        _move(path, into.ledger_key.parent / path.name)
    there = into.ledger.read_text("utf-8").splitlines() if into.ledger.exists() else []
    with into.ledger.open("a", encoding="utf-8") as ledger:
        ledger.writelines(f"{line}\n" for line in _lines(installation.ledger) if line not in there)
    shutil.rmtree(folder)


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.replace(to)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _rows(source: Path, database: Path) -> None:
    """Copy the rows that only `source` has; their primary keys are unused here."""
    from jiuyuan.oversight.models.tallies import DERIVED

    derived = {model._meta.db_table for model in DERIVED}
    with closing(sqlite3.connect(database, timeout=_PATIENCE, isolation_level=None)) as db:
        db.execute("ATTACH ? AS made", [str(source)])
        tables = db.execute("SELECT name FROM made.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        db.execute("BEGIN IMMEDIATE")
        for (table,) in tables.fetchall():
            if table in derived:
                db.execute(f'DELETE FROM main."{table}"')
                continue
            columns = db.execute(f'PRAGMA made.table_info("{table}")').fetchall()
            names = ", ".join(f'"{column[1]}"' for column in columns)
            [key] = [column[1] for column in columns if column[5]]
            db.execute(
                f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM made."{table}" '
                f'WHERE "{key}" NOT IN (SELECT "{key}" FROM main."{table}")'
            )
        # Applicants with accounts get the names on the cards invented for them.
        db.execute(
            "UPDATE main.agencies_user SET name = m.name FROM made.agencies_user AS m WHERE m.id = main.agencies_user.id"
        )
        db.execute("COMMIT")


if __name__ == "__main__":
    main()
