"""The table of tamperings: each done by somebody with the whole database in their hands, and what finds it.

Numbered as in the report on security of 2026-11-29; of 1 to 12 it says the kind only. What needs the copy of the ledger that
is kept elsewhere is asked with it, and without it a warning says what is not proved.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from jiuyuan import clock
from jiuyuan.applications.models import Application
from jiuyuan.applications.replay import verify_state
from jiuyuan.encryption import encrypt
from jiuyuan.history import ledger as ledgers
from jiuyuan.history import ledger_key, sealing, services
from jiuyuan.history.digests import between, digest_hash
from jiuyuan.history.models import Digest, Entry, Head, Look
from tests import factories


@dataclass
class Installation:
    """A record of three sealed days and an open one, the ledger in the folder, a copy kept elsewhere, and the key."""

    case: Application
    days: tuple[date, date, date]
    ledger: Path
    kept: Path
    key: Path

    def faults(self, *, outside: bool = False) -> list[str]:
        found = list(sealing.verify(self.ledger, outside=self.kept if outside else None, key=self.key))
        return found + list(verify_state(lambda done: None, Counter()))


@pytest.fixture
def installation(db, tmp_path):
    clerk = factories.staff("clerk")
    ledger, key = tmp_path / "digests.jsonl", tmp_path / "keys" / "ledger.key"
    case = factories.a_case("recognised", clerk=clerk)
    days = []
    for _ in range(3):
        services.looked(clerk.actor, case.file, "申请", case.area)
        sealing.seal(clock.today(), ledger, key)
        days.append(clock.today())
        factories.move_to(clock.today() + timedelta(days=1))
        factories.a_case("draft", clerk=clerk)
    services.looked(clerk.actor, case.file, "申请", case.area)
    kept = tmp_path / "kept.jsonl"
    shutil.copy(ledger, kept)
    guard = import_module("jiuyuan.history.migrations.0002_append_only")
    with connection.cursor() as cursor:
        guard.drop(None, SimpleNamespace(connection=connection, execute=lambda sql, params=None: cursor.execute(sql)))
    return Installation(case, (days[0], days[1], days[2]), ledger, kept, key)


def run(sql: str, *given: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        assert cursor.rowcount > 0, "nothing was tampered with"


def act_of(the: Installation) -> Entry:
    return Entry.objects.unscoped().get(file=the.case.file, action="accept")


def chain_made_to_fit(file: str) -> None:
    previous = services.GENESIS
    for seq, entry in enumerate(Entry.objects.unscoped().filter(file=file).order_by("seq"), 1):
        entry.seq, entry.previous = seq, previous
        entry.hash = previous = services.entry_hash(entry)
        entry.save()
    Head.objects.filter(chain=file).update(seq=seq)


def digests_made_to_fit(the: Installation, *, ledger: bool) -> None:
    """Every digest recomputed, and the ledger in the folder written anew under a key of the forger's own, or removed."""
    before = None
    own = ledger_key.create(the.ledger.with_name("forged.key"))
    the.ledger.unlink()
    for digest in Digest.objects.order_by("day", "part"):
        found = between(before and before.last_entry, digest.last_entry, before and before.last_look, digest.last_look)
        digest.entries, digest.files, digest.looks, digest.looks_hash = (
            found.entries, found.files, found.looks, found.looks_hash,
        )  # fmt: skip
        digest.previous = before.hash if before else services.GENESIS
        digest.hash = digest_hash(digest.day, digest.part, digest.last_entry, digest.last_look, digest.previous, found)
        digest.save()
        if ledger:
            ledgers.append(the.ledger, ledgers.line_of(digest, own))
        before = digest


def rewritten(the: Installation, *, ledger: bool) -> None:
    Entry.objects.unscoped().filter(file=the.case.file).update(actor="somebody")
    chain_made_to_fit(the.case.file)
    digests_made_to_fit(the, ledger=ledger)


def last_days_cut(the: Installation, *, ledger: bool = True) -> None:
    """The record ends with the first seal: rows, counts, digests, and the ledger in the folder."""
    first = Digest.objects.order_by("day").first()
    assert first is not None
    Digest.objects.exclude(pk=first.pk).delete()
    Entry.objects.unscoped().filter(pk__gt=first.last_entry).delete()
    Look.objects.unscoped().filter(pk__gt=first.last_look).delete()
    Head.objects.all().delete()
    for file in set(Entry.objects.unscoped().values_list("file", flat=True)):
        Head.objects.create(chain=file, seq=Entry.objects.unscoped().filter(file=file).count())
    for actor in set(Look.objects.unscoped().values_list("actor", flat=True)):
        Head.objects.create(chain=f"looks:{actor}", seq=Look.objects.unscoped().filter(actor=actor).count())
    the.ledger.write_text(the.ledger.read_text().splitlines(keepends=True)[0])


def inserted(the: Installation) -> None:
    entry = act_of(the)
    entry.pk, entry.file, entry.seq = None, "application:x", 1
    entry.save()


def made_to_fit(the: Installation) -> None:
    entry = act_of(the)
    entry.actor = "somebody"
    entry.hash = services.entry_hash(entry)
    entry.save()


def moved_to_another_file(the: Installation) -> None:
    other = Entry.objects.unscoped().exclude(file=the.case.file).filter(file__startswith="application:").first()
    assert other is not None
    Entry.objects.unscoped().filter(pk=other.pk).update(seq=77)
    Entry.objects.unscoped().filter(pk=act_of(the).pk).update(file=other.file, seq=1)


