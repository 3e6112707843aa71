"""Appointments, as they were made and as they ended."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.models import Appointment
from jiuyuan.procedures import engine
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk
from tests.recognitions.register import on_the_register


def said(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "talk", "on": clock.today() + timedelta(days=3), "time": "上午9点半", "place": "3号窗口", "means": "phone",
        "proof": "通话记录", **changes,
    }  # fmt: skip


def _invited() -> Appointment:
    found: Appointment = engine.act(clerk(), APPOINTMENT, on_the_register().pk, "invite", said())
    return found


def _set(row: Any, **columns: Any) -> Any:
    type(row).objects.unscoped().filter(pk=row.pk).update(**columns)
    return row


def _over() -> Appointment:
    return _set(_invited(), on=clock.today() - timedelta(days=1))


SPECIMENS = {
    ("appointment", "invite"): Specimen(on_the_register, lambda _: said()),
    ("appointment", "prove"): Specimen(_invited, {"proof": "挂号信回执号123"}),
    ("appointment", "came"): Specimen(_over, {}),
    ("appointment", "excuse_me"): Specimen(_invited, {"words": "孩子病了。"}),
    ("appointment", "stay_away"): Specimen(_over, {}),
    ("appointment", "cancel"): Specimen(_invited, {"words": "招聘会改期。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("appointment", "before_the_day"): lambda row: _set(row, on=clock.today()),
    ("appointment", "day_has_come"): lambda row: _set(row, on=clock.today() + timedelta(days=1)),
    ("appointment", "day_is_over"): lambda row: _set(row, on=clock.today()),
}
STANDING: dict[tuple[str, str], Standing] = {}
