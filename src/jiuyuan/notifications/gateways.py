"""What sends a text message: a port, with the gateway of the installation, that of a demonstration, or none.

`sms.toml` in the data folder names the gateway:

    url = "https://…"           # a POST to it sends one message
    client = "jiuyuan"          # who sends, as the gateway knows us
    key = "…"                   # shared with the gateway; at least 32 characters
    sign = "【就业服务】"        # what stands before each text, as it was registered with the operator; else the institution's name
    timeout = 10                # seconds
    an_hour = 2000              # the brake: so many in an hour at most
    a_number_a_day = 10         # and so many to one number in a day
"""

import http.client
import json
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from jiuyuan.config import UnusableConfig
from jiuyuan.request_signing import SHORTEST_KEY, post
from jiuyuan.wording import for_record, say

FILE = "sms.toml"
MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LARGEST_ANSWER = 1 << 16
#: Statuses after which the same message may go through later.
_LATER = frozenset({408, 425, 429})


class NotSent(Exception):
    """The gateway did not accept a message; the text says why. It is retried."""


class RefusedByGateway(NotSent):
    """The gateway rejected this message; retrying is useless."""


class Gateway(Protocol):
    an_hour: int
    a_number_a_day: int
    sign: str

    def send(self, key: str, phone: str, text: str) -> None:
        """Send a text. Repeated with the same `key` it is one message. Raises `NotSent`, `RefusedByGateway`."""


@dataclass(frozen=True)
class GatewayAccount:
    """An installation's account at its gateway."""

    url: str
    client: str
    key: str = field(repr=False)
    sign: str = ""
    timeout: float = 10.0
    an_hour: int = 2000
    a_number_a_day: int = 10


class HttpGateway:
    """POST {"id", "to", "text"} with `X-Client`, `X-Timestamp` and `X-Signature` (`request_signing`). 2xx: accepted.

    The gateway sends a message once per `id`, and reports its delivery to `/sms/receipts/`, signed with the same
    key.
    """

    def __init__(self, account: GatewayAccount) -> None:
        self.account = account
        self.an_hour, self.a_number_a_day, self.sign = account.an_hour, account.a_number_a_day, account.sign

    def send(self, key: str, phone: str, text: str) -> None:
        account = self.account
        body = json.dumps({"id": key, "to": phone, "text": self.sign + text}, ensure_ascii=False).encode()
        try:
            answer = post(
                account.url, account.client, account.key, body, seconds=account.timeout, largest=_LARGEST_ANSWER
            )
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(for_record("短信网关连不上（{error}）", error=type(error).__name__)) from None
        if 200 <= answer.status < 300:
            return
        if 400 <= answer.status < 500 and answer.status not in _LATER:
            raise RefusedByGateway(for_record("短信网关不收这条短信（{status}）", status=answer.status))
        raise NotSent(for_record("短信网关暂时不收（{status}）", status=answer.status))


class ShownGateway:
    """The gateway of a demonstration: sends nothing, and a page displays the texts."""

    an_hour = 10_000
    a_number_a_day = 1_000
    sign = ""

    def send(self, key: str, phone: str, text: str) -> None:
        return None


def configured() -> Gateway | None:
    """The installation's gateway; None if none is configured: then nothing is sent, and no page promises it."""
    account = account_of(settings.JIUYUAN.data / FILE)
    if account is not None:
        return HttpGateway(account)
    return ShownGateway() if settings.JIUYUAN.mode == "demonstration" else None


def reaches(phone: str) -> bool:
    """Whether text messages reach a number: a gateway is configured, and it is a mobile."""
    return configured() is not None and MOBILE.fullmatch(phone) is not None


def account_of(file: Path) -> GatewayAccount | None:
    """The account in `sms.toml`; None without the file. Raises `Unusable`."""
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read(file, changed)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> GatewayAccount:
    try:
        account = GatewayAccount(**tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise UnusableConfig(say("短信网关的配置（{file}）有误：{error}", file=FILE, error=error)) from None
    if len(account.key) < SHORTEST_KEY:
        raise UnusableConfig(
            say("短信网关的配置（{file}）有误：密钥不足{shortest}个字符。", file=FILE, shortest=SHORTEST_KEY)
        )
    where = urlsplit(account.url)
    if where.scheme != "https" and (where.scheme, where.hostname) != ("http", "127.0.0.1"):
        raise UnusableConfig(say("短信网关的配置（{file}）有误：地址要用 https。", file=FILE))
    return account
