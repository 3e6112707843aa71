"""Converts files to Parquet: CSV and XLSX are copied as text, with row numbers; Parquet is used in place.

Row numbers are those that people see: in CSV and XLSX the heading is row 1; in Parquet, which has none, the first
person is 1.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiuyuan.refusals import BadInput
from jiuyuan.screening import text_files
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.files import PARQUET, XLSX
from jiuyuan.spreadsheets.cells import Cell, Damaged, RefusedRow, Row, Sheet
from jiuyuan.spreadsheets.trailing import MAY_HOLD, is_trailing, may_begin
from jiuyuan.wording import say

#: The column of row numbers in a copy.
ROW = "row_in_file"
_ROWS = 50_000
_SEARCHED = 60  # rows of a sheet searched for the heading

Headings = tuple[tuple[str, str, str], ...]
#: Called with the number of bytes copied.
Progress = Callable[[int], None]


@dataclass(frozen=True)
class ScreenedTable:
    """A Parquet file to read, and the file it was made from.

    `headings`: by fact (or `id`), the column name and DuckDB type.
    """

    path: Path
    shown: Path
    headings: Headings
    copied: bool
    rows: int


@dataclass(frozen=True)
class BadRow:
    """A row that does not fit the columns of its file."""

    file: Path
    row: int
    reason: str


def table(
    engine: duckdb.DuckDBPyConnection, file: Path, columns: Columns, folder: Path,
    bad: Callable[[BadRow], None], progress: Progress,
) -> ScreenedTable:  # fmt: skip
    """The file as Parquet, copied to `folder` if it is another format. Raises `BadInput`."""
    if file.suffix.lower() in PARQUET:
        return _parquet(engine, file, columns)
    copy = folder / f"copied-{len(list(folder.glob('copied-*')))}.parquet"
    read = _sheet if file.suffix.lower() in XLSX or _is_workbook(file) else _csv
    names: list[str] = []
    writer, rows = None, 0
    try:
        for batch in read(file, columns, bad, progress):
            writer = writer or pq.ParquetWriter(copy, batch.schema, compression="lz4")
            names = batch.schema.names
            rows += batch.num_rows
            writer.write_batch(batch)
    finally:
        if writer:
            writer.close()
    headings = tuple((name, name, "VARCHAR") for name in names if name != ROW)
    return ScreenedTable(copy, file, headings, copied=True, rows=rows)


def table_of(
    engine: duckdb.DuckDBPyConnection,
    batches: Iterable[pa.RecordBatch],
    copy: Path,
    shown: str,
    columns: Columns,
) -> ScreenedTable | None:
    """Arrow batches as Parquet, with rows numbered from 1; None if there are no people."""
    writer = None
    try:
        for batch in batches:
            writer = writer or pq.ParquetWriter(copy, batch.schema, compression="lz4")
            writer.write_batch(batch)
    finally:
        if writer:
            writer.close()
    return replace(_parquet(engine, copy, columns), shown=Path(shown)) if writer else None


def _parquet(engine: duckdb.DuckDBPyConnection, file: Path, columns: Columns) -> ScreenedTable:
    try:
        rows = pq.ParquetFile(file).metadata.num_rows
        described = engine.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(file)]).fetchall()
    except (pa.ArrowException, duckdb.Error, OSError):
        raise BadInput(say("{file} 不是完好的 Parquet 文件，请重新导出。", file=file)) from None
    names = [name for name, *_ in described]
    found = columns.places(names, str(file))
    return ScreenedTable(
        file, file, tuple((fact, names[at], described[at][1]) for fact, at in found.items()), False, rows
    )


def _csv(file: Path, columns: Columns, bad: Callable[[BadRow], None], progress: Progress) -> Iterator[pa.RecordBatch]:
    try:
        headings, batches = text_files.read(file, columns.known, lambda row, why: bad(BadRow(file, row, why)))
        yield from _copied(file, headings, batches, columns, progress)
    except Damaged as damaged:
        raise BadInput(f"{file}：{damaged}") from None


def _sheet(file: Path, columns: Columns, bad: Callable[[BadRow], None], progress: Progress) -> Iterator[pa.RecordBatch]:
    # imported on use, with their parsers: only for workbooks
    from jiuyuan.spreadsheets import opening, xlsx
    from jiuyuan.spreadsheets.delimited import Rows

    try:
        with file.open("rb") as stream:
            if file.suffix.lower() in XLSX and not _is_workbook(file):
                sheets = xlsx.sheets(stream)  # which raises the message
            else:
                sheets = opening.sheets(stream, columns.known)
            sheet, above = _people(file, sheets, columns)
            source = sheet.rows()
            rows = islice(source, above, None)
            headings = _written(next(rows)[1])
            if hidden := sheet.hides(columns.places(headings, str(file)).values(), headings):
                raise Damaged(hidden)
            if isinstance(source, Rows):
                source.width = len(headings)
            yield from _copied(file, headings, _batched(file, rows, len(headings), bad), columns, progress)
    except Damaged as damaged:
        raise BadInput(f"{file}：{damaged}") from None


def _is_workbook(file: Path) -> bool:
    """Whether the content is a workbook (of either format, a web page or XML), whatever the name."""
    with file.open("rb") as stream:
        start = stream.read(64)
    return start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or start.replace(b"\0", b"").lstrip(
        b"\xef\xbb\xbf\xff\xfe \t\r\n"
    ).startswith(b"<")


def _people(file: Path, sheets: Sequence[Sheet], columns: Columns) -> tuple[Sheet, int]:
    """The sheet to read, and the number of rows above its heading.

    The sheet is the one named, else the one with headings that name facts, else the first that is not empty.
    """
    names = "、".join(sheet.name for sheet in sheets)
    chosen = [sheet for sheet in sheets if not columns.sheet or sheet.name.strip() == columns.sheet.strip()]
    if not chosen:
        raise BadInput(
            say("{file} 里没有名为“{sheet}”的工作表，有的是：{names}。", file=file, sheet=columns.sheet, names=names)
        )
    found = [(sheet, *heading) for sheet in chosen if (heading := _heading(sheet, columns))]
    if not found:
        raise Damaged(say("工作表是空的，请检查后重新导出。"))
    named = [sheet.name for sheet, _, known in found if known]
    if len(named) > 1:
        raise BadInput(
            say(
                "{file} 里有几张工作表都有列名：{named}；请只留一张，或用 --sheet 写明用哪一张。",
                file=file,
                named=named,
            )
        )
    sheet, above, _ = next((each for each in found if each[2]), found[0])
    return sheet, above


def _heading(sheet: Sheet, columns: Columns) -> tuple[int, bool] | None:
    """The number of rows above the heading, and whether it names facts; None for an empty sheet."""
    first = None
    for above, (_, cells) in enumerate(islice(sheet.rows(), _SEARCHED)):
        written = _written(cells)
        if columns.known(written):
            return above, True
        if written and first is None:
            first = above, False
    return first


def _written(cells: Sequence[Cell] | RefusedRow) -> list[str]:
    """The cells of a row as text, without empty ones at the end."""
    if isinstance(cells, RefusedRow):
        return []
    texts = ["" if cell is None else str(cell)[:10] if hasattr(cell, "year") else str(cell) for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def _batched(
    file: Path, rows: Iterator[Row], width: int, bad: Callable[[BadRow], None]
) -> Iterator[text_files.LineBatch]:
    numbers: list[int] = []
    texts: list[list[str]] = []
    for number, cells in rows:
        if isinstance(cells, RefusedRow):
            bad(BadRow(file, number, cells.reason))
            continue
        written = _written(cells)
        if len(written) > width and not is_trailing(written):
            bad(
                BadRow(file, number, say("这一行有{count}列，列名有{width}个，请核对", count=len(written), width=width))
            )
        elif written and len(written) <= width:
            numbers.append(number)
            texts.append(written + [""] * (width - len(written)))
        if len(numbers) == _ROWS:
            yield _transposed(numbers, texts)
            numbers, texts = [], []
    if numbers:
        yield _transposed(numbers, texts)


def _transposed(numbers: list[int], texts: list[list[str]]) -> text_files.LineBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*texts, strict=True)]
    batch = pa.record_batch(columns, names=[f"f{place}" for place in range(len(columns))])
    return text_files.LineBatch(numbers, batch, batch.nbytes)


def _copied(
    file: Path, headings: Sequence[str], batches: Iterable[text_files.LineBatch], columns: Columns, progress: Progress
) -> Iterator[pa.RecordBatch]:
    """The columns with facts, by name, and the non-empty rows, numbered."""
    found = columns.places(headings, str(file))
    unnamed = [place for place, heading in enumerate(headings) if not heading.strip("\ufeff \t\r\n")]
    schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in found)])
    yield pa.RecordBatch.from_pylist([], schema)  # a file without people still has columns
    for numbers, batch, size in batches:
        filled = pc.not_equal(batch.columns[0], "")
        for column in batch.columns[1:]:
            filled = pc.or_(filled, pc.not_equal(column, ""))
        for place in unnamed:
            if pc.any(pc.not_equal(batch.columns[place], "")).as_py():
                raise BadInput(
                    say("{file}：第{place}列有内容，但没有列名，请补上列名或删去这一列。", file=file, place=place + 1)
                )
        filled = _of_somebody(batch, filled)
        row = pa.array(numbers, pa.int64())
        progress(size)
        yield pa.record_batch([row, *(batch.columns[at] for at in found.values())], schema=schema).filter(filled)


def _of_somebody(batch: pa.RecordBatch, filled: pa.BooleanArray) -> pa.BooleanArray:
    """`filled` without rows that are totals or page numbers."""
    first = batch.columns[0]
    for column in batch.columns[1:]:
        if not pc.any(pc.equal(first, "")).as_py():
            break
        first = pc.if_else(pc.equal(first, ""), column, first)
    # Arrow filters most texts quickly before each remaining one is checked.
    texts = first.filter(pc.match_substring_regex(first, say(MAY_HOLD))).unique().to_pylist()
    suspects = [text for text in texts if may_begin(text)]
    if not suspects:
        return filled
    places = pc.indices_nonzero(pc.is_in(first, pa.array(suspects, pa.string()))).to_pylist()
    nobody = {at for at in places if is_trailing([column[at].as_py() for column in batch.columns])}
    return pa.array([answer and at not in nobody for at, answer in enumerate(filled.to_pylist())], pa.bool_())
