"""Targets for tests."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.oversight.models import Target
from jiuyuan.oversight.target_workflow import TARGET
from jiuyuan.procedures import engine
from tests.factories import COUNTY, PLATFORM, PROVINCE, REGION, staff

#: Who gives a target to an office.
_ABOVE = {PROVINCE: "province", REGION: "province", COUNTY: "supervisor", PLATFORM: "reviewer"}


def said_of_a_target(at: str = COUNTY, value: int = 120, **said: Any) -> dict[str, Any]:
    return {"agency": at, "year": 2026, "indicator": "entered", "value": value, "responsible": "王主任"} | said


def a_target(at: str = COUNTY, value: int = 120, by: User | None = None, **said: Any) -> Target:
    """Given to an office by the one above it."""
    found: Target = engine.act(by or staff(_ABOVE[at]), TARGET, None, "set", said_of_a_target(at, value, **said))
    return found


def done(target: Target, action: str, by: User | None = None, **said: Any) -> Target:
    """One act of the office that gave it."""
    found: Target = engine.act(by or staff(_ABOVE[target.agency.code]), TARGET, target.pk, action, said)
    return found
