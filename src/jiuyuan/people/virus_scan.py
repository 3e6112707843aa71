"""Scans papers for viruses with ClamAV, through its daemon's socket (INSTREAM),
if `clamav_socket` is set in `jiuyuan.toml`.
"""

import logging
import socket
from contextlib import closing

from django.conf import settings

from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

_LOG = logging.getLogger(__name__)
_SECONDS = 20.0
_PIECE = 1 << 16
_LONGEST_ANSWER = 1 << 10


class NotScanned(Exception):
    """The daemon could not be reached or did not answer; the message says why."""


def refuse_infected(content: bytes, file_name: str) -> None:
    """Raise `BadInput` for `file` if there is a virus, or if no scan is possible and the installation requires one."""
    if not settings.JIUYUAN.clamav_socket:
        return
    try:
        found = virus_in(content)
    except NotScanned as why:
        _LOG.warning("a paper was not checked for viruses: %s", why)
        if settings.JIUYUAN.clamav_unreachable == "accept":
            return
        raise _refused(say("现在查不了病毒，“{file_name}”没有收下。请过一会儿再传。", file_name=file_name)) from None
    if found:
        _LOG.warning("a paper with a virus was refused: %s", found)
        raise _refused(
            say(
                "“{file_name}”里查出病毒（{found}），没有收下。请重新拍照，或换一台设备再传。",
                file_name=file_name,
                found=found,
            )
        )


def virus_in(content: bytes) -> str:
    """The name of the virus; empty for a clean file. Raises `NotScanned`."""
    pieces = (content[start : start + _PIECE] for start in range(0, len(content), _PIECE))
    said = _asked(b"zINSTREAM\0", *(len(piece).to_bytes(4) + piece for piece in pieces), bytes(4))
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise NotScanned(said or "no answer")


def version() -> str:
    """The version of the daemon and its signatures. Raises `NotScanned`."""
    if said := _asked(b"zVERSION\0"):
        return said
    raise NotScanned("no answer")


def _asked(*sent: bytes) -> str:
    answer = b""
    try:
        with closing(socket.socket(socket.AF_UNIX)) as daemon:
            daemon.settimeout(_SECONDS)
            daemon.connect(settings.JIUYUAN.clamav_socket)
            for part in sent:
                daemon.sendall(part)
            while b"\0" not in answer and len(answer) < _LONGEST_ANSWER and (more := daemon.recv(_LONGEST_ANSWER)):
                answer += more
    except OSError as error:
        raise NotScanned(type(error).__name__) from None
    return answer.partition(b"\0")[0].decode(errors="replace").strip()


def _refused(message: str) -> BadInput:
    return BadInput(say("材料不能用。"), [("file", message)])
