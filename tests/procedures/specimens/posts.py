"""Public-interest posts, and who is placed on them."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import Relative
from jiuyuan.assistance import attendance_links, nightly
from jiuyuan.assistance.models import Placement, Plan, PublicPost
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.procedures import engine
from tests.assistance.posts import (
    a_plan_with_a_post,
    a_post,
    a_stay,
    asked,
    past_notice,
    placed,
    proposed,
    said_of_a_post,
    term,
)
from tests.factories import staff
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer, verified
from tests.recognitions.register import struck_off


def _set(row: Any, **columns: Any) -> None:
    type(row).objects.unscoped().filter(pk=row.pk).update(**columns)


def _on_notice() -> PublicPost:
    return past_notice(a_post(clerk(), "published"))


def _plan() -> Plan:
    return a_plan_with_a_post(clerk())


def _what(_row: Plan) -> dict[str, Any]:
    return {"post": a_post(clerk()).pk, "no_relative": True, "tried_ground": "附近没有合适的岗位。"}


def _taken(post: PublicPost) -> PublicPost:
    proposed(clerk(), post=post)
    return PublicPost.objects.unscoped().get(pk=post.pk)


def _with_somebody() -> PublicPost:
    post = a_post(clerk())
    return proposed(clerk(), post=post).post


def _given_back(post: PublicPost) -> PublicPost:
    engine.act(clerk(), PLACEMENT, post.placements.get().pk, "drop", {"reason": "本人不去了"})
    return PublicPost.objects.unscoped().get(pk=post.pk)


def _again(category: str = "zero_employment_family") -> Placement:
    """Somebody who was placed once is proposed a second time."""
    by = clerk()
    stay = a_stay(by, category)
    placed(by, "ended", proposed(by, a_plan_with_a_post(by, stay)))
    plan = stay.plans.get()
    return proposed(by, plan)


def _relative(row: Any) -> None:
    Relative.objects.create(
        user=staff("reviewer"), name="妹妹", relation="妹妹", id_index=row.recognition.person.id_index
    )


def _was_placed(row: Any, times: int = 2) -> None:
    """So many placements that are over, of the same person."""
    post, by = a_post(clerk()), clerk()
    for _ in range(times):
        other = placed(by, "ended", post=post)
        _set(other, recognition=row.recognition)


def _graduate(row: Any) -> None:
    _was_placed(row, 1)
    type(row.recognition).objects.unscoped().filter(pk=row.recognition.pk).update(category="graduate")
    if isinstance(row, Placement):
        _set(row, term=2)


def _with_somebody_at_work() -> PublicPost:
    post = placed(clerk()).post
    engine.act(clerk(), POST, post.pk, "confirm_phone", {"phone": "13843110000", "how": "打座机核实。"})
    return PublicPost.objects.unscoped().get(pk=post.pk)


def _opened() -> PublicPost:
    """Whose employer has typed the code."""
    post = asked(clerk(), placed(clerk()).post)
    post.key = f"{post.secret}.{attendance_links.open_with(post.secret, post.code)}"  # type: ignore[attr-defined]
    return post


def _days(post: PublicPost) -> dict[str, Any]:
    return {"rows": {str(one.pk): {"days": 1} for one in attendance_links.placed(post, clock.today().replace(day=1))}}


def _ending() -> Placement:
    placement = placed(clerk())
    _set(placement, until=clock.today() + timedelta(days=60))
    return placement


def _after_the_night(placement: Placement) -> Placement:
    nightly.warn_of_ending_posts(clock.today())
    return Placement.objects.unscoped().get(pk=placement.pk)


def _reported(placement: Placement) -> Placement:
    post = asked(clerk(), placement.post)
    mark = attendance_links.open_with(post.secret, post.code)  # type: ignore[attr-defined]
    engine.act(None, POST, f"{post.secret}.{mark}", "report_attendance", _days(post))  # type: ignore[attr-defined]
    return Placement.objects.unscoped().get(pk=placement.pk)


SPECIMENS = {
    ("post", "request"): Specimen(lambda: None, lambda _: said_of_a_post()),
    ("post", "revise"): Specimen(lambda: a_post(clerk(), "requested"), lambda _: said_of_a_post(wage=2700)),
    ("post", "approve"): Specimen(
        lambda: a_post(clerk(), "requested"), {"ground": "确有需要。"}, before=lambda row: row.requested_by
    ),
    ("post", "publish"): Specimen(lambda: a_post(clerk(), "approved")),
    ("post", "open"): Specimen(_on_notice),
    ("post", "take"): Specimen(lambda: a_post(clerk()), brings=_taken, told=True),
    ("post", "give_back"): Specimen(_with_somebody, brings=_given_back, told=True),
    ("post", "confirm_phone"): Specimen(lambda: a_post(clerk()), {"phone": "13843110000", "how": "打座机核实。"}),
    ("post", "ask_attendance"): Specimen(_with_somebody_at_work, lambda _: {"month": f"{clock.today():%Y-%m}"}),
    ("post", "revoke_link"): Specimen(lambda: asked(clerk(), placed(clerk()).post)),
    ("post", "report_attendance"): Specimen(_opened, _days, key=lambda row: row.key),
    ("placement", "report"): Specimen(lambda: placed(clerk()), brings=_reported, told=False),
    ("post", "close"): Specimen(lambda: a_post(clerk()), {"reason": "单位不再需要。"}),
    ("placement", "propose"): Specimen(_plan, _what),
    ("placement", "agree_again"): Specimen(_again, {"ground": "期满后介绍过，没有成功。"}, before=lambda row: row.proposed_by),
    ("placement", "publish"): Specimen(lambda: proposed(clerk()), before=lambda row: row.proposed_by),
    ("placement", "contract"): Specimen(lambda: placed(clerk(), "published"), lambda _: term()),
    ("placement", "begin"): Specimen(lambda: placed(clerk(), "contracted")),
    ("placement", "attend"): Specimen(
        lambda: placed(clerk()), lambda row: {"month": row.begins_on.strftime("%Y-%m"), "days": 1}
    ),
    ("placement", "warn"): Specimen(lambda: _ending(), brings=_after_the_night),
    ("placement", "verify_work"): Specimen(lambda: placed(clerk()), verified),
    ("placement", "end"): Specimen(
        lambda: placed(clerk()), lambda _: {"ending": "other_work", "on": clock.today()}
    ),
    ("placement", "drop"): Specimen(lambda: proposed(clerk()), {"reason": "本人不去了"}),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {
    ("post", "pays_the_minimum"): lambda row: _set(row, wage=900),
    ("post", "notice_over"): lambda row: _set(row, posted_on=clock.today(), notice_ends_on=clock.today()),
    ("post", "phone_is_confirmed"): lambda row: _set(row, phone_confirmed_on=None),
    ("post", "somebody_to_report"): lambda row: _set(
        row.placements.get(), begins_on=clock.today() + timedelta(days=99)
    ),
    ("post", "a_link_is_open"): lambda row: row.links.update(revoked=True),
    ("post", "nobody_is_on_it"): lambda row: _set(row, taken=1),
    ("placement", "recognised_today"): lambda row: struck_off(row.recognition, "imprisoned", reviewer()),
    ("placement", "no_officers_relative"): _relative,
    ("placement", "placements_left"): _was_placed,
    ("placement", "may_be_placed_again"): _graduate,
    ("placement", "is_a_second"): lambda row: _set(row, term=1),
    ("placement", "two_agree"): lambda row: _set(row, term=2),
    ("placement", "notice_over"): lambda row: _set(row, posted_on=clock.today(), notice_ends_on=clock.today()),
    ("placement", "day_has_come"): lambda row: _set(row, begins_on=clock.today() + timedelta(days=3)),
}
STANDING: dict[tuple[str, str], Standing] = {}
