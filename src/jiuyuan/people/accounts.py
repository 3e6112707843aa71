"""Applicants' accounts: opened by the person; bound to an existing file only with a code from the window.

See docs/decisions/0003-accounts.md.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from jiuyuan import characters, clock, visitors
from jiuyuan.agencies import logins, pace
from jiuyuan.agencies.backends import SHOWN, UNKNOWN
from jiuyuan.agencies.models import User
from jiuyuan.agencies.passwords import faults, take_tokens_back
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.encryption import blind_index, keyed_mark
from jiuyuan.history import services as history
from jiuyuan.notifications import notices
from jiuyuan.notifications import services as notifications
from jiuyuan.notifications.models import Message
from jiuyuan.people import id_numbers, phone_codes
from jiuyuan.people.contact import clean_name, clean_phone, plain_address, same_name
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import BindingCode, Person
from jiuyuan.people.pinyin import pinyin
from jiuyuan.people.reach import PHONE_CHANGED, changed_by_another
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say

_LONGEST_ADDRESS = 200
MINUTES = 30
#: Wrong attempts at a code from one address, and from all: a stranger's attempts leave some to the owner.
TRIES, TRIES_EVERYWHERE = 5, 20
#: The message if the ID number already has a file or an account: what to do, without saying which exists.
AT_THE_WINDOW = (
    "您的身份要先在窗口核对，才能在网上接着办：请带身份证到街道（乡镇）窗口，工作人员核对后给您一个8位绑定码，"
    "凭它在“忘了密码”一页开通，以前办过的也都在。"
)
_WRONG = "绑定码不对，或已过30分钟、已用过。请对照窗口给的8位数字核对，连错5次作废；或到窗口再要一个。"
_NUMBER_USED = notices.declare(
    "account.number_used",
    "有人用您的身份证号码开通了账号",
    "有人用您的身份证号码在网上开通了一个账号，看不到您的任何信息。是您本人开的：请带身份证到街道（乡镇）窗口要绑定码，"
    "原来的申请才会出现。不是您本人：不用做什么；放心不下的，请告诉窗口的工作人员。",
)
_CODE_ISSUED = notices.declare(
    "account.code_issued",
    "窗口给出了开通账号的绑定码",
    "窗口为您的登记给出了一个绑定码。用了它，现在的网上账号和密码就作废，换成新的。不是您本人要的，请马上到街道（乡镇）窗口说明。",
)
_REPLACED = notices.declare(
    "account.replaced",
    "您的网上账号换了",
    "有人凭窗口给的绑定码开通了新的网上账号。原来的账号和密码已作废。不是您本人办的，请马上到街道（乡镇）窗口说明。",
)


@dataclass(frozen=True)
class WantedAccount:
    """The checked data of an account to be opened. `password` is the hash."""

    name: str
    id_number: str
    phone: str
    password: str


def looked_at(*, name: str, id_number: str, phone: str, password: str) -> WantedAccount:
    """Check the data of a new account. Raises `BadInput` with every wrong field, and `TooOften`."""
    number, name = check(name, id_number, phone, password)
    pace.count("register", number.number)
    return WantedAccount(name, number.number, clean_phone(phone), make_password(password))


def open_account(*, name: str, id_number: str, phone: str, password: str, code: str = "") -> User:
    """Open an account: `looked_at`, then `open_wanted`."""
    return open_wanted(looked_at(name=name, id_number=id_number, phone=phone, password=password), code=code)


def open_wanted(
    wanted: WantedAccount, *, code: str = "", sent: phone_codes.SentCode | None = None, phone_code: str = ""
) -> User:
    """Open an account. Raises `BadInput`.

    If a gateway is configured, the phone is proven by the `phone_code` that was `sent` to it. A code from the
    window, where somebody saw the person and the card, makes this unnecessary.

    If the number already has a file or account, the new account looks the same but is linked to nothing
    (`User.claimed_index`). With a code from the window the file is bound to the new account, and a previous
    account is closed.
    """
    if code.strip():
        issued = _issued(wanted)
    else:
        issued = None
        phone_codes.prove(wanted.phone, wanted.id_number, sent, phone_code)
    return _open(wanted, code, issued, sent)


def _issued(wanted: WantedAccount) -> BindingCode:
    """The code that the window issued for a number; counts the attempt. Raises `BadInput` if there is no valid one."""
    person = Person.objects.unscoped().filter(id_index=blind_index(wanted.id_number)).first()
    codes = BindingCode.objects.unscoped().filter(person=person, used_at=None, expires_at__gt=clock.now())
    issued = codes.last() if person and same_name(person.name, wanted.name) else None
    if issued is None:
        raise _wrong_code()
    try:
        pace.take(pace.mark_of("binding", str(issued.pk), visitors.here() or ""), TRIES)
    except pace.TooOften:
        raise _wrong_code() from None
    if not codes.filter(pk=issued.pk, tries__lt=TRIES_EVERYWHERE).update(tries=F("tries") + 1):
        raise _wrong_code()
    return issued


@transaction.atomic
def _open(wanted: WantedAccount, code: str, issued: BindingCode | None, sent: phone_codes.SentCode | None) -> User:
    index = blind_index(wanted.id_number)
    person = Person.objects.unscoped().select_for_update().filter(id_index=index).first()
    standing = User.objects.filter(role=Role.APPLICANT, id_index=index).first() or (person and person.account)
    claims = bool(person or standing) and not code.strip()
    if issued:
        _use(issued, code)
        if standing:
            _close(standing)
    else:
        phone_codes.use(sent)
    for claimed in User.objects.filter(role=Role.APPLICANT, claimed_index=index, is_active=True):
        _close(claimed)
    whose = {"claimed_index": index} if claims else {"id_index": index}
    try:
        with transaction.atomic():
            drawn = f"a{secrets.randbelow(10**8):08d}"
            account = User(username=drawn, password=wanted.password, name=wanted.name, role=Role.APPLICANT, **whose)
            account.full_clean(exclude=["password"])
            account.save()
    except (IntegrityError, ValidationError):
        raise Conflict(say("这个号码刚刚有人提交过，请再按一次。")) from None
    # The page requires the tick: without consent no account is opened (个人信息保护法 13, 14).
    history.append(account.file, account.actor, "consented", {"to": for_record("个人信息怎么用")}, account.area)
    if claims:
        _tell_owner(person, standing or None)
    elif person:
        former = {"former": standing.username} if standing else {}
        if standing:
            notifications.write(
                person.file, _REPLACED, recipient=standing.username, phone=person.phone, about=person.file
            )
        person.account = account
        person.version += 1
        person.save(update_fields=["account", "version"])
        history.append(person.file, account.actor, "account_bound", {"account": account.username} | former, person.area)
    return account


def _tell_owner(person: Person | None, standing: User | None) -> None:
    """Tell the owner of an ID number that somebody used it; the one who typed it learns nothing."""
    file = person.file if person else standing.file if standing else ""
    if not Message.objects.unscoped().filter(file=file, code=_NUMBER_USED, read_at=None).exists():
        recipient, phone = standing.username if standing else "", person.phone if person else ""
        notifications.write(file, _NUMBER_USED, recipient=recipient, phone=phone)


def check(name: str, id_number: str, phone: str, password: str) -> tuple[id_numbers.IdNumber, str]:
    """The normalised ID number and name. Raises `BadInput` with every wrong field."""
    errors: list[tuple[str, str]] = []
    cleaned: dict[str, Any] = {}
    for field, clean in (
        ("name", lambda: clean_name(name)),
        ("id_number", lambda: id_numbers.parse(id_number, clock.today())),
        ("phone", lambda: clean_phone(phone)),
    ):
        try:
            cleaned[field] = clean()
        except BadInput as refusal:
            errors += refusal.errors
    errors += [("password", fault) for fault in password_faults(cleaned.get("name", name), id_number, phone, password)]
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return cleaned["id_number"], cleaned["name"]


def password_faults(name: str, id_number: str, phone: str, password: str) -> list[str]:
    """What is wrong with a password for somebody with this name, number and phone."""
    owner = User(name=name, role=Role.APPLICANT)
    owner.guessable = (phone, id_number, pinyin(name))
    return faults(password, owner)


def _close(account: User) -> None:
    account.is_active, account.id_index, account.claimed_index = False, "", ""
    account.save(update_fields=["is_active", "id_index", "claimed_index"])
    take_tokens_back(account)


@transaction.atomic
def issue_code(user: User, person: Person) -> str:
    """Issue a code for somebody standing at the window with their card. It is shown once; a new code replaces it.

    The existing account, if any, is told. Raises `NotForRole`, `NotFound`, like `own_matter.refuse`, and
    `GuardNotMet` for some working days after somebody else changed the file's phone or office.
    """
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole(say("绑定码由窗口工作人员核对身份证后给出。"))
    if not Person.scope.holds(user, person):
        raise NotFound(say("没有这个人的档案。"))
    refuse(user, person)
    _refuse_on_the_heels_of_a_change(person)
    code = f"{secrets.randbelow(10**8):08d}"
    now = clock.now()
    BindingCode.objects.unscoped().filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    BindingCode.objects.create(
        person=person,
        digest=_digest(person, code),
        issued_by=user,
        issued_by_name=user.name,
        expires_at=now + timedelta(minutes=MINUTES),
    )
    history.append(person.file, user.actor, "binding_code_issued", {"minutes": MINUTES}, person.area)
    if person.account:
        tell(person, _CODE_ISSUED)
    return code


def _refuse_on_the_heels_of_a_change(person: Person) -> None:
    """Refuse a code soon after a change of phone or office,
    so that the owner hears of the change before losing the account.
    """
    changed = changed_by_another(person)
    if changed is None:
        return
    days = registry.region_of(person.area).limit("binding_code_wait_days", on=clock.today())
    last = calendar.add_workdays(changed, days).day
    if clock.today() > last:
        return
    title = say(
        "这个人的联系电话或办理平台{changed:date}改过，不是本人在网上改的，{last:date}以前（含当天）不给绑定码，以防别人冒领账号。"
        "请按原来的电话与本人核实；急着办的事由窗口代办，不用网上账号。",
        changed=changed,
        last=last,
    )
    raise GuardNotMet(title)


def _use(issued: BindingCode, code: str) -> None:
    right = secrets.compare_digest(issued.digest, _digest(issued.person, characters.code_typed(code)))
    unused = BindingCode.objects.unscoped().filter(pk=issued.pk, used_at=None, expires_at__gt=clock.now())
    if not right or not unused.update(used_at=clock.now()):
        raise _wrong_code()


def _wrong_code() -> BadInput:
    return BadInput(say("绑定码不对。"), [("code", say(_WRONG))])


def _digest(person: Person, code: str) -> str:
    return keyed_mark(f"binding:{person.pk}:{code}")


def username_for(typed: str) -> str:
    """The user name for what is typed at login: an ID number, or the name itself.

    For an unknown ID number it is a part of its blind index, so that the log of failed logins has no ID numbers.
    """
    number = id_numbers.as_on_the_card(typed)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return typed.strip()
    try:
        number = id_numbers.parse(number, clock.today()).number
    except BadInput:
        return _unknown(blind_index(number))
    index = blind_index(number)
    account = User.objects.filter(Q(id_index=index) | Q(person__id_index=index), role=Role.APPLICANT, is_active=True)
    found = account.values_list("username", flat=True).first()
    return found or _unknown(index)


def _unknown(index: str) -> str:
    return f"{UNKNOWN}{index.rpartition(':')[2][:SHOWN]}"


def known_words(account: User, person: Person | None) -> tuple[str, ...]:
    """What an acquaintance would try first as the password."""
    return (pinyin(account.name), *((person.phone, person.id_number) if person else ()))


@transaction.atomic
def change_address(account: User, address: str) -> None:
    """Change one's own address. Raises `BadInput`, `NotFound`."""
    written = plain_address(address)
    if not written:
        raise BadInput(say("请填写地址。"), [("address", say("请写明现在住在哪里。"))])
    if len(written) > _LONGEST_ADDRESS:
        raise BadInput(
            say("地址太长。"),
            [
                (
                    "address",
                    say(
                        "地址最多{longest_address}个字，现在有{count}个字。",
                        longest_address=_LONGEST_ADDRESS,
                        count=len(written),
                    ),
                )
            ],
        )
    person = Person.objects.unscoped().select_for_update(of=("self",)).filter(account=account).first()
    if person is None:
        raise NotFound(say("还没有您的档案，申请时会问常住地址。"))
    if person.address == written:
        raise BadInput(say("地址没有变。"), [("address", say("这就是现在的地址，没有改动。"))])
    former, person.address = person.address, written
    person.version += 1
    person.save(update_fields=["address", "version"])
    history.append(person.file, account.actor, "address_changed", {"from": former, "to": written}, person.area)


def change_phone(account: User, phone: str, password: str) -> None:
    """Change one's own phone number; requires the password, because all messages go there.

    Raises `BadInput` for every wrong field, and `TooOften`.
    """
    errors: list[tuple[str, str]] = []
    number = ""
    try:
        number = clean_phone(phone)
    except BadInput as refusal:
        errors += refusal.errors
    if not logins.confirmed(account, password):
        errors.append(("password", say("密码不对，请再输一次。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    _change_phone(account, number)


@transaction.atomic
def _change_phone(account: User, number: str) -> None:
    person = Person.objects.unscoped().select_for_update(of=("self",)).filter(account=account).first()
    if person is None:
        raise NotFound(say("还没有您的档案，申请时会问联系电话。"))
    if person.phone == number:
        raise BadInput(say("电话没有变。"), [("phone", say("这就是现在的号码，没有改动。"))])
    former = person.phone
    person.phone, person.phone_index = number, blind_index(number)
    person.version += 1
    person.save(update_fields=["phone", "phone_index", "version"])
    history.append(person.file, account.actor, "phone_changed", {}, person.area)
    notifications.write(person.file, PHONE_CHANGED, recipient=account.username, phone=former)
