"""Which lines of a batch go to an account that somebody should ask about before they sign: who signs for a list sees them."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

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
    """The first 200 of a batch in hand: an account of several people, or in the name of somebody else."""
    others = BankAccount.objects.unscoped().filter(number_index=OuterRef("account__number_index"))
    rows = (
        Payment.objects.unscoped()
        .filter(
            Q(Exists(others.exclude(person=OuterRef("person")))) | ~Q(account__holder=F("person__name")), batch=batch
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
    return found
