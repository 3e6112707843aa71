"""Writes the answers as Parquet, CSV or XLSX, by the file name's ending, atomically."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jiuyuan.refusals import BadInput
from jiuyuan.rules.sql import Question
from jiuyuan.screening.question import PLACE
from jiuyuan.screening.rejects import cell
from jiuyuan.screening.summary import OUTCOMES, Summary
from jiuyuan.wording import say

ENDINGS = (".parquet", ".csv", ".xlsx")
_SHEET_ROWS = 1_048_575
_GROUP = 1 << 17


class Writer(Protocol):
    """Writes batches to a file of one format."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def check(out: Path) -> None:
    """Raise `BadInput` if a result with this name cannot be written."""
    if out.suffix.lower() not in ENDINGS:
        raise BadInput(say("结果文件 {out} 的扩展名应为 .parquet、.csv 或 .xlsx。", out=out))
    if not out.absolute().parent.is_dir():
        raise BadInput(say("没有文件夹 {parent}，请先建好。", parent=out.absolute().parent))
    if out.is_dir():
        raise BadInput(say("{out} 是一个文件夹，请写明结果文件的名字。", out=out))


def answer_column(question: Question) -> str:
    """The name of the column after `id`."""
    return "outcome" if question == "decide" else "exit"


class Results:
    """Writes and counts the batches of an engine: `id`, the answer, a column per clause, the place."""

    def __init__(self, unfinished: Path, out: Path, summary: Summary) -> None:
        self._unfinished, self._out, self.summary = unfinished, out, summary
        self._answer = answer_column(summary.question)
        kind: pa.DataType = pa.bool_()
        if summary.question == "decide":
            kind = pa.dictionary(pa.int8(), pa.string())
        fields = [("id", pa.string()), (self._answer, kind), *((c.name, pa.bool_()) for c in summary.columns)]
        self._schema = pa.schema(fields)
        writers: dict[str, Any] = {".parquet": _Parquet, ".csv": _Csv, ".xlsx": _Xlsx}
        self._writer: Writer = writers[out.suffix.lower()](unfinished, self._schema, summary)

    def take(self, batch: pa.RecordBatch) -> None:
        """Write and count a batch."""
        self.summary.add(batch, self._answer, PLACE)
        arrays = [batch.column(name) for name in self._schema.names]
        if self.summary.question == "decide":
            arrays[1] = _words(arrays[1])
        self._writer.write(pa.record_batch(arrays, schema=self._schema))

    def finish(self) -> None:
        """Move the result to its place."""
        self._writer.close()
        with self._unfinished.open("rb") as file:
            os.fsync(file.fileno())
        self._unfinished.replace(self._out)


_OUTCOMES = pa.array([code for code, _ in OUTCOMES["decide"]], pa.string())


def _words(answers: pa.BooleanArray) -> pa.DictionaryArray:
    """Convert TRUE, FALSE and NULL to eligible, ineligible and undetermined."""
    places = pc.fill_null(pc.invert(answers).cast(pa.int8()), 2)
    return pa.DictionaryArray.from_arrays(places, _OUTCOMES)


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema, summary: Summary) -> None:
        # No statistics, and no dictionaries for unique numbers: results are not searched.
        words = ["outcome"] if summary.question == "decide" else False
        self._writer = pq.ParquetWriter(
            path, schema, compression="snappy", use_dictionary=words, write_statistics=False, store_schema=False,
            write_batch_size=_GROUP,
        )  # fmt: skip

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch, row_group_size=_GROUP)

    def close(self) -> None:
        self._writer.close()


class _Csv:
    def __init__(self, path: Path, schema: pa.Schema, summary: Summary) -> None:
        self._schema = pa.schema([pa.field(f.name, pa.string() if f.name == "outcome" else f.type) for f in schema])
        self._writer = pacsv.CSVWriter(path, self._schema, write_options=pacsv.WriteOptions(quoting_style="needed"))

    def write(self, batch: pa.RecordBatch) -> None:
        arrays = [column.cast(field.type) for column, field in zip(batch.columns, self._schema, strict=True)]
        arrays[0] = pc.replace_substring_regex(arrays[0], r"^(\s*[=+\-@])", r"'\1")
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class _Xlsx:
    """Sheets of at most 1,048,576 rows, and one that explains the columns."""

    def __init__(self, path: Path, schema: pa.Schema, summary: Summary) -> None:
        self._names, self._summary = schema.names, summary
        from jiuyuan.spreadsheets.writing import Book  # imported on use: other formats do not need it

        self._book = Book(path, path.parent)
        self._sheets, self._rows = 0, _SHEET_ROWS

    def write(self, batch: pa.RecordBatch) -> None:
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if self._rows == _SHEET_ROWS:
                self._new_sheet()
            self._rows += 1
            self._sheet.append([cell(value) for value in row])

    def _new_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.sheet(say("结果{sheets}", sheets=self._sheets), self._names, fixed_columns=2)
        self._rows = 0

    def close(self) -> None:
        if not self._sheets:
            self._new_sheet()
        legend = self._book.sheet(say("说明"), [say("列"), say("含义"), say("条款")])
        legend.append(["id", say("编号"), ""])
        outcomes = "；".join(f"{code} {label}" for code, label in OUTCOMES[self._summary.question])
        legend.append([answer_column(self._summary.question), say("结果：{outcomes}", outcomes=outcomes), ""])
        for column in self._summary.columns:
            legend.append(
                [
                    column.name,
                    say("{kind}：{title}（空白表示不清楚）", kind=column.kind, title=column.title),
                    column.clause,
                ]
            )
        self._book.close()
