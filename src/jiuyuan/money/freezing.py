"""Determines the contents of a batch: every payable approved claim of a scheme up to a month, with sum and digest.

Claims are read, locked and moved in chunks, so that memory use does not grow with the batch.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db.models import F, Q

from jiuyuan import loading
from jiuyuan.agencies.models import User
from jiuyuan.encryption import keyed_mark
from jiuyuan.history.services import Actor
from jiuyuan.history.state import stated_row
from jiuyuan.money import employer_accounts
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.models import LIVE, Claim, ClaimLine, Payment, PaymentBatch
from jiuyuan.people import bank_accounts
from jiuyuan.people.correspondence import dead_among
from jiuyuan.people.models import BankAccount, Person
from jiuyuan.procedures.bulk import Moved, follow_many
from jiuyuan.procedures.own_matter import own_indexes

_CHUNK = 2_000
#: Why an approved claim is not included, in words.
REASONS = {
    "no_account": "没有登记银行账户",
    "same_account": "退回以后还没有更正或者确认银行账户",
    "no_amount": "没有公布标准，金额还不知道",
    "dead": "档案上记载已经去世",
    "annulled": "据以申请的认定已经取消",
    "no_employer": "付给单位，申请里没有写是哪个单位",
    "no_employer_account": "付给单位，单位还没有随申报登记账户",
    "another_person": "明细记在另一个人的档案里，请先更正档案",
}
_OF_A_CLAIM = ("pk", "person_id", "status", "version", "area")
_IN_LIST = ("number", "claim_id", "person_id", "{account}_id", "from_month", "to_month", "months", "amount")
#: The columns covered by the signatures, none of which a legal act changes. A claim may move to another file; the
#: account is covered by its index.
_SIGNED = ("number", "claim_id", "{account}", "from_month", "to_month", "months", "amount")
Row = tuple[Any, ...]


@dataclass
class Frozen:
    """The summary of a frozen batch."""

    lines: int = 0
    total: int = 0
    digest: str = ""
    left_out: Counter[str] = field(default_factory=Counter)


def _account_of(batch: PaymentBatch) -> str:
    """The foreign key of its lines' accounts: the scheme pays people or employers."""
    return "employer_account" if batch.rules.paid_to == "employer" else "account"


def _indexes(batch: PaymentBatch, accounts: Collection[int]) -> dict[int, str]:
    of = employer_accounts if batch.rules.paid_to == "employer" else bank_accounts
    return of.indexes(accounts)


def freeze(batch: PaymentBatch, actor: Actor) -> Frozen:
    """Write the lines of a saved batch and move their claims into it. Locks claims in order of keys."""
    found, numbers, digest = Frozen(), count(1), hashlib.sha256()
    listed = [column.format(account=_account_of(batch)) for column in _IN_LIST]
    for rows in _claims(batch):
        payments, moved = [], []
        rated_lines: list[int] = []
        payable = list(_payable(batch, rows, found.left_out))
        accounts = _indexes(batch, {account for *_, account in payable})
        for row, lines, rated, account in payable:
            pk, person, status, version, area = row
            months = [month for _, month, _ in lines]
            amount = sum(cents for _, _, cents in lines)
            payment = (next(numbers), pk, person, account, min(months), max(months), len(months), amount)
            digest.update(_line((payment[0], pk, accounts[account], *payment[4:])))
            payments.append((batch.pk, *payment, Payment.Status.WAITING.value, "", None, ""))
            found.total += amount
            said = {"claim": pk, "scheme": batch.scheme, "batch": batch.number}
            state = _state(lines, "in_batch", batch.rate_words if batch.rate else "", rated)
            moved.append(Moved(pk, status, version, f"person:{person}", area, said, state))
            rated_lines += rated
        found.lines += len(payments)
        if payments:
            loading.insert(Payment, ("batch_id", *listed, "status", "reason", "result_on", "return_reason"), payments)
            if rated_lines:
                rated_rows = ClaimLine.objects.unscoped().filter(pk__any_of=rated_lines)
                rated_rows.update(amount=batch.rate, amount_source=batch.rate_words)
            move(CLAIM_IN, actor, moved, ("claimed", "returned"), "in_batch", batch.region)
    found.digest = digest.hexdigest()
    return found


