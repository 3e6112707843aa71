"""Second factors of staff: an app's code (RFC 6238), a security key (WebAuthn), and paper codes if both are lost.

The limits `second_factor_clerk`, … set who must have one, by region and day; no source prescribes it, so offices
decide. Accounts with one are always asked for it.
"""

import base64
import json
import secrets
from datetime import timedelta
from time import time
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from jiuyuan import clock
from jiuyuan.agencies import again, pace
from jiuyuan.agencies.models import SecondFactor, User
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.notifications import notices
from jiuyuan.notifications import services as notifications
from jiuyuan.refusals import BadInput, Conflict, NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import say

Kind = SecondFactor.Kind
CODES, DIGITS, STEP = 10, 6, 30
WRONG, WINDOW = 10, timedelta(hours=1)
_ISSUER = "就援"
_RESET = notices.declare(
    "account.second_factor_reset",
    "您的第二重验证被撤销了",
    "{name}{where}撤销了您账号的第二重验证，理由：{reason}。不是您要求的，请马上报告上级。",
)
_GUESSED = notices.declare(
    "account.second_factor_guessed",
    "有人知道您的密码",
    "{at}，有人输对了您的密码，验证码却连续输错。不是您本人的，请马上改密码。",
)
_GUESSED_AFTER = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def must_have(user: User) -> bool:
    """Whether this role must log in with one today, by the province or the office's region."""
    if not user.is_staff_member:
        return False
    try:
        return registry.region_of(user.area).limit(f"second_factor_{user.role}", on=clock.today()) > 0
    except KeyError:
        return False


def of(user: User) -> list[SecondFactor]:
    return list(user.second_factors.all())


def is_on(user: User) -> bool:
    return user.second_factors.exclude(kind=Kind.CODES).exists()


def codes_left(user: User) -> int:
    """The number of unused paper codes."""
    row = user.second_factors.filter(kind=Kind.CODES).first()
    return len(row.secret.split()) if row else 0


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(user: User, secret: str) -> str:
    """The content of the QR code for an app."""
    return _totp(secret).get_provisioning_uri(user.username, _ISSUER)


def _totp(secret: str) -> TOTP:
    # All apps support SHA-1; used as an HMAC it is sound.
    return TOTP(base64.b32decode(secret), DIGITS, hashes.SHA1(), STEP, enforce_key_length=False)


def _step(secret: str, code: str, after: int) -> int | None:
    """The time step of a code, one before and one after included; None for wrong and used codes.

    Uses real time, whatever the day of a demonstration, as phones do.
    """
    now = int(time()) // STEP
    for step in (now, now - 1, now + 1):
        try:
            _totp(secret).verify(code.encode(), step * STEP)
        except InvalidToken:
            continue
        return step if step > after else None
    return None


@transaction.atomic
def add_app(user: User, secret: str, code: str) -> list[str]:
    """Add an app. Returns paper codes if there were none. Raises `BadInput`, `Conflict`."""
    held = _held(user)
    if held.second_factors.filter(kind=Kind.APP).exists():
        raise Conflict(say("已经有一个动态验证码了。换手机的，先去掉原来的。"))
    step = _step(secret, _plain(code), 0)
    if step is None:
        wrong = say("验证码不对。请看手机上现在显示的6位数字；手机的时间要准。")
        raise BadInput(say("有内容需要改正。"), [("code", wrong)])
    again.ask(held, "second_factor.add")
    _added(held, SecondFactor(user=held, kind=Kind.APP, secret=secret, counter=step))
    return _first_codes(held)


def _added(user: User, row: SecondFactor) -> None:
    row.added_at = clock.now()
    row.save(force_insert=True)
    history.append(user.file, user.actor, "second_factor_added", {"kind": row.kind, "label": row.label}, user.area)


def _drawn() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2))


def _first_codes(user: User) -> list[str]:
    return [] if user.second_factors.filter(kind=Kind.CODES).exists() else _new_codes(user)


def _new_codes(user: User) -> list[str]:
    drawn = [_drawn() for _ in range(CODES)]
    SecondFactor.objects.update_or_create(
        user=user, kind=Kind.CODES, defaults={"secret": " ".join(drawn), "added_at": clock.now(), "used_at": None}
    )
    return drawn


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Create ten new codes, shown once; old ones become invalid. Raises `Conflict` without another factor."""
    held = _held(user)
    if not is_on(held):
        raise Conflict(say("先添加动态验证码，再要备用码。"))
    again.ask(held, "second_factor.codes")
    drawn = _new_codes(held)
    history.append(held.file, held.actor, "recovery_codes_drawn", {"count": len(drawn)}, held.area)
    return drawn


# What fido2 raises for anything that no key sent; browsers can send anything.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, InvalidSignature)
_LONGEST = 20_000


def _read(answer: str) -> Any:
    if len(answer) > _LONGEST:
        raise ValueError("no key says so much")
    return json.loads(answer)


def _server() -> Fido2Server:
    host = urlsplit(settings.JIUYUAN.base_url).hostname or "localhost"
    return Fido2Server(PublicKeyCredentialRpEntity(name=_ISSUER, id=host))


def _keys(user: User) -> dict[bytes, SecondFactor]:
    """The user's security keys by credential id."""
    return {bytes.fromhex(row.secret): row for row in user.second_factors.filter(kind=Kind.KEY)}


