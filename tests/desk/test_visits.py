"""Visits at the desk: whom to visit, a visit written down without a telephone, and what becomes facts (四(一))."""

import json
import re
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.desk.views import visits_offline
from jiuyuan.people import services as people
from jiuyuan.people.facts import standing
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.models import Visit
from tests import factories
from tests.desk.reading import rows, words
from tests.factories import act_on

VISITS = "/desk/visits/"
OFFLINE = f"{VISITS}offline/"


def sent(desk, person, **changes):
    """What a device posts, as it posts it."""
    visit = {"uid": str(uuid4()), "person": person.pk, "visited_on": clock.today().isoformat()}
    visit |= {"found": {"wants_work": True}, "seen": {}, "place": "家中", "remarks": "", "wanted": ""} | changes
    return desk.post(f"{OFFLINE}send/", {"visit": json.dumps(visit)})


@pytest.fixture
def visit(clerk, stay):
    brought = visiting.Brought(
        str(uuid4()), stay.person_id, clock.today().isoformat(), found={"wants_work": False, "urban_resident": True}
    )
    return visiting.receive(clerk, brought)


def test_the_list_says_whom_to_visit_and_why_and_how_long_ago_they_were_visited(desk, clerk, stay, visit):
    act_on("investigate", clerk, stay.pk, cause="有人反映。")
    page = desk.get(VISITS)
    assert rows(page) == 1
    for said in ("单秀英", "正在调查", "走访待确认", "今天", "登记走访"):
        assert said in words(page), said


def test_the_reviewer_sees_the_list_but_is_not_offered_to_visit(review, stay):
    page = review.get(VISITS)
    assert "单秀英" in words(page)
    assert "登记走访" not in words(page)
    assert "带走勾选的人" not in words(page)


def test_the_list_costs_the_same_however_many_stand_in_it(desk, clerk, reviewer, stay, db):
    desk.get(VISITS)  # the first look of an account begins its chain
    with CaptureQueriesContext(connection) as one:
        desk.get(VISITS)
    for name in ("甲一", "乙二", "丙三"):
        factories.a_case("recognised", factories.an_applicant(name=name), clerk=clerk, reviewer=reviewer)
    desk.get(VISITS)  # and what is remembered for a while is counted anew
    with CaptureQueriesContext(connection) as more:
        assert rows(desk.get(VISITS)) == 4
    assert len(more) == len(one)


def test_the_list_on_paper_holds_the_questions_and_says_what_stands(desk, stay):
    page = desk.get(f"{VISITS}on-paper/", {"person": stay.person_id})
    assert "您现在能干活吗？" in words(page)
    assert stay.person.phone in words(page)
    assert stay.person.id_number not in words(page)
    nobody = desk.get(f"{VISITS}on-paper/")
    assert nobody.status_code == 302
    assert "请先在" in words(desk.get(VISITS))


def test_how_many_wait_to_be_confirmed_stands_beside_the_list_of_them(desk, log_in, elsewhere, visit):
    for browser, many in ((desk, 1), (log_in(elsewhere), 0)):
        page = browser.get(f"{VISITS}received/")
        [tab] = [tab for tab in page.context["tabs"] if tab["label"] == "待确认"]
        assert (tab["count"], rows(page)) == (many, many)


def enter(desk, person, **said):
    url = f"/desk/people/{person.pk}/visit/"
    form = desk.get(url).context["form"]
    filled = {name: form[name].value() for name in ("uid", "visited_on", "place")}
    return desk.post(url, filled | said)


def test_whether_somebody_was_met_or_has_died_is_asked_before_everything_else(desk, stay):
    page = words(desk.get(f"/desk/people/{stay.person_id}/visit/"))
    asked = [page.index(one) for one in ("家中无人", "本人已经去世", "地点", "您现在能干活吗", "需要什么帮助")]
    assert asked == sorted(asked)


def test_a_visit_is_entered_without_scripts_and_leads_to_what_has_to_be_confirmed(desk, stay):
    answer = enter(
        desk,
        stay.person,
        **{"fact-wants_work": "true", "photos": SimpleUploadedFile("门口.jpg", factories.a_photograph())},
    )
    visit = Visit.objects.unscoped().get()
    assert answer.url == f"{VISITS}{visit.pk}/"
    page = desk.get(answer.url)
    assert "确认，记为事实" in words(page)
    [image] = re.findall(r'<img class="visit-photo"[^>]* src="([^"]+)"', page.content.decode())
    assert desk.get(image)["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("url", "box"),
    [
        ("/desk/people/{stay.person_id}/visit/", "visited_on"),
        ("/desk/register/{stay.pk}/do/end/0/", "on"),
        ("/desk/cases/{number}/facts/record/", "observed_on"),
    ],
)
def test_a_box_for_the_day_holds_today_as_browsers_read_it(desk, review, clerk, stay, url, box):
    number = factories.a_case("accepted", clerk=clerk).number
    page = (review if box == "on" else desk).get(url.format(stay=stay, number=number)).content.decode()
    assert f'type="date" name="{box}" value="{clock.today().isoformat()}"' in page


def test_what_was_typed_is_not_lost_when_something_is_wrong(desk, stay):
    answer = enter(desk, stay.person, **{"fact-monthly_income": "很多", "remarks": "在市场帮工。"})
    assert answer.status_code == 422
    assert "月收入" in words(answer)
    assert "在市场帮工。" in answer.content.decode()
    assert not Visit.objects.unscoped().exists()