CLAIM_IN, CLAIM_OUT, CLAIM_PAID, CLAIM_RETURNED = "put_in_batch", "take_out_of_batch", "pay", "return_payment"


def move(action: str, actor: Actor, moved: Sequence[Moved], sources: Iterable[str], status: str, region: str) -> None:
    """Move claims, and their lines that are in one of these states."""
    if not moved:
        return
    follow_many(CLAIM, action, actor, moved, region)
    lines = ClaimLine.objects.unscoped().filter(claim__any_of=[one.pk for one in moved], status__in=list(sources))
    lines.update(status=status)


def let_go(batch: PaymentBatch, actor: Actor) -> None:
    """Release every claim of a batch that is withdrawn before anything was paid."""
    last = 0
    rows = Payment.objects.unscoped().filter(batch=batch).order_by("number")
    while found := list(rows.filter(number__gt=last).values_list("number", "claim_id")[:_CHUNK]):
        last = found[-1][0]
        claims = [claim for _, claim in found]
        given = ClaimLine.objects.unscoped().filter(
            claim__any_of=claims, status="in_batch", amount_source=batch.rate_words
        )
        rated = list(given.values_list("pk", flat=True)) if batch.rate else []
        moved = in_batch(batch, claims, "claimed", rated)
        move(CLAIM_OUT, actor, moved, ["in_batch"], "claimed", batch.region)
        ClaimLine.objects.unscoped().filter(pk__any_of=rated).update(amount=None, amount_source="")
    rows.update(status=Payment.Status.WITHDRAWN)


def in_batch(
    batch: PaymentBatch, claims: Sequence[int], status: str, rated: Collection[int] = (), standing: str = "in_batch"
) -> list[Moved]:
    """These claims, locked, about to leave a batch with their lines in `status`; `rated`: lines that lose the amount it gave.

    `standing`: in which state these lines stand.
    """
    rows = Claim.objects.unscoped().filter(pk__any_of=claims).order_by("pk")
    lines = _lines(claims, (standing,))
    told = {"scheme": batch.scheme, "batch": batch.number}
    return [
        Moved(
            pk, stands, version, f"person:{person}", area, {"claim": pk, **told}, _state(lines[pk], status, "", rated)
        )
        for pk, person, stands, version, area in _locked(rows)
    ]


def digest_of(batch: PaymentBatch) -> str:
    """The digest of the lines as now stored."""
    found, account = hashlib.sha256(), _account_of(batch)
    rows = Payment.objects.unscoped().filter(batch=batch).order_by("number")
    signed = [column.format(account=f"{account}__number") for column in _SIGNED]
    for number, claim, card, *rest in rows.values_list(*signed).iterator(chunk_size=_CHUNK):
        found.update(_line((number, claim, keyed_mark(card), *rest)))
    return found.hexdigest()


def lost_since(batch: PaymentBatch) -> list[tuple[int, str, str]]:
    """Payments that became inadmissible since a batch was frozen: number in the list, name,
    and reason (a key of `REASONS`).
    """
    rows = Payment.objects.unscoped().filter(batch=batch).order_by("number")
    annulled = rows.filter(claim__recognition__annulled=True).values_list("number", "person__name")
    found = {number: (name, "annulled") for number, name in annulled}
    said_dead = list(rows.filter(person__known_facts__deceased=True).values_list("number", "person", "person__name"))
    dead = dead_among({person for _, person, _ in said_dead})
    found |= {number: (name, "dead") for number, person, name in said_dead if person in dead}
    return [(number, *found[number]) for number in sorted(found)]


def own_people(user: User, batch: PaymentBatch) -> list[Person]:
    """The people paid by a batch in whose matters this account may not act,
    even if others are paid to their accounts.
    """
    own = Person.objects.unscoped().filter(Q(id_index__in=own_indexes(user)) | Q(account=user))
    found = {one.pk: one for one in own.filter(payments__batch=batch).select_related("agency")}
    accounts = BankAccount.objects.unscoped().filter(person__in=own)
    if numbers := list(accounts.values_list("number_index", flat=True)):
        paid = Payment.objects.unscoped().filter(batch=batch, account__number_index__in=numbers)
        given = accounts.filter(number_index__in=list(paid.values_list("account__number_index", flat=True)))
        found |= {one.person.pk: one.person for one in given.select_related("person__agency")}
    return list(found.values())


