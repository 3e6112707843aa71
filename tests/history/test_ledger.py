"""The ledger outside the database: signed, read whatever it holds, and missed where it is gone."""

import json
import os
import stat
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from jiuyuan.history import ledger_key, sealing
from jiuyuan.history.ledger_key import NoKey
from jiuyuan.history.models import Digest, Entry, Head
from jiuyuan.history.sealing import seal

DAYS = (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4))


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "digests.jsonl"


@pytest.fixture
def key(tmp_path):
    return tmp_path / "keys" / "ledger.key"


@pytest.fixture
def verify(ledger, key):
    return lambda **given: list(sealing.verify(**{"ledger": ledger, "key": key, **given}))


@pytest.fixture
def three_days(write, ledger, key, today):
    for day in DAYS:
        today(day.isoformat())
        write("case:1", "accept")
        seal(day, ledger, key)


@pytest.fixture
def forged(three_days, unguarded, ledger, tmp_path):
    """Whoever may write the whole database and the data folder, but has no key: the last day never was."""
    Entry.objects.unscoped().filter(seq=3).delete()
    Head.objects.update(seq=2)
    Digest.objects.all().delete()
    ledger.unlink()
    for day, seq in zip(DAYS, (1, 2), strict=False):
        seal_up_to(day, seq, ledger, tmp_path / "other.key")


def seal_up_to(day, seq, ledger, key):
    later = list(Entry.objects.unscoped().filter(seq__gt=seq))
    Entry.objects.unscoped().filter(seq__gt=seq).delete()
    seal(day, ledger, key)
    Entry.objects.bulk_create(later)


def test_each_line_is_signed_and_the_key_is_for_its_owner_alone(three_days, ledger, key, verify):
    assert all(json.loads(line)["signature"] for line in ledger.read_text().splitlines())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) & 0o077 == 0
    assert verify() == []


def test_installation_has_a_key_of_its_own(db, ledger):
    seal(DAYS[0], ledger)
    assert settings.JIUYUAN.ledger_key == settings.JIUYUAN.data / "keys/ledger.key"
    assert settings.JIUYUAN.ledger_key.exists()


def test_ledger_and_digests_made_anew_without_the_key_are_found(forged, verify):
    found = verify()
    assert any("签名所用的密钥" in fault for fault in found)
    assert any(fault.startswith("2026-03-04 的日封存值记在密钥旁边") for fault in found)


def test_ledger_with_the_signatures_left_out_is_found(three_days, ledger, verify):
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    bare = [{name: line[name] for name in line if name not in ("key", "signature")} for line in lines]
    ledger.write_text("".join(json.dumps(line) + "\n" for line in bare))
    assert verify() == [f"digests.jsonl 第{number}行没有签名。" for number in (1, 2, 3)]


@pytest.mark.parametrize("name", ["hash", "entries", "files", "looks", "day", "part"])
def test_line_that_was_changed_is_found(three_days, ledger, verify, name):
    lines = ledger.read_text().splitlines()
    line = json.loads(lines[1])
    line[name] = {"hash": "0" * 64, "day": "2026-03-01"}.get(name, 77)
    ledger.write_text("\n".join([lines[0], json.dumps(line), lines[2]]))
    assert "digests.jsonl 第2行：签名不对，不是持有密钥的人写的。" in verify()


def test_last_days_cut_from_database_and_ledger_alike_are_missed_by_what_lies_beside_the_key(
    three_days, unguarded, ledger, verify
):
    Entry.objects.unscoped().filter(seq=3).delete()
    Head.objects.update(seq=2)
    Digest.objects.filter(day=DAYS[2]).delete()
    ledger.write_text("".join(ledger.read_text().splitlines(keepends=True)[:2]))
    assert verify() == ["2026-03-04 的日封存值记在密钥旁边，库内和 digests.jsonl 中都没有：最近的封存被删除。"]


def test_ledger_that_is_gone_is_a_fault_and_so_is_a_line_of_it(three_days, ledger, verify):
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text(lines[0] + lines[2])
    assert verify() == ["digests.jsonl 中没有 2026-03-03 的日封存值，库内却有。"]
    ledger.unlink()
    assert any("digests.jsonl 读不了" in fault for fault in verify())


def test_copy_kept_elsewhere_may_hold_one_day_alone(three_days, ledger, verify, tmp_path):
    copy = tmp_path / "kept.jsonl"
    copy.write_text(ledger.read_text().splitlines()[1])
    assert verify(outside=copy) == []
    copy.write_text(copy.read_text().replace("2026-03-03", "2026-03-01"))
    assert any("签名不对" in fault for fault in verify(outside=copy))


def test_without_a_copy_kept_elsewhere_a_warning_says_what_that_means(three_days, ledger, tmp_path):
    assert any("没有给出另处留存的封存值" in warning for warning in sealing.warnings(ledger, None))
    assert list(sealing.warnings(ledger, ledger)) == []
    assert any("没有 digests.jsonl" in warning for warning in sealing.warnings(tmp_path / "no/digests.jsonl", ledger))


