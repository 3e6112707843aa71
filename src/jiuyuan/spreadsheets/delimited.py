"""Text files of rows (CSV), so that no line is lost: each is part of a row, or is refused by its number.

Quotes are read as spreadsheet programs read them: one inside a value is part of it, one in front of a value opens it. What was
opened and is not closed where a value can end was never meant to open anything: only its own line is refused.
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
_LONGEST_LINE = 1 << 20  # characters; nothing that people read has such lines
_MOST_LINES = 40  # of one cell
_ENDS = "\r\n"
# A row of somebody else that is shorter than the heading still has this.
_OF_A_PERSON = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_STATED = re.compile(r'\ufeff*"?sep=(.)"?', re.IGNORECASE)
_UNPAIRED = "这一行的引号没有成对，不知道哪里是一格的结尾，没有采用；请改正引号后重新导入"
_TORN = "这一行从引号开始的内容一直连到了后面的行，没有采用；请改正引号后重新导入"
_TOO_MANY = "这一行有{}列，表头只有{}列，可能有一格里多了分隔符，没有采用；请改正后重新导入"


class Rows:
    """The rows of a text. `width`, once the heading is known, says how many columns a row has; 0: not known yet.

    `line` is the last line that was taken, blank ones counted.
    """

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        """`lines` end as they do in the file (`newline=""`), and are parted at `\\n`, `\\r\\n` and `\\r` only."""
        self._lines = iter(lines)
        self._separator = separator
        self._waiting: deque[str] = deque()
        # One reader that is handed a line at a time: to make one for each line would take twice as long.
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
        """Whether something stands where the heading has no column, so that the cells before it may be of other columns."""
        return len(cells) > self.width > 0 and any(cell.strip() for cell in cells[self.width :])

    def _quoted(self, line: str) -> "Sequence[str] | RefusedRow":
        self._single.append(line)
        try:
            return next(self._reader)
        except (csv.Error, IndexError):  # text behind a closing quote, or one that asks for another line
            return self._irregular(line)

    def _irregular(self, line: str) -> "Sequence[str] | RefusedRow":
        """A value of several lines, a quote inside a quoted value, or one that was never meant to open anything."""
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
        if self.width < 2:  # no heading has a cell of several lines with what parts the cells in it
            return not self.width and any(self._separator in cell for cell in joined)
        whole = [each.count(self._separator) >= self.width - 1 for each in (line, *more)]
        return any(whole[1:-1]) or (whole[0] and whole[-1])


def _taken_apart(text: str, separator: str) -> tuple[list[str] | None, bool]:
    """The cells, None where a quote that opens one is never closed, and whether each quoted value ends where its quote does."""
    cells: list[str] = []
    clean, place = True, 0
    while True:
        parts: list[str] = []
        while text.startswith('"', place):  # a second time right behind the first: a quote that is part of the value
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
    """The rows of a file, in whatever encoding and with whatever separator. Raises `Damaged`.

    `score` says how much a row looks like the heading that is wanted: the separator with which one does is the right one.
    The file stays the caller's.
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
    """What parts the cells, by the row that looks most like a heading; where none does, what stands in most lines."""
    if sample and (stated := _STATED.fullmatch(sample[0].rstrip(_ENDS))):
        return stated[1]
    scores = {mark: _best(Rows(sample, mark), score) for mark in SEPARATORS}
    if max(scores.values()) > 0:
        return max(SEPARATORS, key=scores.__getitem__)
    return max(SEPARATORS, key=lambda mark: sum(mark in line for line in sample))


def _best(rows: Rows, score: Callable[[Sequence[str]], int]) -> int:
    return max((score(cells) for _, cells in rows if not isinstance(cells, RefusedRow)), default=0)


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines with their ends, without the marks of their encoding. Raises `Damaged`."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    number = 0
    try:
        while line := text.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise Damaged(say("第{number}行太长，不像是一行一人的名单，请检查后重新导出。", number=number))
            yield (
                line.lstrip("\ufeff") if line[0] == "\ufeff" else line
            )  # also where files were put one behind the other
    finally:
        if not file.closed:  # the caller opened it and goes on with it
            text.detach()


def encoding_of(file: IO[bytes]) -> str:
    """UTF-8 with or without its marks, UTF-16 with or without, or GB18030, proved on the whole file. Raises `Damaged`."""
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
    if b"\0" in start:  # UTF-16 without its mark: the commas and digits have a byte of nothing before or behind them
        even, odd = start[::2].count(0), start[1::2].count(0)
        return ["utf-16-le"] if odd > even else ["utf-16-be"]
    return ["utf-8", "gb18030"]
