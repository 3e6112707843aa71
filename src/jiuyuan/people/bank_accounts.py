"""A person's bank account: entered by the person or at the window, checked for typing errors, shown in full to few.

An account shared by several people raises a doubt but is not refused: couples share one, and some people are paid
through a relative.
"""

import re
import unicodedata
from collections.abc import Collection

from django.db import transaction

from jiuyuan import characters, clock, loading
from jiuyuan.agencies import logins
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.encryption import blind_index, index_under, keyed_mark
from jiuyuan.history import services as history
from jiuyuan.notifications import notices
from jiuyuan.people.about import visible_person
from jiuyuan.people.contact import clean_name, same_name
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import BankAccount, Person
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound
from jiuyuan.wording import for_record, say

_SHORTEST, _LONGEST = 16, 19
_LONGEST_BANK = 80
_CARD = "{what}里有一串像卡号的数字，请把卡号填在“银行卡号”里，{what}只写名称。"
_ENTERED = notices.declare(
    "person.bank_account_entered",
    "收补贴的银行账户登记了",
    "您收补贴的银行账户改成了{bank}尾号{last_four}的账户。不是您本人登记的，请马上到街道（乡镇）窗口说明。",
)


def clean_number(text: str) -> str:
    """The digits of a card number, however grouped. Raises `BadInput` for `number`."""
    number = plain_number(text)
    if not number:
        wrong = say("请填写银行卡号，在卡的正面。")
    elif not number.isascii() or not number.isdigit():
        wrong = say("银行卡号只有数字，请对照银行卡改正。")
    elif not _SHORTEST <= len(number) <= _LONGEST:
        wrong = say(
            "银行卡号应为{shortest}至{longest}位数字，现在是{count}位，请对照银行卡，看是不是多填或少填了。",
            shortest=_SHORTEST, longest=_LONGEST, count=len(number),
        )  # fmt: skip
    elif not passes_luhn(number):
        wrong = say("银行卡号的校验位对不上，多半是有一位填错，或者两位填反了，请对照银行卡逐位核对。")
    else:
        return number
    raise BadInput(say("银行卡号有误。"), [("number", wrong)])


def plain_number(text: str) -> str:
    """Normalise a number for storage and comparison, valid or not."""
    return re.sub(r"[\s\-—·.']", "", unicodedata.normalize("NFKC", text or ""))


