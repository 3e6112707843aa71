"""An office with 50,000 people merged into its neighbour, undone, and put below another county and back, on SQLite.

    python -m bench.reorganise [--people 50000]

Each is what the worker does in one transaction. Processor time stands beside the clock: the database runs in the same process.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jiuyuan import config

#: Copied with a key of their own, and what else must be theirs alone.
_COPIED = {
    "people_person": {"id_index": "id_index || n", "account_id": "NULL"},
    "applications_application": {"number": "number || n", "person_id": "person_id + n", "recognition_id": "recognition_id + n"},
    "recognitions_recognition": {"number": "number || n", "person_id": "person_id + n"},
}  # fmt: skip
_EACH = "WITH RECURSIVE each(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < %s)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50_000)
    people = parser.parse_args().people
    data = Path(tempfile.mkdtemp(prefix="jiuyuan-bench-"))
    try:
        config.create(data, "test")
        os.environ |= {
            "JIUYUAN_DATA": str(data),
            "JIUYUAN_TODAY": "2026-03-02",
            "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }
        measure(people)
    finally:
        shutil.rmtree(data)
    return 0


def measure(people: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from jiuyuan.agencies import services

    call_command("migrate", verbosity=0)
    services.plant()
    from tests.factories import a_case, staff
    from tests.oversight.reorganisations import as_it_stands, drafted, now, ordered, returning

    a_case("recognised")
    _copy(people)
    by = staff("supervisor")
    for action in ("draft_merge", "draft_move"):
        with _timed(f"{action}, tried"):
            drafted(action, by)
        row = ordered(action, by)
        with _timed(f"{action}, done"):
            now()
        assert as_it_stands(row).status == "done"
        row = returning(row)
        with _timed(f"{action}, undone"):
            now()
        assert as_it_stands(row).status == "returned"


def _copy(people: int) -> None:
    """The person, the case and the stay that there are, so many times more: past the services, for measuring alone."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table, own in _COPIED.items():
            cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")
            columns = [name for (name,) in cursor.fetchall()]
            values = ", ".join({"id": "id + n", **own}.get(name, f'"{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f"{_EACH} INSERT INTO {table} ({names}) SELECT {values} FROM {table}, each", [people - 1])
        cursor.execute("SELECT count(*) FROM people_person")
        print(f"{cursor.fetchone()[0]:,} people", flush=True)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began, spent = time.monotonic(), time.process_time()
    yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took, busy = time.monotonic() - began, time.process_time() - spent
    print(f"{what:24} {took:7.1f} s, {busy:7.1f} s of the processor, {memory} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
