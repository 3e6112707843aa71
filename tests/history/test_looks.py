"""Looks at personal data stand under the same proof as acts: numbered, hashed under a key, sealed with the acts."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from jiuyuan.history import services
from jiuyuan.history.models import Digest, Head, Look
from jiuyuan.history.sealing import seal, verify
from tests.history.conftest import CLERK

MONDAY = date(2026, 3, 2)


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "digests.jsonl"


@pytest.fixture
def looks(db):
    for number in (1, 2, 3):
        services.looked(CLERK, f"person:{number}", "个人档案", CLERK.area)


@pytest.fixture(params=["sealed", "not sealed yet"])
def some(request, looks, ledger, unguarded):
    """Three looks of one clerk, with and without a seal over them; the guard is off."""
    if request.param == "sealed":
        seal(MONDAY, ledger)
    return request.param


def faults(ledger):
    return list(verify(ledger if ledger.exists() else None))


def test_looks_that_nobody_touched_have_no_fault(some, ledger):
    assert faults(ledger) == []


def test_seal_counts_the_looks_since_the_seal_before(looks, ledger):
    assert seal(MONDAY, ledger).looks == 3
    services.looked(CLERK, "person:1", "个人档案", CLERK.area, unmasked=True)
    assert seal(date(2026, 3, 3), ledger).looks == 1


@pytest.mark.parametrize(
    "change",
    [{"actor": "other"}, {"actor_name": "x"}, {"file": "person:9"}, {"what": "x"}, {"unmasked": True}, {"role": "x"}, {"request": "x"},
     {"area": "22/"}, {"at": "2026-03-01T00:00:00+08:00"}, {"seq": 9}, {"hash": "0" * 64}],
)  # fmt: skip
def test_changed_look_is_found_and_named(some, change, ledger):
    pk = Look.objects.unscoped().get(file="person:2").pk
    Look.objects.unscoped().filter(pk=pk).update(**change)
    assert any(f"查看记录 {pk}" in fault for fault in faults(ledger))
    if some == "sealed":
        assert any(fault.startswith("2026-03-02 封存的查看记录与现在的不符") for fault in faults(ledger))


@pytest.mark.parametrize(("file", "named"), [("person:2", "clerk 的第 2 次查看缺失"), ("person:3", "末尾缺失")])
def test_removed_look_is_found_and_named(some, file, named, ledger):
    Look.objects.unscoped().filter(file=file).delete()
    found = faults(ledger)
    assert any(named in fault for fault in found)
    if some == "sealed":
        assert any("封存时3次，现在2次" in fault for fault in found)


def test_all_looks_of_an_account_removed_are_found(some, ledger):
    Look.objects.unscoped().delete()
    assert any("查看记录：clerk：末尾缺失，最后一条应为第 3 条。" in fault for fault in faults(ledger))


def test_look_that_the_system_did_not_write_is_found(some, ledger):
    look = Look.objects.unscoped().get(file="person:3")
    look.pk, look.seq = None, 4
    look.save()
    assert any(f"查看记录 {look.pk}" in fault for fault in faults(ledger))
    assert any("第 4 条不是系统写的" in fault for fault in faults(ledger))


def test_look_cannot_be_made_from_what_the_database_holds(some, ledger):
    """The hash is keyed: even a look with a number of its own and the count moved on is found."""
    look = Look.objects.unscoped().get(file="person:3")
    look.pk, look.seq = None, 4
    look.save()
    Head.objects.filter(chain="looks:clerk").update(seq=4)
    assert any(f"查看记录 {look.pk}" in fault for fault in faults(ledger))


def test_seal_of_which_the_looks_were_taken_out_is_found(looks, ledger, unguarded):
    seal(MONDAY, ledger)
    services.looked(CLERK, "person:1", "个人档案", CLERK.area)
    seal(date(2026, 3, 3), ledger)
    Digest.objects.filter(day=date(2026, 3, 3)).update(last_look=None, looks=0, looks_hash="")
    assert any("没有包括查看记录" in fault for fault in faults(ledger))


def test_looks_of_several_accounts_are_numbered_apart(looks, ledger):
    services.looked(services.Actor("other", "另一人", "clerk"), "person:1", "个人档案", CLERK.area)
    assert Look.objects.unscoped().get(actor="other").seq == 1
    assert faults(ledger) == []


def test_looks_and_acts_of_before_come_along(looks, write, ledger, unguarded):
    write("case:1")
    Head.objects.all().delete()
    for look in Look.objects.unscoped().order_by("-seq"):
        Look.objects.unscoped().filter(pk=look.pk).update(hash="", seq=look.seq + 100)
    migration = import_module("jiuyuan.history.migrations.0003_looks_under_proof")
    migration.bring_along(apps, SimpleNamespace(connection=connection))
    assert faults(ledger) == []
    assert dict(Head.objects.values_list("chain", "seq")) == {"case:1": 1, "looks:clerk": 3}
