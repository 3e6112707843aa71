"""Reads the results of a batch row by row: paid, or returned with a reason.

A row that differs from what was sent settles nothing. Reading a file again changes nothing, nor does a row whose
result is known.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from jiuyuan import clock, loading, sums
from jiuyuan.agencies.models import User
from jiuyuan.encryption import blind_index
from jiuyuan.money import freezing
from jiuyuan.money.models import Payment, PaymentBatch, PaymentResult
from jiuyuan.notifications import notices
from jiuyuan.people.bank_accounts import plain_number
from jiuyuan.people.contact import same_name
from jiuyuan.people.correspondence import tell, tell_many
from jiuyuan.people.models import Person
from jiuyuan.people.sources.reading import FirstOf, SourceTable, table
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.table import Need
from jiuyuan.spreadsheets.cells import RefusedRow
from jiuyuan.wording import say

COLUMNS: Mapping[str, Sequence[str]] = {
    "ref": ["发放编号"],
    "name": FirstOf(["姓名", "收款人"]),
    "account": FirstOf(["银行账号", "收款账号", "银行卡号", "账号", "卡号"]),
    "amount": FirstOf(["金额", "发放金额"]),
    "result": FirstOf(["结果", "发放结果", "处理结果"]),
    "reason": FirstOf(["原因", "退回原因", "失败原因"]),
}
_NEEDED = [["ref"], ["amount"], ["result"]]
_WORDS = {
    **dict.fromkeys(("成功", "发放成功", "已发放", "交易成功"), "paid"),
    **dict.fromkeys(("退回", "失败", "退票", "发放失败", "交易失败"), "returned"),
}
_CHUNK, _MOST_FAULTS, _LONGEST_REASON = 2_000, 200, 200
_LARGEST = 64 * 1024 * 1024
_RETURNED = notices.declare(
    "payment.returned",
    "补贴没有发成",
    "您的{title}（{months}）被银行退回，原因：{reason}。请核对银行账户。可以在“我的账号”里改，也可以带银行卡到街道（乡镇）窗口改。"
    "改好以后会再发，不用重新申请。",
)
_PAID = notices.declare(
    "payment.paid",
    "补贴发了",
    "您的{title}（{months}）{sum}元已经发到尾号{last_four}的银行账户，请查收。没有收到的，请打电话给{agency}。",
)


@dataclass(frozen=True)
class PaymentResultFile:
    """An uploaded file, positioned at its start."""

    name: str
    content: IO[bytes]
    digest: str


@dataclass
class Read:
    """What a file settled."""

    digest: str
    paid: int = 0
    returned: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[list[Any]] = field(default_factory=list)

    def refuse(self, row: int, ref: str, why: str) -> None:
        self.refused += 1
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append([row, ref[:60], why])


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    said: dict[str, str]


def as_file(_context: Context, need: Need, raw: Any) -> PaymentResultFile:
    """Parse an upload, with its digest. Raises `ValueError` if there is none or it is far too large."""
    content = getattr(raw, "file", raw)
    if not hasattr(content, "read"):
        raise ValueError(need.empty)
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := content.read(1 << 20):
        size += len(piece)
        digest.update(piece)
    content.seek(0)
    if not size:
        raise ValueError(say("文件是空的，请重新选择。"))
    if size > _LARGEST:
        raise ValueError(say("文件太大，发放结果不会超过{most}MB，请核对是不是选错了。", most=_LARGEST >> 20))
    return PaymentResultFile(str(getattr(raw, "name", "") or say("结果"))[:200], content, digest.hexdigest())


def read(batch: PaymentBatch, file: PaymentResultFile, user: User) -> Read | None:
    """Settle what the rows state, and store the report. None if this very file was read before.

    Locks the batch. Raises `BadInput` for `file` if it is not a list of results.
    """
    kept = PaymentResult.objects.unscoped().filter(batch=batch, digest=file.digest)
    if kept.exists():
        return None
    twice = {number: rows for number, rows in _places(batch, file).items() if len(rows) > 1}
    found = Read(file.digest)
    rows = _rows(_opened(file))
    while some := list(islice(rows, _CHUNK)):
        _settle(batch, some, twice, found, user)
    PaymentResult.objects.create(
        batch=batch, digest=file.digest, file_name=file.name, read_by=user, read_by_name=user.name, read_at=clock.now(), paid=found.paid,
        returned=found.returned, unchanged=found.unchanged, refused=found.refused, faults=found.faults,
    )  # fmt: skip
    return found


def _opened(file: PaymentResultFile) -> SourceTable:
    file.content.seek(0)
    return table(file.content, file.name, COLUMNS, _NEEDED)


def _rows(opened: SourceTable) -> Iterator[_Row]:
    for number, cells in opened.rows:
        if isinstance(cells, RefusedRow):
            yield _Row(number, {"": cells.reason})
            continue
        said = {name: str(cells[place] or "").strip() for name, place in opened.places.items() if place < len(cells)}
        yield _Row(number, said)


def _places(batch: PaymentBatch, file: PaymentResultFile) -> dict[int, list[int]]:
    """The rows in which each payment occurs, at most three, by its number in any spelling."""
    places: dict[int, list[int]] = {}
    for row in _rows(_opened(file)):
        if (number := number_of(batch, row.said.get("ref", ""))) is not None:
            rows = places.setdefault(number, [])
            if len(rows) < 3:
                rows.append(row.number)
    return places


def _settle(batch: PaymentBatch, rows: Sequence[_Row], twice: Mapping[int, list[int]], found: Read, user: User) -> None:
    numbers = {ref: number for row in rows if (number := number_of(batch, ref := row.said.get("ref", ""))) is not None}
    sent = (
        Payment.objects.unscoped()
        .filter(batch=batch, number__in=numbers.values())
        .select_related("person", "account", "employer_account")
    )
    by_number = {payment.number: payment for payment in sent.select_for_update(of=("self",))}
    now = clock.today()
    settled: dict[str, list[Payment]] = {"paid": [], "returned": []}
    for row in rows:
        ref = row.said.get("ref", "")
        payment = by_number.get(numbers.get(ref, 0))
        why, result = _judged(row, payment, twice)
        if why:
            found.refuse(row.number, ref, why)
        elif payment is not None and payment.status == result:
            found.unchanged += 1
        elif payment is not None:
            payment.status, payment.result_on = result, now
            payment.reason = row.said.get("reason", "")[:_LONGEST_REASON] if result == "returned" else ""
            settled[result].append(payment)
    changed = [*settled["paid"], *settled["returned"]]
    loading.update(
        Payment,
        "id",
        ("status", "reason", "result_on"),
        [(one.pk, one.status, one.reason, one.result_on) for one in changed],
    )
    for result, action in (("paid", freezing.CLAIM_PAID), ("returned", freezing.CLAIM_RETURNED)):
        claims = [one.claim_id for one in settled[result]]
        moved = freezing.in_batch(batch, claims, result)
        freezing.move(action, user.actor, moved, ["in_batch"], result, batch.region)
    found.paid += len(settled["paid"])
    found.returned += len(settled["returned"])
    for one in settled["returned"]:
        tell_returned(batch, one)
    _tell_paid(batch, settled["paid"])


def _judged(row: _Row, payment: Payment | None, twice: Mapping[int, list[int]]) -> tuple[str, str]:
    """The reason why a row settles nothing, or the result it states."""
    said, ref = row.said, row.said.get("ref", "")
    if unreadable := said.get(""):
        return unreadable, ""
    if payment is None:
        return say("这一批里没有发放编号“{ref}”，请核对是不是别的批次的结果。", ref=ref[:40]), ""
    if payment.number in twice:
        rows = "、".join(map(str, twice[payment.number]))
        return say("发放编号{ref}在第{rows}行重复出现，不知道以哪一行为准，请只留一行。", ref=ref, rows=rows), ""
    if (cents := cents_of(said.get("amount", ""))) is None:
        return say("金额“{amount}”不是一个数，请写成1234.50这样。", amount=said.get("amount", "")[:20]), ""
    if cents != payment.amount:
        return say("金额是{said}元，名单上是{sent}元，差{off}元。请核对，一分钱也要对上。",
                   said=in_yuan(cents), sent=in_yuan(payment.amount), off=in_yuan(abs(cents - payment.amount))), ""  # fmt: skip
    if (name := said.get("name")) and not (
        same_name(name, payment.person.name) or same_name(name, payment.payee.holder)
    ):
        return say("姓名“{name}”与名单不一致，这一行被改动过，请核对。", name=name[:40]), ""
    if (account := said.get("account")) and not _same_account(account, payment):
        return say("银行账号与名单不一致，这一行被改动过，请核对。"), ""
    result = _WORDS.get(said.get("result", ""), "")
    if not result:
        return say("结果“{result}”读不懂，请写“成功”或“退回”。", result=said.get("result", "")[:20]), ""
    if result == "returned" and not said.get("reason"):
        return say("退回的没有写原因，请补上银行给的原因。"), ""
    if payment.status not in ("waiting", result):
        return say(
            "这一笔早已登记为“{status}”，与这一行不同，请先向银行核实。", status=payment.get_status_display()
        ), ""
    return "", result


def number_of(batch: PaymentBatch, ref: str) -> int | None:
    """The position in the list for a payment reference; None for another batch."""
    start, _, number = ref.rpartition("-")
    return int(number) if start == batch.number and number.isascii() and number.isdigit() and len(number) < 10 else None


def ref_of(batch: PaymentBatch, number: int) -> str:
    """The reference of a payment, for finance and bank."""
    return f"{batch.number}-{number:06d}"


def cents_of(text: str) -> int | None:
    """Parse yuan into exact cents; None if it is not an amount."""
    amount = sums.yuan(text)
    return int(amount * 100) if amount is not None and amount * 100 == int(amount * 100) else None


def in_yuan(cents: int) -> str:
    """Format cents as yuan with two decimals."""
    return f"{cents // 100}.{cents % 100:02d}"


def _same_account(said: str, payment: Payment) -> bool:
    number = plain_number(said)
    stars = number.lstrip("*")
    if stars != number:  # banks that mask numbers keep the last digits
        return bool(stars) and payment.payee.number.endswith(stars)
    return blind_index(number) == payment.payee.number_index


def _tell_paid(batch: PaymentBatch, paid: Sequence[Payment]) -> None:
    """Tell people that their money was paid. Payments to employers are not announced."""
    own = [one for one in paid if one.account is not None]
    people = Person.objects.unscoped().select_related("account", "agency").in_bulk([one.person_id for one in own])
    told = []
    for one in own:
        person, number = people[one.person_id], one.payee.number
        words = {
            "title": batch.title, "months": one.months_text, "sum": in_yuan(one.amount), "last_four": number[-4:],
            "agency": person.agency.name,
        }  # fmt: skip
        told.append((person, words))
    tell_many(_PAID, told)


def tell_returned(batch: PaymentBatch, payment: Payment) -> None:
    """Tell the person that the bank returned the money, and what to do; for employers' payments nobody is told."""
    if payment.employer_account_id is not None:
        return
    person = Person.objects.unscoped().select_related("account").get(pk=payment.person_id)
    words = {"title": batch.title, "months": payment.months_text, "reason": payment.reason.rstrip("。")}
    tell(person, _RETURNED, words)
