"""The course of questions for staff."""

from typing import Any

from jiuyuan.agencies.models import User
from tests.factories import staff
from tests.oversight.training import right_answers
from tests.procedures.specimens.specimen import Broken, Specimen, Standing

_members: list[User] = []


def _somebody() -> None:
    _members[:] = [staff("clerk")]


def _answers(_nothing: Any) -> dict[str, Any]:
    return {"answers": right_answers(_members[0])}


SPECIMENS = {("staff_training", "take_course"): Specimen(_somebody, _answers, by=lambda _nothing: _members[0])}
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {}
