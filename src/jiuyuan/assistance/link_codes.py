"""The code that goes with a link to somebody without an account: it is sent to a confirmed telephone, and binds the link to the browser in
which it was typed. Forwarded, such a link is worth nothing."""

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from jiuyuan import characters, clock
from jiuyuan.agencies import pace
from jiuyuan.assistance.employer_links import digest, new_secret
from jiuyuan.notifications import gateways
from jiuyuan.people import phone_codes
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

#: `_MOST_CODES` sent and `_MOST_TRIES` wrong ones of a link within a day.
MINUTES, _MOST_CODES, _MOST_TRIES = 10, 5, 5


class CodedLink(Protocol):
    """A row that a link leads to. `code_digest`, `code_until`, `bound` change without an act."""

    pk: Any
    digest: Any
    code_digest: Any
    code_until: Any
    bound: Any

    def save(self, *, update_fields: Any = ...) -> None: ...


def make_code(link: CodedLink, until: Any) -> str:
    """A new code in the place of an earlier one."""
    code = f"{secrets.randbelow(10**6):06}"
    link.code_digest, link.code_until = _of_code(link, code), until
    link.save(update_fields=["code_digest", "code_until"])
    return code


def send_code(link: CodedLink, phone: str, name: str, text: Callable[[str, int], str]) -> bool:
    """Send a new code to the confirmed telephone. False where no gateway is configured: then the office tells it by telephone.

    `name` tells the kind of link to the gateway; `text` makes the message from code and minutes. Raises `TooOften`, `BadInput`
    where the gateway does not take it.
    """
    gateway = gateways.configured()
    pace.count("employer_code")
    if gateway is None:
        return False
    if not gateways.reaches(phone):
        why = say("这个号码不是手机，收不到短信。请让发链接给您的平台改成手机号码，再给一个新链接。")
        raise BadInput(say("短信没有发出去。"), [("code", why)])
    _brake(gateway, link, phone)
    code = make_code(link, clock.now() + timedelta(minutes=MINUTES))
    try:
        gateway.send(f"{name}-{link.pk}-{secrets.token_hex(4)}", phone, text(code, MINUTES))
    except gateways.NotSent as error:
        raise BadInput(say("短信没有发出去。"), [("code", say("短信没有发出去：{error}", error=str(error)))]) from None
    return True


def _brake(gateway: gateways.Gateway, link: CodedLink, phone: str) -> None:
    """Count one code by its link, its telephone and the gateway, whose brakes hold for other texts too. Raises `TooOften`."""
    pace.count_one("employer_code_link", link.digest, _MOST_CODES, pace.DAY)
    phone_codes.brake(gateway, phone)


def open_with(link: CodedLink, typed: str) -> str:
    """What the browser in which the right code was typed keeps, empty where it was not; the code is used up. Lock the link first."""
    pace.count("employer_code")
    right = bool(link.code_digest) and hmac.compare_digest(
        link.code_digest, _of_code(link, characters.code_typed(typed))
    )
    wrong_ones = pace.mark_of("employer_code_wrong", link.digest)
    if pace.free_again(wrong_ones, _MOST_TRIES, pace.WINDOW) is not None:
        return ""
    over = link.code_until is None or link.code_until < clock.now()
    if right and not over:
        mark = new_secret()
        link.code_digest, link.bound = "", digest(mark)
        link.save(update_fields=["code_digest", "bound"])
        return mark
    pace.note(wrong_ones, within=pace.DAY)
    return ""


def is_open(link: CodedLink, mark: str) -> bool:
    """Whether this is the browser in which the code was typed."""
    return bool(link.bound) and hmac.compare_digest(link.bound, digest(mark))


def _of_code(link: CodedLink, code: str) -> str:
    return digest(f"{link.digest}:{code}")
