"""The ledger: a file outside the database with a signed line for every seal. Reading tolerates any contents."""

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jiuyuan.history.ledger_key import Keys
from jiuyuan.history.models import Digest, interval
from jiuyuan.wording import say

_LONGEST = 4096
_MOST_FAULTS = 100
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LedgerLine:
    """A seal in the ledger. `looks` is None, and there is no signature, in lines older than these fields."""

    number: int
    day: str
    part: int
    entries: int
    files: int
    looks: int | None
    hash: str
    signed: bool

    @property
    def of(self) -> tuple[str, int]:
        return self.day, self.part

    def __str__(self) -> str:
        return interval(self.day, self.part)


class _Faulty(ValueError):
    """What is wrong with a line, in words."""


def line_of(digest: Digest, keys: Keys) -> bytes:
    """The signed line of a seal. Raises `NoKey`."""
    content: dict[str, Any] = {
        "day": digest.day.isoformat(),
        "part": digest.part,
        "entries": digest.entries,
        "files": digest.files,
        "looks": digest.looks,
        "hash": digest.hash,
    }
    content["key"], content["signature"] = keys.sign(_signed(content))
    return json.dumps(content).encode() + b"\n"


def append(path: Path, line: bytes) -> None:
    """Append a line; a half-written line left by a crash remains a line of its own."""
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def last_hash(path: Path) -> str | None:
    """The hash in the last line; None if no line can be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - _LONGEST, 0))
            return _line(0, file.read().splitlines()[-1], None).hash
    except (OSError, IndexError, ValueError):
        return None


def read(path: Path, keys: Keys | None) -> Iterator[LedgerLine | str]:
    """Yield for each line the seal, or what is wrong with it. Without `keys` signatures are not verified."""
    faults = 0
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(0, say("不是普通文件"))
        with path.open("rb") as file:
            for number, raw in enumerate(_raw_lines(file), 1):
                if not raw.strip():
                    continue
                try:
                    yield _line(number, raw, keys)
                except _Faulty as fault:
                    faults += 1
                    if faults <= _MOST_FAULTS:
                        yield say("{name} 第{number}行：{fault}。", name=path.name, number=number, fault=fault)
    except OSError as error:
        yield say("{path} 读不了：{strerror}。", path=path, strerror=error.strerror)
    if faults > _MOST_FAULTS:
        yield say("{name} 另有{faults}行不能用，没有逐行列出。", name=path.name, faults=faults - _MOST_FAULTS)


def _raw_lines(file: Any) -> Iterator[bytes]:
    """Yield the lines, each cut to the greatest length a ledger line can have."""
    while raw := file.readline(_LONGEST):
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST)
            if rest:
                raw = raw[:_LONGEST] + b"\0"
        yield raw


def _line(number: int, raw: bytes, keys: Keys | None) -> LedgerLine:
    try:
        content = json.loads(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError:
        raise _Faulty(say("不是文字")) from None
    except (ValueError, RecursionError):
        raise _Faulty(say("不是完整的一行封存记录") if raw[:1] == b"{" else say("不是封存记录")) from None
    if not isinstance(content, dict):
        raise _Faulty(say("不是封存记录"))
    looks = content.get("looks")
    return LedgerLine(
        number,
        _day(content.get("day")),
        _count(content, "part", 1),
        _count(content, "entries"),
        _count(content, "files"),
        None if looks is None else _count(content, "looks"),
        _hash(content.get("hash")),
        _checked(content, keys),
    )


def _day(value: object) -> str:
    try:
        return date.fromisoformat(value).isoformat()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _Faulty(say("day 不是日期")) from None


def _count(content: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    value = content.get(name, otherwise)
    if type(value) is not int or value < 0:
        raise _Faulty(say("{name} 不是数目", name=name))
    return value


def _hash(value: object) -> str:
    if not (isinstance(value, str) and _HASH.fullmatch(value)):
        raise _Faulty(say("hash 不是校验值"))
    return value


def _checked(content: dict[str, Any], keys: Keys | None) -> bool:
    """Whether the line is signed. Raises `_Faulty` if the signature is wrong."""
    name, signature = content.get("key"), content.get("signature")
    if name is None and signature is None:
        return False
    if not (isinstance(name, str) and isinstance(signature, str)):
        raise _Faulty(say("签名的写法不对"))
    if keys is None:
        return True
    if name not in keys.verifying:
        raise _Faulty(say("签名所用的密钥 {name} 不在密钥文件中", name=name[:16]))
    if not keys.holds(name, signature, _signed(content)):
        raise _Faulty(say("签名不对，不是持有密钥的人写的"))
    return True


def _signed(content: Mapping[str, Any]) -> bytes:
    """The signed bytes: all other fields, in canonical order."""
    return json.dumps({name: content[name] for name in sorted(content) if name not in ("key", "signature")}).encode()
