"""Targets of a year."""

from typing import Any

from jiuyuan.oversight.models import Target
from tests.factories import COUNTY, PLATFORM
from tests.oversight.targets import a_target, done, said_of_a_target
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _of_a_street() -> Any:
    return a_target(PLATFORM)


def _published() -> Any:
    return done(a_target(PLATFORM), "publish")


def _whole() -> Any:
    whole = a_target(COUNTY, 10)
    a_target(PLATFORM, 10)
    return done(whole, "publish")


def _explained(whole: Any) -> Any:
    done(Target.objects.unscoped().get(agency__code=PLATFORM), "withdraw", reason="任务调整。", why="由县里统筹。")
    whole.refresh_from_db()
    return whole


SPECIMENS = {
    ("target", "set"): Specimen(lambda: None, said_of_a_target(PLATFORM)),
    ("target", "change"): Specimen(_of_a_street, {"value": 90, "responsible": "李主任"}),
    ("target", "publish"): Specimen(_of_a_street),
    ("target", "explain"): Specimen(_whole, brings=_explained),
    ("target", "withdraw"): Specimen(_published, {"reason": "任务调整。"}),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {
    ("target", "published"): {"status": "published", "published_on": "2026-03-02"}
}
