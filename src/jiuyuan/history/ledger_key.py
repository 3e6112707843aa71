"""The key that signs the ledger. It lies in a file that the database's account cannot read, and may lie on another host.

The file holds PEM blocks: a private key signs, every key in it verifies. Where sealing is done elsewhere it holds public
keys alone. Beside it lies what was sealed last, which nobody who writes only the database or the ledger can change.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jiuyuan.config import UnusableConfig
from jiuyuan.wording import say

_BLOCK = re.compile(rb"-----BEGIN (PRIVATE|PUBLIC) KEY-----.*?-----END \1 KEY-----", re.DOTALL)


class NoKey(UnusableConfig):
    """Nothing can be signed, or no signature read; the message says why."""


@dataclass(frozen=True)
class Keys:
    """What a key file holds: by their names the keys that verify, and the one that signs where it is here."""

    verifying: Mapping[str, Ed25519PublicKey]
    signing: Ed25519PrivateKey | None = field(default=None, repr=False)

    def sign(self, content: bytes) -> tuple[str, str]:
        """The key's name and the signature in hexadecimal."""
        if self.signing is None:
            raise NoKey(say("这里只有封存的公钥：封存由持有私钥的账号办理。"))
        return _name(self.signing.public_key()), self.signing.sign(content).hex()

    def holds(self, name: str, signature: str, content: bytes) -> bool:
        try:
            self.verifying[name].verify(bytes.fromhex(signature), content)
        except (InvalidSignature, ValueError):
            return False
        return True


def read(path: Path) -> Keys:
    """The keys of a file. Raises `NoKey` where it is missing, closed to this account or holds none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NoKey(say("没有封存密钥 {path}。", path=path)) from None
    except OSError as error:
        raise NoKey(say("封存密钥 {path} 读不了：{strerror}。", path=path, strerror=error.strerror)) from None
    verifying, signing = {}, None
    for block in _BLOCK.finditer(content):
        try:
            key = _key(block.group())
        except ValueError:
            raise NoKey(say("封存密钥 {path} 的内容不能用。", path=path)) from None
        if isinstance(key, Ed25519PrivateKey):
            signing = signing or key
            key = key.public_key()
        verifying[_name(key)] = key
    if not verifying:
        raise NoKey(say("封存密钥 {path} 中没有密钥。", path=path))
    return Keys(verifying, signing)


def create(path: Path) -> Keys:
    """A new key that signs from now on; one that stood there before keeps verifying, without its private part."""
    former = [_public_pem(key) for key in read(path).verifying.values()] if path.exists() else []
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _replace(path, b"".join([private, *former]))
    return read(path)


def public(path: Path) -> str:
    """The public keys of a file, as they are given to who verifies elsewhere."""
    return b"".join(map(_public_pem, read(path).verifying.values())).decode()


def remember(path: Path, line: bytes) -> None:
    """Keep beside the key what was sealed last."""
    _replace(path.with_suffix(".last"), line)


def remembered(path: Path) -> Path:
    return path.with_suffix(".last")


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner alone."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _key(pem: bytes) -> Ed25519PrivateKey | Ed25519PublicKey:
    private = pem.startswith(b"-----BEGIN PRIVATE")
    key = serialization.load_pem_private_key(pem, password=None) if private else serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def _public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _name(key: Ed25519PublicKey) -> str:
    """The first 16 digits of the SHA-256 of the key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
