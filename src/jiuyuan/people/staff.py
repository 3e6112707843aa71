"""Accounts of staff and channels: opened, moved and closed by the province and supervisors (contract: Who acts).

`by` is the acting account, or the operator of the installation at the command line. Clerks and reviewers cannot
open accounts, so nobody can create their own second person.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet

from jiuyuan import clock
from jiuyuan.agencies import again, passwords, second_factor, services, sign_ins
from jiuyuan.agencies.models import Agency, Token, User
from jiuyuan.agencies.roles import MANAGED, SEATS, STAFF, Right, Role
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.labels import texts
from jiuyuan.notifications import notices
from jiuyuan.notifications import services as notifications
from jiuyuan.people import holders, id_numbers
from jiuyuan.people.contact import clean_name
from jiuyuan.procedures import own_matter
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, OwnMatter
from jiuyuan.regions import registry
from jiuyuan.wording import say

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_NOBODYS = "|".join(actor.username for actor in (history.SYSTEM, history.PUBLIC, *history.MACHINES.values()))
#: Reserved: generated names of applicants, and names that stand for nobody or for system actors in the record.
_TAKEN_BY_US = re.compile(rf"a\d{{8}}|unknown-.*|{_NOBODYS}")
_OTHERS = (Role.CHANNEL,)
_CHANGED = notices.declare(
    "account.changed", "您的账号有变动", "您的账号现在是{role}，在{agency}。不对的，请马上报告上级。"
)
_LONGEST_NAME = 80
LEVELS = dict(texts(Agency.Level))
Value = TypeVar("Value")


def listed(by: User) -> QuerySet[User]:
    """The staff accounts that a user may see: those of the province and its channels, or of a region."""
    if not by.may(Right.MANAGE_STAFF):
        raise NotForRole(say("账号由省级和市州督导管理。"))
    below = Q(role__in=STAFF, agency__path__begins=by.area)
    return User.objects.filter(below | Q(role__in=_OTHERS) if by.role == Role.PROVINCE else below)


def opened(by: User, pk: int) -> User:
    """A staff account. Raises `NotFound` outside the user's area."""
    found = listed(by).select_related("agency").filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个账号。"))
    return found


def manages(by: User, account: User) -> bool:
    """Whether the user may change this account, by role and place. The act itself checks for their own account."""
    return _within(by, Role(account.role), account.agency)


def manageable_roles(by: User) -> list[Role]:
    return [role for role in Role if role in MANAGED.get(Role(by.role), frozenset())]


def _within(by: User, role: Role, agency: Agency | None) -> bool:
    if role not in MANAGED.get(Role(by.role), frozenset()):
        return False
    if agency is None or by.role == Role.PROVINCE:
        return True
    return agency.path.startswith(by.area) and agency.path != by.area


def _refuse_beyond(by: User, role: Role, agency: Agency | None) -> None:
    """Raise, naming the field, if the user may not assign this role or this agency."""
    if role not in MANAGED.get(Role(by.role), frozenset()):
        sentence = say(
            "{get_role_display}不能开{label}的账号，也不能把账号改成{label}，请报告上级。",
            get_role_display=by.get_role_display(),
            label=role.label,
        )
        raise NotForRole(sentence, [("role", sentence)])
    if not _within(by, role, agency):
        sentence = say("本机构的账号由上级管理，请选下级的机构，或报告上级。")
        raise NotForRole(sentence, [("agency", sentence)])


def _ask_again(by: User | Actor, act: str) -> None:
    again.ask(by if isinstance(by, User) else None, act)


def _refuse_who_does_not_manage(by: User | Actor, account: User) -> None:
    if isinstance(by, Actor):
        return
    opened(by, account.pk)
    if not manages(by, account):
        raise NotForRole(say("这个账号由上级管理。"))
    if own_matter.same_person(by, account):
        raise OwnMatter(say("这是您自己的账号，须由另一个管理账号的人办理。自己的密码在“我的账号”里改。"))
    own_matter.refuse(by)


