"""Public-interest posts and placements for tests, made as clerks and reviewers make them."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import Placement, Plan, PublicPost
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.people import services as people
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.assistance.plans import a_plan
from tests.factories import an_applicant, put_on_the_register, staff


def said_of_a_post(**changes: Any) -> dict[str, Any]:
    return {
        "employer": {"name": "长春市南关区顺意社区服务中心", "credit_code": "91220102MA17XK4P25"},
        "title": "社区送餐员",
        "kind": "residents",
        "duties": "给独居老人送午饭，顺便看望。",
        "number": 2,
        "division": "220102",
        "address": "长春市南关区民康路8号",
        "form": "full",
        "hours": "每天8点到16点，一周五天",
        "wage": 2600,
        "ground": "社区独居老人多，没有人送餐。",
        "contact": "王主任 0431-85550002",
        **changes,
    }


def a_post(clerk: User, status: str = "open", **changes: Any) -> PublicPost:
    """A post that really went to a state; its notice was long ago."""
    post: PublicPost = engine.act(clerk, POST, None, "request", said_of_a_post(**changes))
    reviewer = staff("reviewer")
    for by, action, more in (
        (reviewer, "approve", {"ground": "确有需要，资金已落实。"}), (reviewer, "publish", {}), (clerk, "open", {}),
    ):  # fmt: skip
        if post.status == status:
            break
        past_notice(post)
        post = engine.act(by, POST, post.pk, action, more)
    return post


def past_notice(row: Any) -> Any:
    """Whose public notice, if it has one, was a month ago."""
    if row.posted_on is not None:
        then = clock.today() - timedelta(days=30)
        row.posted_on, row.notice_ends_on = then, then + timedelta(days=5)
        type(row).objects.unscoped().filter(pk=row.pk).update(posted_on=then, notice_ends_on=then + timedelta(days=5))
    return row


def a_stay(
    clerk: User, category: str = "zero_employment_family", born: str = "1985-03-02", sex: str = "female"
) -> Recognition:
    """Somebody on the register under a category, without an application behind it."""
    card = an_applicant(born, sex)
    person = people.register(
        clerk.actor,
        name=card.name,
        id_number=card.id_number,
        phone=card.phone,
        address=card.address,
        agency=clerk.agency,
    )
    with transaction.atomic():
        return put_on_the_register(clerk, person, category=category)


def a_plan_with_a_post(clerk: User, stay: Recognition | None = None) -> Plan:
    """An active plan whose measure is a public-interest post."""
    soon = clock.today() + timedelta(days=60)
    measures = [{"kind": "public_post", "what": "安置到离家近的公益性岗位", "due_on": soon}]
    reasons = {"skills": "年纪大，学不了新的。"}
    return a_plan(clerk, stay or a_stay(clerk), measures=measures, reasons=reasons)


def proposed(clerk: User, plan: Plan | None = None, post: PublicPost | None = None, **changes: Any) -> Placement:
    plan, post = plan or a_plan_with_a_post(clerk), post or a_post(clerk)
    said = {"post": post.pk, "no_relative": True, "tried_ground": "本人只能半天干活，附近没有这样的岗位。", **changes}
    placement: Placement = engine.act(clerk, PLACEMENT, plan.pk, "propose", said)
    return placement


def term(begins_on: date | None = None, months: int = 12) -> dict[str, Any]:
    begins_on = begins_on or clock.today()
    return {"signed_on": clock.today(), "from": begins_on, "until": begins_on + timedelta(days=30 * months)}


def placed(clerk: User, status: str = "on_post", placement: Placement | None = None, **changes: Any) -> Placement:
    """A placement that really went to a state, decided by as many reviewers as it needs."""
    placement = placement or proposed(clerk, **changes)
    acts: list[tuple[User, str, dict[str, Any]]] = [
        (staff("reviewer"), "publish", {}), (clerk, "contract", term()), (clerk, "begin", {}),
        (clerk, "end", {"ending": "term_over", "on": clock.today()}),
    ]  # fmt: skip
    if placement.term > 1 and placement.agreed_by is None:
        acts.insert(0, (staff("reviewer"), "agree_again", {"ground": "期满后介绍过三个岗位，都没有成功。"}))
    for by, action, said in acts:
        if placement.status == status:
            break
        if placement.status not in PLACEMENT.of().by_action[action].sources:
            continue
        placement = engine.act(by, PLACEMENT, placement.pk, action, said)
        if placement.status == "published":
            past_notice(placement)
    return placement


def asked(clerk: User, post: PublicPost) -> PublicPost:
    """A post whose employer was asked for this month's attendance; `secret` and `code` are known here."""
    engine.act(clerk, POST, post.pk, "confirm_phone", {"phone": "138 4311 0000", "how": "打合同上的座机核实过。"})
    found: PublicPost = engine.act(clerk, POST, post.pk, "ask_attendance", {"month": f"{clock.today():%Y-%m}"})
    return found
