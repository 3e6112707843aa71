"""The operations of reorganisations in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable
from typing import Any

from jiuyuan.applications.models import Application
from tests.api.program import Program
from tests.oversight.reorganisations import SAID, done, drafted

Call = Callable[[Program, Application], Any]
LISTED = {
    "GET /reorganisations":                               "403 403 200 200 403 403 403 401 | 403 403 200 - 403 403 403 401",
    "GET /reorganisations/{pk}":                          "403 403 200 200 403 403 403 401 | 403 403 404 - 403 403 403 401",
    "POST /reorganisations/draft_merge":                  "403 403 201 201 403 403 403 401 | 403 403 422 - 403 403 403 401",
    "POST /reorganisations/draft_split":                  "403 403 201 201 403 403 403 401 | 403 403 422 - 403 403 403 401",
    "POST /reorganisations/draft_move":                   "403 403 201 201 403 403 403 401 | 403 403 422 - 403 403 403 401",
    "POST /reorganisations/{pk}/try_reorganisation":      "404 404 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /reorganisations/{pk}/order_reorganisation":    "404 404 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /reorganisations/{pk}/drop_reorganisation":     "404 404 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /reorganisations/{pk}/return_reorganisation":   "404 404 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
}  # fmt: skip
_WHY = {"reason": "写错了。"}


def _on(ready: Callable[[], Any], action: str, **said: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = ready()
        return program.post(f"/reorganisations/{row.pk}/{action}", {"version": row.version, **said})

    return call


def _drafts(action: str) -> Call:
    return lambda program, case: program.post(f"/reorganisations/{action}", SAID[action])


CALLS: dict[str, tuple[str, Call]] = {
    "GET /reorganisations": ("recognised", lambda p, c: p.get("/reorganisations", status="draft")),
    "GET /reorganisations/{pk}": ("recognised", lambda p, c: p.get(f"/reorganisations/{drafted().pk}")),
    **{f"POST /reorganisations/{action}": ("recognised", _drafts(action)) for action in SAID},
    "POST /reorganisations/{pk}/try_reorganisation": ("recognised", _on(drafted, "try_reorganisation")),
    "POST /reorganisations/{pk}/order_reorganisation": ("recognised", _on(drafted, "order_reorganisation")),
    "POST /reorganisations/{pk}/drop_reorganisation": ("recognised", _on(drafted, "drop_reorganisation", **_WHY)),
    "POST /reorganisations/{pk}/return_reorganisation": ("recognised", _on(done, "return_reorganisation", **_WHY)),
}
