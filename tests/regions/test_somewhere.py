"""A region by rules of its own goes through everything, with nothing outside its folder touched but the list of regions."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications import nightly, papers, printed_form, replay, services
from jiuyuan.applications.models import Application
from jiuyuan.procedures.checks import tables_are_whole
from jiuyuan.recognitions import grounds
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.queries import listed
from jiuyuan.recognitions.register_screening import register_on
from jiuyuan.refusals import GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules.policy import UnknownPolicy
from jiuyuan.screening.columns import Columns
from tests.api.program import Program
from tests.desk.reading import words
from tests.factories import (
    Applicant,
    a_case,
    a_photograph,
    act,
    act_on,
    again,
    an_account,
    an_applicant,
    seen_by,
    staff,
    verify_facts,
)
from tests.jobs import work
from tests.portal.walking import account_form, boxes, seen
from tests.printing.paper import text_of
from tests.recognitions.register import learn
from tests.regions.conftest import forget

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("somewhere")]

STREET, DISTRICT = "990101001", "990101"
FACTS = {
    "hukou_division": "990101", "residence_division": STREET, "able_to_work": True, "wants_work": True,
    "registered_unemployed": True, "unemployed_since": "2025-12-01", "in_labour_relationship": False,
    "left_fishing": True,
}  # fmt: skip
ANSWERS = {
    "left_fishing": "yes",
    "able_to_work": "yes",
    "wants_work": "yes",
    "in_labour_relationship": "no",
    "boat": "云渔1号",
}
SAID = {
    "recognise": {"opinion": "符合条件", "category": "left_fishing"},
    "refuse": {"clauses": ["without_work"], "reason": "没有办理失业登记"},
}


def a_fisher(**said: Any) -> Applicant:
    person = an_applicant(platform=STREET, categories=("left_fishing",), address="云中市钟楼区鼓巷1号")
    return Applicant(**{**vars(person), "facts": FACTS | said})


def a_clerk() -> User:
    return staff("clerk", at=STREET)


def moved(clerk: User, to: str, person: Applicant | None = None, by: User | None = None) -> Application:
    case = services.create(by or clerk, **(person or a_fisher()).form())
    if to == "draft":
        return case
    for kind in ("id_card", "boat_given_up"):
        services.add_material(by or clerk, case.number, kind, a_photograph(), f"{kind}.jpg")
    way = {
        "submitted": (),
        "accepted": ("accept",),
        "recognised": ("accept", "recognise"),
        "rejected": ("accept", "refuse"),
    }
    for action in ("submit", *way[to]):
        if action in ("recognise", "refuse"):
            verify_facts(clerk, case)
        if action == "refuse":
            verify_facts(clerk, case, registered_unemployed=False)
        act((by or clerk) if action == "submit" else clerk, case, action, **SAID.get(action, {}))
    return again(case)


def test_its_tables_have_a_word_for_every_name():
    assert tables_are_whole() == []


def test_the_street_decides_alone_within_its_own_limit():
    clerk = a_clerk()
    case = moved(clerk, "accepted")
    assert (case.region, case.scheme, case.policy) == ("somewhere", "employment_aid", "somewhere-2020-1")
    assert case.due_on == date(2026, 3, 9)  # 5 working days
    verify_facts(clerk, case)
    done = act(clerk, case, "recognise", **SAID["recognise"])
    stay = Recognition.objects.unscoped().get()
    assert (again(done).status, stay.region, stay.policy) == ("recognised", "somewhere", "somewhere-2020-1")
    assert stay.agency.code == STREET


def test_a_refusal_stands_on_its_clauses():
    case = moved(a_clerk(), "rejected")
    [clause] = case.decisions.get().refusal["clauses"]
    assert (clause["clause"], clause["code"]) == ("第三条", "without_work")


def test_every_row_is_as_the_record_says():
    clerk = a_clerk()
    moved(clerk, "rejected")
    moved(clerk, "recognised")
    from collections import Counter

    assert list(replay.verify_state(lambda done: None, Counter())) == []


def test_the_desk_shows_its_states_acts_and_words(log_in):
    clerk = a_clerk()
    case = moved(clerk, "accepted")
    desk = log_in(clerk)
    page = words(desk.get(f"/desk/cases/{case.number}/"))
    assert "是否退捕渔民" in page and "审查认定" in page and "审查中" in page
    assert "公示" not in page and "复核" not in page and "吉林" not in page
    inbox = words(desk.get("/desk/cases/"))
    assert "审查中" in inbox and "复核退回" not in inbox and "公示中" not in inbox
    for address in ("/desk/window/", "/desk/figures/", "/desk/register/", "/desk/"):
        found = desk.get(address, follow=True)
        assert found.status_code == 200, address
        assert "吉林" not in words(found), address
        assert "吉人社" not in words(found), address


def test_the_person_goes_the_whole_way_on_the_pages(log_in, client):
    person = a_fisher()
    client.post("/register/", account_form(person))
    assert "钟楼区" in seen(client.get("/apply/where/"))
    client.post("/apply/where/", {"county": DISTRICT})
    client.post(f"/apply/where/{DISTRICT}/", {"platform": STREET, "address": person.address})
    page = seen(client.get("/apply/category/"))
    assert "退捕渔民" in page and "大龄失业人员" not in page
    client.post("/apply/category/", {"categories": ["left_fishing"]})
    case = Application.objects.unscoped().get(person__id_index=person.id_index)
    page = f"/mine/{case.number}/form/other_facts/"
    assert "您是不是退捕渔民？" in seen(client.get(page)) and "原渔船船名" in seen(client.get(page))
    client.post(page, boxes(client.get(page)) | ANSWERS)
    review = seen(client.get(f"/mine/{case.number}/form/"))
    assert "云渔1号" in review and "渔船注销证明" in review and "土地征用文件" not in review
    assert client.get(f"/mine/{case.number}/materials/boat_given_up/").status_code == 200
    # The foot of a page names the institution that runs the installation.
    progress = seen(client.get(f"/mine/{case.number}/")).partition("有不明白的")[0]
    assert "街道审查认定" in progress
    assert "公示" not in progress and "吉林" not in progress


def test_the_self_check_asks_by_the_rules_of_the_place(client):
    page = client.post("/self-check/")
    assert boxes(page)["asked"] == ["place"] and "云中市" in seen(page)
    page = client.post("/self-check/", {"asked": "place", "place": "somewhere"})
    assert "退捕上岸的渔民" in seen(page) and "国有企业" not in seen(page)
    page = client.post("/self-check/", {"answered": ['place="somewhere"'], "asked": "kind", "kind": "left_fishing"})
    carried = boxes(page)["answered"]
    assert carried == ['place="somewhere"', 'kind="left_fishing"']
    said = ["left_fishing=true", "able_to_work=true", "wants_work=true", "registered_unemployed=true"]
    said += ["in_labour_relationship=false", 'birth_date="1985-03-02"', 'sex="female"']
    page = seen(client.post("/self-check/", {"answered": [*carried, *said]}))
    assert "符合申请条件" in page and "云人规〔2020〕1号" in page and "正式结果由街道审查认定" in page
    assert "公示" not in page and "吉人社发" not in page


def test_programs_are_told_of_its_actions_categories_and_facts():
    from jiuyuan.agencies.services import issue_token

    clerk = a_clerk()
    case = moved(clerk, "accepted")
    api = Program(issue_token(clerk))
    said = api.get(f"/applications/{case.number}").json()
    assert (said["status"], said["status_label"]) == ("accepted", "审查中")
    assert {"recognise", "refuse", "withdraw"} <= set(said["actions"])
    described = Client().get("/api/v1/openapi.json").json()
    assert "/applications/{number}/refuse" in str(described["paths"].keys())
    assert described["components"]["schemas"]["NewFacts"]["properties"]["facts"]["properties"]["left_fishing"]


def test_the_register_is_screened_by_each_places_own_rules(today):
    clerk = a_clerk()
    stay = moved(clerk, "recognised").recognition
    assert not list(register_on(clock.today()))
    learn(stay, in_labour_relationship=True)
    [found] = register_on(clock.today())
    assert (found.recognition, found.signals) == (stay.pk, ("at_work",))


def test_the_night_passes_and_proposes_by_its_own_grounds(today):
    clerk = a_clerk()
    stay = moved(clerk, "recognised").recognition
    learn(stay, deceased=True)
    assert nightly.run().figures["proposals"] == 1
    assert stay.proposals.get().ground == "died"


def test_its_form_and_its_letters_are_its_own():
    clerk = a_clerk()
    case = seen_by(clerk, moved(clerk, "accepted"))
    work("make_letter")
    form, receipt = text_of(printed_form.form_pdf(case)), text_of(papers.read(case, "receipt"))
    assert "云中市就业援助申请表" in form and "是否退捕渔民：是" in form and "吉林" not in form
    assert "5个工作日内审查完" in receipt
    case = seen_by(clerk, moved(clerk, "rejected"))
    work("make_letter")
    refused = text_of(papers.read(case, "rejection"))
    assert "云人规〔2020〕1号" in refused and "第三条" in refused and "吉人社发" not in refused


def test_its_seals_stand_in_its_own_cells():
    clerk = a_clerk()
    case = moved(clerk, "recognised")
    assert printed_form.seal_application(case) == 1
    assert "审查意见" in text_of(printed_form.form_pdf(seen_by(clerk, case)))


def test_somebody_on_its_register_asks_to_leave_and_is_told_under_its_own_document(log_in):
    clerk, reviewer = a_clerk(), staff("reviewer", at=DISTRICT)
    account = an_account()
    stay = moved(clerk, "recognised", by=account).recognition
    leaving = log_in(account).post(f"/mine/recognition/{stay.pk}/leave/", {"reason": "找到工作了"})
    assert leaving.status_code == 302
    proposal = stay.proposals.get()
    assert proposal.ground == "asked_to_leave"
    act_on("confirm", reviewer, proposal, "核对属实")
    work("make_exit_notice")
    stay.refresh_from_db()
    printed = text_of(exit_notice_pdf(stay))
    assert "云人规〔2020〕1号" in printed and "第九条(二)" in printed and "吉人社发" not in printed
    card = seen(log_in(account).get("/mine/"))
    assert "云人规〔2020〕1号 第九条(二)" in card and "吉人社发" not in card


def test_an_end_of_its_register_stands_on_its_own_clauses(log_in):
    clerk, reviewer = a_clerk(), staff("reviewer", at=DISTRICT)
    stay = moved(clerk, "recognised").recognition
    learn(stay, deceased=True)
    act_on("end", reviewer, stay.pk, ground="died", on=clock.today(), evidence="公安数据")
    other = moved(clerk, "recognised").recognition
    assert "依据 第七条" in words(log_in(reviewer).get(f"/desk/register/{other.pk}/do/end/0/"))
    struck = grounds.held(stay, "disqualified", "annulled")
    assert struck is not None and (struck.clause, struck.document) == ("第八条", "云人规〔2020〕1号")
    with pytest.raises(GuardNotMet, match="第九条\\(四\\)须先立案调查"):
        act_on("end", reviewer, other.pk, ground="disqualified", on=clock.today(), evidence="有人反映")


def test_its_facts_are_columns_of_a_screening_and_filters_of_the_register(log_in):
    clerk = a_clerk()
    stay = moved(clerk, "recognised").recognition
    rules = registry.policy("somewhere-2020-1")
    assert Columns(rules.known_facts).places(["是否退捕渔民"], "名册.csv") == {"left_fishing": 0}
    page = words(log_in(clerk).get("/desk/register/", {"fact": "left_fishing=true"}))
    assert stay.number in page and "退捕渔民" in page and "大龄失业人员" not in page


def test_both_regions_live_beside_each_other():
    """Each case by its own rules; who works in one sees nothing of the other."""
    here, there = a_case("recognised").recognition, moved(a_clerk(), "recognised").recognition
    learn(here, in_labour_relationship=True)
    learn(there, in_labour_relationship=True)
    assert {(one.recognition, one.signals) for one in register_on(clock.today())} == {
        (here.pk, ("employed",)), (there.pk, ("at_work",)),
    }  # fmt: skip
    assert nightly.run().figures["investigations"] == 2
    assert set(listed(a_clerk()).values_list("pk", flat=True)) == {there.pk}
    assert set(listed(staff("reviewer")).values_list("pk", flat=True)) == {here.pk}


def test_taken_off_the_list_it_leaves_nothing_behind(monkeypatch):
    monkeypatch.delitem(registry.FOLDERS, "somewhere")
    forget()
    assert [region.code for region in registry.regions()] == ["jilin"]
    assert "left_fishing" not in registry.categories() and "boat_given_up" not in registry.materials()
    with pytest.raises(UnknownPolicy):
        registry.policy("somewhere-2020-1")
    house = Path(registry.__file__).parents[1]
    own = ("somewhere", "left_fishing", "boat_given_up", "退捕")
    assert not [file for file in house.rglob("*.py") if any(f'"{name}"' in file.read_text("utf-8") for name in own)]
