"""The operations of figures and closed months in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable
from typing import Any

from jiuyuan.applications.models import Application
from jiuyuan.oversight.models import FigurePeriod, Target
from tests.api.program import Program
from tests.factories import PLATFORM
from tests.oversight.months import approved, closed, period_of
from tests.oversight.targets import a_target, said_of_a_target

Call = Callable[[Program, Application], Any]
LISTED = {
    "GET /figures":                              "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /figures/{code}":                       "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET /figures/{code}/people":                "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET /periods":                              "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /periods/{pk}":                         "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST /periods/{pk}/approve":                "200 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "GET /targets":                              "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /targets/{pk}":                         "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST /targets":                             "403 201 422 422 403 403 403 401 | 403 422 422 - 403 403 403 401",
    "POST /targets/{pk}/change":                 "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /targets/{pk}/publish":                "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /targets/{pk}/withdraw":               "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /periods/{pk}/send_back":              "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
}  # fmt: skip


def _figure(path: str) -> Call:
    return lambda program, case: program.get(path, under=case.agency.code, month="2026-03")


def _month(action: str = "", **said: Any) -> Call:
    """A call about the month of the street's office."""

    def call(program: Program, case: Application) -> Any:
        period: FigurePeriod = period_of(case.agency.code)
        if action == "send_back":
            period = approved(period)
        if not action:
            return program.get(f"/periods/{period.pk}")
        return program.post(f"/periods/{period.pk}/{action}", {"version": period.version, **said})

    return call


def _target(action: str, **said: Any) -> Call:
    """A call about the target of the street's office."""

    def call(program: Program, case: Application) -> Any:
        target = Target.objects.unscoped().get()
        if not action:
            return program.get(f"/targets/{target.pk}")
        return program.post(f"/targets/{target.pk}/{action}", {"version": target.version, **said})

    return call


def _given(world: Any, stay: Any) -> None:
    if not Target.objects.unscoped().exists():
        a_target(PLATFORM)


#: The month in which the case's recognition began, closed before its days are over.
STATES: dict[str, Callable[[Any, Any], object]] = {"closed month": lambda world, stay: closed(), "target given": _given}
CALLS: dict[str, tuple[str, Call]] = {
    "GET /figures": ("", lambda program, case: program.get("/figures")),
    "GET /figures/{code}": ("draft", _figure("/figures/received")),
    "GET /figures/{code}/people": ("draft", _figure("/figures/received/people")),
    "GET /periods": ("", lambda program, case: program.get("/periods", status="closed")),
    "GET /periods/{pk}": ("closed month", _month()),
    "POST /periods/{pk}/approve": ("closed month", _month("approve")),
    "GET /targets": ("", lambda program, case: program.get("/targets", status="draft")),
    "GET /targets/{pk}": ("target given", _target("")),
    "POST /targets": ("", lambda program, case: program.post("/targets", said_of_a_target(PLATFORM))),
    "POST /targets/{pk}/change": ("target given", _target("change", value=9, responsible="李主任")),
    "POST /targets/{pk}/publish": ("target given", _target("publish")),
    "POST /targets/{pk}/withdraw": ("target given", _target("withdraw", reason="下错了。")),
    "POST /periods/{pk}/send_back": ("closed month", _month("send_back", reason="少了一人。")),
}