def _agency(by: User | Actor, code: str) -> Agency:
    """The open agency with this code in the user's area. Raises `NotFound`, `BadInput`."""
    if not code.strip():
        raise BadInput(
            say("机构有误。"),
            [("agency", say("请写明机构的代码，例如 {example}。", example=registry.home().example[0]))],
        )
    agency = Agency.objects.filter(code=code.strip()).first()
    if agency is None or (isinstance(by, User) and not agency.path.startswith(by.area)):
        missing = say(
            "没有代码为“{code}”的机构，请核对机构代码，例如 {example}。",
            code=code.strip()[:20],
            example=registry.home().example[0],
        )
        raise NotFound(say("没有这个机构。"), [("agency", missing)])
    if agency.closed_on is not None:
        raise BadInput(say("机构有误。"), [("agency", say("{name}已经撤销，请选别的机构。", name=agency.name))])
    return agency


def _seat(role: str, agency: Agency | None) -> list[tuple[str, str]]:
    """Errors if this role cannot be at that agency."""
    if role not in SEATS:
        return [] if role in _OTHERS else [("role", say("角色应为{value}之一。", value=[*SEATS, *_OTHERS]))]
    if agency is None:
        return [("agency", say("请写明机构。"))]
    levels = SEATS[Role(role)]
    if agency.level in levels:
        return []
    fitting = "、".join(label for level, label in LEVELS.items() if level in levels)
    return [
        (
            "agency",
            say(
                "{label}应在{fitting}的机构，{name}不是。请改选机构或角色。",
                label=Role(role).label,
                fitting=fitting,
                name=agency.name,
            ),
        )
    ]


def _actor(by: User | Actor) -> Actor:
    return by if isinstance(by, Actor) else by.actor


