"""Assistance in a demonstration: vacancies of invented employers and offers in every state, interviews, plans,
and people recognised this week.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import F

from jiuyuan.assistance import vacancy_files
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import JobOffer, Plan, ServiceRefusal, Vacancy
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.people.sources import running
from jiuyuan.people.sources import services as sources
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry as regions

_AGES_AGO, _LATELY = 45, 12
_RESTAURANT = ("长春市南关区顺意餐饮管理有限公司", "91220102MA0Y1A2B3U")
_CARE = ("长春市康颐养老服务有限公司", "91220102MA17XK4P25")
_CLEANING = ("长春市洁邻物业服务有限公司", "91220102MA84DQ7R0X")
_SHOP = ("长春市好邻居便利店有限公司", "91220102MA0Y9C6E8H")
#: So many working days ago: employer, title, occupation, number, pay, conditions, how far it went.
_VACANCIES: tuple[tuple[int, tuple[str, str], str, str, int, tuple[int, int], str, str], ...] = (
    (40, _RESTAURANT, "后厨帮工", "中式烹调师", 2, (2800, 3200), "身体健康，能倒班。", "open"),
    (34, _CARE, "养老护理员", "养老护理员", 6, (3200, 4000), "有耐心，55岁以下，没有经验的免费培训。", "open"),
    (30, _CLEANING, "保洁员", "保洁员", 8, (2300, 2500), "男女不限，60岁以下。", "confirmed"),
    (22, _SHOP, "收银员", "收银员", 3, (2500, 2900), "会用手机收款，早晚两班。", "open"),
    (16, _CLEANING, "门卫", "保安员", 1, (2400, 2400), "限男性，50岁以下。", "checked"),
    (9, _SHOP, "理货员", "理货员", 2, (2500, 2700), "能搬20公斤的货。", "asked"),
    (6, _RESTAURANT, "前厅服务员", "餐厅服务员", 4, (2600, 3000), "普通话流利，有健康证。", "corrected"),
    (2, _CARE, "夜班护理员", "养老护理员", 2, (3600, 4200), "", "draft"),
    (50, _RESTAURANT, "洗碗工", "餐厅服务员", 1, (2300, 2300), "能早班。", "withdrawn"),
)
_HEADING = (
    "单位名称",
    "统一社会信用代码",
    "招聘岗位",
    "招聘人数",
    "工作内容",
    "招聘条件",
    "工作地点",
    "薪资",
    "有效期至",
)
#: A fair's list as it came: three rows in order, three that are not.
_FAIR: tuple[tuple[str, ...], ...] = (
    (*_SHOP, "夜班收银员", "2", "夜班收银、盘点。", "会用手机收款。", "长春市南关区民康路8号", "2700-3100"),
    (*_CARE, "护理员助理", "4", "协助老人起居。", "有耐心，包教会。", "长春市南关区大经路20号", "2600-3000"),
    (*_CLEANING, "绿化养护工", "3", "小区绿化。", "能户外作业。", "长春市南关区亚泰大街9号", "2400"),
    (*_CLEANING, "保安", "5", "小区巡逻。", "限男性，45岁以下。", "长春市南关区亚泰大街9号", "2500"),
    (*_RESTAURANT, "传菜员", "2", "传菜、收台。", "能倒班。", "长春市南关区民康路8号", "1200"),
    (_SHOP[0], _CARE[1], "仓库管理员", "1", "收货、发货。", "会用电脑。", "长春市南关区民康路8号", "2800"),
)  # fmt: skip
_TALKS: tuple[dict[str, Any], ...] = (
    {
        "ability": ["skills"], "means": "counter", "services_wanted": ["training", "vacancies"],
        "wishes": {"occupations": ["养老护理员"], "divisions": ["长春市南关区"], "hours": "full", "lowest_pay": 2800},
    },
    {
        "ability": ["market"], "means": "phone", "services_wanted": ["vacancies"],
        "wishes": {"occupations": ["收银员", "理货员"], "hours": "full", "care": "下午四点要接孩子。"},
    },
    {
        "ability": ["market", "hard_to_place"], "means": "visit", "services_wanted": ["public_post"],
        "wishes": {"occupations": ["看大门"], "lowest_pay": 2200},
    },
)  # fmt: skip


def vacancies(office: OfficeStaff, days: Days) -> Story:
    """The vacancies of a street, each in its state."""
    for ago, employer, title, occupation, number, pay, conditions, until in sorted(_VACANCIES, reverse=True):
        yield days.at(ago)
        clerk, on = office.clerk, days.ago(ago)
        said = {
            "employer": {"name": employer[0], "credit_code": employer[1]},
            "title": title,
            "occupation": occupation,
            "number": number,
            "tasks": f"在店里做{title}的日常工作。",
            "conditions": conditions,
            "division": "220102",
            "address": "长春市南关区",
            "form": "full",
            "pay_from": pay[0],
            "pay_to": pay[1],
            "insurance": ["pension", "medical", "injury"],
            "source": "单位到窗口登记",
            "valid_until": on + timedelta(days=120),
        }
        vacancy = engine.act(clerk, VACANCY, None, "create", said)
        if until == "draft":
            continue
        engine.act(clerk, VACANCY, vacancy.pk, "check", {"how": "看了营业执照，打电话问过人事。"})
        if until == "checked":
            continue
        engine.act(clerk, VACANCY, vacancy.pk, "open", {})
        if until == "open":
            continue
        yield days.at(max(ago - 3, 1))
        if until == "withdrawn":
            engine.act(clerk, VACANCY, vacancy.pk, "withdraw", {"reason": "单位说已经自己招到人。"})
            continue
        secret = engine.act(clerk, VACANCY, vacancy.pk, "ask_employer", {}).secret
        if until == "confirmed":
            engine.act(None, VACANCY, secret, "answer_by_employer", {"answer": "confirm"})
        elif until == "corrected":
            change = {"answer": "correct", "change": "早班改为9点到17点，其他不变。"}
            engine.act(None, VACANCY, secret, "answer_by_employer", change)


def fair(office: OfficeStaff, days: Days) -> Story:
    """The list of a job fair, imported by a clerk."""
    yield days.at(3)
    until = (days.ago(0) + timedelta(days=30)).isoformat()
    lines = [",".join(_HEADING), *(",".join((*row, until)) for row in _FAIR)]
    content = "\n".join(lines).encode()
    batch = sources.upload(office.clerk, "vacancies", "春风行动招聘会.csv", [content], dry=False, waits=False)
    running.run(batch.pk, vacancy_files.work_for)


def plans(office: OfficeStaff, days: Days) -> Story:
    """Interviews with people of the street, and plans: agreed, begun without agreement, waiting for it."""
    clerk = office.clerk
    yield days.at(_AGES_AGO - 20)
    stays = list(on_the_register(office, before=days.ago(_AGES_AGO - 18))[: len(_TALKS) * 2])
    for stay, talk in zip(stays, _TALKS * 2, strict=False):
        engine.act(clerk, INTERVIEW, stay.pk, "interview", {**talk, "on": days.ago(_AGES_AGO - 20)})
    yield days.at(_LATELY + 4)
    made: list[Plan] = []
    helped = set(Plan.objects.unscoped().filter(recognition__in=stays).values_list("recognition", flat=True))
    for stay in [one for one in stays if one.pk not in helped][:4]:
        talk = stay.interviews.order_by("-pk").first()
        planned = measures(talk.ability, days.ago(0))
        content = {
            "helper": clerk.username,
            "goal": "三个月内找到离家近、能长做的工作。",
            "measures": planned,
            "reasons": {"hard_to_place": "先介绍市场岗位，三个月后再看公益性岗位。"} if len(talk.ability) > 1 else {},
        }
        made.append(engine.act(clerk, PLAN, stay.pk, "plan", content))
    yield days.at(_LATELY)
    for plan, how in zip(made, ("signed", "phone"), strict=False):
        engine.act(clerk, PLAN, plan.pk, "agree", {"how": how})
    for plan in made[2:3]:
        engine.act(clerk, PLAN, plan.pk, "start_unsigned", {"reason": "电话三次没有接，上门家里没有人，先介绍岗位。"})
    yield days.at(4)
    for plan in made[:1]:
        guidance = plan.measures.get(kind="guidance")
        engine.act(clerk, MEASURE, guidance.pk, "finish", {"result": "改好了简历，模拟面试两次。"})
        next_on = days.ago(0) + timedelta(days=5)
        engine.act(clerk, PLAN, plan.pk, "review", {"result": "已介绍两个岗位，等单位答复。", "next_on": next_on})


#: So many working days ago: whose plan, title of the vacancy, means, then each act with the day on which it was done.
_OFFERS: tuple[tuple[int, int, str, str, tuple[tuple[int, str, dict[str, Any]], ...]], ...] = (
    (11, 0, "养老护理员", "counter", ((10, "answer", {"answer": "interested"}), (8, "applied", {}))),
    (11, 0, "后厨帮工", "letter", ((5, "fall_silent", {}),)),
    (11, 1, "保洁员", "phone", (
        (10, "answer", {"answer": "interested"}), (8, "applied", {}), (6, "not_taken_on", {"reason": "要上晚班，单位先录用了别人。"}),
    )),
    (11, 1, "收银员", "phone", (
        (9, "answer", {"answer": "declined", "reason": "other", "words": "不想去。"}),
        (8, "tell", {"how": "电话", "proof": "通话录音"}),
    )),
    (11, 2, "养老护理员", "counter", (
        (9, "answer", {"answer": "declined", "reason": "care", "words": "要上夜班，家里老人没人照顾。"}),
        (8, "tell", {"how": "上门", "proof": "本人签字"}),
        (6, "respond", {"words": "母亲瘫痪在床，夜里离不开人。"}),
        (2, "excuse", {"ground": "上门看过，母亲卧床，属实。"}),
    )),
    (11, 2, "保洁员", "phone", (
        (10, "answer", {"answer": "interested"}), (8, "applied", {}), (6, "taken_on", {"from": None}),
    )),
    (2, 0, "收银员", "message", ((1, "answer", {"answer": "interested"}),)),
    (1, 1, "养老护理员", "message", ()),
)  # fmt: skip


#: How many working days ago, of which offer, which act, what is said with it.
OfferAct = tuple[int, tuple[int, str], str, dict[str, Any]]
#: The act to which each is an answer, and the limit in days.
_ANSWERS = {"answer": ("offer", "offer_answer_days"), "respond": ("tell", "answer_days")}


def acts_on_offers(days: Days, limit: Callable[[str], int]) -> list[OfferAct]:
    """The acts on the offers, in order of time; no answer is late because of holidays in between."""
    acts: list[OfferAct] = []
    for offered, whose, title, means, then in _OFFERS:
        done = {"offer": offered}
        acts.append((offered, (whose, title), "offer", {"means": means}))
        for planned, action, said in then:
            asked, within = _ANSWERS.get(action, (action, ""))
            done[action] = days.in_time(planned, done[asked], limit(within)) if within else planned
            acts.append((done[action], (whose, title), action, said))
    return sorted(acts, key=lambda act: -act[0])


def offers(office: OfficeStaff, days: Days) -> Story:
    """Vacancies offered under the plans, in every state, and two declined: one heard and excused, one told."""
    clerk, given = office.clerk, dict[tuple[int, str], JobOffer]()
    limit = partial(regions.region_of(office.platform.path).limit, on=days.ago(0))
    stands = 0
    for ago, key, action, said in acts_on_offers(days, limit):
        if ago != stands:
            yield days.at(ago)
        stands = ago
        if action == "offer":
            # First the people with logins, so that the phone shows something.
            plans = (
                Plan.objects.visible_to(clerk)
                .filter(status=Plan.Status.ACTIVE)
                .order_by(F("recognition__person__account").asc(nulls_last=True), "pk")
            )
            vacancy = Vacancy.objects.visible_to(clerk).get(title=key[1], status=Vacancy.Status.OPEN)
            because = {"suitable_because": "电话里说愿意去看看。"}
            said = {**said, **because, "vacancy": vacancy.pk}
            given[key] = engine.act(clerk, OFFER, plans[key[0]].pk, "offer", said)
        elif action == "fall_silent":
            given[key] = engine.act(None, OFFER, given[key].pk, action, machine="night")
        elif action in REFUSAL.of().by_action:
            by = office.reviewer if action == "excuse" else clerk
            engine.act(by, REFUSAL, ServiceRefusal.objects.unscoped().get(offer=given[key]).pk, action, said)
        else:
            more = {"from": days.ago(5)} if "from" in said else {}
            given[key] = engine.act(clerk, OFFER, given[key].pk, action, said | more)


def on_the_register(office: OfficeStaff, *, before: date) -> Any:
    rows = Recognition.objects.visible_to(office.clerk).filter(status=Recognition.Status.ACTIVE)
    return rows.filter(recognised_on__lte=before).select_related("person").order_by("pk")


def measures(abilities: list[str], today: date) -> list[dict[str, Any]]:
    soon = {"skills": ("training", "养老护理员初级班"), "market": ("vacancies", "介绍离家近的岗位，至少3个")}
    found = [soon[ability] for ability in abilities if ability in soon]
    return [
        {"kind": kind, "what": what, "due_on": today + timedelta(days=3 + 20 * place)}
        for place, (kind, what) in enumerate([*found, ("guidance", "改简历，模拟面试")])
    ]
