"""Signed requests between programs: HMAC-SHA256 over method, path, timestamp and the SHA-256 of the body,
one per line.
"""

import hashlib
import hmac
import http.client
import ssl
import time
from typing import NamedTuple
from urllib.parse import urlsplit

SHORTEST_KEY = 32
#: The tolerated difference of timestamps in seconds.
SKEW = 300.0


def sign(key: str, method: str, path: str, timestamp: str, body: bytes) -> str:
    """The signature in hexadecimal."""
    said = "\n".join((method, path, timestamp, hashlib.sha256(body).hexdigest()))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


def holds(key: str, signature: str, method: str, path: str, timestamp: str, body: bytes, *, now: float) -> bool:
    """Whether the signature is valid and recent."""
    try:
        fresh = abs(now - float(timestamp)) <= SKEW
    except ValueError:
        return False
    return fresh and hmac.compare_digest(sign(key, method, path, timestamp, body).encode(), signature.encode())


class PostAnswer(NamedTuple):
    status: int
    body: bytes


def post(
    url: str,
    client: str,
    key: str,
    body: bytes,
    *,
    seconds: float,
    largest: int,
    context: ssl.SSLContext | None = None,
) -> PostAnswer:
    """Post JSON to `url` as `client`. Raises `OSError`, `http.client.HTTPException`.

    `seconds` limits each wait and the whole body, so that a slow response ends too; more than `largest` bytes are
    an error.
    """
    address = urlsplit(url)
    path, stamp = address.path or "/", str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Client": client,
        "X-Timestamp": stamp,
        "X-Signature": sign(key, "POST", path, stamp, body),
    }
    host = address.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, address.port, timeout=seconds, context=context)
        if address.scheme == "https"
        else http.client.HTTPConnection(host, address.port, timeout=seconds)
    )
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        content, until = bytearray(), time.monotonic() + seconds
        while some := answer.read1(1 << 16):
            content += some
            if len(content) > largest:
                raise OSError("answer too long")
            if time.monotonic() > until:
                raise TimeoutError
        return PostAnswer(answer.status, bytes(content))
    finally:
        connection.close()
