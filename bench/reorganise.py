"""An office with 50,000 people merged into its neighbour, undone, and put below another county, in a PostgreSQL of its own.

    python -m bench.reorganise [--people 50000]

Each is what the worker does in one transaction; beside it stands the commit of the same rows written by the database alone.
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

from bench import processor
from jiuyuan import config
from tests import postgres

_OF_THE_OFFICE = ("people_person", "applications_application", "recognitions_recognition")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50_000)
    people = parser.parse_args().people
    data = Path(tempfile.mkdtemp(prefix="jiuyuan-bench-"))
    try:
        cluster = postgres.Cluster(processor.POSTGRES)
    except postgres.Missing as missing:
        print(missing)
        return 1
    try:
        cluster.start()
        config.create(data, "test")
        os.environ |= {
            "JIUYUAN_DATA": str(data),
            "JIUYUAN_DATABASE_URL": cluster.url,
            "JIUYUAN_TODAY": "2026-03-09",
            "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }
        measure(people)
    finally:
        cluster.stop()
        shutil.rmtree(data)
    return 0


def measure(people: int) -> None:
    from bench import desk

    desk._prepare(people, people)
    from django.db import connection, transaction

    from tests.factories import PLATFORM, staff
    from tests.oversight.reorganisations import SAID, agency, as_it_stands, drafted, now, ordered, returning

    office = agency(PLATFORM)
    with connection.cursor() as cursor:
        for table in _OF_THE_OFFICE:
            cursor.execute(f"UPDATE {table} SET agency_id = %s, area = %s", [office.pk, office.path])
        cursor.execute("VACUUM ANALYZE")
    by = staff("supervisor")
    for action in ("draft_merge", "draft_move"):
        with _timed(f"{action} tried"):
            drafted(action, by)
        row = ordered(action, by, **SAID[action])
        with _timed(f"{action} done"):
            now()
        assert as_it_stands(row).status == "done"
        row = returning(row)
        with _timed(f"{action} undone"):
            now()
        assert as_it_stands(row).status == "returned"
    with _timed("the bare rows, by the database alone"), transaction.atomic(), connection.cursor() as cursor:
        for table in _OF_THE_OFFICE:
            cursor.execute(f"UPDATE {table} SET area = area || '0/'")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began, spent = time.monotonic(), time.process_time()
    yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:40} {time.monotonic() - began:7.2f} s, {time.process_time() - spent:7.2f} s of Python, {memory} MB")


if __name__ == "__main__":
    sys.exit(main())
