"""The code for a link sent to somebody without an account.

It goes to a confirmed phone number and binds the link to the browser in which it is typed, so that a forwarded
link is useless.
"""

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

#: Minutes of validity; codes sent and wrong attempts allowed per link and day.
MINUTES, _MOST_CODES, _MOST_TRIES = 10, 5, 5


class CodedLink(Protocol):
    """A row reached by a link. `code_digest`, `code_until`, `bound` change without an act."""

    pk: Any
    digest: Any
    code_digest: Any
    code_until: Any
    bound: Any

    def save(self, *, update_fields: Any = ...) -> None: ...


def make_code(link: CodedLink, until: Any) -> str:
    """Create a code, replacing an earlier one."""
    code = f"{secrets.randbelow(10**6):06}"
    link.code_digest, link.code_until = _of_code(link, code), until
    link.save(update_fields=["code_digest", "code_until"])
    return code


def send_code(link: CodedLink, phone: str, name: str, text: Callable[[str, int], str]) -> bool:
    """Send a new code to the confirmed phone. False if no gateway is configured; then the office tells it by phone.

    `name` tells the gateway the kind of link; `text` makes the message from code and minutes. Raises `TooOften`,
    or `BadInput` if the gateway rejects it.
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
    """Count a code against the limits of the link, the phone and the gateway, which apply to other texts too.

    Raises `TooOften`.
    """
    pace.count_one("employer_code_link", link.digest, _MOST_CODES, pace.DAY)
    phone_codes.brake(gateway, phone)


def open_with(link: CodedLink, typed: str) -> str:
    """Use up the code and return the mark for the browser's session; empty for a wrong code. Lock the link first."""
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
    """Whether the mark is that of the browser in which the code was typed."""
    return bool(link.bound) and hmac.compare_digest(link.bound, digest(mark))


def _of_code(link: CodedLink, code: str) -> str:
    return digest(f"{link.digest}:{code}")
