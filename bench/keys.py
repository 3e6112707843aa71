"""New keys and an erasure over the kept register of 300,000 cases: how long each takes beside the running site.

    python -m bench.keys

Needs the file of `bench.kept upgrade`. Encrypts every column anew under a further key, makes every index anew under a further index key,
and erases papers and messages of the half of those on the register whose stay ended (ended past the engine, for this alone).
"""

import subprocess
import sys
import time

from bench import kept, processor
from tests import postgres

_ENDED, _LATER = "2026-03-31", (2028, 3, 9)
_END_HALF = f"""
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("UPDATE recognitions_recognition SET status = 'ended', ended_on = '{_ENDED}', ground = 'left_scope', evidence = 'x' WHERE id % 2 = 0")
    cursor.execute("VACUUM ANALYZE")
"""
_ERASE = f"""
from datetime import date
import django
django.setup()
from jiuyuan import clock
clock.move_to(date(*{_LATER}))
from jiuyuan.operations import erasure
print("  rows erased:", erasure.erase_due(clock.today()))
"""
_LIMITS = "".join(
    f'[[keep_{kind}_months]]\nvalue = 12\nregion = "22"\neffective_on = 2020-01-01\nsource = "bench"\n'
    for kind in ("papers", "messages")
)


def main() -> int:
    try:
        with kept.installed(kept.HERE, kept.UPGRADED) as one:
            one.python("-c", kept.MIGRATE, stdout=subprocess.DEVNULL)

            def timed(what: str, *command: object) -> None:
                began = time.monotonic()
                one.python(*command)
                print(f"{what:48}{time.monotonic() - began:8.0f} s", flush=True)

            timed("a further key", "-m", "jiuyuan", "rekey", "--new")
            timed("all columns under it", "-m", "jiuyuan", "rekey")
            timed("the first key retired", "-m", "jiuyuan", "rekey", "--retire", "1")
            timed("a further index key", "-m", "jiuyuan", "rekey", "--new-index")
            timed("all indexes under it", "-m", "jiuyuan", "rekey")
            timed("half of the stays ended", "-c", _END_HALF)
            (one.data / "limits.toml").write_text(_LIMITS, "utf-8")
            timed("what is due erased", "-c", _ERASE)
            timed("nothing more is due", "-c", _ERASE)
    except postgres.Missing as missing:
        print(missing)
        return 1
    print(processor.describe())
    return 0


if __name__ == "__main__":
    sys.exit(main())
