"""What somebody has said before there is an application to save it in: kept in their session, encrypted."""

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
    """`facts` come from the self-check in JSON form; `identity` from the opening of the account."""

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
    """A text as a session may keep it."""
    return signing.b64_encode(encrypt(text.encode(), purpose)).decode()


def unsealed(kept: str, purpose: str) -> str:
    """The text again; empty for none, and for one that cannot be read any more."""
    try:
        return decrypt(signing.b64_decode(kept.encode()), purpose).decode() if kept else ""
    except (ValueError, InvalidTag):
        return ""


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
