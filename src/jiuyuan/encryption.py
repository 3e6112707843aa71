"""Numbers that identify people: encrypted at rest, and found again only by the whole number."""

import hmac
import os
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact

_NONCE = 12


def encrypt(plain: bytes, context: str) -> bytes:
    """AES-256-GCM under the newest key. The first byte is the key's version; `context` must be given again to read."""
    version = max(settings.JIUYUAN.field_keys)
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(settings.JIUYUAN.field_keys[version]).encrypt(nonce, plain, context.encode())
    return bytes([version]) + nonce + sealed


def decrypt(sealed: bytes, context: str) -> bytes:
    """Raises `cryptography.exceptions.InvalidTag` where the bytes or the context are not what was encrypted."""
    key = settings.JIUYUAN.field_keys[sealed[0]]
    return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context.encode())


def blind_index(value: str) -> str:
    """A keyed hash by which a whole number is found although it is encrypted. Empty for an empty value."""
    normal = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.digest(settings.JIUYUAN.index_key, normal.encode(), "sha256").hex() if normal else ""


def keyed_hash(purpose: str, content: str) -> str:
    """A hash that whoever has the database but not the keys can neither make nor try out, bound to a purpose."""
    return hmac.digest(settings.JIUYUAN.index_key, f"{purpose}:{content}".encode(), "sha256").hex()


KEY_SIZE = 16


def opaque_keys(purpose: str, numbers: Iterable[int]) -> list[bytes]:
    """For each number a key of 16 bytes, always the same, that says nothing to whoever has the database alone."""
    made = _blocks(purpose).encryptor().update(b"".join(number.to_bytes(KEY_SIZE, "big") for number in numbers))
    return [made[at : at + KEY_SIZE] for at in range(0, len(made), KEY_SIZE)]


def numbers_of(purpose: str, keys: bytes) -> list[int]:
    """The numbers of which `opaque_keys` were made, joined; one that was changed since becomes a number that no row has."""
    plain = _blocks(purpose).decryptor().update(keys)
    return [int.from_bytes(plain[at : at + KEY_SIZE], "big") for at in range(0, len(plain), KEY_SIZE)]


def _blocks(purpose: str) -> "Cipher[modes.ECB]":
    # One block each and no two alike, so that ECB repeats nothing: the same person has the same key in every month.
    key = hmac.digest(settings.JIUYUAN.index_key, f"opaque:{purpose}".encode(), "sha256")
    return Cipher(algorithms.AES(key), modes.ECB())


class EncryptedTextField(models.BinaryField):
    """Text in Python, AES-GCM bytes in the database. Bound to its column, so a value cannot be moved to another."""

    if TYPE_CHECKING:  # for the type checker's plugin: text goes in and comes out
        _pyi_private_set_type: str
        _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def get_default(self) -> Any:
        """Empty text, where the column of bytes would have empty bytes."""
        found = super().get_default()
        return "" if found == b"" else found

    @property
    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is a value: each encryption differs, so that a comparison would find nothing and not say so."""
        if lookup_name == "exact":
            return _OnlyNothing
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else _refuse(self)

    def get_transform(self, lookup_name: str) -> Any:
        return _refuse(self)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(str(value).encode(), self._context)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(bytes(value), self._context).decode()

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class _OnlyNothing(Exact):
    """`field=None`, which Django turns into `isnull`."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is not None:
            _refuse(lhs.output_field)
        super().__init__(lhs, rhs)


def _refuse(field: "models.Field[Any, Any]") -> NoReturn:
    raise FieldError(
        f"{field.model._meta.label}.{field.name} is encrypted, no value of it can be found: "
        "ask its blind index, or read the rows"
    )
