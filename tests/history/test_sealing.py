"""What was changed, removed or slipped in is found, even by somebody who holds only yesterday's digest."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from jiuyuan.history import services
from jiuyuan.history.models import Digest, Entry, Head
from jiuyuan.history.sealing import seal, verify
from jiuyuan.refusals import Conflict
from tests.history.conftest import CLERK

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "digests.jsonl"


@pytest.fixture
def two_days(write, ledger):
    """Two files with acts on two days, each day sealed."""
    write("case:1", "create")
    write("case:2", "create")
    seal(MONDAY, ledger)
    write("case:1", "accept", reason="材料齐全")
    seal(TUESDAY, ledger)


def faults(ledger=None):
    return list(verify(ledger))


def test_untouched_record_has_no_fault(two_days, ledger):
    assert faults(ledger) == []


def test_empty_record_can_be_sealed_and_has_no_fault(db, ledger):
    seal(MONDAY, ledger)
    assert faults(ledger) == []


def test_acts_after_the_last_seal_are_no_fault(two_days, write, ledger):
    write("case:1", "publish")
    write("case:3", "create")
    assert faults(ledger) == []


def test_day_to_which_nothing_came_since_is_sealed_once(two_days, ledger):
    sealed = Digest.objects.get(day=TUESDAY)
    assert seal(TUESDAY, ledger) == sealed
    assert seal(MONDAY, ledger).day == MONDAY  # of a day that is over, its last seal
    assert len(ledger.read_text().splitlines()) == 2


def test_day_may_be_sealed_every_hour(two_days, write, ledger, unguarded):
    write("case:1", "publish")
    services.looked(CLERK, "case:1", "申请", CLERK.area)
    second = seal(TUESDAY, ledger)
    assert (second.part, second.entries, second.looks) == (2, 1, 1)
    assert seal(date(2026, 3, 4), ledger).part == 1
    assert faults(ledger) == []
    Entry.objects.unscoped().filter(action="publish").update(actor="other")
    assert "案卷 case:1：第 3 条的内容被改动。" in faults(ledger)
    Entry.objects.unscoped().filter(action="publish").delete()
    assert any(fault.startswith("2026-03-03第2次 的日封存值与记录不符") for fault in faults(ledger))


@pytest.mark.parametrize(
    "change", [{"payload": {"reason": "x"}}, {"actor": "other"}, {"at": "2026-03-01T00:00:00+08:00"}]
)
def test_changed_entry_is_found(two_days, unguarded, change, ledger):
    Entry.objects.unscoped().filter(file="case:1", seq=1).update(**change)
    assert "案卷 case:1：第 1 条的内容被改动。" in faults(ledger)


def test_changed_entry_with_a_hash_made_to_fit_breaks_the_chain_and_the_seals(two_days, unguarded, ledger):
    entry = Entry.objects.unscoped().get(file="case:1", seq=1)
    entry.action = "decline"
    entry.hash = services.entry_hash(entry)
    entry.save()
    found = faults()
    assert "案卷 case:1：第 2 条与前一条不衔接。" in found
    assert any(fault.startswith("2026-03-02") for fault in found)


def test_chain_forged_from_the_first_act_to_the_last_is_found_by_the_seals(two_days, unguarded):
    previous = services.GENESIS
    for entry in Entry.objects.unscoped().filter(file="case:1"):
        entry.actor, entry.previous = "somebody", previous
        entry.hash = previous = services.entry_hash(entry)
        entry.save()
    assert [fault[:10] for fault in faults()] == ["2026-03-02", "2026-03-03"]


def test_removed_entry_is_found(two_days, unguarded, ledger):
    Entry.objects.unscoped().filter(file="case:1", seq=1).delete()
    assert "案卷 case:1：第 1 条缺失，其后是第 2 条。" in faults(ledger)


def test_removed_last_entry_is_found_by_the_seal(two_days, unguarded, ledger):
    Entry.objects.unscoped().filter(file="case:1", seq=2).delete()
    assert faults(ledger) == [
        "案卷 case:1：末尾缺失，最后一条应为第 2 条。",
        "2026-03-03 的日封存值与记录不符：有记录被改动、删除或插入（封存时1条，现在0条）。",
    ]


def test_tail_that_was_cut_before_it_was_sealed_is_found(two_days, write, unguarded, ledger):
    write("case:1", "publish")
    Entry.objects.unscoped().filter(file="case:1", seq=3).delete()
    assert faults(ledger) == ["案卷 case:1：末尾缺失，最后一条应为第 3 条。"]


def test_file_that_was_removed_before_it_was_sealed_is_found(two_days, write, unguarded, ledger):
    write("case:7", "create")
    Entry.objects.unscoped().filter(file="case:7").delete()
    assert faults(ledger) == ["案卷 case:7：末尾缺失，最后一条应为第 1 条。"]


def test_acts_that_were_written_together_are_counted_too(two_days, unguarded, ledger):
    acts = [services.NewAct(file, "facts_recorded", {}, CLERK.area) for file in ("case:1", "case:8", "case:1")]
    with transaction.atomic():
        services.append_many(CLERK, acts)
        services.append_many(CLERK, [])
    assert faults(ledger) == []
    Entry.objects.unscoped().filter(file="case:1", seq=4).delete()
    assert faults(ledger) == ["案卷 case:1：末尾缺失，最后一条应为第 4 条。"]


def test_act_that_was_put_at_the_end_of_a_file_is_found(two_days, unguarded, ledger):
    entry = Entry.objects.unscoped().get(file="case:1", seq=2)
    entry.pk, entry.seq, entry.previous = None, 3, entry.hash
    entry.hash = services.entry_hash(entry)
    entry.save()
    assert faults(ledger) == ["案卷 case:1：第 3 条不是系统写的，系统只写到它前面。"]


@pytest.mark.parametrize(
    "column",
    [{"entries": 7}, {"files": 7}, {"looks": 7}, {"looks_hash": "0" * 64}, {"last_look": 7}, {"last_entry": 1}],
)
def test_changed_column_of_a_seal_is_found(two_days, unguarded, column, ledger):
    Digest.objects.filter(day=TUESDAY).update(**column)
    assert any(fault.startswith("2026-03-03") for fault in faults())


def test_removed_file_is_found_by_the_seal_of_the_day_on_which_it_was_written(two_days, unguarded, ledger):
    Entry.objects.unscoped().filter(file="case:2").delete()
    assert faults(ledger) == [
        "案卷 case:2：末尾缺失，最后一条应为第 1 条。",
        "2026-03-02 的日封存值与记录不符：有记录被改动、删除或插入（封存时2条，现在1条）。",
    ]


def test_day_before_a_sealed_day_cannot_be_sealed_any_more(two_days, ledger):
    with pytest.raises(Conflict):
        seal(date(2026, 2, 27), ledger)


def test_seal_costs_what_the_day_brought_however_long_the_record_is(two_days, write, ledger):
    write("case:2", "accept")
    digest = seal(date(2026, 3, 4), ledger)
    assert (digest.entries, digest.files) == (1, 1)


def test_entry_slipped_in_under_an_old_row_number_is_found(two_days, unguarded, write, ledger):
    first = Entry.objects.unscoped().order_by("id").first()
    row = first.id - 1
    late = write("case:9", "create")
    Entry.objects.unscoped().filter(pk=late.pk).delete()
    late.id = row
    late.save(force_insert=True)
    assert faults(ledger)


def test_forger_who_also_rewrites_the_digests_is_found_by_the_copy_outside(two_days, unguarded, ledger, tmp_path):
    Entry.objects.unscoped().filter(file="case:1", seq=2).delete()
    Head.objects.filter(chain="case:1").update(seq=1)
    Digest.objects.all().delete()
    for day in (MONDAY, TUESDAY):
        seal(day, tmp_path / "forged.jsonl")
    assert faults() == []
    assert [fault for fault in faults(ledger) if "库外" in fault]


def test_removed_digest_is_found_by_the_copy_outside(two_days, unguarded, ledger):
    Digest.objects.filter(day=TUESDAY).delete()
    assert faults(ledger) == ["2026-03-03 的日封存值在库外有留存，库内已不存在。"]


@pytest.mark.django_db(transaction=True)
def test_act_that_commits_while_the_day_is_sealed_is_no_fault(ledger):
    """PostgreSQL numbers rows before they commit: the seal must wait for those who are writing."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    written, sealing = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with transaction.atomic():
                services.append("case:1", CLERK, "create", {}, CLERK.area)
                written.set()
                sealing.wait(1)
        finally:
            connection.close()

    def another():
        try:
            with transaction.atomic():
                services.append("case:2", CLERK, "create", {}, CLERK.area)
        finally:
            connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert written.wait(10)
    other = threading.Thread(target=another)
    other.start()
    other.join()
    seal(MONDAY, ledger)
    sealing.set()
    writer.join()
    assert faults(ledger) == []
    assert Entry.objects.unscoped().count() == 2
