"""Reads a text file as batches of columns, with Arrow's block parser, many times as fast as Python.

Counting proves that no line was swallowed: as many rows as lines. If a block has fewer rows, a quote joined
lines. Its lines with unpaired quotes are then parsed by `spreadsheets.delimited`, which treats them like
spreadsheet programs and rejects, by number, what cannot be parsed.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa
import pyarrow.csv as pacsv

from jiuyuan.spreadsheets import delimited
from jiuyuan.spreadsheets.cells import Damaged, RefusedRow
from jiuyuan.spreadsheets.trailing import is_trailing, may_begin
from jiuyuan.wording import say

_BLOCK = 1 << 22
_SEARCHED = 60  # lines, for finding heading and separator
_AHEAD = 64  # lines of the next block that a cell may extend into
_LONGEST_LINE = 1 << 22
_UNIT = "\x1f"
_QUOTE, _END, _MARK = b'"', b"\n", "\ufeff".encode()

#: Called for an unusable line with its number and the reason.
Bad = Callable[[int, str], None]


class LineBatch(NamedTuple):
    """Rows in order, with the numbers shown by spreadsheet programs; columns are named f0, f1, …"""

    numbers: list[int]
    rows: pa.RecordBatch
    bytes: int


def read(file: Path, score: Callable[[Sequence[str]], int], bad: Bad) -> tuple[list[str], Iterator[LineBatch]]:
    """The headings, and the rows below.

    `score`: how many cells of a row are wanted headings. The heading is the first row with any among the first
    lines, else the first row. Raises `Damaged`.
    """
    with file.open("rb") as stream:
        encoding = delimited.encoding_of(stream)
    lines = _Lines(_pieces(file, encoding))
    sample = [line.decode() for line in lines.ahead(_SEARCHED)]
    if not any(line.strip() for line in sample):
        raise Damaged(say("文件是空的，请检查后重新导出。"))
    separator = delimited.separator_of(sample, score)
    headings, taken = _heading(sample, separator, score)
    if not separator.isascii():  # Arrow needs a one-byte separator
        lines, separator = _Lines(_parted_otherwise(_pieces(file, encoding), separator)), _UNIT
        lines.ahead(taken)
    lines.skip(taken)
    return headings, _Blocks(lines, separator, len(headings), bad, taken).batches()


def _parted_otherwise(pieces: Iterator[bytes], separator: str) -> Iterator[bytes]:
    return (piece.replace(separator.encode(), _UNIT.encode()) for piece in pieces)


def _heading(sample: Sequence[str], separator: str, score: Callable[[Sequence[str]], int]) -> tuple[list[str], int]:
    """The heading's cells, and the number of lines up to its end."""
    rows = delimited.Rows(sample, separator)
    first: tuple[list[str], int] | None = None
    refused = 0
    for _, cells in rows:
        if isinstance(cells, RefusedRow):
            refused = refused or cells.line
            continue
        if not any(str(cell).strip() for cell in cells):
            continue
        found = [str(cell) for cell in cells], rows.line
        if score(found[0]):
            return found
        first = first or found
    if refused or first is None:
        raise Damaged(say("第{refused}行的引号没有成对，读不出列名，请改正后重新导出。", refused=refused or 1))
    return first


