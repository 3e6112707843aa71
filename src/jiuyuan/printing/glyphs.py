"""Which characters the embedded font can print.

An archival PDF (PDF/A) may not contain characters without a glyph, and an emoji in an address must not make the
form fail. Missing characters are printed as 〓, the traditional mark of Chinese and Japanese typesetting for a
missing sort: visible, and never mistaken for the text.
"""

import importlib.util
import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FAMILY = "Noto Sans CJK SC"
MISSING = "〓"

_FILE = "NotoSansCJK-VF.otf.ttc"
_SIMPLIFIED_CHINESE = 2  # index in the font collection: JP, KR, SC, TC, HK


def font_folder() -> Path:
    """The folder of the open font embedded in all documents, so that they look the same everywhere."""
    found = importlib.util.find_spec("manimgx_fonts_cjk")
    if found is None or found.origin is None:
        raise FileNotFoundError("缺少字体：请安装 manimgx-fonts-cjk（Noto Sans CJK）")
    return Path(found.origin).parent


@cache
def _ranges() -> tuple[tuple[int, int], ...]:
    """The code points with glyphs, from the font's character map (OpenType `cmap`, format 12)."""
    with (font_folder() / _FILE).open("rb") as file:

        def read(layout: str, offset: int) -> tuple[Any, ...]:  # whatever the layout says
            file.seek(offset)
            return struct.unpack(layout, file.read(struct.calcsize(layout)))

        (font,) = read(">I", 12 + 4 * _SIMPLIFIED_CHINESE)
        (tables,) = read(">H", font + 4)
        records = (read(">4sIII", font + 12 + 16 * n) for n in range(tables))
        cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
        _, encodings = read(">HH", cmap)
        for n in range(encodings):
            _, _, offset = read(">HHI", cmap + 4 + 8 * n)
            (kind,) = read(">H", cmap + offset)
            if kind == 12:
                (groups,) = read(">I", cmap + offset + 12)
                flat = read(f">{groups * 3}I", cmap + offset + 16)
                return tuple(zip(flat[0::3], flat[1::3], strict=True))
    raise ValueError(f"{_FILE}: no character map of format 12")


@cache
def _has_glyph(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _ranges())


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def missing(text: str) -> list[str]:
    """The characters of `text` that would be printed as 〓, without repetition, so that pages can warn beforehand."""
    return list(dict.fromkeys(c for c in _visible(text) if c != "\n" and not _printable(c)))


def printable(text: str) -> str:
    """Replace unprintable characters by 〓 and remove control and formatting characters.

    A right-to-left override, for example, would make a value read backwards.
    """
    return "".join(c if c == "\n" or _printable(c) else MISSING for c in _visible(text))


def _visible(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u2028", "\n")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Zp"))


def _printable(character: str) -> bool:
    return _is_variation_selector(character) or _has_glyph(character)
