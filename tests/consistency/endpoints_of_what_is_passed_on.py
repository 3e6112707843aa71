"""The operations of hand-overs and misconduct in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.models import Application
from tests.api.program import Program
from tests.oversight.handovers import a_handover, reported, sent
from tests.oversight.misconducts import a_misconduct, opened, passed
from tests.oversight.recoveries import a_recovery

Call = Callable[[Program, Application], Any]
LISTED = {
    "GET /handovers":                            "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /handovers/{pk}":                       "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST /recoveries/{pk}/handovers":           "403 201 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /handovers/{pk}/agree":                "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /handovers/{pk}/keep":                 "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /handovers/{pk}/send":                 "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /handovers/{pk}/receive":              "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /handovers/{pk}/answered":             "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /handovers/{pk}/contest":              "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "GET /misconducts":                          "403 403 200 200 200 403 403 401 | 403 403 200 - 200 403 403 401",
    "GET /misconducts/{pk}":                     "403 403 404 404 200 403 403 401 | 403 403 404 - 404 403 403 401",
    "POST /misconducts":                         "403 403 201 201 201 403 403 401 | 403 403 422 - 422 403 403 401",
    "POST /misconducts/{pk}/pass_on":            "404 404 404 404 200 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /misconducts/{pk}/conclude":           "404 404 404 404 200 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /misconducts/{pk}/drop":               "404 404 404 404 200 404 404 401 | 404 404 404 - 404 404 404 401",
}  # fmt: skip


def _of(things: str, ready: Callable[[], Any], action: str, said: Callable[[Any], dict[str, Any]]) -> tuple[str, Call]:
    def call(program: Program, case: Application) -> Any:
        row = ready()
        return program.post(f"/{things}/{row.pk}/{action}", {"version": row.version, **said(row)})

    return "recognised", call


def _handover(status: str, action: str, said: Callable[[Any], dict[str, Any]]) -> tuple[str, Call]:
    return _of("handovers", lambda: a_handover(status), action, said)


def _misconduct(status: str, action: str, said: Callable[[Any], dict[str, Any]]) -> tuple[str, Call]:
    return _of("misconducts", lambda: a_misconduct(status), action, said)


def _today(**words: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _row: {"on": clock.today().isoformat(), **words}


CALLS: dict[str, tuple[str, Call]] = {
    "GET /handovers": ("recognised", lambda p, c: p.get("/handovers", status="reported")),
    "GET /handovers/{pk}": ("recognised", lambda p, c: p.get(f"/handovers/{a_handover().pk}")),
    "POST /recoveries/{pk}/handovers": _of("recoveries", a_recovery, "handovers", reported),
    "POST /handovers/{pk}/agree": _handover("reported", "agree", lambda _row: {"reason": "数额较大。"}),
    "POST /handovers/{pk}/keep": _handover("reported", "keep", lambda _row: {"reason": "数额不大，已经退回。"}),
    "POST /handovers/{pk}/send": _handover("agreed", "send", sent),
    "POST /handovers/{pk}/receive": _handover("sent", "receive", _today(receipt="回执3号")),
    "POST /handovers/{pk}/answered": _handover("received", "answered", _today(filed=True, words="立案侦查。")),
    "POST /handovers/{pk}/contest": _handover("not_filed", "contest", lambda _row: {"with": "向市局提请复议。"}),
    "GET /misconducts": ("recognised", lambda p, c: p.get("/misconducts", status="opened")),
    "GET /misconducts/{pk}": ("recognised", lambda p, c: p.get(f"/misconducts/{a_misconduct().pk}")),
    "POST /misconducts": ("recognised", lambda p, c: p.post("/misconducts", opened())),
    "POST /misconducts/{pk}/pass_on": _misconduct("opened", "pass_on", passed),
    "POST /misconducts/{pk}/conclude": _misconduct("passed", "conclude", lambda _row: {"result": "已处理。"}),
    "POST /misconducts/{pk}/drop": _misconduct("opened", "drop", lambda _row: {"reason": "登记错了人。"}),
}
