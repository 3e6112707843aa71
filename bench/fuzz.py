"""What nobody means to send, for as long as one likes: the fuzz of the tests (`tests/fuzzing`), with a new seed for each world.

    python -m bench.fuzz [--minutes 5] [--seed 1] [--postgres]

Everything happens in one process, through all middlewares, on SQLite or in a PostgreSQL of its own. Half of what is sent
stays done, so that cases move on and accounts run out of tries. Exits with 1 where anything was answered with 5xx.
"""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import monotonic

from jiuyuan import clock, config
from tests import postgres

_REQUESTS_A_WORLD = 4000
_KEPT = 0.5
_DAY = date(2026, 3, 2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    _install(options.postgres)

    from django.core.cache import cache
    from django.db import transaction

    from tests.consistency.test_every_page_by_role import VISITORS, World
    from tests.fuzzing.fuzzer import Count, Fuzzer

    total, seed, until = Count(), options.seed, monotonic() + 60 * options.minutes
    while monotonic() < until:
        with transaction.atomic():
            world = World()
            users = {role: world.visitor(role, inside=True) for role in VISITORS}
            fuzzer = Fuzzer(seed, users, world.arguments, world.queries, keep=_KEPT)
            total.add(fuzzer.run(_REQUESTS_A_WORLD, lambda: monotonic() < until))
            transaction.set_rollback(True)
        cache.clear()
        clock.move_to(_DAY)
        print(f"seed {seed}: {fuzzer.count.requests} requests, 5xx = {fuzzer.count.failed}", flush=True)
        print("\n".join(fuzzer.count.failures.values()), flush=True)
        seed += 1
    print(total.report())
    return 1 if total.failed else 0


def _install(on_postgres: bool) -> None:
    """An installation of its own with the agencies of 吉林, gone at the end."""
    data = Path(tempfile.mkdtemp(prefix="jiuyuan-fuzz-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    config.create(data, "test")
    os.environ |= {
        "JIUYUAN_DATA": str(data),
        clock.VARIABLE: _DAY.isoformat(),
        "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
    }
    if on_postgres:
        cluster = postgres.Cluster()
        cluster.start()
        atexit.register(cluster.stop)
        os.environ["JIUYUAN_DATABASE_URL"] = cluster.url
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    from jiuyuan.agencies import services

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    setup_test_environment()
    call_command("migrate", verbosity=0)
    services.plant()


if __name__ == "__main__":
    sys.exit(main())
