"""Queries of imports: the batches of an area, and the results of their rows."""

from dataclasses import dataclass

from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.characters import whole_number
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources.workflow import JOBS, may_import, right_for
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say
from jiuyuan.worker import queue

PAGE = 100
_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class PageOfBatches:
    """Rows by number, with the cursors of the pages before and after."""

    rows: list[ImportRow]
    previous: str | None
    next: str | None


def listed(user: User) -> ScopedQuerySet:
    """The batches of the area, newest first. Raises `NotForRole`."""
    may_import(user)
    kinds = [kind for kind in ImportBatch.Kind.values if user.may(right_for(kind))]
    return (
        ImportBatch.objects.visible_to(user)
        .filter(kind__in=kinds)
        .select_related("agency", "by", "confirmed_by")
        .order_by("-pk")
    )


def opened(user: User, pk: int) -> ImportBatch:
    """A batch. Raises `NotForRole`, `NotFound`."""
    found: ImportBatch | None = listed(user).filter(pk=pk).first() if 0 < pk <= _LARGEST_KEY else None
    if found is None:
        raise NotFound(say("没有这一批导入。"))
    return found


def under_way(batch: ImportBatch) -> bool:
    return batch.status in JOBS


def interrupted(batch: ImportBatch) -> bool:
    """Whether a run seems to have been killed, or nobody starts it."""
    if not under_way(batch):
        return False
    job = queue.latest(JOBS[batch.status], batch.pk)
    return job is None or job.neglected or job.state == job.State.FAILED


def rows(batch: ImportBatch, outcome: str = "") -> ScopedQuerySet:
    """The rows of a batch that its reader may see, optionally with one result."""
    found = ImportRow.objects.unscoped().filter(batch=batch).select_related("person").order_by("row")
    return found.filter(outcome=outcome) if outcome in ImportRow.Outcome.values else found


def page(batch: ImportBatch, outcome: str = "", cursor: str = "") -> PageOfBatches:
    """A page by row number: equally fast at any position. A bad cursor means the first page."""
    backwards = cursor.startswith("before:")
    key = cursor.removeprefix("before:")
    place = whole_number(key) or 0
    found = rows(batch, outcome)
    if backwards and place:
        some = list(found.filter(row__lt=place).order_by("-row")[: PAGE + 1])
        more, some = len(some) > PAGE, some[:PAGE][::-1]
        return PageOfBatches(some, f"before:{some[0].row}" if more else None, str(some[-1].row) if some else None)
    some = list(found.filter(row__gt=place)[: PAGE + 1])
    more, some = len(some) > PAGE, some[:PAGE]
    return PageOfBatches(some, f"before:{some[0].row}" if some and place else None, str(some[-1].row) if more else None)
