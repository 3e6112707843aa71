"""Public-interest posts in a demonstration: one in each state; people placed, at work, finished, and to be decided."""

from datetime import timedelta
from typing import Any

from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import Interview, Placement, Plan, PublicPost
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import on_the_register
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition

_CENTRE = {"name": "民康社区服务中心", "credit_code": "52220102MJ0A21C7XM"}
_GARDENS = {"name": "园林绿化管护中心", "credit_code": "12220102MB1X40K2NP"}
#: Employer, title, kind, duties, number, hours, wage.
_POSTS: tuple[tuple[dict[str, str], str, str, str, int, str, int], ...] = (
    (_CENTRE, "社区送餐员", "residents", "给独居老人送午饭，顺便看望。", 3, "每天10点到14点，一周六天", 2200),
    (_GARDENS, "绿地管护员", "residents", "公园绿地除草、浇水、清扫。", 4, "每天7点到11点、14点到17点", 2300),
    (_CENTRE, "就业协理员", "public_service", "帮社区登记求职的人，通知招聘会。", 1, "每天8点半到17点", 2400),
    (_CENTRE, "夜间巡逻员", "public_service", "夜间在小区巡逻，看好消防通道。", 2, "每晚19点到23点", 2200),
    (_GARDENS, "公厕保洁员", "residents", "公园公厕保洁。", 2, "每天6点到10点", 2200),
    (_CENTRE, "食堂帮厨", "residents", "洗菜、分餐、收拾。", 2, "每天8点到13点", 2200),
)  # fmt: skip
#: So many working days ago: what was done with which post, or (a number) with the placement of which person on a post.
_ACTS: tuple[tuple[int, int | str, str], ...] = (
    (48, "社区送餐员", "request"), (47, "社区送餐员", "approve"), (46, "社区送餐员", "publish"), (41, "社区送餐员", "open"),
    (40, 0, "社区送餐员"), (39, 0, "publish"), (38, 1, "社区送餐员"), (37, 1, "publish"), (34, 0, "contract"),
    (33, 0, "begin"), (32, 1, "contract"), (31, 1, "begin"), (20, "绿地管护员", "request"), (19, "绿地管护员", "approve"),
    (18, "绿地管护员", "publish"), (13, "绿地管护员", "open"), (12, "就业协理员", "request"), (10, 2, "绿地管护员"),
    (9, 2, "publish"), (9, 1, "end"), (8, 0, "attend"), (6, "就业协理员", "close"), (4, 2, "contract"),
    (4, "夜间巡逻员", "request"), (3, "夜间巡逻员", "approve"), (3, "公厕保洁员", "request"), (2, "公厕保洁员", "approve"),
    (2, "夜间巡逻员", "publish"), (2, 3, "绿地管护员"), (1, 3, "publish"), (1, 4, "社区送餐员"), (1, "食堂帮厨", "request"),
)  # fmt: skip
_BY_THE_COUNTY = ("approve", "publish", "close")
_TALK = {
    "ability": ["hard_to_place"], "means": "counter", "services_wanted": ["public_post"],
    "wishes": {"occupations": ["看大门"]},
}  # fmt: skip


def posts(office: OfficeStaff, days: Days) -> Story:
    """The posts of a street, each in its state, with the people on them; some wait for the county."""
    there: dict[str, PublicPost] = {}
    placed: dict[int, Placement] = {}
    stands = 0
    for ago, which, what in _ACTS:
        if ago != stands:
            yield days.at(ago)
        stands = ago
        if isinstance(which, str):
            there[which] = _of_a_post(office, which, there.get(which), what)
        elif which in placed:
            if _is_on_the_register(placed[which]):  # another story may have ended their recognition
                placed[which] = _of_a_placement(office, days, placed[which], what, ago)
        elif what in there and (plan := _plan_of_another(office, days, ago)) is not None:  # there may be few people
            said = {
                "post": there[what].pk,
                "no_relative": True,
                "tried_ground": "本人只能半天干活，附近没有这样的岗位。",
            }
            order = {"order_ground": "排在前面的人说离家太远，不去。"}
            placed[which] = engine.act(office.clerk, PLACEMENT, plan.pk, "propose", said | order)


def _is_on_the_register(placement: Placement) -> bool:
    stays = Recognition.objects.unscoped().filter(plans=placement.plan_id, status=Recognition.Status.ACTIVE)
    return bool(stays.exists())


def _of_a_post(office: OfficeStaff, title: str, post: PublicPost | None, action: str) -> PublicPost:
    said: dict[str, Any] = {}
    if post is None:
        employer, _, kind, duties, number, hours, wage = next(row for row in _POSTS if row[1] == title)
        said = {
            "employer": {**employer, "name": f"长春市南关区{employer['name']}"}, "title": title, "kind": kind,
            "duties": duties, "number": number, "division": "220102", "form": "part" if wage < 2300 else "full",
            "hours": hours, "wage": 22 if wage < 2300 else wage, "ground": "单位提出，街道看过，确实没有人做。",
        }  # fmt: skip
    elif action == "approve":
        said = {"ground": "单位非营利，确有需要，资金已落实。"}
    elif action == "close":
        said = {"reason": "不予批准：工作内容与社区专职岗位重复。"}
    by = office.reviewer if action in _BY_THE_COUNTY else office.clerk
    done: PublicPost = engine.act(by, POST, post.pk if post else None, action, said)
    return done


def _of_a_placement(office: OfficeStaff, days: Days, placement: Placement, action: str, ago: int) -> Placement:
    today = days.ago(ago)
    said: dict[str, Any] = {}
    if action == "contract":
        said = {"signed_on": today, "from": days.ago(ago - 1), "until": days.ago(ago - 1) + timedelta(days=364)}
    elif action == "attend":
        assert placement.begins_on is not None
        month = placement.begins_on.replace(day=1)
        said = {"month": f"{month:%Y-%m}", "days": min(6, placement.days_in(month, today))}
    elif action == "end":
        said = {"ending": "other_work", "on": today, "reported_on": today, "words": "儿子给找了超市的活。"}
    by = office.reviewer if action in _BY_THE_COUNTY else office.clerk
    done: Placement = engine.act(by, PLACEMENT, placement.pk, action, said)
    return done


def _plan_of_another(office: OfficeStaff, days: Days, ago: int) -> Plan | None:
    """A plan for a person on the register without an interview; None if there is nobody."""
    clerk, today = office.clerk, days.ago(ago)
    talked = Interview.objects.unscoped().values("recognition")  # others will become plans in other stories
    stay = on_the_register(office, before=today).exclude(pk__in=talked).last()
    if stay is None:
        return None
    measure = {"kind": "public_post", "what": "安置到离家近的公益性岗位", "due_on": days.ago(0) + timedelta(days=30)}
    engine.act(clerk, INTERVIEW, stay.pk, "interview", {**_TALK, "on": today})
    content = {"helper": clerk.username, "goal": "有一份离家近、干得动的活。", "measures": [measure]}
    plan = engine.act(clerk, PLAN, stay.pk, "plan", content)
    done: Plan = engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"})
    return done
