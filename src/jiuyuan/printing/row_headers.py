"""Marks row headers in the tags of a PDF, so that screen readers announce them with each cell (PDF/UA-1, 7.5).

Typst needs a switch for this that its Python package lacks. Its tags are uncompressed, one object per cell, so a
cell whose only child is strong text (`row-head` in templates) can be changed into a header of the same length.
"""

import re

_CELL = re.compile(
    rb"(<</Type/StructElem/S/)TD(/P \d+ 0 R/A\[<</O/Table)(/Headers\[[^\]]*\])([^\n]*/K\[(\d+) 0 R\][^\n]*>>\nendobj)"
)
_STRONG = re.compile(rb"\n(\d+) 0 obj\n<</Type/StructElem/S/Strong")


def mark(pdf: bytes) -> bytes:
    """Change cells whose only child is strong text into headers, without changing the file's length."""
    strong = set(_STRONG.findall(pdf))

    def header(found: re.Match[bytes]) -> bytes:
        before, parent, headers, after, child = found.groups()
        if child not in strong:
            return found[0]
        return before + b"TH" + parent + b"/Scope/Row".ljust(len(headers)) + after

    return _CELL.sub(header, pdf)
