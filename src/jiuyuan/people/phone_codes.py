"""Text message codes that prove a phone number before an account is opened, if a gateway is configured.

A code is valid for one phone number, one ID number and one account. Wrong attempts are counted per code, so a
stranger who requests codes for somebody else's phone uses up only their own.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from jiuyuan import characters, clock, visitors
from jiuyuan.agencies import pace
from jiuyuan.encryption import keyed_hash
from jiuyuan.notifications import gateways, services
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

#: Codes per phone number and day, how many of them from one address (a stranger needs four addresses to leave the
#: owner none), and wrong attempts per code, which lives for less than `pace.WINDOW`.
MINUTES, _MOST_CODES, _FROM_AN_ADDRESS, _MOST_TRIES = 10, 8, 2, 5
_PURPOSE = "phone_code"


@dataclass(frozen=True)
class SentCode:
    """What the session stores about a code; neither the code nor its purpose can be read from it."""

    sent_for: str
    code: str
    until: str
    number: str

    def is_for(self, phone: str, id_number: str) -> bool:
        return hmac.compare_digest(self.sent_for, _of(phone, id_number))

    def is_right(self, typed: str) -> bool:
        return hmac.compare_digest(self.code, _of(self.number, typed))


def send(phone: str, id_number: str) -> tuple[SentCode, str]:
    """Send a new code for an account with this ID number.

    Returns what to store in the session, and the code if the gateway only displays it. Raises `TooOften`, and
    `BadInput` if the gateway rejects it.
    """
    gateway = gateways.configured()
    assert gateway is not None, "asked for only where there is one"
    if not gateways.reaches(phone):
        why = say("验证码只能发到手机，请填11位手机号码。没有手机的，带身份证到窗口要绑定码，填在下面就不用验证码。")
        raise BadInput(say("有内容需要改正。"), [("phone", why)])
    pace.count("phone_code")
    pace.count_one("phone_code_here", f"{phone} {visitors.here() or ''}", _FROM_AN_ADDRESS, pace.DAY)
    pace.count_one("phone_code_of", phone, _MOST_CODES, pace.DAY)
    brake(gateway, phone)
    code, until = f"{secrets.randbelow(10**6):06}", (clock.now() + timedelta(minutes=MINUTES)).isoformat()
    text = say(
        "您开通账号的验证码是{code}，{minutes}分钟内有效。不是您本人在开的，不用理会。", code=code, minutes=MINUTES
    )
    number = secrets.token_hex(8)
    try:
        gateway.send(f"account-{number}", phone, services.signed(text))
    except gateways.NotSent as error:
        raise BadInput(say("短信没有发出去。"), [("phone", say("短信没有发出去：{error}", error=str(error)))]) from None
    shown = code if isinstance(gateway, gateways.ShownGateway) else ""
    return SentCode(_of(phone, id_number), _of(number, code), until, number), shown


def brake(gateway: gateways.Gateway, phone: str) -> None:
    """Count a code against the limits of the phone number and the gateway, which apply to other texts too.

    Raises `TooOften`.
    """
    pace.count_one("code_phone", phone, gateway.a_number_a_day - services.sent_to(phone), pace.DAY)
    pace.count_one("code_all", "", gateway.an_hour - services.sent_within_an_hour())


def prove(phone: str, id_number: str, sent: SentCode | None, typed: str) -> None:
    """Require proof of the phone number; without a gateway this does nothing. Raises `BadInput`.

    Call it outside the transaction of the account, so that wrong attempts are counted. `use` marks the code as
    used.
    """
    if gateways.configured() is None:
        return
    if not typed.strip():
        raise BadInput(say("有内容需要改正。"), [("phone_code", say("请填短信里的6位验证码。"))])
    in_time = sent is not None and datetime.fromisoformat(sent.until) >= clock.now()
    if sent is None or not in_time or not sent.is_for(phone, id_number):
        raise _wrong()
    try:
        pace.take(pace.mark_of("phone_code_try", sent.number), _MOST_TRIES)
    except pace.TooOften:
        raise _wrong() from None
    if not sent.is_right(characters.code_typed(typed)):
        raise _wrong()


def use(sent: SentCode | None) -> None:
    """Mark the code as used, in the transaction of the account. Raises `BadInput` if it was used already."""
    if gateways.configured() is not None and (sent is None or not pace.once(pace.mark_of("phone_code", sent.number))):
        raise _wrong()


def _wrong() -> BadInput:
    why = say(
        "验证码不对、已用过，或者已过{minutes}分钟。连错{tries}次的作废，可以要一个新的。",
        minutes=MINUTES,
        tries=_MOST_TRIES,
    )
    return BadInput(say("有内容需要改正。"), [("phone_code", why)])


def _of(*what: str) -> str:
    return keyed_hash(_PURPOSE, ":".join(what))
