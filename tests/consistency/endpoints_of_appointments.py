"""The API's endpoints of appointments and of what is due, in the table of every endpoint by role, and how they are called."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.models import Application
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.models import Appointment
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.api.program import Program
from tests.procedures.specimens.appointments import said

Call = Callable[[Program, Application], Any]
_CLERK = "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401"

LISTED = {
    "POST /recognitions/{pk}/appointments": _CLERK.replace("200", "201", 1),
    "GET /appointments": "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401",
    "GET /appointments/{pk}": "200 200 200 200 404 200 404 401 | 404 404 404 - 404 404 404 401",
    "POST /appointments/{pk}/excuse_me": "200 403 403 403 404 200 404 401 | 404 404 404 - 404 404 404 401",
    "GET /duties": "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "POST /recognitions/{pk}/duties": _CLERK.replace("200", "201", 1),
    **{f"POST /appointments/{{pk}}/{action}": _CLERK for action in ("prove", "came", "stay_away", "cancel")},
}


def _asked(world: Any, stay: Recognition, ahead: int) -> None:
    row = engine.act(world.clerk, APPOINTMENT, stay.pk, "invite", said())
    Appointment.objects.unscoped().filter(pk=row.pk).update(on=clock.today() + timedelta(days=ahead))


STATES: dict[str, Callable[[Any, Recognition], object]] = {
    "invited": lambda world, stay: _asked(world, stay, 90),
    "day over": lambda world, stay: _asked(world, stay, -1),
}


def _on(action: str = "", **more: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = Appointment.objects.unscoped().get(recognition=case.recognition_id)
        path = f"/appointments/{row.pk}"
        return program.post(f"{path}/{action}", {"version": row.version, **more}) if action else program.get(path)

    return call


def _invite(program: Program, case: Application) -> Any:
    version = Recognition.objects.unscoped().get(pk=case.recognition_id).version
    sent = {"version": version, **said(on=str(clock.today() + timedelta(days=3)))}
    return program.post(f"/recognitions/{case.recognition_id}/appointments", sent)


def _settled_otherwise(program: Program, case: Application) -> Any:
    version = Recognition.objects.unscoped().get(pk=case.recognition_id).version
    sent = {"version": version, "duty": "interview", "item": case.recognition_id, "note": "打电话谈过。"}
    return program.post(f"/recognitions/{case.recognition_id}/duties", sent)


CALLS: dict[str, tuple[str, Call]] = {
    "POST /recognitions/{pk}/appointments": ("invited", _invite),
    "GET /appointments": ("invited", lambda p, c: p.get("/appointments", status="invited", due_by="2030-01-01")),
    "GET /duties": ("invited", lambda p, c: p.get("/duties", due_by="2030-01-01")),
    "POST /recognitions/{pk}/duties": ("invited", _settled_otherwise),
    "GET /appointments/{pk}": ("invited", _on()),
    "POST /appointments/{pk}/prove": ("invited", _on("prove", proof="挂号信回执号")),
    "POST /appointments/{pk}/excuse_me": ("invited", _on("excuse_me", words="孩子病了。")),
    "POST /appointments/{pk}/cancel": ("invited", _on("cancel", words="改期。")),
    "POST /appointments/{pk}/came": ("day over", _on("came")),
    "POST /appointments/{pk}/stay_away": ("day over", _on("stay_away")),
}
