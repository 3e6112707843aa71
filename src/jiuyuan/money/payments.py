"""Queries of payment batches: those of an area, their lines, and the list for finance. Looks are recorded."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.history import services as history
from jiuyuan.money.models import Payment, PaymentBatch
from jiuyuan.money.results import in_yuan, ref_of
from jiuyuan.refusals import NotForRole, NotFound, WrongState
from jiuyuan.spreadsheets import writing
from jiuyuan.wording import for_record, say

_CHUNK = 2_000
_HEADS = (
    "发放编号", "姓名", "身份证号码", "政策", "月份", "金额（元）", "户名", "开户银行", "银行账号", "结果", "原因",
)  # fmt: skip
_PAYEE = ("holder", "bank", "number")
#: The columns shown in a line; others would have to be decrypted for each person.
_READ = (
    "number", "from_month", "to_month", "months", "amount", "person__name", "person__id_number",
    *(f"{payee}__{column}" for payee in ("account", "employer_account") for column in _PAYEE),
)  # fmt: skip
Row = tuple[Any, ...]


def batches(user: User) -> ScopedQuerySet:
    """The batches of the user's area. Raises `NotForRole`."""
    if not user.may(Right.SEE_PAYMENTS):
        raise NotForRole(say("您的角色不能查看发放批次。"))
    return PaymentBatch.objects.visible_to(user).select_related("agency", "made_by")


def opened(user: User, pk: int) -> PaymentBatch:
    """A batch. Raises `NotFound`, `NotForRole`."""
    found: PaymentBatch | None = batches(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个发放批次。"))
    return found


def lines(user: User, batch: PaymentBatch, status: str = "", after: int = 0) -> ScopedQuerySet:
    """The lines of a batch in order, with names, masked numbers and sums. Records the look."""
    rows = Payment.objects.visible_to(user).filter(batch=batch, number__gt=after).order_by("number")
    history.looked(user.actor, batch.file, for_record("发放名单"), batch.area)
    return (rows.filter(status=status) if status else rows).select_related("person", "account", "employer_account")


def counts(batch: PaymentBatch) -> dict[str, int]:
    """The number of a batch's lines in each state."""
    rows = Payment.objects.unscoped().filter(batch=batch).order_by().values_list("status")
    return dict(rows.annotate(number=Count("pk")))


def for_finance(user: User, batch: PaymentBatch) -> Iterator[Row]:
    """Yield the list for bank and finance, with full account numbers; the same each time, once sending is recorded.

    Raises `NotForRole`, `WrongState`.
    """
    if not user.may(Right.SEE_BANK_ACCOUNTS):
        raise NotForRole(say("发放表有完整的银行账号，只给资金经办。"))
    if batch.status not in (PaymentBatch.Status.SENT, PaymentBatch.Status.SETTLED):
        raise WrongState(
            say("签批齐了、登记交财政以后，才能下载发放表。这一批现在是“{status}”。", status=batch.get_status_display())
        )
    history.looked(user.actor, batch.file, for_record("下载发放表"), batch.area, unmasked=True)
    return _listed(batch)


def workbook(user: User, batch: PaymentBatch) -> Iterator[bytes]:
    """Yield the list for finance as a spreadsheet, in pieces. Raises like `for_finance`."""
    rows = for_finance(user, batch)
    about = say("{number}：{count}笔，{total}元，校验值{digest}", number=batch.number, count=batch.lines,
                total=in_yuan(batch.total), digest=batch.digest[:16])  # fmt: skip

    def fill(book: writing.Book) -> None:
        sheet = book.sheet(say("发放表"), [say(head) for head in _HEADS], about=about)
        for row in rows:
            sheet.append(row)

    return writing.pieces(fill)


def _listed(batch: PaymentBatch) -> Iterator[Row]:
    title = batch.title
    rows = (
        Payment.objects.unscoped()
        .filter(batch=batch)
        .order_by("number")
        .select_related("person", "account", "employer_account")
        .only(*_READ)
    )
    # One statement: in chunks, a plan made before the table was analysed would sort all the remaining rows each
    # time.
    for one in rows.iterator(chunk_size=_CHUNK):
        yield (
            ref_of(batch, one.number), one.person.name, one.person.masked_id_number, title, one.months_text,
            in_yuan(one.amount), one.payee.holder, one.payee.bank, one.payee.number, "", "",
        )  # fmt: skip
