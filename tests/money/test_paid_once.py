"""Nothing is paid twice and nothing is lost: two at once, a failure between list and record, a kill at any moment."""

import json
import os
import random
import shutil
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from jiuyuan import config
from jiuyuan.history import services as history
from jiuyuan.money.models import Payment, PaymentBatch, PaymentResult
from jiuyuan.money.results import in_yuan, ref_of
from jiuyuan.refusals import Refusal
from tests import template
from tests.conftest import ON_POSTGRES, SHARED
from tests.examples import examples
from tests.factories import staff
from tests.killing import programs
from tests.money.batches import PERIOD, SCHEME, a_batch, a_file, approved, does, stands

KILLS = examples(4)


def at_once(*acts):
    """Two acts begun at the same moment: what each came to, a refusal by its name."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(10)
            outcomes.append(act().status)
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_who_make_or_send_a_batch_or_read_a_result_at_once_pay_each_claim_once():
    one, other = staff("finance"), staff("finance")
    claims = [approved() for _ in range(3)]
    made = at_once(*(lambda who=who: does(who, None, "make", scheme=SCHEME, period=PERIOD) for who in (one, other)))
    assert sorted(made) in (["BadInput", "frozen"], ["Conflict", "frozen"])
    batch = PaymentBatch.objects.unscoped().get()
    assert (batch.lines, Payment.objects.unscoped().count()) == (3, 3)
    for signer in (one, other):
        does(signer, batch, "sign")
    sent = at_once(*(lambda who=who: does(who, batch, "send") for who in (one, other)))
    assert sorted(sent) == ["WrongState", "sent"]
    rows = [(ref_of(batch, p.number), "", "", in_yuan(p.amount), "成功", "") for p in batch.payments.all()]
    read = at_once(*(lambda who=who: does(who, batch, "read_result", file=a_file(rows)) for who in (one, other)))
    assert read == ["settled", "settled"]  # the same file again answers what it said
    assert PaymentResult.objects.unscoped().count() == 1
    assert {stands(claim)[0] for claim in claims} == {"paid"}


@pytest.mark.django_db
def test_what_fails_between_the_list_and_the_record_leaves_everything_as_it_was(monkeypatch):
    finance = staff("finance")
    claims = [approved() for _ in range(3)]
    write = history.append_many

    def fails(actor, acts, heads=None):
        if any(act.action in ("payment_batch_made", "payment_result_read") for act in acts):
            raise OSError("the machine stops")
        write(actor, acts, heads)

    def stopped(batch, action, **said):
        with monkeypatch.context() as patched:
            patched.setattr(history, "append_many", fails)
            with pytest.raises(OSError, match="stops"), transaction.atomic():
                does(finance, batch, action, **said)

    stopped(None, "make", scheme=SCHEME, period=PERIOD)
    assert not PaymentBatch.objects.unscoped().exists()
    assert not Payment.objects.unscoped().exists()
    assert {stands(claim)[0] for claim in claims} == {"approved"}
    batch = a_batch("sent", finance)
    rows = [(ref_of(batch, p.number), "", "", in_yuan(p.amount), "成功", "") for p in batch.payments.all()]
    stopped(batch, "read_result", file=a_file(rows))
    assert {stands(claim)[0] for claim in claims} == {"in_batch"}
    assert not PaymentResult.objects.unscoped().exists()
    assert does(finance, batch, "read_result", file=a_file(rows)).status == "settled"


_PLANT = """
from django.db import transaction
from tests.factories import staff
from tests.money.batches import approved
with transaction.atomic():
    staff("finance", username="finance"), staff("reviewer", username="reviewer")
    for _ in range(5):
        approved(amount=70_000)
