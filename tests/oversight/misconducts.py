"""Misconduct of staff for tests."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.oversight.misconduct_workflow import MISCONDUCT
from jiuyuan.oversight.models import Misconduct
from jiuyuan.procedures import engine
from tests.factories import staff

FACTS = "替亲戚改了认定材料上的日期。"


def opened(_nothing: Any = None, concerned: User | None = None) -> dict[str, Any]:
    """What is said of a clerk."""
    return {"account": (concerned or staff("clerk")).username, "facts": FACTS}


def passed(_row: Any = None) -> dict[str, Any]:
    return {"passed_to": "discipline", "on": clock.today().isoformat()}


def a_misconduct(status: str = "opened", by: User | None = None, concerned: User | None = None) -> Misconduct:
    by = by or staff("supervisor")
    row: Misconduct = engine.act(by, MISCONDUCT, None, "open", opened(concerned=concerned))
    return row if status == "opened" else engine.act(by, MISCONDUCT, row.pk, "pass_on", passed())
