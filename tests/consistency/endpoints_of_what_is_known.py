"""The API's endpoints of a city's rules and of articles, in the table of every endpoint by role, and how they are called."""

from collections.abc import Callable
from typing import Any

from jiuyuan.applications.models import Application
from tests.api.program import Program
from tests.oversight.articles import WRITTEN, an_article
from tests.oversight.local_rules import DRAFTED, a_rule, tried

Call = Callable[[Program, Application], Any]
_SEEN = "403 403 200 200 403 403 403 401 | 403 403 200 - 403 403 403 401"
_ONE = "403 403 200 200 403 403 403 401 | 403 403 404 - 403 403 403 401"
_SUPERVISOR = "404 404 200 403 404 404 404 401 | 404 404 404 - 404 404 404 401"
_ABOVE = _SUPERVISOR.replace("200 403", "200 200")

LISTED = {
    "GET /local_rules": _SEEN,
    "GET /local_rules/{pk}": _ONE,
    "POST /local_rules": "403 403 201 403 403 403 403 401 | 403 403 201 - 403 403 403 401",
    **{
        f"POST /local_rules/{{pk}}/{act}": _SUPERVISOR
        for act in ("revise_rule", "set_limit", "leave_limit", "try_rule", "withdraw_rule")
    },
    "POST /local_rules/{pk}/publish_rule": _ABOVE,
    "GET /articles": _SEEN,
    "GET /articles/{pk}": _ONE,
    "POST /articles": "403 403 201 201 403 403 403 401 | 403 403 201 - 403 403 403 401",
    **{f"POST /articles/{{pk}}/{act}_article": _ABOVE for act in ("revise", "publish", "withdraw")},
}


def _about(things: str, made: Callable[[], Any], action: str = "", **said: Any) -> Call:
    """A call about one that is made for it; an action with the version as it stands."""

    def call(program: Program, _case: Application) -> Any:
        row = made()
        path = f"/{things}/{row.pk}"
        return program.post(f"{path}/{action}", {"version": row.version, **said}) if action else program.get(path)

    return call


def _rule(action: str = "", made: Callable[[], Any] = a_rule, **said: Any) -> tuple[str, Call]:
    return "", _about("local_rules", made, action, **said)


def _article(action: str = "", **said: Any) -> tuple[str, Call]:
    return "", _about("articles", an_article, action, **said)


_LIMIT = {"limit": "notice_working_days"}
CALLS: dict[str, tuple[str, Call]] = {
    "GET /local_rules": ("", lambda p, c: p.get("/local_rules", status="draft")),
    "POST /local_rules": ("", lambda p, c: p.post("/local_rules", DRAFTED)),
    "GET /local_rules/{pk}": _rule(),
    "POST /local_rules/{pk}/revise_rule": _rule("revise_rule", **DRAFTED),
    "POST /local_rules/{pk}/set_limit": _rule("set_limit", value=6, **_LIMIT),
    "POST /local_rules/{pk}/leave_limit": _rule("leave_limit", **_LIMIT),
    "POST /local_rules/{pk}/try_rule": _rule("try_rule"),
    "POST /local_rules/{pk}/publish_rule": _rule("publish_rule", tried),
    "POST /local_rules/{pk}/withdraw_rule": _rule("withdraw_rule", reason="另有新规定。"),
    "GET /articles": ("", lambda p, c: p.get("/articles", status="draft")),
    "POST /articles": ("", lambda p, c: p.post("/articles", WRITTEN)),
    "GET /articles/{pk}": _article(),
    "POST /articles/{pk}/revise_article": _article("revise_article", **WRITTEN),
    "POST /articles/{pk}/publish_article": _article("publish_article"),
    "POST /articles/{pk}/withdraw_article": _article("withdraw_article", reason="本人不愿意了。"),
}
