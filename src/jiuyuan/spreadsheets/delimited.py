"""Parses text files (CSV) so that no line is lost: each is part of a row, or is rejected by number.

Quotes are treated like in spreadsheet programs: a quote inside a value is part of it, one at the beginning opens
a quoted value. If that is not closed where a value can end, the quote was stray, and only its own line is
rejected.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import IO

from jiuyuan.spreadsheets.cells import Damaged, RefusedRow
from jiuyuan.wording import say

SEPARATORS = ",\t;|，"
_SEARCHED_LINES = 60
_SAMPLE = 1 << 16
_PIECE = 1 << 20
_LONGEST_LINE = 1 << 20  # characters; no real file has longer lines
_MOST_LINES = 40  # lines of a cell
_ENDS = "\r\n"
# A row of another person that is shorter than the heading still has this.
_OF_A_PERSON = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_STATED = re.compile(r'\ufeff*"?sep=(.)"?', re.IGNORECASE)
_UNPAIRED = "这一行的引号没有成对，不知道哪里是一格的结尾，没有采用；请改正引号后重新导入"
_TORN = "这一行从引号开始的内容一直连到了后面的行，没有采用；请改正引号后重新导入"
_TOO_MANY = "这一行有{}列，表头只有{}列，可能有一格里多了分隔符，没有采用；请改正后重新导入"


class Rows:
    """The rows of a text. `width`: the number of columns, 0 until the heading is known. `line`: the last line read."""

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        """`lines` end as they do in the file (`newline=""`), and are parted at `\\n`, `\\r\\n` and `\\r` only."""
        self._lines = iter(lines)
        self._separator = separator
        self._waiting: deque[str] = deque()
        # One reader fed line by line: creating one per line would take twice as long.
        self._single: deque[str] = deque()
        self._reader = csv.reader(iter(self._single.popleft, None), delimiter=separator, strict=True)
        self.width = 0
        self.line = 0

    def __iter__(self) -> Iterator[tuple[int, Sequence[str] | RefusedRow]]:
        separator, lines, waiting = self._separator, self._lines, self._waiting
        number = 0
        while True:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                return
            number += 1
            self.line += 1
            line = line.rstrip(_ENDS)
            if '"' not in line:
                cells: Sequence[str] | RefusedRow = line.split(separator)
            else:
                cells = self._quoted(line)
            if self.width and not isinstance(cells, RefusedRow) and self._surplus(cells):
                cells = RefusedRow(self.line, _TOO_MANY.format(len(cells), self.width))
            yield number, cells

    def _surplus(self, cells: Sequence[str]) -> bool:
        """Whether there are cells beyond the heading, so that the others may be in the wrong columns."""
        return len(cells) > self.width > 0 and any(cell.strip() for cell in cells[self.width :])

    def _quoted(self, line: str) -> "Sequence[str] | RefusedRow":
        self._single.append(line)
        try:
            return next(self._reader)
        except (csv.Error, IndexError):  # text after a closing quote, or a quote that needs another line
            return self._irregular(line)

    def _irregular(self, line: str) -> "Sequence[str] | RefusedRow":
        """Parse a value with several lines, quotes inside a quoted value, or a stray quote."""
        cells, clean = _taken_apart(line, self._separator)
        if cells is not None:
            fits = not self.width or len(cells) == self.width
            return cells if fits else RefusedRow(self.line, say(_UNPAIRED))
        more: list[str] = []
        while cells is None and clean and len(more) < _MOST_LINES and (following := self._next()) is not None:
            more.append(following)
            if '"' in following:
                cells, clean = _taken_apart("\n".join([line, *(each.rstrip(_ENDS) for each in more)]), self._separator)
        if cells is not None and clean and not self._surplus(cells) and not self._torn(line, more, cells):
            self.line += len(more)
            return cells
        self._waiting.extendleft(reversed(more))
        return RefusedRow(self.line, say(_UNPAIRED) if cells is None or not clean else say(_TORN))

    def _next(self) -> str | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _torn(self, line: str, more: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether lines look like rows of their own, which a stray quote would swallow."""
        joined = [cell for cell in cells if "\n" in cell]
        if any(_OF_A_PERSON.search(cell) for cell in joined):
            return True
        if self.width < 2:  # no heading has a cell with several lines and separators in it
            return not self.width and any(self._separator in cell for cell in joined)
        whole = [each.count(self._separator) >= self.width - 1 for each in (line, *more)]
        return any(whole[1:-1]) or (whole[0] and whole[-1])


