"""Targets of a year."""

from typing import Any

from tests.factories import PLATFORM
from tests.oversight.targets import a_target, done, said_of_a_target
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _of_a_street() -> Any:
    return a_target(PLATFORM)


def _published() -> Any:
    return done(a_target(PLATFORM), "publish")


SPECIMENS = {
    ("target", "set"): Specimen(lambda: None, said_of_a_target(PLATFORM)),
    ("target", "change"): Specimen(_of_a_street, {"value": 90, "responsible": "李主任"}),
    ("target", "publish"): Specimen(_of_a_street),
    ("target", "withdraw"): Specimen(_published, {"reason": "任务调整。"}),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {
    ("target", "published"): {"status": "published", "published_on": "2026-03-02"}
}
