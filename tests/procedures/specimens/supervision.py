"""Orders of supervision about a case."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from tests.factories import a_case, staff
from tests.oversight.orders import ASKED, an_order, answered
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _above(_row: Any) -> User:
    return staff(Role.SUPERVISOR)


def _key(case: Application) -> str:
    return f"application:{case.pk}"


def _another(case: Application) -> None:
    an_order(case)


SPECIMENS = {
    ("supervision", "supervise"): Specimen(lambda: a_case("accepted"), lambda case: ASKED | {"to": case.agency.code}, key=_key),
    ("supervision", "answer_supervision"): Specimen(an_order, {"answer": "本周内公示。"}),
    ("supervision", "close_supervision"): Specimen(answered),
    ("supervision", "ask_again"): Specimen(answered, {"question": "什么时候公示？", "due_on": "2030-01-02"}),
    ("supervision", "withdraw_supervision"): Specimen(an_order, {"opinion": "已经办完。"}),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {("supervision", "none_open"): _another}
STANDING: dict[tuple[str, str], Standing] = {}
