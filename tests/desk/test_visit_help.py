"""Help on a visit without network (四(一)): what is taken along of it, and what is brought back as drafts."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from jiuyuan import clock
from jiuyuan.assistance.models import FollowUp, Interview, JobOffer
from jiuyuan.assistance.nightly import expire_vacancies
from jiuyuan.assistance.nightly_matching import match_everybody
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Visit
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.recognitions.visiting import stand
from jiuyuan.refusals import BadInput
from jiuyuan.rules.calendar import add_months
from tests.assistance.offers import INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.desk.reading import words
from tests.factories import a_case, move_to, staff

TALK = {
    "ability": ["skills"], "occupations": "养老护理员\n保洁员", "divisions": "", "hours": "part", "lowest_pay": "2200",
    "care": "下午四点接孩子",
}  # fmt: skip


@pytest.fixture
def offered(clerk, stay):
    plan = a_plan_with_vacancies(clerk, stay)
    return an_offer(clerk, plan), an_offer(
        clerk, plan, a_fitting_vacancy(clerk, "保洁员"), INTERESTED, ("taken_on", {"from": clock.today()})
    )


def taken(desk, stay):
    [one] = desk.post("/desk/visits/offline/take/", {"person": stay.person_id}).json()["people"]
    return one["help"]


def brought(desk, stay, **help):
    visit = {"uid": str(uuid4()), "person": stay.person_id, "visited_on": clock.today().isoformat(), "help": help}
    return desk.post("/desk/visits/offline/send/", {"visit": json.dumps(visit)})


def test_the_list_carries_plan_offers_and_wishes_and_what_is_written_comes_back_as_drafts(desk, clerk, stay, offered):
    waiting, work = offered
    move_to(add_months(work.begins_on, 1))
    JobOffer.objects.unscoped().filter(pk=waiting.pk).update(answer_by=clock.today())
    help = taken(desk, stay)
    assert any(line.startswith("计划：") for line in help["now"])
    names = [one["name"] for one in help["asked"]]
    assert names == [f"answer-{waiting.pk}", f"follow_up-offer-{work.pk}"]
    talks = Interview.objects.unscoped().filter(recognition=stay).count()
    said = {"interview": TALK, names[0]: {"answer": "declined", "reason": "distance"}, names[1]: {"working": "true"}}
    assert brought(desk, stay, **said).json()["status"] == "draft"
    visit = Visit.objects.unscoped().get()
    waiting.refresh_from_db()
    assert (waiting.status, Interview.objects.unscoped().filter(recognition=stay).count()) == ("given", talks)
    text = words(desk.get(f"/desk/visits/{visit.pk}/"))
    for each in ("访谈：", "缺乏职业技能", "离家太远", "有工作"):
        assert each in text, each
    engine.act(staff("clerk"), VISIT, visit.pk, "confirm", {"leave": [names[1]]}, version=stand(visit))
    waiting.refresh_from_db()
    visit.refresh_from_db()
    assert (waiting.status, waiting.reason, visit.helped) == ("declined", "distance", ["interview", names[0]])
    talk = Interview.objects.unscoped().filter(recognition=stay).order_by("-pk").first()
    assert (talk.means, talk.on, talk.wishes["lowest_pay"], talk.wishes["hours"]) == (
        "visit", visit.visited_on, 2200, "part",
    )  # fmt: skip
    assert not FollowUp.objects.unscoped().exists(), "what is left is not done"


def test_vacancy_that_suits_is_taken_along_and_one_offered_on_the_visit_counts_from_that_day_or_says_why_not(
    desk, clerk, stay
):
    a_plan_with_vacancies(clerk, stay)
    open_still = a_fitting_vacancy(clerk, "护理员")
    over = a_fitting_vacancy(clerk, "护工", valid_until=clock.today() + timedelta(days=1))
    match_everybody()
    names = [one["name"] for one in taken(desk, stay)["asked"]]
    assert sorted(names) == sorted(f"offer-{one.pk}" for one in (open_still, over))
    assert brought(desk, stay, **{names[0]: {"suitable_because": "顺路"}}).status_code == 422
    visited_on = clock.today()
    assert brought(desk, stay, **{name: {"told": "true"} for name in names}).json()["status"] == "draft"
    assert not JobOffer.objects.unscoped().exists()
    visit = Visit.objects.unscoped().get()
    move_to(visited_on + timedelta(days=2))
    expire_vacancies(clock.today())
    assert "介绍岗位" in words(desk.get(f"/desk/visits/{visit.pk}/"))
    engine.act(staff("clerk"), VISIT, visit.pk, "confirm", {"leave": []}, version=stand(visit))
    offers = {one.vacancy_id: one for one in JobOffer.objects.unscoped()}
    assert {one.offered_on for one in offers.values()} == {visited_on}
    assert (offers[open_still.pk].uncounted, offers[over.pk].uncounted) == ("", "late")


def test_what_cannot_be_done_any_more_is_named_and_nothing_is_done_until_it_is_left(desk, clerk, stay, offered):
    waiting, _ = offered
    answer = f"answer-{waiting.pk}"
    brought(desk, stay, interview=TALK, **{answer: {"answer": "interested"}})
    JobOffer.objects.unscoped().filter(pk=waiting.pk).update(answer_by=clock.today().replace(day=1))
    visit, before = Visit.objects.unscoped().get(), Interview.objects.unscoped().count()
    with pytest.raises(BadInput) as late:
        engine.act(clerk, VISIT, visit.pk, "confirm", {}, version=stand(visit))
    assert "已经过了" in dict(late.value.errors)[answer]
    assert Interview.objects.unscoped().count() == before
    page = desk.post(f"/desk/visits/{visit.pk}/", {"stood": stand(visit), "leave": [answer]}, follow=True)
    assert Interview.objects.unscoped().count() == before + 1, words(page)


@pytest.mark.parametrize(
    ("help", "told"),
    [
        ({"interview": {"hours": "part"}}, "就业能力"),
        ({"interview": {"ability": ["skills"], "limits": "不能久站"}}, "收到的内容不完整"),
        ({"answer-7": {"answer": "declined"}}, "为什么"),
        ({"follow_up-offer-7": {"note": "还在上班"}}, "有没有工作"),
        ({"somebody": {"note": "?"}}, "收到的内容不完整"),
        ({"interview": {"ability": ["skills"], "note": "字" * 13_000}}, "太多"),
    ],
)
def test_a_draft_that_cannot_be_read_goes_back_to_the_device_with_why(desk, stay, help, told):
    answer = brought(desk, stay, **help)
    assert answer.status_code == 422
    assert told in str(answer.json()["errors"])


def test_an_answer_brought_back_for_an_offer_of_somebody_else_is_refused(desk, clerk, stay, offered):
    other = an_offer(clerk, a_plan_with_vacancies(clerk), a_fitting_vacancy(clerk, "收银员"))
    brought(desk, stay, **{f"answer-{other.pk}": {"answer": "interested"}})
    visit = Visit.objects.unscoped().get()
    with pytest.raises(BadInput, match="改正"):
        engine.act(clerk, VISIT, visit.pk, "confirm", {}, version=stand(visit))


def test_nothing_of_help_is_taken_along_of_somebody_who_is_not_on_the_register(desk, clerk):
    case = a_case("accepted", clerk=clerk)
    [one] = desk.post("/desk/visits/offline/take/", {"person": case.person_id}).json()["people"]
    assert one["help"] is None