@transaction.atomic
def open_account(
    by: User | Actor,
    username: str,
    *,
    name: str,
    role: str,
    agency: str = "",
    id_number: str = "",
    valid_until: date | None = None,
) -> tuple[User, str]:
    """Open an account and return its first password, which is shown once. Channels have none: they use tokens.

    Raises `BadInput` with every wrong field, `NotForRole`, `NotFound` for an agency outside the area,
    `OwnMatter`.
    """
    if isinstance(by, User) and not by.may(Right.MANAGE_STAFF):
        raise NotForRole(say("账号由省级和市州督导开通。"))
    errors: list[tuple[str, str]] = []
    place = _read(errors, lambda: _agency(by, agency)) if role not in _OTHERS else None
    errors += _seat(role, place) if place or role not in SEATS else []
    if not errors and isinstance(by, User):
        _refuse_beyond(by, Role(role), place)
    number = None
    if role in _OTHERS:
        name = name.strip()
        errors += (
            []
            if 0 < len(name) <= _LONGEST_NAME
            else [("name", say("请填写渠道的名称，最多{longest_name}字。", longest_name=_LONGEST_NAME))]
        )
    else:
        name = _read(errors, lambda: clean_name(name)) or ""
        number = _read(errors, lambda: id_numbers.parse(id_number, clock.today()))
    index = blind_index(number.number) if number else ""
    errors += _username_faults(username)
    if valid_until is not None and valid_until < clock.today():
        errors.append(("valid_until", say("这一天已经过去，请填今天或以后的日期。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    if isinstance(by, User):
        if index and index == by.id_index:
            raise OwnMatter(say("这是您本人的身份证号码。自己不能给自己再开一个账号。"))
        own_matter.refuse(by)
    _refuse_twin(index, role, place)
    _ask_again(by, "account.open")
    password = passwords.drawn() if role not in _OTHERS else ""
    account = services.open_account(
        username,
        name=name,
        role=role,
        agency=place,
        password=make_password(password or None),
        id_index=index,
        first_password=bool(password),
        valid_until=valid_until,
    )
    same = [other.username for other in holders.others_of(account)]
    payload: dict[str, object] = {"role": role, "agency": place.code if place else "", "name": name}
    payload |= {"id_number": number.number} if number else {}
    payload |= {"valid_until": valid_until} if valid_until else {}
    payload |= {"same_holder": same} if same else {}
    history.append(account.file, _actor(by), "account_opened", payload, account.area)
    return account, password


def _read(errors: list[tuple[str, str]], read: Callable[[], Value]) -> Value | None:
    """Call `read` and return its value; on an error add it to `errors` and return None."""
    try:
        return read()
    except BadInput as refusal:
        errors += refusal.errors
        return None


def _username_faults(username: str) -> list[tuple[str, str]]:
    if not _USERNAME.fullmatch(username) or _TAKEN_BY_US.fullmatch(username):
        return [("username", say("账号名用小写字母开头，3到40位，可以有数字、点和短横，例如 wangfang。"))]
    if User.objects.filter(username=username).exists():
        return [("username", say("“{username}”已有人用（停用的账号名也不能再用），请换一个。", username=username))]
    return []


def _refuse_twin(index: str, role: str, agency: Agency | None) -> None:
    """Refuse a second account of the same person with the same role at the same office; another role is allowed."""
    twins = User.objects.filter(id_index=index, role=role, agency=agency, is_active=True) if index else []
    if twin := next((account for account in twins if account.in_use), None):
        raise BadInput(
            say("有内容需要改正。"),
            [("id_number", say("这个人在本机构已有同样角色的账号“{username}”。", username=twin.username))],
        )


@transaction.atomic
def change(by: User | Actor, account: User, *, role: str = "", agency: str = "") -> User:
    """Change the role or the agency, or both. Raises `BadInput`, `NotForRole`, `NotFound`, `OwnMatter`, `Conflict`."""
    _refuse_who_does_not_manage(by, account)
    held = _held_in_use(account)
    if held.role not in STAFF:
        raise BadInput(say("有内容需要改正。"), [("role", say("办理渠道的账号没有角色和机构可改。"))])
    role = role or held.role
    place = _agency(by, agency) if agency else held.agency
    if errors := _seat(role, place) if role in STAFF else [("role", say("角色应为{seats}之一。", seats=SEATS))]:
        raise BadInput(say("有内容需要改正。"), errors)
    if isinstance(by, User):
        _refuse_beyond(by, Role(role), place)
    _ask_again(by, "account.change")
    before = {"role": held.role, "agency": held.agency.code if held.agency else ""}
    now = {"role": role, "agency": place.code if place else ""}
    if before == now:
        raise Conflict(say("角色和机构都没有变，没有改动。"))
    _refuse_twin(held.id_index, role, place)
    held.role, held.agency = role, place
    held.save(update_fields=["role", "agency"])
    action = "account_moved" if before["agency"] != now["agency"] else "account_role_changed"
    history.append(held.file, _actor(by), action, {"before": before, "now": now}, held.area)
    told = {"role": say(Role(role).label), "agency": place.name if place else ""}
    notifications.write(held.file, _CHANGED, told, recipient=held.username)
    return held


@transaction.atomic
def reset_password(by: User | Actor, account: User) -> str:
    """Set a new first password and return it; it is shown once. The holder is told at the next login."""
    _refuse_who_does_not_manage(by, account)
    held = _held_in_use(account)
    if held.role not in STAFF:
        raise BadInput(say("渠道没有密码。"), [("username", say("办理渠道用接口令牌，没有密码。"))])
    _ask_again(by, "account.reset_password")
    return passwords.reset(_actor(by), held)


@transaction.atomic
def reset_second_factor(by: User | Actor, account: User, reason: str) -> None:
    """Remove a lost second factor; the holder logs in with the password only until they add another.

    Raises `BadInput`, `Conflict`.
    """
    _refuse_who_does_not_manage(by, account)
    held = _held_in_use(account)
    if not reason.strip():
        raise BadInput(
            say("请写明理由。"), [("reason", say("请写明为什么撤销，例如：手机丢了，本人带工作证来要求的。"))]
        )
    _ask_again(by, "account.reset_second_factor")
    second_factor.reset(_actor(by), held, reason.strip()[:400])
    sign_ins.close_all(held)


@transaction.atomic
def close(by: User | Actor, account: User, reason: str, leaves: list[str]) -> User:
    """Close permanently: sessions end, tokens are revoked, the record stays. `leaves`: open work, for the record."""
    _refuse_who_does_not_manage(by, account)
    held = User.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=account.pk)
    if not held.is_active:
        raise Conflict(say("这个账号已经停用。"))
    if not reason.strip():
        raise BadInput(say("请写明理由。"), [("reason", say("请写明为什么停用，例如：调离、退休、账号外借。"))])
    _ask_again(by, "account.close")
    _shut(held, _actor(by), "account_closed", {"reason": reason.strip()[:400], "leaves": leaves})
    return held


@transaction.atomic
def close_own(account: User, password: str, leaves: list[str]) -> None:
    """Close an applicant's own account; the file stays. Raises `BadInput`."""
    held = User.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if not held.check_password(password):
        raise BadInput(say("密码不对。"), [("password", say("密码不对，请再输一次。"))])
    # Release the ID number, so that the person can open another account; the window binds the file to it.
    held.id_index = held.claimed_index = ""
    held.save(update_fields=["id_index", "claimed_index"])
    _shut(held, account.actor, "account_closed", {"reason": say("本人停用"), "leaves": leaves})


def close_expired(day: date) -> int:
    """Close accounts after their last day and return how many. Logins were refused since then."""
    closed = 0
    for pk in User.objects.filter(is_active=True, valid_until__lt=day).values_list("pk", flat=True):
        with transaction.atomic():
            held = User.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=pk)
            if held.is_active:
                _shut(held, history.SYSTEM, "account_expired", {"valid_until": held.valid_until})
                closed += 1
    return closed


def _shut(held: User, actor: Actor, action: str, payload: dict[str, object]) -> None:
    held.is_active = False
    held.save(update_fields=["is_active"])
    payload["tokens_revoked"] = passwords.take_tokens_back(held)
    sign_ins.close_all(held)
    history.append(held.file, actor, action, payload, held.area)


def _held_in_use(account: User) -> User:
    """The account, locked, for a change. Raises `Conflict` if it is closed."""
    held = User.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=account.pk)
    if not held.in_use:
        raise Conflict(say("这个账号已经停用，不能再改。需要的，另开一个。"))
    return held