class _Lines:
    """A file as blocks of whole lines in UTF-8, with line feeds."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = b""

    def ahead(self, count: int) -> list[bytes]:
        """Up to so many of the next lines, without consuming them."""
        while self._waiting.count(_END) < count and (piece := next(self._pieces, b"")):
            self._waiting += piece
        lines = self._waiting.split(_END, count)
        return lines[:count] if len(lines) > count else lines[:-1]

    def skip(self, count: int) -> None:
        """Skip lines seen `ahead`."""
        place = 0
        for _ in range(count):
            place = self._waiting.index(_END, place) + 1
        self._waiting = self._waiting[place:]

    def block(self) -> bytes:
        """The next lines; empty at the end."""
        block, self._waiting = self._waiting or next(self._pieces, b""), b""
        return block


def _pieces(file: Path, encoding: str) -> Iterator[bytes]:
    """Yield whole lines. A lone carriage return ends a line too; byte order marks before lines are dropped."""
    rest = b""
    with file.open("rb") as stream:
        for text in chain(_decoded(stream, encoding), (_END,)):
            last = text is _END
            if last and (not rest or rest.endswith(_END)):
                text = b""
            text = rest + text
            rest = b""
            if not last and text.endswith(b"\r"):  # the next piece may belong to it
                text, rest = text[:-1], b"\r"
            if b"\r" in text:
                text = text.replace(b"\r\n", _END).replace(b"\r", _END)
            whole, end, tail = text.rpartition(_END)
            rest = tail + rest
            if len(rest) > _LONGEST_LINE:
                raise Damaged(say("有一行太长，不像是一行一人的名单，请检查后重新导出。"))
            if end:
                whole = whole.removeprefix(_MARK) + end
                yield whole.replace(_END + _MARK, _END) if _END + _MARK in whole else whole


def _decoded(stream: IO[bytes], encoding: str) -> Iterator[bytes]:
    if encoding.startswith("utf-8"):
        while piece := stream.read(_BLOCK):
            yield piece
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    while piece := stream.read(_BLOCK):
        yield decoder.decode(piece).encode()


class _Blocks:
    def __init__(self, lines: _Lines, separator: str, width: int, bad: Bad, taken: int) -> None:
        self._lines, self._separator, self._width, self._bad = lines, separator, width, bad
        self._names = [f"f{place}" for place in range(width)]
        self._line = taken  # in the file, as counted by text editors
        self._number = taken  # of the row, as counted by spreadsheet programs

    def batches(self) -> Iterator[LineBatch]:
        while block := self._lines.block():
            count = block.count(_END)
            found = self._natively(block, count)
            if found is None:
                yield self._by_line(block)
                continue
            rows, skipped = found
            numbers = range(self._number + 1, self._number + count + 1)
            for place, reason in skipped.items():
                self._refuse(numbers[place], reason)
            self._line, self._number = self._line + count, self._number + count
            kept = (
                [number for place, number in enumerate(numbers) if place not in skipped] if skipped else list(numbers)
            )
            yield LineBatch(kept, rows, len(block))

    def _is_nobody(self, line: str) -> bool:
        """Whether a line is empty, or a total or page number below a table."""
        if line.replace(self._separator, "").replace('"', "").strip() and not may_begin(
            line.lstrip(f'{self._separator}" ')
        ):
            return False
        return all(_holds_nobody(cells) for cells in csv.reader([line], delimiter=self._separator))

    def _refuse(self, number: int, reason: str) -> None:
        """Report a row with another number of columns, unless it is empty."""
        if reason:
            self._bad(number, reason)

    def _natively(self, block: bytes, count: int) -> tuple[pa.RecordBatch, dict[int, str]] | None:
        """Parse a block with Arrow: its rows, and the positions of those with another number of columns, with
        reasons.

        None if a quote joins lines.
        """
        skipped: dict[int, str] = {}

        def note(row: pacsv.InvalidRow) -> str:
            skipped[row.number - 1] = (
                "" if self._is_nobody(row.text) else _other_length(row.actual_columns, row.expected_columns)
            )
            return "skip"

        quoted = _QUOTE in block
        if quoted:  # an extra row, which an unclosed quote would swallow too
            block, count = block + self._separator.encode() * (self._width - 1) + _END, count + 1
        try:
            table = pacsv.read_csv(
                pa.BufferReader(block),
                # One thread, because only then rows are numbered.
                pacsv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=self._names),
                pacsv.ParseOptions(
                    delimiter=self._separator, quote_char='"' if quoted else False, newlines_in_values=quoted,
                    ignore_empty_lines=False, invalid_row_handler=note,
                ),
                pacsv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False, check_utf8=False
                ),
            )  # fmt: skip
        except pa.ArrowInvalid:
            return None
        if table.num_rows + len(skipped) != count:
            return None
        return _one_batch(table.slice(0, table.num_rows - 1) if quoted else table), skipped

    def _by_line(self, block: bytes) -> LineBatch:
        """Parse a block in which quotes join lines, or are stray."""
        lines = block.split(_END)[:-1]
        apart = self._taken_out(lines, [place for place, line in enumerate(lines) if line.count(_QUOTE) % 2])
        rest, found = self._rest(lines, apart)
        if found is None:  # paired quotes can join lines too: `x"y,"z`
            apart = self._taken_out(lines, [place for place, line in enumerate(lines) if _QUOTE in line])
            rest, found = self._rest(lines, apart)
        assert found is not None, "lines without quotes are rows"
        rows, skipped = found
        numbers: dict[int, int] = {}
        number, place = self._number, 0
        while place < len(lines):
            number += 1
            numbers[place] = number
            place += apart[place][0] if place in apart else 1
        for at, reason in skipped.items():
            self._refuse(numbers[rest[at]], reason)
        kept = [place for at, place in enumerate(rest) if at not in skipped]
        own: dict[int, Sequence[str]] = {}
        for place, (taken, cells) in apart.items():
            if isinstance(cells, RefusedRow):
                self._bad(self._line + place + 1, cells.reason)
            elif len(cells) != self._width:
                blank = _holds_nobody(cells)
                for line in range(taken):  # each of them, because a quote may have joined unrelated lines
                    self._refuse(self._line + place + line + 1, "" if blank else _other_length(len(cells), self._width))
            else:
                own[place] = cells
        beyond = max((place + taken for place, (taken, _) in apart.items()), default=0) - len(lines)
        if beyond > 0:
            self._lines.skip(beyond)
        self._line, self._number = self._line + len(lines) + max(beyond, 0), number
        order = sorted([*kept, *own])
        return LineBatch([numbers[place] for place in order], self._merged(rows, kept, own, order), len(block))

    def _taken_out(
        self, lines: Sequence[bytes], suspects: Iterable[int]
    ) -> dict[int, tuple[int, Sequence[str] | RefusedRow]]:
        """By the position of its first line: how many lines a row has, and its cells or the reason for rejecting it."""
        apart: dict[int, tuple[int, Sequence[str] | RefusedRow]] = {}
        following = self._lines.ahead(_AHEAD)
        free = 0
        for place in suspects:
            if place < free:
                continue
            coming = chain(lines[place : place + _AHEAD], following)
            rows = delimited.Rows((line.decode() for line in coming), self._separator)
            rows.width = self._width
            _, cells = next(iter(rows))
            free = place + rows.line
            apart[place] = rows.line, [str(cell) for cell in cells] if not isinstance(cells, RefusedRow) else cells
        return apart

    def _rest(
        self, lines: Sequence[bytes], apart: dict[int, tuple[int, Sequence[str] | RefusedRow]]
    ) -> tuple[list[int], tuple[pa.RecordBatch, dict[int, str]] | None]:
        """The positions of the other lines, and their rows."""
        places: list[int] = []
        place = 0
        while place < len(lines):
            if place in apart:
                place += apart[place][0]
            else:
                places.append(place)
                place += 1
        if not places:
            return places, (self._batch([]), {})
        return places, self._natively(_END.join(lines[place] for place in places) + _END, len(places))

    def _batch(self, rows: Sequence[Sequence[str]]) -> pa.RecordBatch:
        columns = list(zip(*rows, strict=True)) or [()] * self._width
        return pa.record_batch([pa.array(column, pa.string()) for column in columns], names=self._names)

    def _merged(
        self, rows: pa.RecordBatch, kept: Sequence[int], own: dict[int, Sequence[str]], order: Sequence[int]
    ) -> pa.RecordBatch:
        if not own:
            return rows
        together = pa.Table.from_batches([rows, self._batch(list(own.values()))])
        at = {place: n for n, place in enumerate(chain(kept, own))}
        return _one_batch(together.take(pa.array([at[place] for place in order], pa.int64())))


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    """A text table as one batch."""
    batches = table.combine_chunks().to_batches()
    return (
        batches[0] if batches else pa.record_batch([pa.array([], pa.string())] * table.num_columns, table.schema.names)
    )


def _holds_nobody(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells) or is_trailing(cells)


def _other_length(has: int, wanted: int) -> str:
    return say("这一行有{has}列，列名有{wanted}个，请核对", has=has, wanted=wanted)
