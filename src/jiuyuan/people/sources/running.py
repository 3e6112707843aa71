"""Runs an import in chunks, each in one transaction with the number of the last settled row.

After a kill it continues after that row. Two runs of one batch cannot interfere: the second finds the batch
further on than it left it, and stops.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from django.db import IntegrityError, OperationalError, transaction

from jiuyuan import loading
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import reading, storing
from jiuyuan.people.sources.reading import SourceTable
from jiuyuan.people.sources.workflow import IMPORT
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, WrongState
from jiuyuan.spreadsheets import opening
from jiuyuan.spreadsheets.cells import Cell, RefusedRow, Row
from jiuyuan.wording import say

CHUNK = 5_000
_TRIES = 6
Status = ImportBatch.Status
Progress = Callable[[int, int], Any]


class Elsewhere(Exception):
    """The batch is being run by another process, or may no longer be run."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of a row. `columns`: the names of faulty columns, separated by commas."""

    row: int
    outcome: str
    person: int | None = None
    message: str = ""
    columns: str = ""


class Work(Protocol):
    """The interface of an import's work. `at_once`: rows per transaction; 0 for the default."""

    @property
    def at_once(self) -> int: ...
    @property
    def wanted(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def needed(self) -> Sequence[Sequence[str]]: ...

    def begin(self, table: SourceTable) -> None:
        """Called once, after the heading was found."""

    def prepare(self, rows: "Sequence[tuple[int, Sequence[Cell]]]") -> Any:
        """Parse one chunk, concurrently with the transaction of the previous one. Must not use the database."""

    def settle(self, prepared: Any, dry: bool) -> list[Settled]:
        """Process one chunk inside its transaction, without writing if `dry`.

        May be called again for the same chunk.
        """


#: The work for kinds of files other than departments' records.
WORK: dict[str, Callable[[ImportBatch], Work]] = {}


def run(batch_id: int, work_for: Callable[[ImportBatch], Work], progress: Progress | None = None) -> ImportBatch:
    """Check (`checking`) or import (`running`) the rest of a batch. Raises `Elsewhere`.

    An unusable file ends the batch, with the reason in `failure`.
    """
    batch = ImportBatch.objects.unscoped().select_related("by__agency", "confirmed_by").get(pk=batch_id)
    if batch.status not in (Status.CHECKING, Status.RUNNING):
        raise Elsewhere
    try:
        work = work_for(batch)
        with storing.opened(batch.stored_as) as file:
            if not batch.total:
                batch.total = opening.estimated_rows(file)
            table = reading.table(file, batch.file_name, work.wanted, work.needed)
            batch.sheet = table.sheet[:100]
            work.begin(table)
            for chunk in _ahead(_chunks(table.rows, work, after=batch.done)):
                _settle(batch, work, chunk)
                if progress:
                    progress(batch.done, max(batch.total, batch.done))
        return _finish(batch)
    except BadInput as refusal:
        return fail(batch_id, refusal.errors[0][1] if refusal.errors else refusal.title)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some parsed rows. `refused`: rows whose lines cannot be parsed."""

    last: int
    prepared: Any
    refused: Sequence[Settled]


def _chunks(rows: Iterator[Row], work: Work, after: int) -> Iterator[_Chunk]:
    left = (row for row in rows if row[0] > after)
    while chunk := list(islice(left, work.at_once or CHUNK)):
        refused = [
            Settled(
                number,
                ImportRow.Outcome.REJECTED,
                message=say("文本第{line}行：{reason}。", line=cells.line, reason=cells.reason),
            )
            for number, cells in chunk
            if isinstance(cells, RefusedRow)
        ]
        readable = [(number, cells) for number, cells in chunk if not isinstance(cells, RefusedRow)]
        yield _Chunk(chunk[-1][0], work.prepare(readable), refused)


def _ahead(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """Yield the chunks, preparing the next one in a thread while the database works on the current one."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = thread.submit(next, chunks, None)
            yield chunk


def _settle(batch: ImportBatch, work: Work, chunk: _Chunk) -> None:
    """Process one chunk, and retry if somebody else wrote about the same people at the same time."""
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                _mine(batch)
                settled = work.settle(chunk.prepared, dry=batch.status == Status.CHECKING)
                _keep(batch, chunk.last, [*settled, *chunk.refused])
            return
        except (IntegrityError, OperationalError):
            if attempt == _TRIES:
                raise


def _mine(batch: ImportBatch) -> None:
    rows = ImportBatch.objects.unscoped().select_for_update().filter(pk=batch.pk)
    if rows.values_list("status", "done").first() != (batch.status, batch.done):
        raise Elsewhere


def _keep(batch: ImportBatch, last: int, settled: Sequence[Settled]) -> None:
    """Store the result of each row, replacing that of the trial run, and the progress of the batch."""
    if batch.status == Status.RUNNING:
        ImportRow.objects.unscoped().filter(batch=batch, row__gt=batch.done, row__lte=last).delete()
    loading.insert(
        ImportRow,
        ("batch_id", "row", "outcome", "person_id", "message", "columns"),
        ((batch.pk, one.row, str(one.outcome), one.person, one.message[:400], one.columns[:100]) for one in settled),
    )
    counts = Counter(batch.counts) + Counter(str(one.outcome) for one in settled)
    ImportBatch.objects.unscoped().filter(pk=batch.pk).update(
        done=last, counts=dict(counts), total=batch.total, sheet=batch.sheet
    )
    batch.done, batch.counts = last, dict(counts)


def _finish(batch: ImportBatch) -> ImportBatch:
    with transaction.atomic():
        _mine(batch)
        action = "finished" if batch.status == Status.RUNNING else "checked"
        done: ImportBatch = engine.act(None, IMPORT, batch.pk, action, machine="worker")
    return done


def fail(batch_id: int, reason: str) -> ImportBatch:
    """End a batch whose file or mapping cannot be used. Raises `Elsewhere`."""
    try:
        failed: ImportBatch = engine.act(None, IMPORT, batch_id, "failed", {"reason": reason[:400]}, machine="worker")
    except WrongState:
        raise Elsewhere from None
    return failed