@transaction.atomic
def issue_token(by: User | Actor, account: User, **asked: object) -> str:
    """Issue a token for one's own account, or for a channel one manages. Raises `BadInput`, `NotForRole`.

    Nobody gets a token of a colleague: they could act as two people, and in another's name.
    """
    if not (isinstance(by, User) and by.pk == account.pk):
        _refuse_who_does_not_manage(by, account)
        if isinstance(by, User) and account.role not in _OTHERS:
            raise NotForRole(say("工作人员的接口令牌由本人在“我的账号”里签发，别人不能代签。"))
    _ask_again(by, "account.issue_token")
    return services.issue_token(_held_in_use(account), by=_actor(by), **asked)  # type: ignore[arg-type]


def revoke_token(by: User | Actor, account: User, pk: int) -> None:
    """Revoke a token of one's own, or of an account one manages. Raises `NotFound`."""
    if not (isinstance(by, User) and by.pk == account.pk):
        _refuse_who_does_not_manage(by, account)
    token = Token.objects.select_related("user__agency").filter(user=account, pk=pk).first()
    if token is None:
        raise NotFound(say("没有这个令牌。"))
    services.revoke_token(token, _actor(by))


def left_alone(account: User) -> str:
    """The warning if closing the account leaves nobody with this role at the office; empty otherwise."""
    if account.agency is None or account.role not in STAFF:
        return ""
    others = User.objects.filter(agency=account.agency, role=account.role, is_active=True).exclude(id_index="")
    if any(other.in_use and not own_matter.same_person(other, account) for other in others):
        return ""
    return say(
        "停用后{name}没有{label}可以办事。请先给接手的人开账号，或给外单位的人在这里开一个有期限的账号。",
        name=account.agency.name,
        label=Role(account.role).label,
    )
