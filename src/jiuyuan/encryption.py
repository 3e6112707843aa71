"""Encryption at rest, of identifying numbers (searchable only in full) and of confidential texts."""

import hmac
import json
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, In

_NONCE = 12


def encrypt(plain: bytes, context: str) -> bytes:
    """AES-256-GCM with the newest key. The first byte is the key's version; decrypting needs the same `context`."""
    version = max(settings.JIUYUAN.field_keys)
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(settings.JIUYUAN.field_keys[version]).encrypt(nonce, plain, context.encode())
    return bytes([version]) + nonce + sealed


def decrypt(sealed: bytes, context: str) -> bytes:
    """Decrypt. Raises `cryptography.exceptions.InvalidTag` for other bytes or another context."""
    key = settings.JIUYUAN.field_keys[sealed[0]]
    return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context.encode())


def keyed_mark(value: str) -> str:
    """A keyed hash, independent of width and case; empty for an empty value."""
    normal = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.digest(settings.JIUYUAN.index_key, normal.encode(), "sha256").hex() if normal else ""


def blind_index(value: str) -> str:
    """The keyed hash for finding an encrypted number in full, under the newest index key (`blind_indexes`)."""
    return index_under(keyed_mark(value), newest_index_key())


def newest_index_key() -> int:
    return max(settings.JIUYUAN.index_keys, default=1)


def index_under(index: str, version: int) -> str:
    """A blind index converted to an index key.

    The first index is a hash; each later one encrypts the previous. So keys can be rotated where only the index
    is stored (holders of accounts), and old keys with the database are not enough to try out numbers.
    """
    number, raw = _index_parts(index)
    if raw is None or number == version:
        return index
    keys = settings.JIUYUAN.index_keys
    for later in sorted(key for key in keys if number < key <= version):
        raw = _index_cipher(keys[later]).encryptor().update(raw)
    for later in sorted((key for key in keys if version < key <= number), reverse=True):
        raw = _index_cipher(keys[later]).decryptor().update(raw)
    return raw.hex() if version == 1 else f"{version}:{urlsafe_b64encode(raw).decode().rstrip('=')}"


def blind_indexes(index: str) -> list[str]:
    """An index under every existing key, because during a rotation rows may have either."""
    return list(dict.fromkeys(index_under(index, version) for version in (1, *settings.JIUYUAN.index_keys)))


def _index_parts(index: str) -> tuple[int, bytes | None]:
    """The key version of an index, and its bytes; None if it is not an index."""
    version, found, rest = index.partition(":")
    try:
        raw = urlsafe_b64decode(rest + "=") if found else bytes.fromhex(index)
        number = int(version) if found else 1
    except ValueError:
        return 1, None
    return number, raw if len(raw) == INDEX_SIZE else None


def _index_cipher(key: bytes) -> "Cipher[modes.ECB]":
    return Cipher(algorithms.AES(key), modes.ECB())  # the input is a hash, so no block repeats


def keyed_hash(purpose: str, content: str) -> str:
    """A hash bound to a purpose, which nobody with the database but without the keys can compute or try out."""
    return hmac.digest(settings.JIUYUAN.index_key, f"{purpose}:{content}".encode(), "sha256").hex()


KEY_SIZE, INDEX_SIZE = 16, 32


def opaque_keys(purpose: str, numbers: Iterable[int]) -> list[bytes]:
    """A constant 16-byte key for each number, meaningless to anybody who has only the database."""
    made = _blocks(purpose).encryptor().update(b"".join(number.to_bytes(KEY_SIZE, "big") for number in numbers))
    return [made[at : at + KEY_SIZE] for at in range(0, len(made), KEY_SIZE)]


def numbers_of(purpose: str, keys: bytes) -> list[int]:
    """Decode joined `opaque_keys`; a modified one becomes a number that no row has."""
    plain = _blocks(purpose).decryptor().update(keys)
    return [int.from_bytes(plain[at : at + KEY_SIZE], "big") for at in range(0, len(plain), KEY_SIZE)]


def _blocks(purpose: str) -> "Cipher[modes.ECB]":
    # One block each, all different, so ECB repeats nothing: a person has the same key in every month.
    key = hmac.digest(settings.JIUYUAN.index_key, f"opaque:{purpose}".encode(), "sha256")
    return Cipher(algorithms.AES(key), modes.ECB())


class BlindIndexField(models.CharField):
    """A column of blind indexes: queried under every key, read under the newest."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs  # to the database it is a CharField

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": _UnderAnyKey, "in": _AmongAnyKey}.get(lookup_name) or super().get_lookup(lookup_name)

    def get_db_converters(self, connection: Any) -> Any:
        return [_newest_of] if settings.JIUYUAN.index_keys else []


def _newest_of(value: Any, _expression: Any, _connection: Any) -> Any:
    return index_under(value, newest_index_key()) if isinstance(value, str) else value


class _UnderAnyKey(Exact):
    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if isinstance(self.rhs, str) and len(every := blind_indexes(self.rhs)) > 1:
            return compiler.compile(In(self.lhs, every))
        return super().as_sql(compiler, connection)


class _AmongAnyKey(In):
    def __init__(self, lhs: Any, rhs: Any) -> None:
        if settings.JIUYUAN.index_keys and not hasattr(rhs, "resolve_expression") and not hasattr(rhs, "query"):
            rhs = [one for index in rhs for one in blind_indexes(index)]
        super().__init__(lhs, rhs)


class EncryptedTextField(models.BinaryField):
    """Text in Python, AES-GCM bytes in the database, bound to its column so that values cannot be moved."""

    if TYPE_CHECKING:  # for the type checker's plugin: the Python type is text
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
        """Empty text, instead of the empty bytes of a BinaryField."""
        found = super().get_default()
        return "" if found == b"" else found

    @property
    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only null checks: encryption is randomised, so comparisons would silently match nothing."""
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


class EncryptedJSONField(EncryptedTextField):
    """JSON values in Python, AES-GCM bytes of their text in the database."""

    if TYPE_CHECKING:  # any JSON
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else super().get_prep_value(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return None if found is None else json.loads(found)


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
