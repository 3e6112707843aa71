"""The second seal: an SM2 signature beside each sealed paper, made by the office's signing server, which keeps the keys.

`signing.toml` in the data folder names the server; without it papers bear the seal of `certificates.py` alone:

    url = "https://…"                 # a POST to it signs one digest
    client = "jiuyuan"                # who asks, as the server knows us
    key = "…"                         # shared with the server; at least 32 characters
    authority = "keys/signer-ca.pem"  # who vouches for the server's TLS certificate; else the system's authorities
    certificate = "keys/signer.pem"   # our own certificate and key for TLS, where the server asks for one
    user_id = "1234567812345678"      # the user ID of GM/T 0009 that was agreed on
    timeout = 10                      # seconds for each try
    attempts = 3
"""

import http.client
import json
import random
import ssl
import time
import tomllib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from jiuyuan import clock, json_once
from jiuyuan.agencies.models import Agency
from jiuyuan.printing import sm2
from jiuyuan.printing.certificates import CertificateError
from jiuyuan.printing.sm2 import Sm2Certificate
from jiuyuan.refusals import Refusal
from jiuyuan.request_signing import SHORTEST_KEY, post
from jiuyuan.wording import say

FILE = "signing.toml"
_LARGEST_ANSWER = 1 << 16
_BACKOFF = 0.4  # seconds before the second attempt, doubled each time
#: Statuses after which the same request may succeed later.
_LATER = frozenset({408, 425, 429})


class NotSigned(Refusal):
    """There is no valid SM2 signature (503): nothing is stored, and the job is retried."""

    status = 503
    code = "not_signed"


@dataclass(frozen=True)
class SigningServer:
    url: str
    client: str
    key: str = field(repr=False)
    authority: str = ""
    certificate: str = ""
    user_id: str = sm2.USER_ID
    timeout: float = 10.0
    attempts: int = 3


def configured() -> SigningServer | None:
    """The installation's server; None if there is none. Raises `NotSigned` if the file is wrong."""
    file = settings.JIUYUAN.data / FILE
    try:
        return _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


def is_named() -> bool:
    """Whether papers are signed with SM2 here."""
    return (settings.JIUYUAN.data / FILE).exists()


def certificate_file(agency_code: str) -> Path:
    file: Path = settings.JIUYUAN.data / "certificates" / f"{agency_code}.sm2.pem"
    return file


def sign(
    agency: Agency, paper: bytes, *, sleep: Callable[[float], None] = time.sleep
) -> tuple[Sm2Certificate, bytes] | None:
    """The agency's signature of a sealed paper, verified with its certificate; None without a server.

    Only the digest leaves the machine. Raises `NotSigned`.
    """
    server = configured()
    if server is None:
        return None
    certificate = _certificate_of(agency)
    digest = sm2.digest(certificate, paper, server.user_id)
    question = {"id": digest.hex(), "agency": agency.code, "serial": f"{certificate.serial:X}", "algorithm": "SM2-SM3"}
    signature = _answered(server, agency, question, sleep)
    try:
        holds = sm2.verifies(certificate, paper, signature, server.user_id)
    except sm2.CannotVerify as error:
        raise NotSigned(say("SM2签名核不了：{error}。请管理员检查后再试。", error=str(error))) from error
    if not holds:
        raise NotSigned(
            say(
                "签名服务器给的签名与{agency}的SM2证书对不上，没有采用。请管理员核对证书和服务器上的密钥。",
                agency=agency.name,
            )
        )
    return certificate, signature


def _certificate_of(agency: Agency) -> Sm2Certificate:
    try:
        found = Sm2Certificate.read(certificate_file(agency.code).read_bytes())
    except (OSError, CertificateError) as error:
        raise NotSigned(
            say("{agency}没有可用的SM2证书（没有放好，或打不开），不能盖章。请与系统管理员联系。", agency=agency.name)
        ) from error
    if not found.starts_at <= clock.now() <= found.expires_at:
        raise NotSigned(
            say(
                "{agency}的SM2证书{first:date}至{last:date}有效，今天不能用。请换新证书。",
                agency=agency.name,
                first=found.starts_at.date(),
                last=found.expires_at.date(),
            )
        )
    return found


def _answered(server: SigningServer, agency: Agency, question: dict[str, str], sleep: Callable[[float], None]) -> bytes:
    body, context = json.dumps(question).encode(), _context(server)
    for attempt in range(server.attempts):
        if attempt:
            sleep(_BACKOFF * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))
        try:
            status, answer = post(
                server.url, server.client, server.key, body,
                seconds=server.timeout, largest=_LARGEST_ANSWER, context=context,
            )  # fmt: skip
            if status == 200:
                return _signature(answer, question["id"])
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            continue
        if status in (401, 403):
            raise NotSigned(say("签名服务器没有接受我们的身份，请管理员核对密钥、证书和服务器时间。"))
        if 400 <= status < 500 and status not in _LATER:
            raise NotSigned(
                say("签名服务器不给{agency}签名（{status}），请管理员核对。", agency=agency.name, status=status)
            )
    raise NotSigned(
        say("签名服务器没有给出完整的答复（试了{attempts}次），还没有盖章，会自动再试。", attempts=server.attempts)
    )


def _signature(answer: bytes, asked: str) -> bytes:
    """The signature in the answer. Raises `ValueError` for an incomplete answer or one to another request."""
    said = json_once.loads(answer)
    if not isinstance(said, dict) or said.get("id") != asked or not isinstance(said.get("signature"), str):
        raise ValueError("not an answer to this question")
    return b64decode(said["signature"], validate=True)


def _context(server: SigningServer) -> ssl.SSLContext | None:
    if not server.url.startswith("https:"):
        return None
    data = settings.JIUYUAN.data
    try:
        context = ssl.create_default_context(cafile=str(data / server.authority) if server.authority else None)
        if server.certificate:
            context.load_cert_chain(data / server.certificate)
    except OSError as error:
        raise NotSigned(say("签名服务器的配置（{file}）有误：{error}", file=FILE, error=error)) from None
    return context


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> SigningServer:
    try:
        server = SigningServer(**tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise NotSigned(say("签名服务器的配置（{file}）有误：{error}", file=FILE, error=error)) from None
    if len(server.key) < SHORTEST_KEY:
        raise NotSigned(
            say("签名服务器的配置（{file}）有误：密钥不足{shortest}个字符。", file=FILE, shortest=SHORTEST_KEY)
        )
    where = urlsplit(server.url)
    if where.scheme != "https" and (where.scheme, where.hostname) != ("http", "127.0.0.1"):
        raise NotSigned(say("签名服务器的配置（{file}）有误：地址要用 https。", file=FILE))
    return server