"""
_PAY = """
from jiuyuan.agencies.models import User
from jiuyuan.money import freezing, payments
from jiuyuan.money.models import PaymentBatch
from jiuyuan.money.results import in_yuan, ref_of
from tests.money.batches import PERIOD, SCHEME, a_file, does
freezing._CHUNK = 2
finance, reviewer = (User.objects.get(username=name) for name in ("finance", "reviewer"))
found = PaymentBatch.objects.unscoped().first() or does(finance, None, "make", scheme=SCHEME, period=PERIOD)
for who in (finance, reviewer):
    if found.status == "frozen" and not found.signatures.filter(signed_by=who).exists():
        found = does(who, found, "sign")
if found.status == "signed":
    found = does(finance, found, "send")
rows = list(payments.for_finance(finance, found))
result = [(row[0], row[1], row[8], row[5], *(("退回", "户名不符") if row[0].endswith("3") else ("成功", ""))) for row in rows]
if found.status == "sent":
    does(finance, found, "read_result", file=a_file(result))
"""
_FOUND = """
import json
from collections import Counter
from django.conf import settings
from jiuyuan.history import sealing
from jiuyuan.history.models import Entry
from jiuyuan.money import batch_replay, payments
from jiuyuan.money.models import Claim, ClaimLine, Payment, PaymentBatch
print(json.dumps({
    "batches": list(PaymentBatch.objects.unscoped().values_list("status", "lines", "total", "digest")),
    "payments": list(Payment.objects.unscoped().values_list("claim", "status", "amount")),
    "claims": [list(Claim.objects.unscoped().order_by("pk").values_list("status", "version"))],
    "lines": list(ClaimLine.objects.unscoped().order_by("pk").values_list("status", flat=True)),
    "record": sorted(  # a number that a killed transaction took is not given again
        ("payment" if file.startswith("payment:") else file, seq, action)
        for file, seq, action in Entry.objects.unscoped().values_list("file", "seq", "action")
    ),
    "faults": [*map(str, sealing.verify(settings.JIUYUAN.ledger)), *batch_replay.verify_state(lambda done: None, Counter())],
}))
"""


class Installation:
    """A data folder with its database, which can be put back to what another one holds."""

    def __init__(self, data: Path) -> None:
        self.data, self.name = data, f"paid_{random.getrandbits(40)}"

    @property
    def _database(self) -> Path | str:
        return self.name if ON_POSTGRES else self.data / "jiuyuan.sqlite3"

    def begin(self) -> "Installation":
        if ON_POSTGRES:
            config.create(self.data, "test", f"{os.environ['JIUYUAN_DATABASE_URL'].rpartition('/')[0]}/{self.name}")
        else:
            config.create(self.data, "test")
        template.copy(SHARED, self._database)
        return self

    def become(self, other: "Installation") -> "Installation":
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(other.data, self.data)
        if ON_POSTGRES:
            for file in self.data.glob("*.toml"):
                file.write_text(file.read_text("utf-8").replace(other.name, self.name), "utf-8")
            template.copy_of(other.name, self.name)
        return self


@pytest.mark.slow
@pytest.mark.both_databases
@pytest.mark.usefixtures("db")
def test_a_batch_killed_at_random_moments_and_gone_on_with_pays_each_claim_once(tmp_path: Path) -> None:
    planted = Installation(tmp_path / "planted").begin()
    with programs(planted.data, tmp_path) as plant:
        plant.run(_PLANT)
    undisturbed, disturbed = (Installation(tmp_path / name).become(planted) for name in ("undisturbed", "disturbed"))
    with programs(undisturbed.data, tmp_path) as whole, programs(disturbed.data, tmp_path) as killed:
        statements = whole.statements(_PAY)
        expected = json.loads(whole.run(_FOUND))
        assert [one[0] for one in expected["batches"]] == ["settled"]
        assert sorted(one[1] for one in expected["payments"]) == ["paid"] * 4 + ["returned"]
        for moment in range(KILLS):
            disturbed.become(planted)
            killed.killed(random.randint(statements * moment // KILLS + 1, statements * (moment + 1) // KILLS), _PAY)
            killed.run(_PAY)
            assert json.loads(killed.run(_FOUND)) == expected
