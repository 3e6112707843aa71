"""Password rules, and changing and resetting passwords.

A password is split into what guessers try first: common words, the account's own words, dates, keyboard runs,
repetitions. Each such part counts as one character, and separators between them as none; the rest must be long
enough.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from jiuyuan.agencies import logins, sign_ins
from jiuyuan.agencies.models import Token, User
from jiuyuan.agencies.roles import STAFF
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.notifications import notices
from jiuyuan.notifications import services as notifications
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.wording import say

LEAST, LEAST_OF_STAFF = 8, 12
MOST = 128
HOW = "可以把三四个互不相干的词连起来，中间夹几个数字；或者想一句只有自己知道的话，取每个字的拼音首字母再加数字。"
_PARTS, _PARTS_OF_STAFF = 5, 6
_FEWEST_CHARACTERS = 5
_SHORTEST_WORD, _LONGEST_WORD = 4, 16
_SHORTEST_RUN = 3
_RESET = notices.declare(
    "account.password_reset",
    "您的密码被重设了",
    "{name}{where}给您的账号重设了密码，原来的登录和接口令牌都已作废。不是您要求的，请马上报告上级。",
)
_NAMED = 16  # characters of a part shown in messages

# Typical first words in offices like these, in addition to Django's list of common passwords.
_WORDS = frozenset(
    [
        "clerk",
        "reviewer",
        "supervisor",
        "province",
        "auditor",
        "applicant",
        "admin",
        "administrator",
        "root",
        "user",
        "test",
        "guest",
        "office",
        "jiuyuan",
        *registry.FOLDERS,
        "changchun",
        "renshe",
        "renshiju",
        "shebao",
        "jiuye",
        "shiye",
        "jiedao",
        "shequ",
        "chuangkou",
        "mima",
        "woaini",
        "huanying",
        "zhongguo",
        "china",
        "beijing",
        "password",
        "passwd",
        "pass",
        "welcome",
        "letmein",
        "login",
        "master",
        "secret",
        "qwerty",
        "summer",
        "winter",
        "spring",
        "autumn",
        "monday",
        "hello",
    ]
)
# Neighbouring keys in rows and diagonals, and the alphabet, in both directions.
_TRACKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()",
    "147258369",
)
_RUNS = _TRACKS + tuple(track[::-1] for track in _TRACKS)
_DAY = re.compile(r"(19|20)\d\d([-./年]?(0?[1-9]|1[0-2])([-./月]?([0-2]?\d|3[01])日?)?)?")
_REPEATED = re.compile(r"(.{1,8}?)\1+")
_DISGUISES = str.maketrans("@013457$!", "aoleastsi")


class HardToGuess:
    """For `AUTH_PASSWORD_VALIDATORS`.

    States everything that is wrong, in Chinese, and how to choose a better password.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if faults := list(_faults(password, user)):
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        return hint()


def hint(user: User | None = None) -> str:
    """The hint beside the field; how to find a good one is explained after a refusal."""
    return say("至少{user}位，要有字母或汉字。不要用生日、电话和容易猜到的词。", user=_least(user))


def _least(user: User | None) -> int:
    return LEAST_OF_STAFF if user is not None and user.role in STAFF else LEAST


def _faults(password: str, user: User | None) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", password).lower()
    if len(password) < _least(user):
        yield say("密码太短，至少{user}位，现在是{count}位。", user=_least(user), count=len(password))
    if len(password) > MOST:
        yield say("密码太长，最多{most}位。", most=MOST)
        return
    if not any(character.isalpha() for character in plain):
        yield say("密码不能全是数字或符号，请加上字母或汉字。")
    elif len(set(plain)) < _FEWEST_CHARACTERS:
        yield say("密码里重复的字符太多，请换得杂一些。")
    else:
        cost, found = _taken_apart(plain, _own_words(user))
        if cost < (_PARTS_OF_STAFF if user is not None and user.role in STAFF else _PARTS):
            named = "".join(f"“{part[:_NAMED]}”" for part in found[:3])
            yield say(
                "密码太容易猜到{value}。{how}",
                value=say("：{named}是别人会先试的", named=named) if found else "",
                how=say(HOW),
            )


