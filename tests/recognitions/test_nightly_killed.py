"""The night killed with SIGKILL at ten random moments and run again: nothing lost, nothing doubled, the chain verifies.

The runs are `jiuyuan nightly` in processes of their own, so that they can be killed as a machine does it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jiuyuan import config
from tests.conftest import TODAY

KILLS = 10
ROOT = Path(__file__).parents[2]
PEOPLE = 60
_BEGINNING = """
import os, signal, sys, threading, time
import django
django.setup()
from jiuyuan.recognitions import nightly as register
register._CHUNK = 4  # many transactions, many moments between them
register._chunks.__defaults__ = (4,)
"""
_NIGHT = """
seconds = float(sys.argv[1])
if seconds:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
from jiuyuan.cli import main
began = time.monotonic()
status = main(["nightly"])
print(time.monotonic() - began)
sys.exit(status)
"""
_PLANT = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import transaction
from jiuyuan.agencies import services as agencies
from jiuyuan.agencies.models import Agency
from jiuyuan.people import services as people
from jiuyuan.recognitions import services
from tests.factories import an_applicant, by_who_knows, staff
agencies.plant_jilin()
clerk, reviewer, place = staff("clerk"), staff("reviewer"), Agency.objects.get(code="220102001")
LEARNT = ({"receives_pension": True}, {"business_registered": True}, {"deceased": True},
          {"assistance_granted": True, "assistance_ends_on": "2026-03-20"}, {})
for number in range(int(sys.argv[1])):
    one = an_applicant()
    with transaction.atomic():
        person = people.register(clerk.actor, name=one.name, id_number=one.id_number, phone=one.phone,
                                 address=one.address, agency=place, account=None)
        services.open_recognition(reviewer, person, agency=reviewer.agency, area=place.path, category="older",
                                  policy_code="jilin-2022-10")
        if facts := LEARNT[number % len(LEARNT)]:
            for where, said in by_who_knows(facts).items():
                people.record_facts(clerk.actor, person, said, evidence="比对", **dict(where))
"""
_FOUND = """
import json
from django.conf import settings
from jiuyuan.history import sealing
from jiuyuan.history.models import Entry
from jiuyuan.recognitions.models import ExitProposal, Investigation, NightlyRun, Warning
from jiuyuan.recognitions.models import Recognition
print(json.dumps({
    "proposals": sorted(ExitProposal.objects.unscoped().values_list("recognition_id", "ground", "status")),
    "investigations": sorted(Investigation.objects.unscoped().values_list("recognition_id", "cause", "status")),
    "warnings": sorted((r, k, str(d)) for r, k, d in Warning.objects.unscoped().values_list("recognition_id", "kind", "due_on")),
    "record": sorted(Entry.objects.values_list("file", "seq", "action")),
    "active": Recognition.objects.unscoped().filter(status="active").count(),
    "faults": [str(fault) for fault in sealing.verify(settings.JIUYUAN.ledger)],
    "finished": NightlyRun.objects.get().finished_at is not None,
}))
"""


def run(folder: Path, program: str, *arguments: object) -> tuple[int, str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        "JIUYUAN_DATA": str(folder),
        "JIUYUAN_TODAY": TODAY.isoformat(),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    environment.pop("JIUYUAN_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", _BEGINNING + program, *map(str, arguments)],
        env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if done.returncode:
        assert done.returncode == -signal.SIGKILL, done.stderr
    return done.returncode, done.stdout


def found(folder: Path) -> dict[str, object]:
    return dict(json.loads(run(folder, _FOUND)[1].splitlines()[-1]))


@pytest.mark.slow
def test_a_night_killed_at_ten_moments_and_run_again_finds_what_an_undisturbed_night_finds(tmp_path: Path) -> None:
    disturbed, undisturbed = tmp_path / "disturbed", tmp_path / "undisturbed"
    config.create(disturbed, "test")
    run(disturbed, _PLANT, PEOPLE)
    shutil.copytree(disturbed, undisturbed)
    seconds = float(run(undisturbed, _NIGHT, 0)[1].splitlines()[-1])
    expected = found(undisturbed)
    assert len(expected["proposals"]) == 2 * PEOPLE // 5  # type: ignore[arg-type]
    assert len(expected["investigations"]) == len(expected["warnings"]) == PEOPLE // 5  # type: ignore[arg-type]

    chance, killed = random.Random(), 0
    for moment in range(KILLS):
        # One in each tenth of the night, at random within it.
        status, _ = run(disturbed, _NIGHT, max(0.01, seconds * (moment + chance.random()) / KILLS))
        killed += status != 0
    assert killed >= KILLS // 2, "the night was over before it could be killed"
    run(disturbed, _NIGHT, 0)
    after = found(disturbed)
    assert after == expected
    assert (after["faults"], after["finished"], after["active"]) == ([], True, PEOPLE)
