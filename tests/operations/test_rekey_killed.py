"""`jiuyuan rekey` killed with SIGKILL at random moments and run again: it ends, and everything can be read with the new keys alone."""

import json
import random

import pytest

from tests import killing

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]
CASES, KILLS = 3, 4
STATEMENTS = 100  # what changing both keys of so many cases makes at least
_MADE = f"""
from tests.factories import a_case
for _ in range({CASES}):
    a_case("publishing")
"""
_COMMAND = """
import sys
from jiuyuan.operations import rekey
rekey._AT_ONCE = 1
from jiuyuan.cli import main
sys.exit(main(sys.argv[1:]))
"""
_SEEN = """
import hashlib, json
from django.conf import settings
from django.db import connection
from jiuyuan.encryption import decrypt, index_under
from jiuyuan.operations import rekey
read = {}
with connection.cursor() as cursor:
    for table, key, column, context in rekey.encrypted_columns():
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {key}")
        read[context] = [decrypt(bytes(sealed), context).decode() for (sealed,) in cursor.fetchall()]
    for table, key, column in rekey.index_columns():
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY {key}")
        read[f"{table}.{column}"] = [index_under(index, 1) for (index,) in cursor.fetchall()]
for path in rekey._whole_files(settings.JIUYUAN.data / "documents"):
    read[path.name] = hashlib.sha256(decrypt(path.read_bytes(), f"document:{path.name}")).hexdigest()
older = {number: dict(rekey.under(number)) for number in settings.JIUYUAN.field_keys}
print(json.dumps({"read": read, "under": older, "index": rekey.index_under_older()}))
"""


@pytest.mark.usefixtures("db")
def test_a_change_of_keys_killed_at_random_moments_goes_on_and_leaves_nothing_unreadable(tmp_path):
    data = killing.an_installation(tmp_path / "data")

    def seen(programs):
        return json.loads(programs.run(_SEEN))

    with killing.programs(data, tmp_path) as programs:
        programs.run(_MADE)
        before = seen(programs)
        programs.run(_COMMAND, "rekey", "--new")
        programs.run(_COMMAND, "rekey", "--new-index")
    with killing.programs(data, tmp_path) as restarted:
        for _ in range(KILLS):
            restarted.killed(random.randint(1, STATEMENTS // KILLS), _COMMAND, "rekey")
            assert seen(restarted)["read"] == before["read"]
        restarted.run(_COMMAND, "rekey")
        after = seen(restarted)
        assert (after["read"], after["under"]["1"], after["index"]) == (before["read"], {}, 0)
        assert after["under"]["2"] == before["under"]["1"]
        restarted.run(_COMMAND, "rekey", "--retire", "1")
    with killing.programs(data, tmp_path) as without_the_first:
        assert seen(without_the_first)["read"] == before["read"]