def _own_words(user: User | None) -> frozenset[str]:
    """The words known of the account and its holder; parts of four characters count too."""
    if user is None:
        return frozenset()
    known = [user.username, user.name, *user.guessable]
    if user.agency:
        known += [user.agency.code, user.agency.name]
    words = set()
    for text in known:
        text = unicodedata.normalize("NFKC", text).lower()
        words |= {text, text[::-1], *re.split(r"[\W_]+", text)}
        words |= {text[i:j] for i in range(len(text)) for j in range(i + _SHORTEST_WORD, min(len(text), i + 20) + 1)}
    return frozenset(word for word in words if len(word) >= 2)


def _taken_apart(plain: str, own: frozenset[str]) -> tuple[int, list[str]]:
    """The minimum number of parts for a guesser, and those longer than a character."""
    best: list[tuple[int, list[str]]] = [(0, [])]
    parts = _parts(plain, own)
    for end in range(1, len(plain) + 1):
        cost, found = best[end - 1]
        choice = (cost + plain[end - 1].isalnum(), found)
        for start in parts.get(end, ()):
            cost, found = best[start]
            if cost + 1 < choice[0]:
                choice = (cost + 1, [*found, plain[start:end]])
        best.append(choice)
    return best[-1]


def _parts(plain: str, own: frozenset[str]) -> dict[int, set[int]]:
    """The easy parts: for each end position the possible beginnings."""
    spelt = plain.translate(_DISGUISES)
    spans: dict[int, set[int]] = {}
    for start in range(len(plain)):
        for end in range(start + 2, len(plain) + 1):
            piece = plain[start:end]
            easy = piece in own or (end - start >= _SHORTEST_RUN and any(piece in run for run in _RUNS))
            if not easy and _SHORTEST_WORD <= end - start <= _LONGEST_WORD:
                easy = piece in _common() or spelt[start:end] in _common()
            if easy:
                spans.setdefault(end, set()).add(start)
        if day := _DAY.match(plain, start):
            spans.setdefault(day.end(), set()).add(start)
    for again in _REPEATED.finditer(plain):
        if again.end() - again.start() >= _SHORTEST_RUN:
            spans.setdefault(again.end(), set()).add(again.start())
    return spans


@cache
def _common() -> frozenset[str]:
    """Common passwords and the words in them: `clerk2026` is guessed as quickly as `clerk`."""
    words = {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word) for word in CommonPasswordValidator().passwords}
    return frozenset(word for word in (words | _WORDS) if len(word) >= _SHORTEST_WORD)


_UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def drawn() -> str:
    """A password to hand over once: four groups that can be read out, about 79 bits."""
    return "-".join("".join(secrets.choice(_UNMISTAKABLE) for _ in range(4)) for _ in range(4))


def change(user: User, present: str, wanted: str, again: str) -> None:
    """Change one's own password, end the other sessions and revoke the tokens.

    Raises `BadInput` with every wrong field, and `TooOften`. The caller keeps its own session
    (`update_session_auth_hash`).
    """
    errors = []
    if not logins.confirmed(user, present):
        errors.append(("password", say("现在的密码不对，请再输一次。")))
    errors += [("new_password", fault) for fault in faults(wanted, user)]
    if wanted and wanted == present:
        errors.append(("new_password", say("新密码和现在的一样，请换一个。")))
    if wanted != again:
        errors.append(("new_password_again", say("两次输的密码不一样，请再输一次。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    user.set_password(wanted)
    user.first_password = False
    with transaction.atomic():
        user.save(update_fields=["password", "first_password"])
        revoked = take_tokens_back(user)
        history.append(user.file, user.actor, "password_changed", {"tokens_revoked": revoked}, user.area)


def faults(password: str, user: User) -> list[str]:
    """What is wrong with a new password; empty if nothing."""
    if not password:
        return [say("请填写新密码。")]
    try:
        validate_password(password, user)
    except ValidationError as invalid:
        return [str(message) for message in invalid.messages]
    return []


@transaction.atomic
def reset(by: Actor, user: User) -> str:
    """Set a new first password and return it, once. The caller checks who may (`people.staff`)."""
    password = drawn()
    user.password, user.first_password = make_password(password), True
    user.save(update_fields=["password", "first_password"])
    revoked = take_tokens_back(user)
    sign_ins.close_all(user)
    history.append(user.file, by, "password_reset", {"tokens_revoked": revoked}, user.area)
    where = say("（{agency}）", agency=by.agency) if by.agency else ""
    notifications.write(user.file, _RESET, {"name": by.name, "where": where}, recipient=user.username)
    return password


def take_tokens_back(user: User) -> int:
    """Revoke all valid tokens of the account. Returns how many."""
    return Token.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now()).update(
        revoked_at=timezone.now()
    )
