"""Accounts of applicants: opened by the person, bound to a file that exists already only with a code from the window.

Why it is so: docs/decisions/0003-accounts.md.
"""

import re
import secrets
import unicodedata
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import clean_name, clean_phone, same_name
from jiuyuan.people.models import BindingCode, Person
from jiuyuan.refusals import BadInput, Conflict, NotForRole

MINUTES = 30
TRIES = 5
KNOWN = (
    "这个身份证号码已在系统中。有账号的，请直接登录；没有账号或忘了密码的，请带身份证到街道（乡镇）窗口，"
    "工作人员核对后会给您一个8位绑定码，填在下面就可以开通。"
)


class _WrongCode(BadInput):
    """Not the code that was issued. The try counts, so it is written after the refused transaction."""

    def __init__(self, issued: int) -> None:
        super().__init__("绑定码不对。", [("code", "绑定码不对，请对照窗口给的8位数字核对；连错5次作废。")])
        self.issued = issued


def open_account(*, name: str, id_number: str, phone: str, password: str, code: str = "") -> User:
    """A new account. Raises `BadInput` for all wrong fields at once, `Conflict` where the number is known and no code given.

    With a code the person's file is bound to the new account, and an account that stood there before is closed.
    """
    number, name = _check(name, id_number, phone, password)
    pace.count("register", number.number)
    try:
        return _open(number, name, password, code)
    except _WrongCode as wrong:
        BindingCode.objects.unscoped().filter(pk=wrong.issued).update(tries=F("tries") + 1)
        raise


@transaction.atomic
def _open(number: id_numbers.IdNumber, name: str, password: str, code: str) -> User:
    index = blind_index(number.number)
    person = Person.objects.unscoped().select_for_update().filter(id_index=index).first()
    standing = User.objects.filter(role=Role.APPLICANT, id_index=index).first() or (person and person.account)
    if (person or standing) and not code.strip():
        raise Conflict(KNOWN)
    if code.strip():
        _use(code, person, name)
    if standing:
        _close(standing)
    try:
        with transaction.atomic():
            account = User.objects.create_user(
                f"a{secrets.randbelow(10**8):08d}", password, name=name, role=Role.APPLICANT, id_index=index
            )
    except (IntegrityError, ValidationError):
        raise Conflict(KNOWN) from None
    if person:
        person.account = account
        person.version += 1
        person.save(update_fields=["account", "version"])
        history.append(person.file, account.actor, "account_bound", {"account": account.username}, person.area)
    return account


def _check(name: str, id_number: str, phone: str, password: str) -> tuple[id_numbers.IdNumber, str]:
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
    try:
        validate_password(password)
    except ValidationError as invalid:
        errors += [("password", message) for message in invalid.messages]
    if errors:
        raise BadInput("有内容需要改正。", errors)
    return cleaned["id_number"], cleaned["name"]


def _close(account: User) -> None:
    account.is_active, account.id_index = False, ""
    account.save(update_fields=["is_active", "id_index"])


@transaction.atomic
def issue_code(user: User, person: Person) -> str:
    """A code for somebody who stands at the window with their card. Shown this once; a new one makes the old one void."""
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole("绑定码由窗口工作人员核对身份证后给出。")
    code = f"{secrets.randbelow(10**8):08d}"
    BindingCode.objects.unscoped().filter(person=person, used_at=None).update(tries=TRIES)
    BindingCode.objects.create(
        person=person,
        digest=_digest(person, code),
        issued_by=user.username,
        expires_at=clock.now() + timedelta(minutes=MINUTES),
    )
    history.append(person.file, user.actor, "binding_code_issued", {"minutes": MINUTES}, person.area)
    return code


def _use(code: str, person: Person | None, name: str) -> None:
    wrong = BadInput("绑定码不对。", [("code", "绑定码不对，或已过30分钟、已用过。请核对，或到窗口再要一个。")])
    if person is None or not same_name(person.name, name):
        raise wrong
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", code))
    codes = BindingCode.objects.unscoped().select_for_update()
    issued = codes.filter(person=person, used_at=None, tries__lt=TRIES, expires_at__gt=clock.now()).last()
    if issued is None:
        raise wrong
    if not secrets.compare_digest(issued.digest, _digest(person, typed)):
        raise _WrongCode(issued.pk)
    issued.used_at = clock.now()
    issued.save(update_fields=["used_at"])


def _digest(person: Person, code: str) -> str:
    return blind_index(f"binding:{person.pk}:{code}")


def username_for(typed: str) -> str:
    """The account's name for what somebody types at the login: an ID number, or the name itself.

    An unknown ID number comes back as part of its index, so that the record of failed logins holds no number.
    """
    number = id_numbers.as_on_the_card(typed)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return typed.strip()
    try:
        number = id_numbers.parse(number, clock.today()).number
    except BadInput:
        return f"unknown-{blind_index(number)[:16]}"
    index = blind_index(number)
    account = User.objects.filter(Q(id_index=index) | Q(person__id_index=index), role=Role.APPLICANT, is_active=True)
    found = account.values_list("username", flat=True).first()
    return found or f"unknown-{index[:16]}"
