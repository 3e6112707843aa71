"""The registry of job handlers, filled once from the `jobs.py` of every app."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from django.core import checks
from django.utils.module_loading import autodiscover_modules

from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job

Do = Callable[[Job], object]


@dataclass(frozen=True)
class JobHandler:
    """A handler. `every`: repeat it this long after it was last done,
    if `when` returns that there is something to do.
    """

    kind: str
    do: Do
    lane: Lane
    every: timedelta | None = None
    when: Callable[[], bool] = lambda: True


_declared: list[JobHandler] = []


def job(kind: str, lane: Lane = Lane.QUICK, **more: Any) -> Callable[[Do], Do]:
    """Declare the handler of a kind: a function that may be called again for the same job after a kill at any
    moment.
    """

    def declare(do: Do) -> Do:
        _declared.append(JobHandler(kind, do, lane, **more))
        return do

    return declare


@cache
def handlers() -> Mapping[str, JobHandler]:
    """Every kind with its handler. Nothing can be declared afterwards."""
    autodiscover_modules("jobs")
    if wrong := list(faults(_declared)):
        raise LookupError("；".join(wrong))
    return MappingProxyType({handler.kind: handler for handler in _declared})


def faults(declared: list[JobHandler]) -> Iterator[str]:
    """Yield wrong declarations: an unknown kind, a kind with two handlers or none."""
    kinds = [handler.kind for handler in declared]
    yield from (f"{kind!r} is no kind of job (worker/kinds.py)" for kind in kinds if kind not in JobKind.values)
    yield from (f"{kind!r} is done in {kinds.count(kind)} places" for kind in set(kinds) if kinds.count(kind) > 1)
    yield from (
        f"{kind.value!r} is done nowhere: no app's jobs.py declares it" for kind in JobKind if kind not in kinds
    )


def check(**_: Any) -> list[checks.CheckMessage]:
    """Django's system check of the declarations."""
    autodiscover_modules("jobs")
    return [checks.Error(fault, id="worker.E001") for fault in faults(_declared)]
