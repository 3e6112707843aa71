"""Misconduct of staff: whoever opened it goes on with it, for nobody else of their role sees it."""

from typing import Any

from jiuyuan.agencies.models import User
from tests.oversight.misconducts import a_misconduct, opened, passed
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _opener(row: Any) -> User:
    found: User = row.opened_by
    return found


SPECIMENS = {
    ("misconduct", "open"): Specimen(lambda: None, opened),
    ("misconduct", "pass_on"): Specimen(a_misconduct, passed, by=_opener),
    ("misconduct", "conclude"): Specimen(lambda: a_misconduct("passed"), {"result": "给予警告处分。"}, by=_opener),
    ("misconduct", "drop"): Specimen(a_misconduct, {"reason": "查无此事。"}, by=_opener),
}
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {}
