"""The night killed with SIGKILL at random moments and run again: nothing lost, nothing doubled, the chain verifies."""

import json
import random
import shutil
from pathlib import Path

import pytest

from jiuyuan import config
from tests import template
from tests.conftest import SHARED
from tests.examples import examples
from tests.killing import programs

KILLS = examples(5)
PEOPLE = 30
_NIGHT = """
import sys
from jiuyuan.recognitions import nightly as register
register._CHUNK = 4  # many transactions, many moments between them
register._chunks.__defaults__ = (4,)
from jiuyuan.cli import main
sys.exit(main(["nightly"]))
"""
_PLANT = """
import sys
from django.db import transaction
from jiuyuan.agencies.models import Agency
from jiuyuan.people import services as people
from tests.factories import an_applicant, by_who_knows, put_on_the_register, staff
clerk, reviewer, place = staff("clerk"), staff("reviewer"), Agency.objects.get(code="220102001")
LEARNT = ({"receives_pension": True}, {"business_registered": True}, {"deceased": True},
          {"assistance_granted": True, "assistance_ends_on": "2026-03-20"}, {})
for number in range(int(sys.argv[1])):
    one = an_applicant()
    with transaction.atomic():
        person = people.register(clerk.actor, name=one.name, id_number=one.id_number, phone=one.phone,
                                 address=one.address, agency=place, account=None)
        put_on_the_register(reviewer, person)
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
    "record": sorted(Entry.objects.unscoped().values_list("file", "seq", "action")),
    "active": Recognition.objects.unscoped().filter(status="active").count(),
    "faults": [str(fault) for fault in sealing.verify(settings.JIUYUAN.ledger)],
    "finished": NightlyRun.objects.get().finished_at is not None,
}))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("db")
def test_a_night_killed_at_random_moments_and_run_again_finds_what_an_undisturbed_night_finds(tmp_path: Path) -> None:
    disturbed, undisturbed = tmp_path / "disturbed", tmp_path / "undisturbed"
    config.create(disturbed, "test")
    template.copy(SHARED, disturbed / "jiuyuan.sqlite3")
    shutil.copytree(disturbed, undisturbed)
    with programs(disturbed, tmp_path) as killed, programs(undisturbed, tmp_path) as whole:

        def undisturbed_night() -> int:
            """From how it stands now; returns how many statements it made."""
            shutil.rmtree(undisturbed, ignore_errors=True)
            shutil.copytree(disturbed, undisturbed)
            return whole.statements(_NIGHT)

        killed.run(_PLANT, PEOPLE)
        statements = undisturbed_night()
        expected = json.loads(whole.run(_FOUND))
        assert len(expected["proposals"]) == 2 * PEOPLE // 5
        assert len(expected["investigations"]) == len(expected["warnings"]) == PEOPLE // 5

        for moment in range(KILLS):
            # One in each tenth of the night, at random within it.
            killed.killed(random.randint(statements * moment // KILLS + 1, statements * (moment + 1) // KILLS), _NIGHT)
            statements = undisturbed_night()
        killed.run(_NIGHT)
        after = json.loads(killed.run(_FOUND))
    assert after == expected
    assert (after["faults"], after["finished"], after["active"]) == ([], True, PEOPLE)
