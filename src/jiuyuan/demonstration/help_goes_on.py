"""Later assistance in a demonstration: a helper leaves, people who found work are followed up."""

from datetime import timedelta
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.assistance import handing_over
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import JobOffer, Plan
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import measures, on_the_register
from jiuyuan.demonstration.invented import Invented, holder_id_number
from jiuyuan.demonstration.on_the_register import family, recognition_of
from jiuyuan.demonstration.stories import OfficeStaff, Story, Telling
from jiuyuan.people import staff as accounts
from jiuyuan.people.models import FamilyCertification
from jiuyuan.procedures import engine
from jiuyuan.recognitions import family_warnings
from jiuyuan.regions import registry as regions

_WHILE = 12
_TALK = {
    "ability": ["market"],
    "means": "phone",
    "services_wanted": ["vacancies"],
    "wishes": {"occupations": ["收银员"], "hours": "full"},
}


def a_helper_leaves(office: OfficeStaff, days: Days, supervisor: User) -> Story:
    """A helper is moved to the county: the clerk takes over their people when the account is closed."""
    yield days.at(_WHILE + 3, first=9.0, last=9.5)
    leaving, _ = accounts.open_account(
        supervisor, "helper", name="崔立新", role="clerk", agency=office.platform.code, id_number=holder_id_number(30)
    )
    yield days.at(_WHILE + 2)
    busy = Plan.objects.unscoped().values("recognition")
    stay = on_the_register(office, before=days.ago(45)).exclude(pk__in=busy).last()
    if stay is None:  # a demonstration with few people
        return
    engine.act(leaving, INTERVIEW, stay.pk, "interview", {**_TALK, "on": days.ago(_WHILE + 2)})
    content = {
        "helper": leaving.username,
        "goal": "两个月内到附近超市上班。",
        "measures": measures(["market"], days.ago(0)),
    }
    plan = engine.act(leaving, PLAN, stay.pk, "plan", content)
    engine.act(leaving, PLAN, plan.pk, "agree", {"how": "signed"})
    yield days.at(2)
    handing_over.close(supervisor, leaving, "调到区公共就业服务中心工作。", office.clerk.username)


_BAKERY = {
    "employer": {"name": "长春市麦香园食品有限公司", "credit_code": "91220102MA0Y1A2C1N"},
    "title": "面点工",
    "number": 3,
    "tasks": "和面、做馒头、包子。",
    "conditions": "有健康证，能早班。",
    "division": "220102",
    "address": "长春市南关区大经路66号",
    "form": "full",
    "pay_from": 2800,
    "pay_to": 3200,
    "source": "街道上门走访单位",
}


def in_work_and_out_again(office: OfficeStaff, days: Days) -> Story:
    """Two people of a street work at a bakery and are followed up: one stays, one lost the job; a third is due."""
    clerk = office.clerk
    yield days.at(44)
    vacancy = engine.act(clerk, VACANCY, None, "create", {**_BAKERY, "valid_until": days.ago(0) + timedelta(days=60)})
    engine.act(clerk, VACANCY, vacancy.pk, "check", {"how": "到店看过，看了营业执照。"})
    engine.act(clerk, VACANCY, vacancy.pk, "open", {})
    yield days.at(42)
    stays = list(on_the_register(office, before=days.ago(43))[:3])
    given: list[JobOffer] = []
    for stay in stays:
        talk = {**_TALK, "on": days.ago(42), "wishes": {"occupations": ["面点工"], "hours": "full"}}
        engine.act(clerk, INTERVIEW, stay.pk, "interview", talk)
        content = {
            "helper": clerk.username,
            "goal": "到附近的店里上班。",
            "measures": measures(["market"], days.ago(0)),
        }
        plan = engine.act(clerk, PLAN, stay.pk, "plan", content)
        engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"})
        said = {"vacancy": vacancy.pk, "means": "counter", "suitable_because": "本人会做面食，当面说愿意去。"}
        given.append(engine.act(clerk, OFFER, plan.pk, "offer", said))
    yield days.at(41)
    for offer in given:
        engine.act(clerk, OFFER, offer.pk, "answer", {"answer": "interested"})
        engine.act(clerk, OFFER, offer.pk, "taken_on", {"from": days.ago(41)})
    yield days.at(14)
    found: tuple[dict[str, Any], ...] = (
        {"working": True, "wage_paid": True, "insured": True},
        {"working": False, "note": "店里人手够了，上个月离开。"},
    )
    for offer, said in zip(given, found, strict=False):
        engine.act(clerk, FOLLOW_UP, key_of(offer), "follow_up", {"on": days.ago(14), "means": "phone", **said})


_CLEANERS = {
    "employer": {"name": "长春市洁邻物业服务有限公司", "credit_code": "91220102MA84DQ7R0X"},
    "title": "楼道保洁员",
    "number": 2,
    "tasks": "三栋楼的楼道和院子。",
    "conditions": "身体健康。",
    "division": "220102",
    "address": "长春市南关区自由大路12号",
    "form": "full",
    "pay_from": 2400,
    "pay_to": 2600,
    "source": "街道打电话问单位",
}


def a_family_is_cleared(c: Telling, start: int, partner: Invented) -> Story:
    """A couple without work is certified; a week later one of them finds work nearby,
    and still has it after a month.
    """
    yield from family(c, start, partner)
    clerk, days, certified = c.office.clerk, c.days, start - 9
    yield days.at(certified - 1)
    vacancy = engine.act(clerk, VACANCY, None, "create", {**_CLEANERS, "valid_until": days.ago(0) + timedelta(days=60)})
    engine.act(clerk, VACANCY, vacancy.pk, "check", {"how": "打电话问过物业经理，看了营业执照。"})
    engine.act(clerk, VACANCY, vacancy.pk, "open", {})
    stay = recognition_of(c)
    talk = {
        **_TALK,
        "means": "visit",
        "on": days.ago(certified - 1),
        "wishes": {"occupations": ["保洁员"], "hours": "full"},
    }
    engine.act(clerk, INTERVIEW, stay.pk, "interview", talk)
    content = {
        "helper": clerk.username,
        "goal": "二十天内一人上班。",
        "measures": measures(["market"], days.ago(certified - 1)),
    }
    plan = engine.act(clerk, PLAN, stay.pk, "plan", content)
    engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"})
    said = {"vacancy": vacancy.pk, "means": "counter", "suitable_because": "离家一站路，本人做过保洁。"}
    offer = engine.act(clerk, OFFER, plan.pk, "offer", said)
    limit = regions.region_of(c.office.platform.path).limit("offer_answer_days", on=days.ago(0))
    # At once, where holidays would make the answer late.
    if (answered := days.in_time(certified - 2, certified - 1, limit)) < certified - 1:
        yield days.at(answered)
    engine.act(clerk, OFFER, offer.pk, "answer", {"answer": "interested"})
    yield days.at(certified - 5)
    engine.act(clerk, OFFER, offer.pk, "taken_on", {"from": days.ago(certified - 5)})
    yield days.at(certified - 6)
    certification = FamilyCertification.objects.unscoped().get(person=stay.person_id)
    family_warnings.clear(c.office.reviewer, certification.pk, {"because": "一人已在物业公司上班，签了劳动合同。"})
    yield days.at(certified - 28)
    said = {"on": days.ago(certified - 28), "means": "phone", "working": True, "wage_paid": True, "insured": True}
    engine.act(clerk, FOLLOW_UP, key_of(offer), "follow_up", said)
