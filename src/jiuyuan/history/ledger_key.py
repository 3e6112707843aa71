"""The key that signs the ledger.

It is in a file that the database's account cannot read, possibly on another host. The file has PEM blocks: a
private key signs, every key verifies. Where sealing is done elsewhere it has public keys only. Next to it is a
copy of the last seal, which cannot be changed by somebody who can write only the database or the ledger.
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
    """The key to sign or verify with is missing; the message says why."""


@dataclass(frozen=True)
class Keys:
    """The keys of a key file: the verifying keys by name, and the signing key if it is here."""

    verifying: Mapping[str, Ed25519PublicKey]
    signing: Ed25519PrivateKey | None = field(default=None, repr=False)

    def sign(self, content: bytes) -> tuple[str, str]:
        """Sign, and return the key's name and the signature in hexadecimal."""
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
    """Read the keys of a file. Raises `NoKey` if it is missing, unreadable for this account, or empty."""
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
    """Create a signing key. The previous key still verifies, but its private part is removed."""
    former = [_public_pem(key) for key in read(path).verifying.values()] if path.exists() else []
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _replace(path, b"".join([private, *former]))
    return read(path)


def public(path: Path) -> str:
    """The public keys of a file, for verification elsewhere."""
    return b"".join(map(_public_pem, read(path).verifying.values())).decode()


def remember(path: Path, line: bytes) -> None:
    """Store the last seal next to the key."""
    _replace(path.with_suffix(".last"), line)


def remembered(path: Path) -> Path:
    return path.with_suffix(".last")


def _replace(path: Path, content: bytes) -> None:
    """Replace the file atomically, readable only by its owner."""
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
    """The first 16 hexadecimal digits of the SHA-256 of the key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