def _claims(batch: PaymentBatch) -> Iterator[list[Row]]:
    """Yield approved and returned claims up to the month in chunks; each chunk is locked."""
    last = 0
    rows = Claim.objects.unscoped().order_by("pk").filter(
        area__begins=batch.area, scheme=batch.scheme, region=batch.region, to_month__lte=batch.period,
        status__in=[Claim.Status.APPROVED, Claim.Status.PAYMENT_RETURNED],
    )  # fmt: skip
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:_CHUNK]):
        last = keys[-1]
        yield _locked(rows.filter(pk__any_of=keys))


def _locked(claims: Any) -> list[Row]:
    """Lock first people, then claims, like acts on single claims; claims moved meanwhile are left out."""
    people = Person.objects.unscoped().filter(pk__any_of=list(claims.values_list("person", flat=True)))
    list(people.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    return list(claims.select_for_update(of=("self",)).values_list(*_OF_A_CLAIM))


def _payable(
    batch: PaymentBatch, rows: Sequence[Row], left_out: Counter[str]
) -> Iterator[tuple[Row, list[Row], list[int], int]]:
    """Yield the payable claims with their lines, the lines that get the batch's rate, and the account.

    Counts the others by reason.
    """
    claims, people = [row[0] for row in rows], [row[1] for row in rows]
    lines, dead, to_employer = (
        _lines(claims, ("claimed", "returned")),
        dead_among(people),
        batch.rules.paid_to == "employer",
    )
    accounts = employer_accounts.of_claims(claims) if to_employer else bank_accounts.of_many(people)
    named = set(
        Claim.objects.unscoped().filter(pk__any_of=claims, employer__isnull=False).values_list("pk", flat=True)
        if to_employer
        else ()
    )
    annulled = set(
        Claim.objects.unscoped().filter(pk__any_of=claims, recognition__annulled=True).values_list("pk", flat=True)
    )
    elsewhere = set(
        ClaimLine.objects.unscoped()
        .filter(claim__any_of=claims, status__in=LIVE)
        .exclude(person=F("claim__person"))
        .values_list("claim", flat=True)
    )
    came_back = dict(
        Payment.objects.unscoped()
        .filter(claim__any_of=claims, status="returned")
        .order_by("pk")
        .values_list("claim", _account_of(batch))
    )
    for row in rows:
        pk, person, status = row[:3]
        account = accounts.get(pk if to_employer else person)
        rated = [line for line, _, cents in lines[pk] if cents is None] if batch.rate else []
        lines[pk] = [(line, month, cents or batch.rate) for line, month, cents in lines[pk]]
        why = (
            "no_employer" if to_employer and pk not in named
            else "another_person" if pk in elsewhere
            else "dead" if person in dead
            else "annulled" if pk in annulled
            else "no_amount" if not lines[pk] or any(not cents for _, _, cents in lines[pk])
            else "no_employer_account" if account is None and to_employer
            else "no_account" if account is None
            else "same_account" if status == Claim.Status.PAYMENT_RETURNED and came_back.get(pk) == account
            else ""
        )  # fmt: skip
        if why:
            left_out[why] += 1
        else:
            assert account is not None
            yield row, lines[pk], rated, account


def _lines(claims: Sequence[int], standing: Sequence[str]) -> dict[int, list[Row]]:
    """The lines of each claim in one of these states: key, month and cents."""
    rows = ClaimLine.objects.unscoped().filter(claim__any_of=claims, status__in=standing).order_by("month", "pk")
    found: dict[int, list[Row]] = defaultdict(list)
    for claim, *line in rows.values_list("claim_id", "pk", "month", "amount"):
        found[claim].append(tuple(line))
    return found


def _state(
    lines: Sequence[Row], status: str, source: str = "", rated: Collection[int] = ()
) -> dict[str, dict[str, Any]]:
    """What an act sets in these lines. `rated`: lines whose amount it also sets, or without `source` resets."""
    stated: dict[str, dict[str, Any]] = {}
    for pk, _, cents in lines:
        more = {"amount": cents if source else None, "amount_source": source} if pk in rated else {}
        stated |= stated_row(ClaimLine, pk, {"status": status, **more})
    return stated


def _line(row: Row) -> bytes:
    return ("\t".join(map(str, row)) + "\n").encode()
