"""The state as Prometheus metrics, without personal data."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from math import isfinite

from django.conf import settings

import jiuyuan
from jiuyuan import clock, read_only, replica
from jiuyuan.operations import runs, state
from jiuyuan.worker.models import Job

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text() -> str:
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    room, counted, seal = state.room(), state.jobs(), state.last_seal_day()
    yield from _gauge("jiuyuan_info", "The version that is installed.", {f'version="{jiuyuan.__version__}"': 1})
    jobs = {f'state="{one.value}"': counted[one] for one in Job.State if one != Job.State.DONE}
    yield from _gauge("jiuyuan_jobs", "Jobs that are not done, by state.", jobs)
    yield from _gauge(
        "jiuyuan_jobs_neglected", "Jobs that nobody does though their time has come.", {"": state.neglected()}
    )
    ages = {
        "night": _age(state.last_night()),
        "seal": _age(datetime.combine(seal, time(), clock.CHINA) if seal else None),
        "backup": _age(runs.last_at(runs.Kind.BACKUP)),
        "drill": _age(runs.last_at(runs.Kind.DRILL)),
    }
    yield from _gauge(
        "jiuyuan_age_seconds", "Time since the last one that ended well.",
        {f'of="{name}"': age for name, age in ages.items() if age is not None},
    )  # fmt: skip
    yield from _gauge(
        "jiuyuan_disk_bytes", "The disk of the data folder.", {'kind="free"': room.free, 'kind="total"': room.total}
    )
    yield from _gauge(
        "jiuyuan_certificate_days", "Days that a certificate has left.",
        {f'name="{one.name}"': one.days for one in state.certificates() if one.days is not None},
    )  # fmt: skip
    yield from _gauge(
        "jiuyuan_holidays_until_year", "The last year whose holidays are known.", {"": state.holidays_known_until()}
    )
    yield from _gauge(
        "jiuyuan_errors", "Mistakes of the programs since the installation began.", {"": state.errors_in_all()}
    )
    if replica.is_named():
        behind = replica.replica.behind()
        yield from _gauge(
            "jiuyuan_replica_used", "1 while lists are read from the replica.", {"": int(replica.replica.usable())}
        )
        if behind is not None and isfinite(behind):
            yield from _gauge("jiuyuan_replica_behind_seconds", "How far the replica is behind.", {"": behind})
    yield from _gauge(
        "jiuyuan_read_only", "1 while an upgrade runs.", {"": int(read_only.is_read_only(settings.JIUYUAN.data))}
    )


def _gauge(name: str, help_: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} gauge"
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value:.0f}" if labels else f"{name} {value:.0f}"


def _age(at: datetime | None) -> float | None:
    return (clock.now() - at).total_seconds() if at else None
