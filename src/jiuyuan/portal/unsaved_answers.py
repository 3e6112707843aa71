"""Answers given before there is an application, encrypted in the session."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from django.core import signing
from django.http import HttpRequest

from jiuyuan.encryption import decrypt, encrypt

_KEY = "beginning"


@dataclass
class Beginning:
    """`facts` come from the self-check as JSON values, `identity` from opening the account."""

    facts: dict[str, Any] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    name: str = ""
    id_number: str = ""
    phone: str = ""
    platform: str = ""
    address: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        text = unsealed(request.session.get(_KEY, ""), _KEY)
        return cls(**json.loads(text)) if text else cls()

    def keep(self, request: HttpRequest) -> None:
        request.session[_KEY] = sealed(json.dumps(asdict(self), ensure_ascii=False), _KEY)


def sealed(text: str, purpose: str) -> str:
    """Encrypt a text for the session."""
    return signing.b64_encode(encrypt(text.encode(), purpose)).decode()


def unsealed(kept: str, purpose: str) -> str:
    """Decrypt it; empty if there is none or it cannot be decrypted."""
    try:
        return decrypt(signing.b64_decode(kept.encode()), purpose).decode() if kept else ""
    except (ValueError, InvalidTag):
        return ""


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
