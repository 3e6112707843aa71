"""A code by text message that proves a telephone before an account is opened with it; only where a gateway is configured."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.encryption import keyed_hash
from jiuyuan.notifications import gateways, services
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

MINUTES, _MOST_CODES, _MOST_TRIES = 10, 5, 5
_PURPOSE = "phone_code"


@dataclass(frozen=True)
class SentCode:
    """What the browser's session keeps of a code: neither the code nor the telephone can be read from it."""

    phone: str
    code: str
    until: str

    def went_to(self, phone: str) -> bool:
        return hmac.compare_digest(self.phone, keyed_hash(_PURPOSE, phone))

    def is_right(self, phone: str, typed: str) -> bool:
        return self.went_to(phone) and hmac.compare_digest(self.code, _of_code(phone, typed, self.until))


def send(phone: str) -> tuple[SentCode, str]:
    """Send a new code to a telephone; returns what to keep, and the code where the gateway is one that only shows what it sends.

    Raises `TooOften`, and `BadInput` where the gateway does not take it.
    """
    gateway = gateways.configured()
    assert gateway is not None, "asked for only where there is one"
    pace.count("phone_code")
    pace.count_one("phone_code_of", phone, _MOST_CODES, pace.DAY)
    brake(gateway, phone)
    code, until = f"{secrets.randbelow(10**6):06}", (clock.now() + timedelta(minutes=MINUTES)).isoformat()
    text = say(
        "您开通账号的验证码是{code}，{minutes}分钟内有效。不是您本人在开的，不用理会。", code=code, minutes=MINUTES
    )
    try:
        gateway.send(f"account-{secrets.token_hex(8)}", phone, services.signed(text))
    except gateways.NotSent as error:
        raise BadInput(say("短信没有发出去。"), [("phone", say("短信没有发出去：{error}", error=str(error)))]) from None
    shown = code if isinstance(gateway, gateways.ShownGateway) else ""
    return SentCode(keyed_hash(_PURPOSE, phone), _of_code(phone, code, until), until), shown


def brake(gateway: gateways.Gateway, phone: str) -> None:
    """Count one code by its telephone and the gateway, whose brakes hold for other texts too. Raises `TooOften`."""
    pace.count_one("code_phone", phone, gateway.a_number_a_day - services.sent_to(phone), pace.DAY)
    pace.count_one("code_all", "", gateway.an_hour - services.sent_within_an_hour())


def prove(phone: str, sent: SentCode | None, typed: str) -> None:
    """Refuse an account whose telephone is not proven. Raises `BadInput`; nothing is asked without a gateway."""
    if gateways.configured() is None:
        return
    if not typed.strip():
        raise BadInput(say("有内容需要改正。"), [("phone_code", say("请填短信里的6位验证码。"))])
    wrong_ones = pace.mark_of("phone_code_wrong", phone)
    if pace.free_again(wrong_ones, _MOST_TRIES, pace.WINDOW) is None:
        in_time = sent is not None and datetime.fromisoformat(sent.until) >= clock.now()
        if in_time and sent is not None and sent.is_right(phone, typed.strip()):
            return
        pace.note(wrong_ones)
    why = say(
        "验证码不对，或者已过{minutes}分钟。可以要一个新的；连错{tries}次的，过一小时再试。",
        minutes=MINUTES,
        tries=_MOST_TRIES,
    )
    raise BadInput(say("有内容需要改正。"), [("phone_code", why)])


def _of_code(phone: str, code: str, until: str) -> str:
    return keyed_hash(_PURPOSE, f"{phone}:{code}:{until}")
