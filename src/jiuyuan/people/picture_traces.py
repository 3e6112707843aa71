"""Removes what cameras add to a photograph (place, device, owner) before it is stored.

The image is not re-encoded, so that small print stays legible. The orientation is kept.
"""

import io
import struct
import zlib
from operator import ne

from PIL import Image

_ORIENTATION = 0x0112
#: The JPEG segments needed for decoding: JFIF, colour profile, Adobe's colour transform.
_KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_TRACES = {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"}


def without_traces(content: bytes, content_type: str) -> bytes:
    """The picture without metadata.

    If it cannot be parsed it is returned unchanged; it has been opened as a picture before.
    """
    try:
        if content_type == "image/jpeg":
            return _jpeg(content)
        if content_type == "image/png":
            return _png(content)
        if content_type in ("image/heic", "image/webp"):
            return _overwritten(content)
    except (struct.error, IndexError, ValueError, OSError):
        pass
    return content


def _jpeg(content: bytes) -> bytes:
    """Drop the metadata segments before the image data, and everything after their end."""
    kept, place, traces = [content[:2]], 2, False
    while content[place : place + 1] == b"\xff" and content[place + 1] != 0xDA:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        segment = content[place : place + 2 + length]
        of_a_camera = (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS) or marker == 0xFE
        if of_a_camera or (marker == 0xE2 and segment[4:8] == b"MPF\0"):
            traces = True
        else:
            kept.append(segment)
        place += 2 + length
    # Within image data FF is followed by 00 or a restart marker, so the first FF D9 is the end, in progressive files
    # too.
    end = content.find(b"\xff\xd9", place) + 2
    if end < 2 or (not traces and end == len(content)):
        return content
    if (turned := _orientation(content)) != 1:
        exif = b"Exif\0\0" + _tiff(turned)
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept) + content[place:end]


def _png(content: bytes) -> bytes:
    kept, place = [_PNG_START], len(_PNG_START)
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, chunk = content[place + 4 : place + 8], content[place : place + 12 + length]
        place += 12 + length
        if kind not in _PNG_TRACES:
            kept.append(chunk)
        if kind == b"IHDR" and (turned := _orientation(content)) != 1:
            exif = b"eXIf" + _tiff(turned)
            kept.append(struct.pack(">I", len(exif) - 4) + exif + struct.pack(">I", zlib.crc32(exif)))
        if kind == b"IEND":
            break
    return b"".join(kept)


def _overwritten(content: bytes) -> bytes:
    """Overwrite the metadata in place, because other parts of these formats refer to positions."""
    with Image.open(io.BytesIO(content)) as image:
        found = [(image.info.get("exif") or b"", _tiff(_orientation(content))), (image.info.get("xmp") or b"", b"")]
    for traces, instead in found:
        traces = traces.removeprefix(b"Exif\0\0")
        blank = instead.ljust(len(traces), b"\0" if instead else b" ")
        place = content.find(traces[:8]) if len(traces) > len(instead) else -1
        while place >= 0:
            there = content[place : place + len(traces)]
            # The HEIC reader corrects the orientation in what it returns, so two bytes may differ.
            if len(there) == len(traces) and sum(map(ne, there, traces)) <= 2:
                content = content[:place] + blank + content[place + len(traces) :]
            place = content.find(traces[:8], place + len(traces))
    return content


def _orientation(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as image:
        return int(image.getexif().get(_ORIENTATION, 1))


def _tiff(turned: int) -> bytes:
    """EXIF with nothing but the orientation."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
