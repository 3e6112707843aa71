"""The results of an import by row, as a workbook;
registers and vacancies include the file's cells with faults marked.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import IO

from jiuyuan.assistance import offer_files, vacancy_files
from jiuyuan.desk.spreadsheets import cell
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import insurance_months, mapping, queries, reading
from jiuyuan.people.sources.reading import SourceTable
from jiuyuan.recognitions import importing
from jiuyuan.spreadsheets.cells import RefusedRow
from jiuyuan.spreadsheets.writing import Book, Marked, pieces
from jiuyuan.wording import say

MOST = 200_000  # rows that spreadsheet programs can open; beyond, rows without faults are left out
_LONGEST_CELL = 32_000
_VACANCIES, _RESULTS = ImportBatch.Kind.VACANCIES, ImportBatch.Kind.OFFER_RESULTS
#: Kinds of files whose cells are included while they wait: their columns, and the required ones.
WITH_CELLS: Mapping[str, tuple[Mapping[str, Sequence[str]], Sequence[Sequence[str]]]] = {
    ImportBatch.Kind.EARLIER_REGISTER: (importing.COLUMNS, importing.EarlierRegister.needed),
    _VACANCIES: (vacancy_files.COLUMNS, vacancy_files.NEEDED),
    _RESULTS: (offer_files.COLUMNS, offer_files.NEEDED),
    ImportBatch.Kind.INSURANCE_MONTHS: (insurance_months.COLUMNS, insurance_months.NEEDED),
}


def columns_of(kind: str) -> Mapping[str, Sequence[str]]:
    """The headings of a kind's columns, the usual one first."""
    if kind in WITH_CELLS:
        return WITH_CELLS[kind][0]
    try:
        return mapping.load(kind).columns
    except mapping.UnusableMapping:
        return {}


def headings(kind: str, columns: str) -> str:
    known = columns_of(kind)
    return "、".join(known[name][0] if name in known else name for name in columns.split(",") if name)


def outcome_label(kind: str, outcome: str) -> str:
    """A result in words: for an earlier register "changed" is a new recognition, for vacancies a new vacancy."""
    if kind == ImportBatch.Kind.EARLIER_REGISTER:
        own = {"matched": say("已在名册"), "changed": say("新导入")}
        return own.get(outcome, str(ImportRow.Outcome(outcome).label))
    if kind in (_VACANCIES, _RESULTS):
        own = {"matched": say("已登记过"), "changed": say("新登记")}
        return own.get(outcome, str(ImportRow.Outcome(outcome).label))
    return str(ImportRow.Outcome(outcome).label)


def workbook(batch: ImportBatch, outcome: str = "", file: IO[bytes] | None = None) -> Iterator[bytes]:
    """Yield the report. `file`: the uploaded file if it still exists, whose cells are shown and marked."""
    rows = queries.rows(batch, outcome)
    left_out = not outcome and sum(batch.counts.values()) > MOST
    if left_out:
        rows = rows.exclude(outcome=ImportRow.Outcome.MATCHED).exclude(outcome=ImportRow.Outcome.CHANGED)
    table = _table(batch, file) if file is not None else None
    heads = [say("行号"), say("结果"), say("说明"), say("有误的列"), *(table.headings if table else [say("姓名")])]

    def fill(book: Book) -> None:
        sheet = book.sheet(say("逐行结果"), heads)
        if left_out:
            sheet.append(
                ["", "", say("行数太多，“相符”和“有变化”的行没有列出；各结果的行数：{batch}", batch=_counted(batch))]
            )
        settled = rows.iterator(chunk_size=2000)
        for line in _with_names(batch, settled) if table is None else _with_cells(settled, table):
            sheet.append(line)

    return pieces(fill)


def _with_names(batch: ImportBatch, settled: Iterator[ImportRow]) -> Iterator[list[object]]:
    for row in settled:
        yield [*_said(batch, row), cell(row.person.name) if row.person else ""]


def _said(batch: ImportBatch, row: ImportRow) -> list[object]:
    return [row.row, outcome_label(batch.kind, row.outcome), cell(row.message), headings(batch.kind, row.columns)]


def _counted(batch: ImportBatch) -> str:
    return "，".join(f"{outcome_label(batch.kind, name)}{count}" for name, count in batch.counts.items())


def _table(batch: ImportBatch, file: IO[bytes]) -> SourceTable:
    file.seek(0)
    return reading.table(file, batch.file_name, *WITH_CELLS[batch.kind])


def _with_cells(settled: Iterator[ImportRow], table: SourceTable) -> Iterator[list[object]]:
    """Merge both by row number; rows of the file without a result are totals and notes."""
    given = iter(table.rows)
    number, cells = 0, ()
    for row in settled:
        while number < row.row:
            number, cells = next(given, (row.row, ()))  # type: ignore[assignment]
            cells = () if isinstance(cells, RefusedRow) else cells
        faulty = {table.places[name] for name in row.columns.split(",") if name in table.places}
        shown: list[object] = []
        for place in range(max(len(cells), *(p + 1 for p in chain(faulty, [0])))):
            value = cells[place] if place < len(cells) else None
            text = cell(value[:_LONGEST_CELL] if isinstance(value, str) else value)
            shown.append(Marked(text, row.message) if place in faulty else text)
        yield [*_said(row.batch, row), *shown]