def passes_luhn(number: str) -> bool:
    """Whether the check digit (Luhn) is correct."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(int(digit) for digit in number[-1::-2]) + sum(doubled)) % 10 == 0


def of(person: Person) -> BankAccount | None:
    """The bank account to which a person is paid, or None."""
    return BankAccount.objects.unscoped().filter(person=person).order_by("-pk").first()


def of_many(people: Collection[int]) -> dict[int, int]:
    """The primary key of the current account, by person; people without one are left out."""
    rows = loading.among(
        "SELECT person_id, MAX(id) FROM people_bankaccount WHERE person_id {among} GROUP BY person_id", list(people)
    )
    return dict(rows)


def indexes(accounts: Collection[int]) -> dict[int, str]:
    """The keyed index of the account number now stored, by primary key,
    computed afresh rather than read from its column.
    """
    rows = BankAccount.objects.unscoped().filter(pk__any_of=accounts).values_list("pk", "number")
    return {pk: keyed_mark(number) for pk, number in rows}


def doubts(account: BankAccount) -> list[str]:
    """What should be clarified about an account before paying to it, without naming anybody else."""
    found = []
    if not same_name(account.holder, account.person.name):
        found.append(say("户名“{holder}”不是本人姓名，请核对是谁的账户。", holder=account.holder))
    if others := others_with(account):
        found.append(say("另有{count}人登记了同一个银行账户，请核对是谁的账户。", count=others))
    return found


def others_with(account: BankAccount) -> int:
    """The number of other people paid to the same account."""
    rows = BankAccount.objects.unscoped().filter(number_index=account.number_index).exclude(person=account.person_id)
    latest = of_many(set(rows.values_list("person", flat=True)))
    return rows.filter(pk__in=latest.values()).count()


def enter_own(account: User, *, number: str, holder: str, bank: str, password: str) -> BankAccount:
    """Enter one's own account; requires the password, because money goes there.

    Raises `BadInput` for every wrong field, `NotFound`, `TooOften`.
    """
    person = Person.objects.visible_to(account).filter(merged_into=None).first()
    if person is None:
        raise NotFound(say("还没有您的档案。"))
    wrong = [] if logins.confirmed(account, password) else [("password", say("密码不对，请再输一次。"))]
    return _enter(account, person, _read(number, holder or person.name, bank, wrong))


@transaction.atomic
def enter(user: User, person: int, *, number: str, holder: str, bank: str) -> BankAccount:
    """Enter an account at the window, from the card.

    Raises `NotFound`, `NotForRole`, `BadInput`, and like `own_matter.refuse`.
    """
    found = visible_person(user, person)
    if not user.may(Right.ENTER_BANK_ACCOUNTS):
        raise NotForRole(say("银行账户由本人在网上登记，或由窗口的经办人登记。"))
    refuse(user, found)
    return _enter(user, found, _read(number, holder or found.name, bank, []))


def _read(number: str, holder: str, bank: str, wrong: list[tuple[str, str]]) -> tuple[str, str, str]:
    errors: list[tuple[str, str]] = []
    digits = name = ""
    try:
        digits = clean_number(number)
    except BadInput as refusal:
        errors += refusal.errors
    try:
        name = clean_name(holder)
    except BadInput as refusal:
        errors += [("holder", message) for _, message in refusal.errors]
    if _holds_a_card(holder):
        errors = [error for error in errors if error[0] != "holder"] + [("holder", say(_CARD, what=say("户名")))]
    at = " ".join(characters.visible(bank or "").split())
    if not 0 < len(at) <= _LONGEST_BANK:
        errors.append(("bank", say("请填写开户银行，例如：中国建设银行人民路支行。最多{most}字。", most=_LONGEST_BANK)))
    elif _holds_a_card(at):
        errors.append(("bank", say(_CARD, what=say("开户银行"))))
    if errors or wrong:
        raise BadInput(say("有内容需要改正。"), [*errors, *wrong])
    return digits, name, at


def _holds_a_card(text: str) -> bool:
    """Whether a text contains something like a card number, which would be displayed in full."""
    return re.search(rf"[0-9]{{{_SHORTEST},}}", plain_number(text)) is not None


@transaction.atomic
def _enter(user: User, person: Person, said: tuple[str, str, str]) -> BankAccount:
    number, holder, bank = said
    Person.objects.unscoped().select_for_update().get(pk=person.pk)
    index, now = blind_index(number), of(person)
    if now is not None and (now.number_index, now.holder, now.bank) == (index, holder, bank):
        raise BadInput(say("银行账户没有变。"), [("number", say("这就是现在登记的账户，没有改动。"))])
    made: BankAccount = BankAccount.objects.create(
        person=person, number=number, number_index=index, holder=holder, bank=bank,
        entered_at=clock.now(), entered_by=user, entered_by_name=user.name,
    )  # fmt: skip
    short = {"bank": bank, "last_four": number[-4:]}
    entered = {**short, "account": made.pk, "index": index_under(index, 1)}
    history.append(person.file, user.actor, "bank_account_entered", entered, person.area)
    tell(person, _ENTERED, short)
    return made


def see_own(account: User) -> BankAccount:
    """One's own account number in full; records the look. Raises `NotFound`, `GuardNotMet`."""
    person = Person.objects.visible_to(account).filter(merged_into=None).first()
    if person is None:
        raise NotFound(say("还没有您的档案。"))
    found = of(person)
    if found is None:
        raise GuardNotMet(say("还没有登记银行账户。"))
    history.looked(account.actor, person.file, for_record("本人的银行账户"), person.area, unmasked=True)
    return found
