"""Approved claims and batches as a test needs them, without the way there."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.history.services import SYSTEM
from jiuyuan.money.batch_workflow import PAYMENT
from jiuyuan.money.models import Claim, ClaimLine, PaymentBatch
from jiuyuan.people import bank_accounts, services
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from tests.factories import PLATFORM, an_applicant, by_who_knows, staff

SCHEME, PERIOD = "flexible_insurance", "2026-03"
JANUARY = 2026 * 12
HEADS = ("发放编号", "姓名", "银行账号", "金额（元）", "结果", "原因")


def somebody(account: User | None = None, platform: str = PLATFORM, **of_whom: Any) -> Person:
    """Somebody on file."""
    one = an_applicant(**of_whom)
    return services.register(
        SYSTEM, name=one.name, id_number=one.id_number, phone=one.phone, address=one.address,
        agency=Agency.objects.get(code=platform), account=account,
    )  # fmt: skip


def a_card(number: int) -> str:
    """A card number whose last digit fits."""
    start = f"62170000{number:010d}"
    return next(card for card in (f"{start}{digit}" for digit in range(10)) if bank_accounts.passes_luhn(card))


def with_an_account(person: Person, number: int = 0, clerk: User | None = None) -> Person:
    bank_accounts.enter(
        clerk or staff("clerk", person.agency.code),
        person.pk,
        number=a_card(number or person.pk),
        holder="",
        bank="建设银行",
    )
    return person


def approved(
    person: Person | None = None, months: Sequence[int] = (JANUARY,), amount: int | None = 50_000, scheme: str = SCHEME
) -> Claim:
    """A claim that is approved, with a line a month, of somebody with a bank account."""
    person = person or with_an_account(somebody())
    by = staff("reviewer")
    claim = Claim(
        person=person, agency=person.agency, area=person.area, region="jilin", scheme=scheme, from_month=months[0],
        to_month=months[-1], claimant="person", status="approved", claimed_on=clock.today(), checked_by=by,
        reviewed_by=by, approved_by=by, approved_on=clock.today(),
    )  # fmt: skip
    with moving(Claim):
        claim.save()
    ClaimLine.objects.bulk_create(
        ClaimLine(claim=claim, person=person, scheme=scheme, month=month, amount=amount) for month in months
    )
    return claim


def dies(person: Person) -> None:
    """A department says so."""
    for where, known in by_who_knows({"deceased": True}).items():
        services.record_facts(SYSTEM, person, known, evidence="比对", **dict(where))


def does(user: User, batch: PaymentBatch | None, action: str, **said: Any) -> Any:
    return engine.act(user, PAYMENT, batch.pk if batch else None, action, said)


def a_batch(status: str = "frozen", finance: User | None = None, period: str = PERIOD) -> PaymentBatch:
    """A batch of what is approved, in that state."""
    finance = finance or staff("finance")
    batch: PaymentBatch = does(finance, None, "make", scheme=SCHEME, period=period)
    if status in ("signed", "sent"):
        for signer in (finance, staff("reviewer")):
            batch = does(signer, batch, "sign")
    if status == "sent":
        batch = does(finance, batch, "send")
    return batch


def a_file(rows: Iterable[Sequence[object]], heads: Sequence[str] = HEADS, name: str = "结果.csv") -> BytesIO:
    """A result file as a bank sends it."""
    file = BytesIO("\n".join(",".join(map(str, row)) for row in (heads, *rows)).encode())
    file.name = name
    return file


def stands(claim: Claim) -> tuple[str, list[str]]:
    """The state of a claim and of its lines."""
    found = Claim.objects.unscoped().get(pk=claim.pk)
    return found.status, [line.status for line in found.lines.order_by("month")]


def on(day: str) -> date:
    return date.fromisoformat(day)