def has_key(user: User) -> bool:
    return user.second_factors.filter(kind=Kind.KEY).exists()


def begin_key(user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """The browser's options for registering a key, and the state for the session."""
    whose = PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.username, display_name=user.name)
    options, state = _server().register_begin(
        whose, [AttestedCredentialData(one) for one in _keys(user)],
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )  # fmt: skip
    return dict(options), state


@transaction.atomic
def add_key(user: User, state: Any, answer: str, label: str) -> list[str]:
    """Add a key. Returns paper codes if there were none. Raises `BadInput`."""
    held = _held(user)
    again.ask(held, "second_factor.add")
    try:
        shown = _server().register_complete(state, _read(answer))
    except _UNREADABLE:
        shown = None
    if shown is None or shown.credential_data is None:
        raise BadInput(say("没有读到安全密钥，请再试一次。"))
    secret = bytes(shown.credential_data).hex()
    label = label.strip()[:60] or str(Kind.KEY.label)
    _added(held, SecondFactor(user=held, kind=Kind.KEY, secret=secret, label=label, counter=shown.counter))
    return _first_codes(held)


def begin_showing(user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """The browser's options for authenticating with a key, and the state for the session."""
    options, state = _server().authenticate_begin(
        [AttestedCredentialData(one) for one in _keys(user)], UserVerificationRequirement.DISCOURAGED
    )
    return dict(options), state


@transaction.atomic
def shown_key(user: User, state: Any, answer: str) -> SecondFactor | None:
    """The key that answered; None for another's, a wrong answer, or a cloned key, whose counter did not increase."""
    keys = _keys(_held(user))
    try:
        said = _read(answer)
        known = _server().authenticate_complete(state, [AttestedCredentialData(one) for one in keys], said)
        counter = AuthenticationResponse.from_dict(said).response.authenticator_data.counter
    except _UNREADABLE:
        return None
    row = keys[bytes(known)]
    # A key without a counter may answer each challenge once.
    if counter <= row.counter if counter else not pace.once(pace.mark_of("key", str(state.get("challenge")))):
        return None
    row.counter, row.used_at = counter, clock.now()
    row.save(update_fields=["counter", "used_at"])
    return row


def check(user: User, code: str, known: bool) -> SecondFactor | None:
    """The factor of a code, which is used up; None for a wrong one. Raises `TooOften`.

    `known`: the browser was logged in to the account before and has attempts of its own, so that a thief of the
    password cannot block the owner. Call it outside other transactions, so that wrong attempts are counted.
    """
    mark = pace.mark_of("second-factor", user.username, "known" if known else "")
    tried = pace.take(mark, WRONG, WINDOW)
    if used := _used(user, _plain(code)):
        tried.delete()
        return used
    if pace.free_again(mark, _GUESSED_AFTER, WINDOW) and not pace.free_again(mark, _GUESSED_AFTER + 1, WINDOW):
        at = f"{clock.now():%Y-%m-%d %H:%M}"
        notifications.write(user.file, _GUESSED, {"at": at}, recipient=user.username)
    return None


@transaction.atomic
def _used(user: User, code: str) -> SecondFactor | None:
    for row in _held(user).second_factors.all():
        if row.kind == Kind.APP and code.isdecimal() and (step := _step(row.secret, code, row.counter)):
            row.counter = step
        elif row.kind == Kind.CODES and code in (left := row.secret.replace("-", "").split()):
            kept = [one for one, plain in zip(row.secret.split(), left, strict=True) if plain != code]
            row.secret = " ".join(kept)
            history.append(user.file, user.actor, "recovery_code_used", {"left": len(kept)}, user.area)
        else:
            continue
        row.used_at = clock.now()
        row.save()
        return row
    return None


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character.isascii() and character.isalnum())


@transaction.atomic
def remove(user: User, pk: int) -> None:
    """Remove one's own factor. Raises `NotFound`, and `Conflict` for the last one if the role must have one."""
    held = _held(user)
    row = held.second_factors.exclude(kind=Kind.CODES).filter(pk=pk).first()
    if row is None:
        raise NotFound(say("没有这一项。"))
    last = held.second_factors.exclude(kind=Kind.CODES).count() == 1
    if last and must_have(held):
        raise Conflict(say("您的角色登录必须有第二重验证，不能去掉最后一项。换手机的，请上级撤销后重新添加。"))
    again.ask(held, "second_factor.remove")
    row.delete()
    if last:
        held.second_factors.all().delete()  # paper codes without another factor
    history.append(held.file, held.actor, "second_factor_removed", {"kind": row.kind, "label": row.label}, held.area)


def reset(by: Actor, user: User, reason: str) -> None:
    """Remove all factors of somebody who lost them.

    The caller checks who may (`people.staff`). Raises `Conflict` if there are none.
    """
    kinds = sorted(user.second_factors.values_list("kind", flat=True))
    if not kinds:
        raise Conflict(say("这个账号没有第二重验证，不用撤销。"))
    user.second_factors.all().delete()
    history.append(user.file, by, "second_factor_reset", {"kinds": kinds, "reason": reason}, user.area)
    where = say("（{agency}）", agency=by.agency) if by.agency else ""
    notifications.write(user.file, _RESET, {"name": by.name, "where": where, "reason": reason}, recipient=user.username)


def _held(user: User) -> User:
    """The account, locked, so that no code is used twice at once."""
    return User.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=user.pk)