GARBAGE = {
    "text": b"hello",
    "half": b'{"day": "2026-03-02", "entr',
    "binary": bytes(range(256)).replace(b"\n", b""),
    "invalid UTF-8": b'{"day": "\xff"}',
    "list": b"[1, 2]",
    "number": b"7",
    "null": b"null",
    "deep": b"[" * 4000,
    "long": b"x" * 100_000,
    "long number": b'{"day": "2026-03-02", "entries": ' + b"9" * 4000 + b"}",
    "no day": b'{"entries": 1, "files": 1, "hash": "' + b"0" * 64 + b'"}',
    "day as number": b'{"day": 20260302, "entries": 1, "files": 1, "hash": "' + b"0" * 64 + b'"}',
    "impossible day": b'{"day": "2026-02-30", "entries": 1, "files": 1, "hash": "' + b"0" * 64 + b'"}',
    "entries as text": b'{"day": "2026-03-02", "entries": "1", "files": 1, "hash": "' + b"0" * 64 + b'"}',
    "entries as truth": b'{"day": "2026-03-02", "entries": true, "files": 1, "hash": "' + b"0" * 64 + b'"}',
    "hash as number": b'{"day": "2026-03-02", "entries": 1, "files": 1, "hash": 1}',
    "short hash": b'{"day": "2026-03-02", "entries": 1, "files": 1, "hash": "ab"}',
    "signature as list": b'{"day": "2026-03-02", "entries": 1, "files": 1, "key": [], "signature": [], "hash": "'
    + b"0" * 64 + b'"}',
    "signature without key": b'{"day": "2026-03-02", "entries": 1, "files": 1, "signature": "ab", "hash": "'
    + b"0" * 64 + b'"}',
}  # fmt: skip


@pytest.mark.parametrize("line", GARBAGE.values(), ids=GARBAGE.keys())
def test_line_that_is_none_is_named_with_its_number_and_the_others_are_still_compared(
    three_days, ledger, verify, line, unguarded
):
    lines = ledger.read_bytes().splitlines()
    ledger.write_bytes(b"\n".join([lines[0], line, *lines[1:]]) + b"\n")
    [fault] = verify()
    assert fault.startswith("digests.jsonl 第2行：")
    Digest.objects.filter(day=DAYS[2]).update(hash="0" * 64)
    assert any(found.startswith("2026-03-04") for found in verify())


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_no_fault(three_days, ledger, verify):
    ledger.write_bytes(b"\xef\xbb\xbf" + ledger.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert verify() == []


def test_a_file_of_nothing_but_garbage_says_so_without_end(three_days, ledger, verify):
    ledger.write_bytes(b"x\n" * 5000)
    found = verify()
    assert len(found) < 110
    assert "digests.jsonl 另有4900行不能用，没有逐行列出。" in found


def test_ledger_that_is_a_folder_or_closed_is_a_fault(three_days, ledger, verify, monkeypatch):
    content = ledger.read_bytes()
    ledger.unlink()
    ledger.mkdir()
    assert any("不是普通文件" in fault for fault in verify())
    ledger.rmdir()
    ledger.write_bytes(content)

    def closed(self, *given, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    assert any("digests.jsonl 读不了：Permission denied" in fault for fault in verify())


def test_two_lines_about_one_seal_that_differ_are_found(three_days, ledger, verify):
    lines = ledger.read_text().splitlines()
    ledger.write_text("\n".join([*lines, lines[0]]))
    assert verify() == []  # a copy that was added twice
    ledger.write_text("\n".join([*lines, lines[0].replace('"entries": 1', '"entries": 2')]))
    assert any("第4行" in fault for fault in verify())


@pytest.mark.parametrize(
    "content", [None, b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----"]
)
def test_key_that_is_gone_or_none_is_a_fault_and_seals_nothing(three_days, ledger, key, verify, write, content):
    key.unlink() if content is None else key.write_bytes(content)
    assert any("封存的签名没有核对" in fault for fault in verify())
    write("case:1", "publish")
    sealed = Digest.objects.count()
    with pytest.raises(NoKey):
        seal(date(2026, 3, 5), ledger, key)
    assert Digest.objects.count() == sealed


def test_where_only_the_public_key_is_signatures_are_read_and_nothing_is_sealed(three_days, ledger, key, verify, write):
    key.write_text(ledger_key.public(key))
    assert verify() == []
    assert not sealing.signs_here(key)
    write("case:1", "publish")
    with pytest.raises(NoKey, match="公钥"):
        seal(date(2026, 3, 5), ledger, key)


def test_new_key_signs_from_now_on_and_what_the_former_signed_still_holds(three_days, ledger, key, verify, write):
    ledger_key.create(key)
    write("case:1", "publish")
    seal(date(2026, 3, 5), ledger, key)
    assert verify() == []
    assert len({json.loads(line)["key"] for line in ledger.read_text().splitlines()}) == 2
    assert key.read_bytes().count(b"BEGIN PRIVATE KEY") == 1


def test_seal_whose_line_a_crash_left_unwritten_is_written_with_the_next(three_days, ledger, key, verify, write):
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:2]))
    ledger_key.remember(key, lines[1])
    write("case:1", "publish")
    seal(date(2026, 3, 5), ledger, key)
    assert verify() == []
    assert ledger.read_bytes().splitlines(keepends=True)[:3] == lines


def test_seals_without_their_lines_are_not_signed_afterwards(three_days, ledger, key, verify, write):
    ledger.unlink()
    write("case:1", "publish")
    seal(date(2026, 3, 5), ledger, key)
    assert "digests.jsonl 中没有 2026-03-02、2026-03-03、2026-03-04 的日封存值，库内却有。" in verify()


def test_line_half_written_by_a_crash_stays_a_line_of_its_own(three_days, ledger, key, verify, write):
    with ledger.open("ab") as file:
        file.write(b'{"day": "2026-')
    write("case:1", "publish")
    seal(date(2026, 3, 5), ledger, key)
    assert verify() == ["digests.jsonl 第4行：不是完整的一行封存记录。"]


def test_ledger_that_cannot_be_written_is_said_and_the_next_seal_makes_it_good(write, ledger, key, verify):
    write("case:1")
    ledger.mkdir()
    with pytest.raises(OSError, match=os.strerror(21)):
        seal(DAYS[0], ledger, key)
    ledger.rmdir()
    write("case:1")
    seal(DAYS[1], ledger, key)
    assert verify() == []
