"""Killed with SIGKILL at random moments and run again: nothing lost, nothing doubled, the chain verifies."""

import json
import random

import pytest

from tests import killing
from tests.factories import an_applicant
from tests.people.sources.files import INSURANCE, a_csv

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]
STATEMENTS = 250  # what each of the runs makes at least
PEOPLE = 240
_SMALL_CHUNKS = """
from jiuyuan.people.sources import reversal, running
running.CHUNK = reversal.CHUNK = 10
"""
_COMMAND = _SMALL_CHUNKS + "import sys\nfrom jiuyuan.cli import main\nsys.exit(main(sys.argv[1:]))"
_WORKER = _SMALL_CHUNKS + "from tests.jobs import fell_silent, work\nfell_silent()\nwork('take_back_file')"


@pytest.fixture
def programs(db, tmp_path):
    """Programs on a new installation with a reviewer."""
    data = killing.an_installation(tmp_path / "data")
    with killing.programs(data, tmp_path) as programs:
        programs.run("from tests.factories import staff; [staff('reviewer', username=f'reviewer{n}') for n in (1, 2)]")
        yield programs


_SEEN = """
import json
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
    "acts": dict(Counter(Entry.objects.unscoped().values_list("action", flat=True))),
    "faults": list(sealing.verify()),
    "files": len(list(storing._path("x").parent.iterdir())),
}))
"""
_A_DAY_LATER = """
import os
from jiuyuan.applications.lost_uploads import remove_lost
from jiuyuan.people.sources import storing
for path in storing._path("x").parent.iterdir():
    os.utime(path, (0, 0))
remove_lost()
"""


def test_imports_killed_at_random_moments(programs, tmp_path):
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
        return json.loads(programs.run(_SEEN))

    def killed_and_done(times, program, *arguments):
        """Killed and started again so many times, then left to end by itself."""
        for _ in range(times):
            programs.killed(random.randint(1, STATEMENTS // times), program, *arguments)
        programs.run(program, *arguments)

    programs.run(_COMMAND, "import-register", register, "--as", "reviewer1")
    killed_and_done(3, _COMMAND, "import-register", register, "--as", "reviewer2")
    after = seen()
    assert (after["people"], after["recognitions"], after["faults"]) == (PEOPLE, PEOPLE, [])
    assert after["acts"]["person_registered"] == after["acts"]["carried_over"] == PEOPLE
    assert after["acts"]["facts_recorded"] == PEOPLE

    killed_and_done(10, _COMMAND, "import-records", "social_insurance", records, "--as", "reviewer1")
    programs.run(_A_DAY_LATER)
    after = seen()
    assert after["faults"] == []
    assert after["rows"] == [[n, "changed"] for n in range(2, PEOPLE + 2)] + [
        [n, "matched"] for n in range(PEOPLE + 2, PEOPLE + 22)
    ]
    assert after["facts a person"] == [[1, PEOPLE]]
    assert after["known"] == [["True", PEOPLE]]
    assert after["acts"]["facts_recorded"] == 2 * PEOPLE
    assert (after["batches"][-1], after["files"]) == (["social_insurance", "done", PEOPLE + 21], 0)

    programs.run(
        "from jiuyuan.agencies.models import User\n"
        "from jiuyuan.people.models import ImportBatch\n"
        "from jiuyuan.people.sources.workflow import IMPORT\n"
        "from jiuyuan.procedures import engine\n"
        "user, last = User.objects.get(username='reviewer1'), ImportBatch.objects.unscoped().latest('pk')\n"
        "engine.act(user, IMPORT, last.pk, 'take_back', {'reason': '有误'})"
    )
    killed_and_done(3, _WORKER)
    after = seen()
    assert after["faults"] == []
    assert (after["facts a person"], after["known"]) == ([], [["None", PEOPLE]])
    assert after["acts"]["facts_withdrawn"] == PEOPLE
    assert after["batches"][-1][1] == "withdrawn"
