"""A run over a file: chunk after chunk, each in one transaction with the row up to which the file is settled.

Killed at any moment, it goes on after the last settled row. Two runs of one batch cannot meet: the second finds the batch
further on than it left it and stops.
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
    """The batch is being run by somebody else, or no longer to be run."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one row. `columns`: the faulty ones by the name that the work gives them, with commas."""

    row: int
    outcome: str
    person: int | None = None
    message: str = ""
    columns: str = ""


class Work(Protocol):
    """What is done with the rows of a file. `at_once`: how many in one transaction; 0 leaves it to the run."""

    @property
    def at_once(self) -> int: ...
    @property
    def wanted(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def needed(self) -> Sequence[Sequence[str]]: ...

    def begin(self, table: SourceTable) -> None:
        """Called once, when the heading was found."""

    def prepare(self, rows: "Sequence[tuple[int, Sequence[Cell]]]") -> Any:
        """Read one chunk, ahead and beside the transaction of the chunk before; it does not touch the database."""

    def settle(self, prepared: Any, dry: bool) -> list[Settled]:
        """One chunk, inside its transaction. Where `dry`, nothing is written. It may be called again for the same chunk."""


#: What is done with the rows of a kind of file, where it is not a department's records.
WORK: dict[str, Callable[[ImportBatch], Work]] = {}


def run(batch_id: int, work_for: Callable[[ImportBatch], Work], progress: Progress | None = None) -> ImportBatch:
    """Check (`checking`) or import (`running`) what is left of a batch. Raises `Elsewhere`.

    A file that cannot be used ends the batch with the reason in `failure`.
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
    """Some rows, as the work has read them. `refused`: those whose lines cannot even be taken apart."""

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
    """The same, the next one always being made in a thread while the database works on the one before."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = thread.submit(next, chunks, None)
            yield chunk


def _settle(batch: ImportBatch, work: Work, chunk: _Chunk) -> None:
    """One chunk; begun again where somebody else wrote about the same people at the same moment."""
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
    """The outcome of each row in place of what the trial run said, and how far the batch is."""
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
