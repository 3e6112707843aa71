"""Fingerprints, which distinguish keys without revealing them."""

import hashlib

from jiuyuan.config import INDEX_KEY, Config
from jiuyuan.history import ledger_key


def fingerprint(key: bytes) -> str:
    """16 hexadecimal digits. Keys are 32 random bytes, so they cannot be recovered from it."""
    return hashlib.sha256(b"jiuyuan-fingerprint:" + key).hexdigest()[:16]


def of(installation: Config) -> dict[str, str]:
    """The fingerprints by name of all keys needed to decrypt data."""
    fields = {f"field_keys.{version}": key for version, key in sorted(installation.field_keys.items())}
    indexes = {"index_key": installation.index_key}
    indexes |= {f"{INDEX_KEY}{version}": key for version, key in sorted(installation.index_keys.items())}
    return {name: fingerprint(key) for name, key in {**fields, **indexes}.items()}


def ledger(installation: Config) -> list[str]:
    """The names of the keys that verify the ledger; empty if the file is missing or unreadable for this account."""
    try:
        return sorted(ledger_key.read(installation.ledger_key).verifying)
    except ledger_key.NoKey:
        return []


def missing(installation: Config, wanted: dict[str, str]) -> list[str]:
    """The names of wanted keys that the installation lacks or has differently."""
    have = of(installation)
    return sorted(name for name, print_ in wanted.items() if have.get(name) != print_)
