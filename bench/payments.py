"""A batch of many lines from freeze to file and back, on PostgreSQL and on SQLite: frozen, signed by two, handed over, written as
XLSX, read back.

    python -m bench.money --only batch [--payments 100000]

The claims are written past the services, for it is the batch that is measured. Aim: under 60 seconds from freeze to file.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.processor import POSTGRES, of_trees, peak

DAY, AIM, _CHUNK = "2026-03-02", 60, 1_000
_JANUARY, _BY = 2026 * 12, ("finance", "reviewer")


def measure(payments: int) -> None:
    """Print what each step takes on each database, and how much memory."""
    from tests import postgres

    cluster = postgres.Cluster(POSTGRES)
    cluster.start()
    try:
        _on("PostgreSQL", payments, {"JIUYUAN_DATABASE_URL": cluster.url})
    finally:
        cluster.stop()
    _on("SQLite", payments, {})


def _on(database: str, payments: int, its: dict[str, str]) -> None:
    from jiuyuan import config

    print(
        f"a batch of {payments:,} lines on {database}; seconds of the clock, and of the processor, the server's included",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="jiuyuan-bench-") as folder:
        config.create(Path(folder), "test")
        more = {"JIUYUAN_DATA": folder, "JIUYUAN_TODAY": DAY, "DJANGO_SETTINGS_MODULE": "jiuyuan.settings"}
        environment = {**os.environ, **more, **its}
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
        for step in ("plant", "pay"):
            done = subprocess.run(
                [sys.executable, "-m", "bench.payments", step, str(payments)],
                env=environment, check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            figures: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
            for label, some in figures.items():
                print(f"  {label:66}{''.join(f'{figure:10.1f}' for figure in some)}", flush=True)
        print(f"  {'aim: from freeze to file':66}{AIM:10.1f}", flush=True)


def plant(payments: int) -> dict[str, list[float]]:
    """People with an account each, and a claim of two months that is approved."""
    from django.db import transaction

    from jiuyuan import clock
    from jiuyuan.agencies import services
    from jiuyuan.agencies.models import Agency, User
    from jiuyuan.encryption import blind_index
    from jiuyuan.money.models import Claim, ClaimLine
    from jiuyuan.people.models import BankAccount, Person
    from jiuyuan.procedures.subjects import moving

    with transaction.atomic():
        services.plant()
        county, place = Agency.objects.get(code="220102"), Agency.objects.get(code="220102001")
        for number, role in enumerate(_BY):
            User.objects.create(username=role, name="某某", role=role, agency=county, id_index=f"{number}")
    by, today, now = User.objects.get(username="reviewer"), date.fromisoformat(DAY), clock.now()
    for start in range(0, payments, _CHUNK):
        numbers = range(start, min(start + _CHUNK, payments))
        with transaction.atomic(), moving(Claim):
            people = Person.objects.bulk_create(
                Person(
                    name="王秀英", name_pinyin="wang xiu ying", id_number=f"22010219850302{number:04d}", id_index=f"p{number}",
                    birth_date=today, sex="female", phone="", agency=place, area=place.path, created_at=now,
                )
                for number in numbers
            )  # fmt: skip
            cards = [f"62170000{number:011d}" for number in numbers]
            BankAccount.objects.bulk_create(
                BankAccount(
                    person=person, number=card, number_index=blind_index(card), holder=person.name, bank="建设银行",
                    entered_at=now, entered_by=by, entered_by_name=by.name,
                )
                for person, card in zip(people, cards, strict=True)
            )  # fmt: skip
            claims = Claim.objects.bulk_create(
                Claim(
                    person=person, agency=place, area=place.path, region="jilin", scheme="flexible_insurance",
                    from_month=_JANUARY, to_month=_JANUARY + 1, claimant="person", status="approved", claimed_on=today,
                    checked_by=by, reviewed_by=by, approved_by=by,
                )
                for person in people
            )  # fmt: skip
            ClaimLine.objects.bulk_create(
                ClaimLine(claim=claim, person_id=claim.person_id, scheme=claim.scheme, month=month, amount=50_000)
                for claim in claims
                for month in (_JANUARY, _JANUARY + 1)
            )
    return {}


def pay(payments: int) -> dict[str, list[float]]:
    """The whole way; `finance` and `reviewer` sign."""
    from django.core.files import File
    from django.db import connection

    from jiuyuan.agencies.models import User
    from jiuyuan.money import payments as asked
    from jiuyuan.money.batch_workflow import PAYMENT
    from jiuyuan.money.models import Payment, PaymentBatch
    from jiuyuan.money.results import in_yuan, ref_of
    from jiuyuan.procedures import engine

    finance, reviewer = (User.objects.select_related("agency").get(username=name) for name in _BY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def spent() -> tuple[float, float]:
        backend = [connection.connection.info.backend_pid] if connection.vendor == "postgresql" else []
        return time.monotonic(), time.process_time() + (of_trees(backend) if backend else 0)

    def between(one: tuple[float, float], other: tuple[float, float]) -> list[float]:
        return [other[0] - one[0], other[1] - one[1]]

    began = spent()

    def act(user: User, batch: Any, action: str, **said: Any) -> PaymentBatch:
        done: PaymentBatch = engine.act(user, PAYMENT, batch.pk if batch else None, action, said)
        return done

    batch = act(finance, None, "make", scheme="flexible_insurance", period="2026-03")
    assert batch.lines == payments
    frozen = spent()
    for user in (finance, reviewer):
        batch = act(user, batch, "sign")
    batch = act(finance, batch, "send")
    sent = spent()
    with tempfile.TemporaryFile() as file:
        for piece in asked.workbook(finance, batch):
            file.write(piece)
        size = file.tell() / 1e6
    written, memory = spent(), peak()
    with tempfile.NamedTemporaryFile(suffix=".csv") as result:
        result.write("发放编号,金额（元）,结果,原因\n".encode())
        for number, cents in Payment.objects.unscoped().filter(batch=batch).values_list("number", "amount").iterator():
            said = "退回,账户不存在" if number % 1000 == 0 else "成功,"
            result.write(f"{ref_of(batch, number)},{in_yuan(cents)},{said}\n".encode())
        result.flush()
        again = spent()
        batch = act(finance, batch, "read_result", file=File(open(result.name, "rb")))  # noqa: SIM115
    read = spent()
    assert batch.status == "settled"
    return {
        "frozen": between(began, frozen), "signed twice and handed over": between(frozen, sent),
        f"the list written ({size:.0f} MB)": between(sent, written), "from freeze to file": between(began, written),
        "MB until the file": [memory], "the result read back, one in a thousand returned": between(again, read),
        "MB at the end": [peak()],
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"plant": plant, "pay": pay}[sys.argv[1]](int(sys.argv[2]))))
