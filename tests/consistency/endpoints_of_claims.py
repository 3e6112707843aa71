"""The API's endpoints of claims, in the table of every endpoint by role, and how they are called."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.models import Application
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.models import Claim
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from tests.api.program import Program
from tests.factories import staff
from tests.money.claims import said

_THEIRS = "200 403 403 403 404 200 404 401 | 404 404 404 - 404 404 404 401"
_CLERK = "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401"
_REVIEWER = "403 200 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401"

LISTED = {
    "POST /people/{pk}/claims": _THEIRS.replace("200", "201"),
    "GET /claims": "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401",
    "GET /claims/{pk}": "200 200 200 200 404 200 404 401 | 404 404 404 - 404 404 404 401",
    "POST /claims/{pk}/submit": _THEIRS,
    "POST /claims/{pk}/withdraw": _THEIRS,
    "POST /claims/{pk}/check": _CLERK,
    "POST /claims/{pk}/confirm_account": _THEIRS,
    **{f"POST /claims/{{pk}}/{act}": _REVIEWER for act in ("review", "send_back", "publish", "approve", "refuse")},
}


def _claimed(_world: Any, stay: Recognition) -> Claim:
    made: Claim = engine.act(staff("clerk"), CLAIM, stay.person_id, "claim", said("flexible_insurance"))
    return made


STATES: dict[str, Callable[[Any, Recognition], object]] = {"claimed": _claimed}


def _on(status: str, action: str = "", **said_with_it: Any) -> Callable[[Program, Application], Any]:
    """A call about the claim of the case's person, put into that state past the engine."""

    def call(program: Program, case: Application) -> Any:
        rows = Claim.objects.unscoped().filter(person=case.person_id)
        then = clock.today() - timedelta(days=9)
        others: dict[str, Any] = {"checked_by": staff("clerk"), "reviewed_by": staff("reviewer")}
        if status == "payment_returned":
            others |= {"approved_by": staff("reviewer"), "approved_on": then}
        with moving(Claim):
            rows.update(status=status, posted_on=then, notice_ends_on=then, **others)
        row = rows.get()
        if not action:
            return program.get(f"/claims/{row.pk}")
        return program.post(f"/claims/{row.pk}/{action}", {"version": row.version, **said_with_it})

    return call


CALLS: dict[str, tuple[str, Callable[[Program, Application], Any]]] = {
    "POST /people/{pk}/claims": ("claimed", lambda p, c: p.post(f"/people/{c.person_id}/claims", {"scheme": "startup"})),
    "GET /claims": ("claimed", lambda p, c: p.get("/claims", status="draft")),
    "GET /claims/{pk}": ("claimed", _on("draft")),
    "POST /claims/{pk}/submit": ("claimed", _on("draft", "submit")),
    "POST /claims/{pk}/withdraw": ("claimed", _on("draft", "withdraw", reason="不想办了。")),
    "POST /claims/{pk}/check": ("claimed", _on("submitted", "check")),
    "POST /claims/{pk}/confirm_account": ("claimed", _on("payment_returned", "confirm_account", reason="问过银行，账号没有错。")),
    "POST /claims/{pk}/review": ("claimed", _on("checked", "review", ground="看了凭证原件。")),
    "POST /claims/{pk}/send_back": ("claimed", _on("checked", "send_back", reason="缺凭证。")),
    "POST /claims/{pk}/publish": ("claimed", _on("reviewed", "publish")),
    "POST /claims/{pk}/approve": ("claimed", _on("published", "approve")),
    "POST /claims/{pk}/refuse": ("claimed", _on("checked", "refuse", reason="没有参保。", clause="四(三)")),
}  # fmt: skip
