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
        kept = request.session.get(_KEY)
        if not kept:
            return cls()
        try:
            return cls(**json.loads(decrypt(signing.b64_decode(kept.encode()), _KEY)))
        except (ValueError, InvalidTag):
            return cls()

    def keep(self, request: HttpRequest) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False)
        request.session[_KEY] = signing.b64_encode(encrypt(text.encode(), _KEY)).decode()


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