def garbage(the: Installation) -> None:
    the.ledger.write_text("garbage\n" + the.ledger.read_text())


def line_changed(the: Installation) -> None:
    lines = the.ledger.read_text().splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), "entries": 1})
    the.ledger.write_text("\n".join(lines))


Tampering = Callable[[Installation], object]
# number, what is done, what is said with what the installation has.
TABLE: dict[str, tuple[Tampering, str]] = {
    "01 actor of an act": (lambda the: run("UPDATE history_entry SET actor = 'x' WHERE id = %s", act_of(the).pk), "的内容被改动"),
    "02 time of an act": (
        lambda the: Entry.objects.unscoped().filter(pk=act_of(the).pk).update(at="2026-01-05T00:00:00+08:00"), "的内容被改动"),
    "03 content of an act": (lambda the: Entry.objects.unscoped().filter(pk=act_of(the).pk).update(payload={"to": "x"}), "的内容被改动"),
    "04 act taken out": (lambda the: act_of(the).delete(), "条缺失"),
    "05 file taken out": (lambda the: Entry.objects.unscoped().filter(file=the.case.file).delete(), "末尾缺失"),
    "06 act put in": (inserted, "不是系统写的"),
    "07 tail, not sealed yet": (
        lambda the: run("DELETE FROM history_entry WHERE id > %s", Digest.objects.order_by("day").last().last_entry),
        "末尾缺失"),
    "08 act and its hash": (made_to_fit, "与前一条不衔接"),
    "09 chain of a file": (
        lambda the: (Entry.objects.unscoped().filter(file=the.case.file).update(actor="x"), chain_made_to_fit(the.case.file)),
        "的日封存值与记录不符"),
    "10 act moved to another file": (moved_to_another_file, "条缺失"),
    "11 last digest taken out": (lambda the: Digest.objects.order_by("day").last().delete(), "库内已不存在"),
    "12 hash of a digest": (lambda the: Digest.objects.filter(day=the.days[0]).update(hash="0" * 64), "的日封存值与记录不符"),
    "13 entries of a digest": (lambda the: run("UPDATE history_digest SET entries = entries + 1"), "的封存行被改动"),
    "14 files of a digest": (lambda the: run("UPDATE history_digest SET files = files + 1"), "的封存行被改动"),
    "15 digest in the middle taken out": (lambda the: Digest.objects.filter(day=the.days[1]).delete(), "的日封存值与记录不符"),
    "16 all recomputed, ledger replaced": (lambda the: rewritten(the, ledger=True), "签名所用的密钥"),
    "18 all recomputed, ledger removed": (lambda the: rewritten(the, ledger=False), "digests.jsonl 读不了"),
    "20 last days cut, ledger alike": (last_days_cut, "的日封存值记在密钥旁边，库内和 digests.jsonl 中都没有"),
    "22 line of the ledger": (line_changed, "第2行：签名不对"),
    "23 look": (lambda the: run("UPDATE history_look SET actor = 'x' WHERE id = (SELECT MAX(id) FROM history_look)"), "查看记录 "),
    "24 look taken out": (
        lambda the: run("DELETE FROM history_look WHERE id = (SELECT MAX(id) FROM history_look)"), "末尾缺失"),
    "25 categories of a case": (
        lambda the: run("UPDATE applications_application SET categories = '[\"disabled\"]' WHERE id = %s", the.case.pk),
        "“申请类别”与记录不符"),
    "26 recognition": (
        lambda the: run("UPDATE recognitions_recognition SET category = 'disabled'"), "“类别”与记录不符"),
    "27 fact": (lambda the: run("UPDATE people_fact SET value = '\"rural\"' WHERE name = 'hukou_kind'"), "内容与记录不符"),
    "28 decision": (
        lambda the: run("UPDATE applications_decision SET facts = %s", encrypt(b"{}", "applications.decision.facts")),
        "“所据事实”与记录不符"),
    "30 decision in the clear": (lambda the: run("UPDATE applications_decision SET facts = '{}'"), "表中的内容读不懂"),
    "29 garbage in the ledger": (garbage, "digests.jsonl 第1行：不是封存记录"),
}  # fmt: skip


def test_record_that_nobody_touched_has_no_fault_with_and_without_the_copy(installation):
    assert installation.faults() == []
    assert installation.faults(outside=True) == []


@pytest.mark.parametrize("tampering", TABLE)
def test_tampering_is_found_and_named(installation, tampering):
    done, said = TABLE[tampering]
    done(installation)
    found = installation.faults()
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("16 all recomputed, ledger replaced", "的日封存值与库外留存的不一致"),  # 17
        ("18 all recomputed, ledger removed", "的日封存值与库外留存的不一致"),  # 19
        ("20 last days cut, ledger alike", "的日封存值在库外有留存，库内已不存在"),  # 21
    ],
)
def test_whoever_has_the_key_too_is_found_by_the_copy_kept_elsewhere(installation, tampering, said):
    """17, 19, 21: the key and what lies beside it were taken along."""
    TABLE[tampering][0](installation)
    for left in installation.key.parent.iterdir():
        left.unlink()
    assert any("没有给出另处留存的封存值" in warning for warning in sealing.warnings(installation.ledger, None))
    assert any(said in fault for fault in installation.faults(outside=True))