def decided(desk, visit, **said):
    form = desk.get(f"{VISITS}{visit.pk}/").context["form"]
    return desk.post(f"{VISITS}{visit.pk}/", {"stood": form["stood"].value(), **said})


def test_the_page_shows_each_finding_beside_what_stands_and_marks_the_conflict(desk, visit):
    page = words(desk.get(f"{VISITS}{visit.pk}/"))
    assert "与已核实的记录不一致" in page
    assert "现有记录：没有" in page


def test_confirmed_it_stands_on_the_persons_page_with_the_visit_as_source(desk, stay, visit):
    refused = decided(desk, visit, **{"fact-urban_resident": "take"})
    assert refused.status_code == 422
    assert "请选择“是否有就业意愿”是否采用" in words(refused)
    answer = decided(desk, visit, **{"fact-urban_resident": "take", "fact-wants_work": "leave"})
    assert answer.status_code == 302
    page = words(desk.get(answer.url))
    assert "1项记为事实" in page
    assert "实地核查" in page
    assert "确认入户走访所见" in page
    assert standing(stay.person.facts.all())["urban_resident"].best.source == "site_visit"
    again = desk.post(f"{VISITS}{visit.pk}/", {"stood": 0})
    assert "不能再办" in words(desk.get(again.url))


def test_facts_that_came_meanwhile_are_looked_at_before_anything_is_confirmed(desk, clerk, stay, visit):
    stood = desk.get(f"{VISITS}{visit.pk}/").context["form"]["stood"].value()
    people.record_facts(
        clerk.actor, stay.person, {"urban_resident": False}, source="shared_data", evidence="居住证", department="公安"
    )
    answer = desk.post(
        f"{VISITS}{visit.pk}/", {"stood": stood, "fact-urban_resident": "take", "fact-wants_work": "leave"}
    )
    assert "刚刚有变动" in words(desk.get(answer.url))
    assert Visit.objects.unscoped().get().status == "draft"


def test_a_visit_that_is_not_used_says_why(desk, visit):
    url = f"{VISITS}{visit.pk}/discard/"
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "走错了门。"}).status_code == 302
    assert "走错了门。" in words(desk.get(f"{VISITS}received/", {"status": "discarded"}))
    assert "没有这样的走访" in words(desk.get(f"{VISITS}received/"))


def test_a_device_takes_the_least_that_is_needed_to_find_somebody_and_ask_them(desk, stay):
    answer = desk.post(f"{OFFLINE}take/", {"person": [stay.person_id, "x"]})
    [person] = answer.json()["people"]
    assert set(person) == {"key", "name", "id_number", "phone", "address", "answers", "said", "help"}
    assert person["id_number"] == stay.person.masked_id_number
    assert person["said"]["wants_work"] == "是"
    assert "no-store" in answer["Cache-Control"]


def test_a_visit_that_is_sent_twice_is_answered_alike(desk, stay):
    uid = str(uuid4())
    first, second = (sent(desk, stay.person, uid=uid) for _ in range(2))
    assert first.json() == second.json() == {"uid": uid, "status": "draft"}
    assert Visit.objects.unscoped().count() == 1


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"uid": 1}', '{"uid": "a", "person": "b", "visited_on": 3}', '{"uid": "a", "uid": "b"}'],
)
def test_what_a_broken_line_leaves_is_refused_in_words(desk, content):
    answer = desk.post(f"{OFFLINE}send/", {"visit": content})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_device_is_told_by_field_what_is_wrong(desk, stay, log_in, elsewhere):
    answer = sent(desk, stay.person, visited_on="2099-01-01")
    assert (answer.status_code, answer.json()["errors"][0][0]) == (422, "visited_on")
    outside = sent(log_in(elsewhere), stay.person)
    assert outside.status_code == 404
    assert "不在您的辖区" in outside.json()["title"]


def test_the_page_that_a_browser_keeps_is_the_same_for_everybody_and_names_nobody(desk, log_in, clerk, elsewhere, stay):
    page = desk.get(OFFLINE, {"person": stay.person_id}).content
    assert page == log_in(elsewhere).get(OFFLINE).content
    for personal in (clerk.name, clerk.username, str(clerk.agency), stay.person.name, "csrf"):
        assert personal not in page.decode(), personal


def test_the_worker_keeps_the_page_and_its_files_only_and_changes_with_them(desk, monkeypatch):
    answer = desk.get(f"{OFFLINE}worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    script = answer.content.decode()
    kept = json.loads(re.search(r"const FILES = (\[.*\]);", script).group(1))
    assert all(finders.find(url.removeprefix("/static/").partition("?")[0]) for url in kept)
    page = desk.get(OFFLINE).content.decode()
    assert set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)) <= set(kept)
    for module in (url for url in kept if url.startswith("/static/desk/visits/")):
        with open(finders.find(module.removeprefix("/static/")), encoding="utf-8") as text:
            for imported in re.findall(r'from "\./([\w.]+)"', text.read()):
                assert f"/static/desk/visits/{imported}" in kept
    assert f'"{reverse("desk:visits_offline")}"' in script.encode().decode("unicode_escape")
    monkeypatch.setattr(visits_offline, "_of_files", lambda: "another day")
    assert desk.get(f"{OFFLINE}worker.js").content.decode() != script
