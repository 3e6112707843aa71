"""Which lines of a batch go to an account that somebody should ask about before they sign: who signs for a list sees them."""

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
    """One line, and what about its account is to be asked, a sentence each."""

    ref: str
    name: str
    why: list[str]


def of_batch(batch: PaymentBatch) -> list[AccountDoubt]:
    """The first 200 of a batch in hand: an account of several people, in the name of somebody else, or of an
    employer that changed it."""
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
    """Of each employer whose account changed, the first line."""
    rows = Payment.objects.unscoped().filter(batch=batch, employer_account__isnull=False).order_by("number")
    first = {row.employer_account: row for row in reversed(rows.select_related("employer_account", "person"))}
    return [
        AccountDoubt(ref_of(batch, row.number), account.holder, [why])
        for account, row in first.items()
        if account is not None and (why := employer_accounts.changed(account))
    ][:_MOST]
