"""The operations of parameters and reorganisations in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable
from typing import Any

from jiuyuan.applications.models import Application
from tests.api.program import Program
from tests.factories import staff
from tests.oversight import parameters
from tests.oversight.reorganisations import SAID, done, drafted

Call = Callable[[Program, Application], Any]
LISTED = {
    "GET /parameters":                                    "403 200 200 200 403 403 403 401 | 403 200 200 - 403 403 403 401",
    "GET /parameters/{pk}":                               "403 200 200 200 403 403 403 401 | 403 404 404 - 403 403 403 401",
    "GET /parameters/standing/{kind}":                    "403 200 200 200 403 403 403 401 | 403 200 200 - 403 403 403 401",
    "POST /parameters/draft_wage":                        "403 403 403 201 403 403 403 401 | 403 403 403 - 403 403 403 401",
    "POST /parameters/draft_limit":                       "403 403 403 201 403 403 403 401 | 403 403 403 - 403 403 403 401",
    "POST /parameters/draft_holidays":                    "403 403 403 201 403 403 403 401 | 403 403 403 - 403 403 403 401",
    "POST /parameters/draft_word":                        "403 201 201 201 403 403 403 401 | 403 201 201 - 403 403 403 401",
    "POST /parameters/draft_letter":                      "403 201 201 201 403 403 403 401 | 403 201 201 - 403 403 403 401",
    "POST /parameters/draft_text":                        "403 403 403 201 403 403 403 401 | 403 403 403 - 403 403 403 401",
    "POST /parameters/{pk}/try_parameter":                "404 200 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /parameters/{pk}/confirm_parameter":            "404 403 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /parameters/{pk}/drop_parameter":               "404 200 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /parameters/{pk}/withdraw_parameter":           "404 403 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
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


def _on(ready: Callable[[], Any], action: str, things: str = "reorganisations", **said: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = ready()
        return program.post(f"/{things}/{row.pk}/{action}", {"version": row.version, **said})

    return call


def _drafts(things: str, action: str, said: Callable[[str], dict[str, Any]]) -> Call:
    return lambda program, case: program.post(f"/{things}/{action}", _listed(said(action)))


def _word() -> Any:
    return parameters.drafted("draft_word")


#: What is typed into a box a line each is a list here.
_LISTS = ("holidays", "workdays", "wording", "lines")


def _listed(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value.splitlines() if name in _LISTS else value for name, value in said.items()}


CALLS: dict[str, tuple[str, Call]] = {
    "GET /reorganisations": ("recognised", lambda p, c: p.get("/reorganisations", status="draft")),
    "GET /reorganisations/{pk}": ("recognised", lambda p, c: p.get(f"/reorganisations/{drafted().pk}")),
    **{
        f"POST /{things}/{action}": ("recognised", _drafts(things, action, said))
        for things, acts, said in (
            ("reorganisations", SAID, SAID.__getitem__),
            ("parameters", parameters.SAID, parameters.said_today),
        )
        for action in acts
    },
    "GET /parameters": ("recognised", lambda p, c: p.get("/parameters", status="draft")),
    "GET /parameters/{pk}": ("recognised", lambda p, c: p.get(f"/parameters/{_word().pk}")),
    "GET /parameters/standing/{kind}": ("recognised", lambda p, c: p.get("/parameters/standing/limit")),
    "POST /parameters/{pk}/try_parameter": ("recognised", _on(_word, "try_parameter", "parameters")),
    "POST /parameters/{pk}/confirm_parameter": ("recognised", _on(_word, "confirm_parameter", "parameters")),
    "POST /parameters/{pk}/drop_parameter": ("recognised", _on(_word, "drop_parameter", "parameters", **_WHY)),
    "POST /parameters/{pk}/withdraw_parameter": (
        "recognised",
        _on(lambda: parameters.confirmed("draft_word", staff("reviewer")), "withdraw_parameter", "parameters", **_WHY),
    ),
    "POST /reorganisations/{pk}/try_reorganisation": ("recognised", _on(drafted, "try_reorganisation")),
    "POST /reorganisations/{pk}/order_reorganisation": ("recognised", _on(drafted, "order_reorganisation")),
    "POST /reorganisations/{pk}/drop_reorganisation": ("recognised", _on(drafted, "drop_reorganisation", **_WHY)),
    "POST /reorganisations/{pk}/return_reorganisation": ("recognised", _on(done, "return_reorganisation", **_WHY)),
}
