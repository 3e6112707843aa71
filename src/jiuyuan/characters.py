"""Which characters a text may hold: those of XML 1.0. No database, spreadsheet or page takes the others whole."""

import re

_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def impossible(text: str) -> bool:
    """Whether there is a control character in it, or half a character."""
    return _IMPOSSIBLE.search(text) is not None


def without_impossible(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)
