"""A department's interface: one signed question about one person.

`departments.toml` in the data folder names the interfaces, a table each:

    [social_insurance]
    url = "https://…/"          # /v1/records is asked below it, /v1/registrations by which unemployment is registered
    client = "jiuyuan"          # who asks, as the department knows us
    key = "…"                   # shared with the department; at least 32 characters
    timeout = 5                 # seconds for each try
    attempts = 3

The signature is HMAC-SHA256 over method, path, time stamp and the SHA-256 of the body, a line each. A question is a POST, so
that no ID number stands in an address or in a log of addresses.
"""

import http.client
import json
import random
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from jiuyuan import json_once
from jiuyuan.refusals import Refusal
from jiuyuan.request_signing import SHORTEST_KEY, post
from jiuyuan.wording import say

FILE = "departments.toml"
PATH = "/v1/records"
REGISTRATIONS = "/v1/registrations"
_LARGEST_ANSWER = 1 << 20
_FAILURES = 5  # in a row; then nobody is asked
_REST = 60.0  # seconds until one question is let through
_BACKOFF = 0.4  # seconds before the second attempt, doubled each time


class NotAnswering(Refusal):
    """The department gave no usable answer (503)."""

    status = 503

    def __init__(self, title: str) -> None:
        super().__init__(title, [("department", title)])


class _Refused(Exception):
    """The department rejected the question; repeating it is useless."""


@dataclass(frozen=True)
class Interface:
    url: str
    client: str
    key: str = field(repr=False)
    timeout: float = 5.0
    attempts: int = 3


@dataclass
class Breaker:
    """A circuit breaker: open after several failures in a row, so nobody waits for a department that is down.

    After a pause one question is let through.
    """

    failures: int = 0
    opened_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def lets_through(self, now: float) -> bool:
        with self._lock:
            if self.failures < _FAILURES:
                return True
            if now - self.opened_at < _REST:
                return False
            self.opened_at = now  # this one is let through; the next has to wait again
            return True

    def succeeded(self) -> None:
        with self._lock:
            self.failures = 0

    def failed(self, now: float) -> None:
        with self._lock:
            self.failures += 1
            self.opened_at = now


#: By department, in each process.
breakers: dict[str, Breaker] = {}


def interfaces() -> dict[str, Interface]:
    """The configured interfaces. Raises `NotAnswering` if the file is wrong."""
    path = settings.JIUYUAN.data / FILE
    if not path.exists():
        return {}
    try:
        found = {kind: Interface(**entry) for kind, entry in tomllib.loads(path.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise NotAnswering(say("部门接口的配置（{file}）有误，请联系管理员：{error}", file=FILE, error=error)) from None
    for kind, interface in found.items():
        if len(interface.key) < SHORTEST_KEY:
            raise NotAnswering(
                say(
                    "部门接口的配置（{file}）有误，请联系管理员：{kind} 的密钥不足{shortest_key}个字符。",
                    file=FILE,
                    kind=kind,
                    shortest_key=SHORTEST_KEY,
                )
            )
    return found


def ask(
    kind: str,
    id_number: str,
    name: str,
    registration: Mapping[str, str] | None = None,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Mapping[str, Any]:
    """Ask a department about one person: `{"id_number", "observed_on", "records": [{heading: value}]}`.

    With a `registration` the department registers it first; `reference` identifies repeated requests. Connection
    and server errors are retried after growing pauses. Raises `NotAnswering`.
    """
    interface = interfaces().get(kind)
    if interface is None:
        raise NotAnswering(say("这个部门还没有接通接口，请改用导入文件，或请管理员配置。"))
    breaker = breakers.setdefault(kind, Breaker())
    if not breaker.lets_through(now()):
        raise NotAnswering(say("这个部门的接口连续出错，已暂停查询，请一分钟后再试，或改用导入文件。"))
    body = json.dumps({"id_number": id_number, "name": name, **(registration or {})}, ensure_ascii=False).encode()
    asked_at = PATH if registration is None else REGISTRATIONS
    for attempt in range(interface.attempts):
        if attempt:
            sleep(_BACKOFF * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))
        try:
            answer = _once(interface, asked_at, body)
        except _Refused as refused:
            breaker.succeeded()  # the department is up and answers
            raise NotAnswering(str(refused)) from None
        except (OSError, http.client.HTTPException, ValueError):
            breaker.failed(now())
            continue
        breaker.succeeded()
        return answer
    raise NotAnswering(say("这个部门的接口现在没有回应，请稍后再试，或改用导入文件。"))


def _once(interface: Interface, asked_at: str, body: bytes) -> Mapping[str, Any]:
    url = interface.url.rstrip("/") + asked_at
    answered = post(url, interface.client, interface.key, body, seconds=interface.timeout, largest=_LARGEST_ANSWER)
    if answered.status in (401, 403):
        raise _Refused(say("部门没有接受我们的签名，请管理员核对密钥和服务器时间。"))
    if 400 <= answered.status < 500 and answered.status not in (408, 429):
        raise _Refused(say("部门没有接受这次查询（{status}），请联系管理员。", status=answered.status))
    if answered.status != 200:
        raise OSError(f"answered {answered.status}")
    answer = json_once.loads(answered.body)
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer
