"""Doubts for tests."""

from datetime import date
from typing import Any

from jiuyuan import clock
from jiuyuan.assistance.models import Placement, PostAttendance
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import Fact, Person
from tests.assistance.posts import placed
from tests.factories import staff


def attended(month: str = "2026-01", placement: Placement | None = None, days: int = 20) -> Placement:
    """Somebody on a post who worked so many days of a month."""
    placement = placement or placed(staff("clerk"))
    PostAttendance.objects.create(
        placement=placement, month=date.fromisoformat(f"{month}-01"), days=days, written_on=clock.today(),
        written_by_name="经办人",
    )  # fmt: skip
    return placement


def known(person: Person, name: str, on: str, value: Any = True) -> Fact:
    """A fact from a department."""
    fact: Fact = Fact.objects.create(
        person=person, name=name, value=value, source="shared_data", department="social_insurance",
        observed_on=date.fromisoformat(on), recorded_at=clock.now(), recorded_by_name="数据",
    )  # fmt: skip
    return fact


def a_doubt() -> Doubt:
    """Of somebody on a post who draws a pension."""
    placement = attended()
    person = placement.recognition.person
    known(person, "receives_pension", "2026-01-10")
    raise_doubts(clock.today())
    found: Doubt = Doubt.objects.unscoped().filter(person=person, check_number=2).get()
    return found
