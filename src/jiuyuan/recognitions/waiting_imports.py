"""The imports that wait for the worker, whatever their kind."""

from jiuyuan import clock
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import mapping, queries, recording, running, taking_back
from jiuyuan.people.sources.running import Elsewhere
from jiuyuan.recognitions import importing

Kind, Status = ImportBatch.Kind, ImportBatch.Status


def run_waiting() -> int:
    """Run every import that nobody is running: new ones, and those whose program was killed. Returns how many."""
    done = 0
    for batch in queries.waiting():
        mine = queries.waiting().filter(pk=batch.pk, beat_at=batch.beat_at).update(beat_at=clock.now())
        if mine:
            done += _run(batch)
    return done


def _run(batch: ImportBatch) -> bool:
    """False where somebody else has it after all."""
    try:
        if batch.status == Status.WITHDRAWING:
            taking_back.run(batch.pk)
        elif batch.kind == Kind.EARLIER_REGISTER:
            running.run(batch.pk, importing.work_for)
        else:
            running.run(batch.pk, recording.work_for)
    except Elsewhere:
        return False
    except mapping.Unusable as wrong:
        running.fail(batch.pk, str(wrong))
    return True
