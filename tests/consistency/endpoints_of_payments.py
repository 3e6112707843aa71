"""The operations of payment batches in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable, Sequence
from typing import Any

from jiuyuan.applications.models import Application
from tests.api.program import Program
from tests.factories import staff
from tests.money.batches import PERIOD, SCHEME, a_batch, approved, does

Call = Callable[[Program, Application], Any]
LISTED = {
    "GET /payment_batches":                      "403 200 200 200 403 403 403 401 | 403 200 200 - 403 403 403 401",
    "GET /payment_batches/{pk}":                 "403 200 200 200 403 403 403 401 | 403 404 404 - 403 403 403 401",
    "GET /payment_batches/{pk}/lines":           "403 200 200 200 403 403 403 401 | 403 404 404 - 403 403 403 401",
    "GET /payment_batches/{pk}/list.xlsx":       "403 403 403 403 403 403 403 401 | 403 404 404 - 403 403 403 401",
    "POST /payment_batches":                     "403 403 403 403 403 403 403 401 | 403 403 403 - 403 403 403 401",
    "POST /payment_batches/{pk}/sign":           "404 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/publish":        "404 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/take_down":      "404 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/send":           "404 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/results":        "404 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/report_return":  "404 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/confirm_return": "404 422 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /payment_batches/{pk}/withdraw":       "404 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
}  # fmt: skip
#: What who pays is answered, inside and outside.
FINANCE = {
    "GET /misconducts": "403 403",
    "GET /misconducts/{pk}": "403 403",
    "POST /misconducts": "403 403",
    **{f"POST /misconducts/{{pk}}/{act}": "404 404" for act in ("pass_on", "conclude", "drop")},
    "GET /payment_batches": "200 200",
    "GET /payment_batches/{pk}": "200 404",
    "GET /payment_batches/{pk}/lines": "200 404",
    "GET /payment_batches/{pk}/list.xlsx": "200 404",
    "POST /payment_batches": "201 422",
    **dict.fromkeys((one for one in LISTED if one.startswith("POST /payment_batches/")), "200 404"),
    # No payment has this number.
    **dict.fromkeys((f"POST /payment_batches/{{pk}}/{act}_return" for act in ("report", "confirm")), "422 404"),
}


def _on(status: str, *act: str, **said: Any) -> Call:
    def call(program: Program, _: Application) -> Any:
        approved()
        batch = a_batch("signed" if status == "posted" else status)
        if status == "posted":
            batch = does(staff("finance"), batch, "publish")
        at = "/".join(["/payment_batches", str(batch.pk), *act])
        if not act or act[0] in ("lines", "list.xlsx"):
            return program.get(at)
        if act[0] == "results":
            return program.upload(at, content="发放编号,金额,结果\nX-1,1,成功\n".encode(), name="结果.csv")
        return program.post(at, {"version": batch.version, **said})

    return call


def _make(program: Program, _: Application) -> Any:
    approved()
    return program.post("/payment_batches", {"scheme": SCHEME, "period": PERIOD})


CALLS: dict[str, tuple[str, Call]] = {
    "GET /payment_batches": ("", lambda p, c: p.get("/payment_batches")),
    "GET /payment_batches/{pk}": ("", _on("frozen")),
    "GET /payment_batches/{pk}/lines": ("", _on("frozen", "lines")),
    "GET /payment_batches/{pk}/list.xlsx": ("", _on("sent", "list.xlsx")),
    "POST /payment_batches": ("", _make),
    "POST /payment_batches/{pk}/sign": ("", _on("frozen", "sign")),
    "POST /payment_batches/{pk}/publish": ("", _on("signed", "publish")),
    "POST /payment_batches/{pk}/take_down": ("", _on("posted", "take_down")),
    "POST /payment_batches/{pk}/send": ("", _on("signed", "send")),
    "POST /payment_batches/{pk}/results": ("", _on("sent", "results")),
    "POST /payment_batches/{pk}/report_return": ("", _on("sent", "report_return", ref="X-1", reason="账号有误。")),
    "POST /payment_batches/{pk}/confirm_return": ("", _on("sent", "confirm_return", ref="X-1")),
    "POST /payment_batches/{pk}/withdraw": ("", _on("frozen", "withdraw", reason="写错了。")),
}


def by_caller(operation: str, callers: Sequence[str], answers: str, there: bool) -> list[tuple[str, str]]:
    """What each caller is answered: who pays as an auditor is, where nothing else is listed."""
    by_role = dict(zip(callers, answers.split(), strict=True))
    of_finance = FINANCE.get(operation, f"{by_role['auditor']} {by_role['auditor']}")
    return [*by_role.items(), ("finance", of_finance.split()[0 if there else 1])]
