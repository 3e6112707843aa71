"""The operations of inspections, doubts and recoveries in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.models import Application
from tests.api.program import Program
from tests.consistency import endpoints_of_administration, endpoints_of_what_is_passed_on
from tests.oversight.doubts import a_doubt
from tests.oversight.inspections import (
    ANSWERED,
    OPENED,
    RAISED,
    a_finding,
    an_inspection,
    answered_finding,
    checked,
    decided_finding,
    drawn,
    sealed,
)
from tests.oversight.recoveries import (
    CORRECTED,
    DECIDED,
    HEARD,
    PAID,
    SERVED,
    a_recovery,
    found_of,
    overdue,
    somebody_with_a_finding,
    urged_long_ago,
)

Call = Callable[[Program, Application], Any]
LISTED = endpoints_of_administration.LISTED | endpoints_of_what_is_passed_on.LISTED | {
    "GET /inspections":                          "403 403 200 200 403 403 403 401 | 403 403 200 - 403 403 403 401",
    "GET /inspections/{pk}":                     "403 403 200 200 403 403 403 401 | 403 403 404 - 403 403 403 401",
    "POST /inspections":                         "403 403 201 201 403 403 403 401 | 403 403 422 - 403 403 403 401",
    "POST /inspections/{pk}/draw":               "404 404 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /inspections/{pk}/widen":              "404 404 422 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /inspections/{pk}/close":              "404 404 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /inspections/{pk}/drop":               "404 404 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /inspections/{pk}/cases":              "404 404 201 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /inspected_cases/{pk}/check_again":    "404 404 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /inspected_cases/{pk}/findings":       "404 404 201 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "GET /findings":                             "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /findings/{pk}":                        "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST /findings/{pk}/answer":                "200 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /findings/{pk}/correct":               "403 403 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /findings/{pk}/confirm":               "403 403 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /findings/{pk}/close":                 "403 403 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "GET /doubts":                              "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401",
    "GET /doubts/{pk}":                         "200 200 200 200 403 404 404 401 | 404 404 404 - 403 404 404 401",
    "POST /doubts/{pk}/explain":                "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /doubts/{pk}/confirm":                "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "GET /recoveries":                          "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401",
    "GET /recoveries/{pk}":                     "200 200 200 200 403 404 404 401 | 404 404 404 - 403 404 404 401",
    "POST /people/{pk}/recoveries":             "403 201 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/intend":             "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/speak":              "403 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/hear":               "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/decide":             "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/serve":              "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/pay":                "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/correct":            "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/urge":               "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/to_court":           "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /recoveries/{pk}/quash":              "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
}  # fmt: skip
_LOOKED: dict[str, Any] = {"in_order": ["conditions"], "words": "其余各项有问题。"}


def _on(things: str, ready: Callable[[], Any], action: str, **said: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = ready()
        return program.post(f"/{things}/{row.pk}/{action}", {"version": row.version, **said})

    return call


def _recovering(status: str, action: str, **said: Any) -> Call:
    """A call about a recovery in that state; what happens on a day happens today."""

    def call(program: Program, case: Application) -> Any:
        row = a_recovery(status)
        day = {"on": clock.today().isoformat()} if action in ("serve", "pay") else {}
        return program.post(f"/recoveries/{row.pk}/{action}", {"version": row.version, **said, **day})

    return call


def _begun(program: Program, case: Application) -> Any:
    person = somebody_with_a_finding()
    return program.post(f"/people/{person.pk}/recoveries", found_of(person))


def _overdue() -> Any:
    row = a_recovery("served")
    overdue(row)
    return row


def _whole() -> Any:
    """Everything drawn is checked, and nothing was found."""
    return checked().inspection


def _seen(program: Program, case: Application) -> Any:
    return program.get(f"/inspections/{an_inspection().pk}")


CALLS: dict[str, tuple[str, Call]] = {
    **endpoints_of_administration.CALLS,
    **endpoints_of_what_is_passed_on.CALLS,
    "GET /inspections": ("recognised", lambda p, c: p.get("/inspections", status="frozen")),
    "GET /inspections/{pk}": ("recognised", _seen),
    "POST /inspections": ("recognised", lambda p, c: p.post("/inspections", OPENED)),
    "POST /inspections/{pk}/draw": ("recognised", _on("inspections", sealed, "draw")),
    "POST /inspections/{pk}/widen": ("recognised", _on("inspections", drawn, "widen", size=20_000)),
    "POST /inspections/{pk}/close": ("recognised", _on("inspections", _whole, "close", conclusion="没有问题。")),
    "POST /inspections/{pk}/drop": ("recognised", _on("inspections", an_inspection, "drop", conclusion="选错了。")),
    "POST /inspections/{pk}/cases": ("recognised", _on("inspections", drawn, "cases", place=1, **_LOOKED)),
    "POST /inspected_cases/{pk}/check_again": ("recognised", _on("inspected_cases", checked, "check_again", **_LOOKED)),
    "POST /inspected_cases/{pk}/findings": ("recognised", _on("inspected_cases", checked, "findings", **RAISED)),
    "GET /findings": ("recognised", lambda p, c: p.get("/findings", status="raised", due_by="2030-01-01")),
    "GET /findings/{pk}": ("recognised", lambda p, c: p.get(f"/findings/{a_finding().pk}")),
    "POST /findings/{pk}/answer": ("recognised", _on("findings", a_finding, "answer", **ANSWERED)),
    "POST /findings/{pk}/correct": ("recognised", _on("findings", answered_finding, "correct")),
    "POST /findings/{pk}/confirm": ("recognised", _on("findings", answered_finding, "confirm", opinion="没有改。")),
    "POST /findings/{pk}/close": ("recognised", _on("findings", decided_finding, "close")),
    "GET /doubts": ("recognised", lambda p, c: p.get("/doubts", status="raised", person=1)),
    "GET /doubts/{pk}": ("recognised", lambda p, c: p.get(f"/doubts/{a_doubt().pk}")),
    "POST /doubts/{pk}/explain": ("recognised", _on("doubts", a_doubt, "explain", words="当月没有领取。")),
    "POST /doubts/{pk}/confirm": ("recognised", _on("doubts", a_doubt, "confirm", words="当月已领取。")),
    "GET /recoveries": ("recognised", lambda p, c: p.get("/recoveries", status="found", person=1)),
    "GET /recoveries/{pk}": ("recognised", lambda p, c: p.get(f"/recoveries/{a_recovery().pk}")),
    "POST /people/{pk}/recoveries": ("recognised", _begun),
    "POST /recoveries/{pk}/intend": ("recognised", _recovering("found", "intend", speak_by="2026-12-31")),
    "POST /recoveries/{pk}/speak": ("recognised", _recovering("intended", "speak", words="那个月没有上班。")),
    "POST /recoveries/{pk}/hear": ("recognised", _recovering("intended", "hear", **HEARD)),
    "POST /recoveries/{pk}/decide": (
        "recognised",
        _recovering("heard", "decide", **{**DECIDED, "pay_by": "2026-12-31"}),
    ),
    "POST /recoveries/{pk}/serve": ("recognised", _recovering("decided", "serve", **SERVED)),
    "POST /recoveries/{pk}/pay": ("recognised", _recovering("served", "pay", **PAID)),
    "POST /recoveries/{pk}/correct": ("recognised", _recovering("served", "correct", **CORRECTED)),
    "POST /recoveries/{pk}/urge": ("recognised", _on("recoveries", _overdue, "urge")),
    "POST /recoveries/{pk}/to_court": (
        "recognised",
        _on("recoveries", urged_long_ago, "to_court", court="南关区人民法院"),
    ),
    "POST /recoveries/{pk}/quash": ("recognised", _recovering("found", "quash", reason="查错了人。")),
}
