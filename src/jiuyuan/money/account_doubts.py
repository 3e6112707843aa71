"""Lists the lines of a payment batch whose accounts should be clarified, for those who sign."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from jiuyuan.money import employer_accounts
from jiuyuan.money.models import Payment, PaymentBatch
from jiuyuan.money.results import ref_of
from jiuyuan.people import bank_accounts
from jiuyuan.people.models import BankAccount

_MOST = 200


@dataclass(frozen=True)
class AccountDoubt:
    """A line, and what should be clarified about its account, one sentence each."""

    ref: str
    name: str
    why: list[str]


def of_batch(batch: PaymentBatch) -> list[AccountDoubt]:
    """The first 200 doubts of a batch: accounts of several people, in another name, or changed by an employer."""
    others = BankAccount.objects.unscoped().filter(number_index=OuterRef("account__number_index"))
    rows = (
        Payment.objects.unscoped()
        .filter(
            Q(Exists(others.exclude(person=OuterRef("person")))) | ~Q(account__holder=F("person__name")),
            batch=batch,
            account__isnull=False,
        )
        .order_by("number")
        .select_related("account__person", "person")
    )
    found = []
    for row in rows.iterator(chunk_size=_MOST):
        if why := bank_accounts.doubts(row.account):
            found.append(AccountDoubt(ref_of(batch, row.number), row.person.name, why))
            if len(found) == _MOST:
                break
    return found or _of_employers(batch)


def _of_employers(batch: PaymentBatch) -> list[AccountDoubt]:
    """The first line of each employer whose account changed."""
    rows = Payment.objects.unscoped().filter(batch=batch, employer_account__isnull=False).order_by("number")
    first = {row.employer_account: row for row in reversed(rows.select_related("employer_account", "person"))}
    return [
        AccountDoubt(ref_of(batch, row.number), account.holder, [why])
        for account, row in first.items()
        if account is not None and (why := employer_accounts.changed(account))
    ][:_MOST]
