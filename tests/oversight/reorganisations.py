"""Reorganisations for tests: entered by the supervisor of the region, done by the worker."""

from typing import Any

from django.utils import timezone

from jiuyuan.agencies.models import Agency, User
from jiuyuan.oversight.models import Reorganisation
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION
from jiuyuan.procedures import engine
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job
from tests.factories import PLATFORM, staff
from tests.jobs import work

INTO, ABOVE, DOCUMENT = "220102002", "220103", "长府函〔2026〕3号"
#: What is said with each act that enters one.
SAID: dict[str, dict[str, Any]] = {
    "draft_merge": {"office": PLATFORM, "other": INTO, "document": DOCUMENT},
    "draft_split": {"office": PLATFORM, "other": INTO, "document": DOCUMENT, "addresses": ["新春社区"]},
    "draft_move": {"office": PLATFORM, "other": ABOVE, "document": DOCUMENT},
}


def drafted(action: str = "draft_merge", by: User | None = None, **said: Any) -> Reorganisation:
    row: Reorganisation = engine.act(by or staff("supervisor"), REORGANISATION, None, action, SAID[action] | said)
    return row


def ordered(action: str = "draft_merge", by: User | None = None, **said: Any) -> Reorganisation:
    by = by or staff("supervisor")
    row: Reorganisation = engine.act(by, REORGANISATION, drafted(action, by, **said).pk, "order_reorganisation")
    return row


def done(action: str = "draft_merge", by: User | None = None, **said: Any) -> Reorganisation:
    row = ordered(action, by, **said)
    now()
    return as_it_stands(row)


def now() -> None:
    """The worker, without the few seconds after which it comes back for what was written meanwhile."""
    Job.objects.unscoped().filter(kind=JobKind.REORGANISE).update(due_at=timezone.now())
    work(JobKind.REORGANISE)


def returning(row: Reorganisation) -> Reorganisation:
    found: Reorganisation = engine.act(
        staff("province"), REORGANISATION, row.pk, "return_reorganisation", {"reason": "方案调整。"}
    )
    return found


def returned(row: Reorganisation) -> Reorganisation:
    row = returning(row)
    now()
    return as_it_stands(row)


def as_it_stands(row: Reorganisation) -> Reorganisation:
    found: Reorganisation = Reorganisation.objects.unscoped().select_related("office", "other").get(pk=row.pk)
    return found


def agency(code: str) -> Agency:
    return Agency.objects.get(code=code)