def _taken_apart(text: str, separator: str) -> tuple[list[str] | None, bool]:
    """The cells (None if a quote is never closed), and whether each quoted value ends at its closing quote."""
    cells: list[str] = []
    clean, place = True, 0
    while True:
        parts: list[str] = []
        while text.startswith('"', place):  # two quotes in a row: a quote in the value
            closing = text.find('"', place + 1)
            if closing < 0:
                return None, clean
            parts.append(text[place + 1 : closing])
            place = closing + 1
        stop = text.find(separator, place)
        rest = text[place:] if stop < 0 else text[place:stop]
        clean = clean and not (parts and rest.strip())
        cells.append('"'.join(parts) + rest)
        if stop < 0:
            return cells, clean
        place = stop + 1


def opened(file: IO[bytes], score: Callable[[Sequence[str]], int]) -> Rows:
    """The rows of a file in any encoding and with any separator. Raises `Damaged`. The caller closes the file.

    `score`: how much a row looks like the wanted heading, which identifies the separator.
    """
    encoding = encoding_of(file)
    lines = _lines(file, encoding)
    sample: list[str] = []
    size = 0
    for line in lines:
        sample.append(line)
        size += len(line)
        if len(sample) >= _SEARCHED_LINES or size > _SAMPLE:
            break
    return Rows(chain(sample, lines), separator_of(sample, score))


def separator_of(sample: Sequence[str], score: Callable[[Sequence[str]], int]) -> str:
    """The separator with which a row looks most like a heading; if none does, the most frequent one."""
    if sample and (stated := _STATED.fullmatch(sample[0].rstrip(_ENDS))):
        return stated[1]
    scores = {mark: _best(Rows(sample, mark), score) for mark in SEPARATORS}
    if max(scores.values()) > 0:
        return max(SEPARATORS, key=scores.__getitem__)
    return max(SEPARATORS, key=lambda mark: sum(mark in line for line in sample))


def _best(rows: Rows, score: Callable[[Sequence[str]], int]) -> int:
    return max((score(cells) for _, cells in rows if not isinstance(cells, RefusedRow)), default=0)


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Yield the lines with their ends, without byte order marks. Raises `Damaged`."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    number = 0
    try:
        while line := text.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise Damaged(say("第{number}行太长，不像是一行一人的名单，请检查后重新导出。", number=number))
            yield (line.lstrip("\ufeff") if line[0] == "\ufeff" else line)  # also those of concatenated files
    finally:
        if not file.closed:  # the caller continues to use it
            text.detach()


def encoding_of(file: IO[bytes]) -> str:
    """UTF-8 or UTF-16 with or without byte order mark, or GB18030, tested on the whole file. Raises `Damaged`."""
    file.seek(0)
    start = file.read(1 << 10)
    for encoding in _candidates(start):
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        try:
            while piece := file.read(_PIECE):
                if "\0" in decoder.decode(piece):
                    raise Damaged(say("文件里有不是文字的内容，请在表格软件中打开，另存为XLSX后再导入。"))
            decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError:
            continue
    raise Damaged(say("文字编码认不出来，请在表格软件中打开，另存为XLSX后再导入。"))


def _candidates(start: bytes) -> Sequence[str]:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    if b"\0" in start:  # UTF-16 without a mark: commas and digits have a zero byte before or after
        even, odd = start[::2].count(0), start[1::2].count(0)
        return ["utf-16-le"] if odd > even else ["utf-16-be"]
    return ["utf-8", "gb18030"]
