"""Any file as Parquet: Parquet stays where it is; CSV and XLSX are copied as text, row by row, with their row numbers.

Row numbers are those that people see: in CSV and XLSX the heading is row 1; in Parquet, which has none, the first person is 1.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import Fact
from jiuyuan.screening.columns import known, places
from jiuyuan.screening.files import PARQUET, XLSX
from jiuyuan.spreadsheets.cells import Damaged, Refused, Row, Sheet

#: The column of row numbers in a copied file.
ROW = "row_in_file"
_ROWS = 50_000
_QUOTES = "{file} 里有没有成对的引号，或一行内容太长，请检查后重新导出。"
_PIECE = 1 << 22

Headings = tuple[tuple[str, str, str], ...]
#: Told how many bytes have been copied.
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Table:
    """A Parquet file to read, and the file it stands for. `headings`: fact (or `id`), the column's name, its DuckDB type."""

    path: Path
    shown: Path
    headings: Headings
    copied: bool
    rows: int


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken apart into the columns of its file."""

    file: Path
    row: int
    reason: str


def table(
    engine: duckdb.DuckDBPyConnection, file: Path, facts: Mapping[str, Fact], folder: Path,
    bad: Callable[[BadRow], None], progress: Progress,
) -> Table:  # fmt: skip
    """The file as Parquet, copied into `folder` where it is none. Raises `BadInput`."""
    if file.suffix.lower() in PARQUET:
        return _parquet(engine, file, facts)
    copy = folder / f"copied-{len(list(folder.glob('copied-*')))}.parquet"
    read = _sheet if file.suffix.lower() in XLSX else _csv
    names: list[str] = []
    writer, rows = None, 0
    try:
        for batch in read(file, facts, bad, progress):
            writer = writer or pq.ParquetWriter(copy, batch.schema, compression="lz4")
            names = batch.schema.names
            rows += batch.num_rows
            writer.write_batch(batch)
    finally:
        if writer:
            writer.close()
    headings = tuple((name, name, "VARCHAR") for name in names if name != ROW)
    return Table(copy, file, headings, copied=True, rows=rows)


def table_of(
    engine: duckdb.DuckDBPyConnection,
    batches: Iterable[pa.RecordBatch],
    copy: Path,
    shown: str,
    facts: Mapping[str, Fact],
) -> Table | None:
    """People who come as Arrow, as Parquet; None where nobody comes. Their rows are numbered from 1."""
    writer = None
    try:
        for batch in batches:
            writer = writer or pq.ParquetWriter(copy, batch.schema, compression="lz4")
            writer.write_batch(batch)
    finally:
        if writer:
            writer.close()
    return replace(_parquet(engine, copy, facts), shown=Path(shown)) if writer else None


def _parquet(engine: duckdb.DuckDBPyConnection, file: Path, facts: Mapping[str, Fact]) -> Table:
    try:
        rows = pq.ParquetFile(file).metadata.num_rows
        described = engine.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(file)]).fetchall()
    except (pa.ArrowException, duckdb.Error, OSError):
        raise BadInput(f"{file} 不是完好的 Parquet 文件，请重新导出。") from None
    names = [name for name, *_ in described]
    found = places(names, facts, str(file))
    return Table(file, file, tuple((fact, names[at], described[at][1]) for fact, at in found.items()), False, rows)


# CSV ------------------------------------------------------------------------------------------------------------------------


def _csv(
    file: Path, facts: Mapping[str, Fact], bad: Callable[[BadRow], None], progress: Progress
) -> Iterator[pa.RecordBatch]:
    encoding = _encoding(file)
    with file.open(encoding=encoding, newline="") as lines:
        delimiter = max(",\t;|", key=lines.readline(1 << 20).count)
    skipped: set[int] = set()

    def take_note(row: pacsv.InvalidRow) -> str:
        skipped.add(row.number)
        bad(BadRow(file, row.number, f"这一行有{row.actual_columns}列，列名有{row.expected_columns}个，请核对"))
        return "skip"

    try:
        reader = pacsv.open_csv(
            file,
            # One thread, for only then do rows have numbers; the heading is read as a row, so that it may repeat itself.
            pacsv.ReadOptions(
                use_threads=False, block_size=_PIECE, encoding=encoding, autogenerate_column_names=True
            ),
            pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=take_note
            ),
            pacsv.ConvertOptions(default_column_type=pa.string(), strings_can_be_null=False),
        )  # fmt: skip
        yield from _copied(file, _numbered(reader, skipped), facts, progress)
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            raise BadInput(f"{file} 是空的，请检查后重新导出。") from None
        raise BadInput(_QUOTES.format(file=file)) from None


def _numbered(batches: Iterator[pa.RecordBatch], skipped: set[int]) -> Iterator[tuple[list[int], pa.RecordBatch]]:
    last = 0
    for batch in batches:
        numbers: list[int] = []
        while len(numbers) < batch.num_rows:
            last += 1
            if last in skipped:
                skipped.remove(last)
            else:
                numbers.append(last)
        yield numbers, batch


def _encoding(file: Path) -> str:
    """UTF-8 with or without its mark, UTF-16, or GB18030, proved on the whole file, as its quotes are. Raises `BadInput`."""
    with file.open("rb") as stream:
        start = stream.read(2)
        utf16 = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        for encoding in ("utf-16",) if utf16 else ("utf-8", "gb18030"):
            decoder = codecs.getincrementaldecoder(encoding)()
            stream.seek(0)
            quotes = 0
            try:
                while piece := stream.read(_PIECE):
                    quotes += decoder.decode(piece).count('"')
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            if quotes % 2:  # a quote that is never closed would swallow everybody behind it
                raise BadInput(_QUOTES.format(file=file))
            return encoding
    raise BadInput(f"认不出 {file} 的文字编码，请另存为 UTF-8 编码的 CSV 再试。")


# XLSX -----------------------------------------------------------------------------------------------------------------------


def _sheet(
    file: Path, facts: Mapping[str, Fact], bad: Callable[[BadRow], None], progress: Progress
) -> Iterator[pa.RecordBatch]:
    from jiuyuan.spreadsheets import xlsx  # with its parser of XML, for a workbook only

    try:
        with file.open("rb") as stream:
            yield from _copied(file, _batched(file, _people(file, xlsx.sheets(stream), facts), bad), facts, progress)
    except Damaged as damaged:
        raise BadInput(f"{file}：{damaged}") from None


def _people(file: Path, sheets: Sequence[Sheet], facts: Mapping[str, Fact]) -> Iterable[Row]:
    """The rows of the sheet that begins with names of facts; of the first that holds anything where none does."""
    filled = {sheet.name: first for sheet in sheets if (first := _first_row(sheet)) is not None}
    named = [sheet for sheet in sheets if known(filled.get(sheet.name, ()), facts)]
    if len(named) > 1:
        raise BadInput(f"{file} 里有几张工作表都有列名：{'、'.join(sheet.name for sheet in named)}，请只留一张再试。")
    chosen = named or [sheet for sheet in sheets if sheet.name in filled] or sheets
    return chosen[0].rows()


def _first_row(sheet: Sheet) -> list[str] | None:
    for _, cells in sheet.rows():
        if not isinstance(cells, Refused) and any(str(cell or "").strip() for cell in cells):
            return ["" if cell is None else str(cell) for cell in cells]
    return None


def _batched(
    file: Path, rows: Iterable[Row], bad: Callable[[BadRow], None]
) -> Iterator[tuple[list[int], pa.RecordBatch]]:
    width = 0
    numbers: list[int] = []
    texts: list[list[str]] = []
    for number, cells in rows:
        if isinstance(cells, Refused):
            bad(BadRow(file, number, cells.reason))
            continue
        written = ["" if cell is None else str(cell)[:10] if hasattr(cell, "year") else str(cell) for cell in cells]
        while written and not written[-1].strip():
            written.pop()
        width = width or len(written)
        if len(written) > width:
            bad(BadRow(file, number, f"这一行有{len(written)}列，列名有{width}个，请核对"))
        elif written:
            numbers.append(number)
            texts.append(written + [""] * (width - len(written)))
        if len(numbers) == _ROWS:
            yield numbers, _transposed(texts)
            numbers, texts = [], []
    if numbers:
        yield numbers, _transposed(texts)


def _transposed(texts: list[list[str]]) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*texts, strict=True)]
    return pa.record_batch(columns, names=[f"f{place}" for place in range(len(columns))])


# Both -----------------------------------------------------------------------------------------------------------------------


def _copied(
    file: Path, batches: Iterator[tuple[list[int], pa.RecordBatch]], facts: Mapping[str, Fact], progress: Progress
) -> Iterator[pa.RecordBatch]:
    """The columns that are facts, under their names, and the rows that hold anything, numbered."""
    found: dict[str, int] = {}
    for numbers, batch in batches:
        row = pa.array(numbers, pa.int64())
        if not found:
            headings = [column[0].as_py() for column in batch.columns]
            found = places(headings, facts, str(file))
            unnamed = [place for place, heading in enumerate(headings) if place not in found.values()]
            row, batch = row[1:], batch.slice(1)
        filled = pc.not_equal(batch.columns[0], "")
        for column in batch.columns[1:]:
            filled = pc.or_(filled, pc.not_equal(column, ""))
        for place in unnamed:
            if pc.any(pc.not_equal(batch.columns[place], "")).as_py():
                raise BadInput(f"{file}：第{place + 1}列有内容，但没有列名，请补上列名或删去这一列。")
        chosen = pa.record_batch([row, *(batch.columns[at] for at in found.values())], names=[ROW, *found])
        progress(batch.nbytes)
        yield chosen.filter(filled)
