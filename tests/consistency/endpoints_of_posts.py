"""The operations of public-interest posts in the table of every endpoint by role, and how each is called."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.assistance.models import Placement, Plan
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.recognitions.models import Recognition
from tests.api.program import Program
from tests.assistance.posts import a_plan_with_a_post, a_post, asked, past_notice, placed, proposed, said_of_a_post
from tests.factories import does, staff

Call = Callable[[Program, Application], Any]
LISTED = {
    "GET /posts":                                "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /posts/{pk}":                           "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST /posts":                               "201 403 403 403 403 403 403 401 | 201 403 403 - 403 403 403 401",
    "POST /posts/{pk}/revise":                   "200 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /posts/{pk}/approve":                  "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /posts/{pk}/publish":                  "200 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /posts/{pk}/open":                     "200 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /posts/{pk}/close":                    "200 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /posts/{pk}/revoke_link":              "200 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    "POST /posts/{pk}/placements":               "201 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "GET /placements":                           "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401",
    "GET /placements/{pk}":                      "200 200 200 200 404 200 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/agree_again":         "403 200 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/publish":             "403 200 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/contract":            "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/begin":               "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/attend":              "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/end":                 "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
    "POST /placements/{pk}/drop":                "200 200 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401",
}  # fmt: skip


def to_be_placed(clerk: User, stay: Recognition) -> None:
    proposed(clerk, a_plan_with_a_post(clerk, stay))


def _post(status: str, action: str, **said: Any) -> Call:
    """A call about a public-interest post of the clerk's platform in that state."""

    def call(program: Program, case: Application) -> Any:
        post = a_post(staff("clerk"), status)
        if post.status == "published":
            past_notice(post)
        return program.post(f"/posts/{post.pk}/{action}", {"version": post.version, **said})

    return call


def _linked(program: Program, case: Application) -> Any:
    clerk = staff("clerk")
    placement = placed(clerk, "on_post", Placement.objects.unscoped().get(recognition=case.recognition_id))
    post = asked(clerk, placement.post)
    return program.post(f"/posts/{post.pk}/revoke_link", {"version": post.version})


def _placed(status: str, action: str, **said: Any) -> Call:
    """A call about the placement of the case's recognition, brought to that state; a day that is said is so many days from today."""

    def call(program: Program, case: Application) -> Any:
        row = Placement.objects.unscoped().get(recognition=case.recognition_id)
        if action == "agree_again":
            Placement.objects.unscoped().filter(pk=row.pk).update(term=2)
        if action == "placements":
            does(PLACEMENT, "drop")(staff("clerk"), row.pk, reason="改安置到别处")
            anew = {"plan": row.plan_id, "no_relative": True, "tried_ground": "附近没有合适的岗位。"}
            version = Plan.objects.unscoped().get(pk=row.plan_id).version
            return program.post(f"/posts/{row.post_id}/placements", {"version": version, **anew})
        row = placed(staff("clerk"), status, row)
        today = clock.today()
        days = {name: (today + timedelta(days=said[name])).isoformat() for name in said if name in _DAYS}
        more = {"month": today.isoformat()[:7], "days": 1} if action == "attend" else {}
        return program.post(f"/placements/{row.pk}/{action}", {"version": row.version, **said, **days, **more})

    return call


_DAYS = ("signed_on", "from", "until", "on")


CALLS: dict[str, tuple[str, Call]] = {
    "GET /posts": ("", lambda p, c: p.get("/posts", status="open")),
    "POST /posts": ("", lambda p, c: p.post("/posts", said_of_a_post())),
    "GET /posts/{pk}": ("to be placed", lambda p, c: p.get(f"/posts/{c.recognition.placements.get().post_id}")),
    "POST /posts/{pk}/revise": ("to be placed", _post("requested", "revise", **said_of_a_post(wage=2700))),
    "POST /posts/{pk}/approve": ("to be placed", _post("requested", "approve", ground="确有需要。")),
    "POST /posts/{pk}/publish": ("to be placed", _post("approved", "publish")),
    "POST /posts/{pk}/open": ("to be placed", _post("published", "open")),
    "POST /posts/{pk}/close": ("to be placed", _post("open", "close", reason="不需要了。")),
    "POST /posts/{pk}/revoke_link": ("to be placed", _linked),
    "POST /posts/{pk}/placements": ("to be placed", _placed("", "placements")),
    "GET /placements": ("to be placed", lambda p, c: p.get("/placements", status="proposed", due_by="2030-01-01")),
    "GET /placements/{pk}": ("to be placed", lambda p, c: p.get(f"/placements/{c.recognition.placements.get().pk}")),
    "POST /placements/{pk}/agree_again": ("to be placed", _placed("proposed", "agree_again", ground="没有成功。")),
    "POST /placements/{pk}/publish": ("to be placed", _placed("proposed", "publish")),
    "POST /placements/{pk}/contract": (
        "to be placed",
        _placed("published", "contract", signed_on=0, until=300, **{"from": 1}),
    ),
    "POST /placements/{pk}/begin": ("to be placed", _placed("contracted", "begin")),
    "POST /placements/{pk}/attend": ("to be placed", _placed("on_post", "attend")),
    "POST /placements/{pk}/end": ("to be placed", _placed("on_post", "end", ending="other_work", on=0)),
    "POST /placements/{pk}/drop": ("to be placed", _placed("published", "drop", reason="本人不去了")),
}
