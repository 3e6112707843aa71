"""Employers' bank accounts, given with a claim by link: parsed, stored, and found for a batch."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from jiuyuan.assistance.models import Employer
from jiuyuan.encryption import blind_index, keyed_mark
from jiuyuan.money.models import Claim, EmployerAccount, EmployerClaim
from jiuyuan.people.bank_accounts import plain_number
from jiuyuan.people.contact import plain_name
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

_SHORTEST, _LONGEST = 9, 30


@dataclass(frozen=True)
class SaidAccount:
    """The checked account data given by an employer."""

    number: str
    holder: str
    bank: str


def read(employer: Employer, number: str, holder: str, bank: str) -> SaidAccount:
    """Check account data. Employers' account numbers have no common check digit. Raises `BadInput`."""
    digits, at = plain_number(number), " ".join(bank.split())
    errors = []
    if not (digits.isascii() and digits.isdigit() and _SHORTEST <= len(digits) <= _LONGEST):
        why = say("收款账号应为{shortest}至{longest}位数字，请对照开户许可证。", shortest=_SHORTEST, longest=_LONGEST)
        errors.append(("number", why))
    if plain_name(holder) != plain_name(employer.name):
        errors.append(("holder", say("补贴付给单位，户名要和单位名称“{name}”一样。", name=employer.name)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return SaidAccount(digits, employer.name, at)


def enter(claim: EmployerClaim, said: SaidAccount, today: date) -> EmployerAccount:
    """The same account if it is the current one, else a new one, current from now on."""
    index, now = blind_index(said.number), latest(claim.employer)
    if now is not None and (now.number_index, now.holder, now.bank) == (index, said.holder, said.bank):
        return now
    made: EmployerAccount = EmployerAccount.objects.create(
        employer=claim.employer, said_with=claim, number=said.number, number_index=index, holder=said.holder, bank=said.bank,
        entered_on=today,
    )  # fmt: skip
    return made


def latest(employer: Employer) -> EmployerAccount | None:
    """The account to which an employer is paid, or None."""
    return EmployerAccount.objects.unscoped().filter(employer=employer).order_by("-pk").first()


def of_claims(claims: Collection[int]) -> dict[int, int]:
    """The primary key of the employer's account for each claim; claims without one are left out."""
    rows = Claim.objects.unscoped().filter(pk__any_of=claims, employer__isnull=False).order_by()
    found = rows.annotate(account=Max("employer__accounts")).values_list("pk", "account")
    return {claim: account for claim, account in found if account is not None}


def indexes(accounts: Collection[int]) -> dict[int, str]:
    """The keyed index of the account number now stored, by primary key,
    computed afresh rather than read from its column.
    """
    rows = EmployerAccount.objects.unscoped().filter(pk__any_of=accounts).values_list("pk", "number")
    return {pk: keyed_mark(number) for pk, number in rows}


def changed(account: EmployerAccount) -> str:
    """What should be clarified before paying to it: that it differs from an earlier account of the employer."""
    earlier = EmployerAccount.objects.unscoped().filter(employer=account.employer_id, pk__lt=account.pk)
    if not earlier.exclude(number_index=account.number_index).exists():
        return ""
    return say("单位的账户{day:date}随申报换成了这个，请打单位的座机核对。", day=account.entered_on)
