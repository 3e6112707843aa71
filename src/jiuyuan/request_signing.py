"""The signature of a request between programs: HMAC-SHA256 over method, path, time stamp and the SHA-256 of the body, a line each."""

import hashlib
import hmac

SHORTEST_KEY = 32
#: Seconds by which the time stamp of a request may differ from ours.
SKEW = 300.0


def sign(key: str, method: str, path: str, timestamp: str, body: bytes) -> str:
    """In hexadecimal."""
    said = "\n".join((method, path, timestamp, hashlib.sha256(body).hexdigest()))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


def holds(key: str, signature: str, method: str, path: str, timestamp: str, body: bytes, *, now: float) -> bool:
    """Whether somebody with the key signed exactly this, lately."""
    try:
        fresh = abs(now - float(timestamp)) <= SKEW
    except ValueError:
        return False
    return fresh and hmac.compare_digest(sign(key, method, path, timestamp, body).encode(), signature.encode())
