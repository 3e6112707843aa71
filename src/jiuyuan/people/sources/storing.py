"""Stores uploaded files until they are processed: encrypted in pieces, and decrypted only while being read."""

import hashlib
import io
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from jiuyuan.encryption import decrypt, encrypt
from jiuyuan.whole_files import written_whole

_PIECE = 1 << 20
_SEALED = _PIECE + 29  # plus version, nonce and tag


def store(pieces: Iterable[bytes]) -> tuple[str, str]:
    """Write a file of any length. Returns its name in storage and the SHA-256 of the content."""
    name, digest = secrets.token_hex(16), hashlib.sha256()
    waiting, place = b"", 0
    with written_whole(_path(name)) as file:
        for piece in pieces:
            digest.update(piece)
            waiting += piece
            while len(waiting) >= _PIECE:
                file.write(encrypt(waiting[:_PIECE], f"{name}:{place}"))
                waiting, place = waiting[_PIECE:], place + 1
        file.write(encrypt(waiting, f"{name}:{place}"))
    return name, digest.hexdigest()


def opened(name: str) -> io.BufferedReader:
    """Open the content for reading, seekable. Raises `FileNotFoundError` if it was removed."""
    return io.BufferedReader(_Pieces(name), buffer_size=_PIECE)


def remove(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def lying_since(age: timedelta) -> list[str]:
    """The names of files not modified for this long, by the system clock."""
    before = time.time() - age.total_seconds()
    found, folder = [], _path("")
    for path in folder.iterdir() if folder.exists() else ():
        with suppress(FileNotFoundError):  # its import has just ended
            if path.stat().st_mtime < before:
                found.append(path.name)
    return found


def _path(name: str) -> Path:
    return Path(settings.JIUYUAN.data) / "imports" / name


class _Pieces(io.RawIOBase):
    def __init__(self, name: str) -> None:
        self._name = name
        self._file = _path(name).open("rb")
        sealed = self._file.seek(0, io.SEEK_END)
        whole, rest = divmod(sealed, _SEALED)
        self._length = whole * _PIECE + max(rest - (_SEALED - _PIECE), 0)
        self._place = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._length}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        number, within = divmod(self._place, _PIECE)
        if self._place >= self._length:
            return 0
        if self._held[0] != number:
            self._file.seek(number * _SEALED)
            self._held = number, decrypt(self._file.read(_SEALED), f"{self._name}:{number}")
        part = self._held[1][within : within + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()
