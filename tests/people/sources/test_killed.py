"""Killed with SIGKILL at random moments and run again: nothing lost, nothing doubled, the chain verifies.

The runs are processes of their own on an installation of their own, so that they can be killed as a machine does it.
"""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jiuyuan import config
from tests.conftest import ON_POSTGRES, TODAY
from tests.factories import an_applicant
from tests.people.sources.files import INSURANCE, a_csv

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]
KILLS = {"import-records": 10, "import-register": 3, "take back": 3}
PEOPLE = 240
_PRELUDE = """
import os, random, signal, sys, threading
import django
django.setup()
from django.db import connection
from jiuyuan.people.sources import running, taking_back
running.CHUNK = taking_back.CHUNK = 10
last = int(sys.argv.pop(1))
said = 0

def until_the_last(execute, *statement):
    # At some moment during or soon after that statement, however fast the machine is.
    global said
    said += 1
    if said == last:
        threading.Timer(random.uniform(0, 0.005), os.kill, (os.getpid(), signal.SIGKILL)).start()
    return execute(*statement)

connection.execute_wrappers.append(until_the_last)
"""
_COMMAND = _PRELUDE + "from jiuyuan.cli import main\nsys.exit(main(sys.argv[1:]))"
_TAKE_BACK = _PRELUDE + "taking_back.run(int(sys.argv[1]))\nos._exit(0)"


@pytest.fixture
def installation(tmp_path):
    """`run(program, *arguments)` runs Python on a new installation with a reviewer; returns its exit status and output."""
    if ON_POSTGRES:
        import psycopg

        address = os.environ["JIUYUAN_DATABASE_URL"]
        name = f"killed_{random.getrandbits(40)}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        config.create(tmp_path, "test", address.rpartition("/")[0] + "/" + name)
    else:
        config.create(tmp_path, "test")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        "JIUYUAN_DATA": str(tmp_path),
        "JIUYUAN_TODAY": TODAY.isoformat(),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    environment.pop("JIUYUAN_DATABASE_URL", None)

    def run(program: str, *arguments: object, statements: int = 0) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", program, *([str(statements)] if program.startswith("\nimport os, random") else []), *map(str, arguments)],
            env=environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        finished = (
            done.returncode in (0, 1) or "已经导入过" in done.stderr
        )  # killed after the end, before it could say so
        if not finished:
            assert done.returncode == -signal.SIGKILL, done.stderr
        return done.returncode, done.stdout

    run(
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from jiuyuan.agencies import services; services.plant_jilin()\n"
        "from tests.factories import staff; staff('reviewer', username='reviewer')"
    )
    return run


_SEEN = """
import json, django
django.setup()
from collections import Counter
from jiuyuan.history import sealing
from jiuyuan.history.models import Entry
from jiuyuan.people.models import Fact, ImportBatch, ImportRow, KnownFacts, Person
from jiuyuan.people.sources import storing
from jiuyuan.recognitions.models import Recognition
facts = Fact.objects.unscoped().filter(name="insured_by_employer")
print(json.dumps({
    "people": Person.objects.unscoped().count(),
    "recognitions": Recognition.objects.unscoped().filter(status="active", carried_over=True).count(),
    "batches": list(ImportBatch.objects.unscoped().order_by("pk").values_list("kind", "status", "done")),
    "rows": list(ImportRow.objects.unscoped().filter(batch__kind="social_insurance").order_by("row").values_list("row", "outcome")),
    "facts a person": sorted(Counter(Counter(facts.filter(withdrawn_at=None).values_list("person", flat=True)).values()).items()),
    "known": sorted((str(k), v) for k, v in Counter(KnownFacts.objects.unscoped().values_list("insured_by_employer", flat=True)).items()),
    "acts": dict(Counter(Entry.objects.values_list("action", flat=True))),
    "faults": list(sealing.verify()),
    "files": len(list(storing._path("x").parent.iterdir())),
}))
"""
_A_DAY_LATER = """
import os, django
django.setup()
from jiuyuan.applications.lost_uploads import remove_lost
from jiuyuan.people.sources import storing
for path in storing._path("x").parent.iterdir():
    os.utime(path, (0, 0))
remove_lost()
"""


def test_imports_killed_at_ten_random_moments_each(installation, tmp_path):
    run = installation
    chance = random.Random()
    cards = [an_applicant(f"19{60 + n % 30}-05-06") for n in range(PEOPLE)]
    heading = ["姓名", "身份证号码", "联系电话", "所属平台", "人员类别", "认定日期"]
    register, records = tmp_path / "名册.csv", tmp_path / "社保.csv"
    register.write_bytes(
        a_csv([heading, *([c.name, c.id_number, c.phone, "220102001", "4050人员", "2019-05-06"] for c in cards)])
    )
    records.write_bytes(
        a_csv(
            [
                INSURANCE,
                *([c.name, c.id_number, "在缴", "单位职工", "", "2026-03-01"] for c in cards),
                *([c.name, c.id_number, "停保", "单位职工", "", "2026-03-01"] for c in cards[:20]),
            ]
        )
    )

    def seen():
        return json.loads(run(_SEEN)[1])

    def until_done(program, *arguments):
        """Killed and started again until it ends by itself."""
        killed = 0
        for _ in range(KILLS.get(arguments[0], KILLS["take back"])):
            status, _ = run(program, *arguments, statements=chance.randint(1, 90))
            if status != -signal.SIGKILL:
                return killed
            killed += 1
        run(program, *arguments)
        return killed

    assert until_done(_COMMAND, "import-register", register) > 0
    after = seen()
    assert (after["people"], after["recognitions"], after["faults"]) == (PEOPLE, PEOPLE, [])
    assert after["acts"]["person_registered"] == after["acts"]["carried_over"] == PEOPLE
    assert after["acts"]["facts_recorded"] == PEOPLE

    assert until_done(_COMMAND, "import-records", "social_insurance", records) > 0
    run(_A_DAY_LATER)
    after = seen()
    assert after["faults"] == []
    assert after["rows"] == [[n, "changed"] for n in range(2, PEOPLE + 2)] + [
        [n, "matched"] for n in range(PEOPLE + 2, PEOPLE + 22)
    ]
    assert after["facts a person"] == [[1, PEOPLE]]
    assert after["known"] == [["True", PEOPLE]]
    assert after["acts"]["facts_recorded"] == 2 * PEOPLE
    assert (after["batches"][-1], after["files"]) == (["social_insurance", "done", PEOPLE + 21], 0)

    run(
        "import django; django.setup()\n"
        "from jiuyuan.agencies.models import User\n"
        "from jiuyuan.people.models import ImportBatch\n"
        "from jiuyuan.people.sources import services\n"
        "services.take_back(User.objects.get(username='reviewer'), ImportBatch.objects.unscoped().latest('pk').pk, '有误')"
    )
    assert until_done(_TAKE_BACK, len(after["batches"])) > 0
    after = seen()
    assert after["faults"] == []
    assert (after["facts a person"], after["known"]) == ([], [["None", PEOPLE]])
    assert after["acts"]["facts_withdrawn"] == PEOPLE
    assert after["batches"][-1][1] == "withdrawn"
