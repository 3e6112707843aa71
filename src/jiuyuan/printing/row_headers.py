"""Headers of rows in the tags of a PDF, by which a reader for the blind says what a cell is (PDF/UA-1, 7.5).

Typst can write them only behind a switch that its Python package does not have. It writes the tags in the clear, one object
a cell, so that a cell whose only child is strong text, as `row-head` of the templates makes it, becomes a header in as many bytes.
"""

import re

_CELL = re.compile(
    rb"(<</Type/StructElem/S/)TD(/P \d+ 0 R/A\[<</O/Table)(/Headers\[[^\]]*\])([^\n]*/K\[(\d+) 0 R\][^\n]*>>\nendobj)"
)
_STRONG = re.compile(rb"\n(\d+) 0 obj\n<</Type/StructElem/S/Strong")


def mark(pdf: bytes) -> bytes:
    """The same PDF, in as many bytes, with the cells as headers whose only child is strong text."""
    strong = set(_STRONG.findall(pdf))

    def header(found: re.Match[bytes]) -> bytes:
        before, parent, headers, after, child = found.groups()
        if child not in strong:
            return found[0]
        return before + b"TH" + parent + b"/Scope/Row".ljust(len(headers)) + after

    return _CELL.sub(header, pdf)
