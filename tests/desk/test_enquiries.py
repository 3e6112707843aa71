"""Asking the departments from the desk: ordered, answered by the worker, each with a result; interfaces as bad as they come."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuyuan import clock
from jiuyuan.applications import asking
from jiuyuan.history.models import Look
from jiuyuan.people.models import Enquiry
from jiuyuan.people.sources import enquiries, http
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.worker.models import Job
from tests import factories
from tests.desk.reading import links, rows, words
from tests.jobs import work

ABLE = ("social_insurance", "market_regulation", "public_security")
STOPPED = {"参保状态": "停保", "参保身份": "单位职工", "待遇状态": "未领取"}
AT_HOME = {"户籍地行政区划代码": "220102", "户籍性质": "城镇", "户籍状态": "正常", "服刑状态": "无"}


@pytest.fixture
def departments(monkeypatch):
    """`departments(kind, …)`: what a department says from now on, records or an error; and who was asked."""
    said = {"social_insurance": [STOPPED], "market_regulation": [{"登记状态": "无"}], "public_security": [AT_HOME]}
    asked = []

    def ask(kind, id_number, name):
        asked.append((kind, id_number))
        if isinstance(said[kind], Exception):
            raise said[kind]
        whose, records = said[kind] if isinstance(said[kind], tuple) else (id_number, said[kind])
        return {"id_number": whose, "observed_on": clock.today().isoformat(), "records": records}

    def say(kind, records):
        said[kind] = records

    monkeypatch.setattr(http, "interfaces", lambda: dict.fromkeys(ABLE))
    monkeypatch.setattr(http, "ask", ask)
    say.asked = asked
    return say


def states(case):
    return {
        row.department: row.state for row in Enquiry.objects.unscoped().filter(person=case.person_id).order_by("pk")
    }


def page_of(desk, case):
    return desk.get(f"/desk/cases/{case.number}/")


def press(desk, case):
    return desk.post(f"/desk/cases/{case.number}/ask/", follow=True)


def test_one_button_asks_every_connected_department_of_the_case_and_the_worker_records_what_they_say(
    desk, clerk, departments
):
    case = factories.a_case("accepted", clerk=clerk)
    assert "正在向3个部门查询" in words(press(desk, case))
    assert states(case) == dict.fromkeys(sorted(ABLE, key=list(states(case)).index), "waiting")
    assert 'hx-get="/desk/cases/' in page_of(desk, case).content.decode()
    assert not departments.asked  # nobody waits for a department while a page is made
    work("ask_department")
    known = factories.seen_by(None, case).known
    for name in ("insured_by_employer", "business_registered", "hukou_kind", "hukou_division"):
        assert known[name].verified, name
        assert known[name].best.source == "shared_data"
        assert known[name].best.observed_on == clock.today()
    text = words(page_of(desk, case))
    assert "社会保险经办机构 查得" in text
    left = {row.name for group in page_of(desk, case).context["sheet"].groups for row in group.rows}
    assert "hukou_kind" not in left
    assert "wants_work" in left  # no department can know it


def test_who_asked_and_for_which_case_is_a_look_even_where_no_answer_came(desk, clerk, departments):
    case = factories.a_case("accepted", clerk=clerk)
    departments("social_insurance", http.NotAnswering("这个部门的接口现在没有回应，请稍后再试，或改用导入文件。"))
    press(desk, case)
    work("ask_department")
    looks = Look.objects.unscoped().filter(file=case.person.file, what__startswith="向")
    assert looks.count() == 3
    assert all(look.actor == clerk.username and case.number in look.what for look in looks)


def test_nobody_is_asked_twice_within_some_hours_but_what_failed_may_be_tried_at_once(
    desk, clerk, departments, monkeypatch
):
    case = factories.a_case("accepted", clerk=clerk)
    departments("social_insurance", http.NotAnswering("这个部门的接口现在没有回应，请稍后再试，或改用导入文件。"))
    press(desk, case)
    assert "几小时内都查过了" in words(press(desk, case))  # they have not answered yet
    work("ask_department")
    text = words(page_of(desk, case))
    assert "接口现在没有回应" in text
    departments("social_insurance", [STOPPED])
    assert "正在向1个部门查询" in words(press(desk, case))
    work("ask_department")
    assert [kind for kind, _ in departments.asked].count("social_insurance") == 2
    assert [kind for kind, _ in departments.asked].count("public_security") == 1
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=5))
    assert "正在向3个部门查询" in words(press(desk, case))


@pytest.mark.parametrize(
    ("records", "state", "said"),
    [
        ([], "nothing", "没有记录"),
        (("220102198001010000", [STOPPED]), "failed", "回复的不是这个人，没有采用"),
        ([{"参保状态": "正在办", "参保身份": "单位职工"}], "failed", "不认识这个词"),
        ([{"参保身份": "单位职工"}], "answered", "没有说明要查的事项"),
        ("不是记录", "failed", "格式不对"),
        (ValueError("a fault of ours"), "waiting", "正在查询"),
    ],
)
def test_an_answer_that_is_none_leaves_everything_as_it_was_and_says_so(desk, clerk, departments, records, state, said):
    case = factories.a_case("accepted", clerk=clerk)
    before = case.person.facts.filter(name="insured_by_employer").count()
    departments("social_insurance", records)
    press(desk, case)
    work("ask_department")
    assert states(case)["social_insurance"] == state
    assert said in words(page_of(desk, case))
    assert case.person.facts.filter(name="insured_by_employer").count() == before
    assert states(case)["public_security"] == "answered"  # the others are not held up


def test_half_an_answer_is_recorded_and_the_rest_stays_to_be_verified(desk, clerk, departments):
    case = factories.a_case("accepted", clerk=clerk)
    departments("public_security", [{"户籍性质": "城镇", "户籍状态": "正常", "服刑状态": "无"}])
    press(desk, case)
    work("ask_department")
    left = {row.name for group in page_of(desk, case).context["sheet"].groups for row in group.rows}
    known = factories.seen_by(None, case).known
    assert states(case)["public_security"] == "answered"
    assert known["hukou_kind"].verified
    assert "hukou_division" in left


def test_a_contradiction_is_said_with_both_sources_and_one_of_them_is_adopted(desk, clerk, departments):
    case = factories.a_case("accepted", clerk=clerk)
    paper = factories.seen_by(clerk, case).materials[1]
    factories.services.save(
        clerk,
        case.number,
        facts={"hukou_kind": "rural"},
        source="document",
        material=paper.pk,
        observed_on=clock.today(),
    )
    press(desk, case)
    work("ask_department")
    text = words(page_of(desk, case))
    assert "其中户籍性质与其他来源不一致" in text
    where = f"/desk/cases/{case.number}/facts/hukou_kind/settle/"
    page = desk.get(where)
    both = page.context["sources"]
    assert {(one.value, one.fact.source) for one in both} == {("农村户籍", "document"), ("城镇户籍", "shared_data")}
    shared = next(one.fact for one in both if one.fact.source == "shared_data")
    assert f'name="adopt" value="{shared.pk}"' in page.content.decode()
    version = factories.again(case).version
    silent = desk.post(where, {"version": version, "adopt": shared.pk, "settlement": ""})
    assert silent.status_code == 422
    desk.post(where, {"version": version, "adopt": shared.pk, "settlement": "户口簿是迁出前的旧页"})
    settled = factories.seen_by(None, case).known["hukou_kind"]
    assert not settled.contradicted
    assert settled.value == "urban"
    assert (settled.best.source, settled.best.department) == ("shared_data", shared.department)


def test_ticked_cases_are_asked_together_and_each_question_has_its_result(desk, clerk, departments):
    cases = [factories.a_case("accepted", clerk=clerk) for _ in range(2)]
    closed = factories.a_case("declined", clerk=clerk)
    page = desk.get("/desk/cases/ask/", {"numbers": [case.number for case in (*cases, closed)]})
    assert rows(page) == 2
    done = desk.post("/desk/cases/ask/", {"chosen": [case.number for case in cases]}, follow=True)
    assert "已提出6次查询。" in words(done)
    assert rows(done) == 6
    work("ask_department")
    assert "正在查询" not in words(desk.get("/desk/enquiries/"))
    assert {url for url, _ in links(done)} >= {f"/desk/cases/{case.number}/" for case in cases}


def test_a_job_that_was_killed_and_one_done_twice_ask_and_record_once_more_at_most(clerk, departments):
    case = factories.a_case("accepted", clerk=clerk)
    asking.ask_departments(clerk, case.number)
    for enquiry in Enquiry.objects.unscoped():
        enquiries.answer(enquiry.pk)
        enquiries.answer(enquiry.pk)
    assert len(departments.asked) == 3
    assert Job.objects.unscoped().filter(kind="ask_department").count() == 3


def test_only_who_records_facts_asks_and_only_in_the_own_area(log_in, clerk, elsewhere, departments):
    case = factories.a_case("accepted", clerk=clerk)
    with pytest.raises(NotForRole):
        asking.ask_departments(factories.staff("supervisor"), case.number)
    with pytest.raises(NotFound):
        asking.ask_departments(elsewhere, case.number)
    assert log_in(factories.staff("supervisor")).post(f"/desk/cases/{case.number}/ask/").status_code == 403
    assert log_in(elsewhere).get("/desk/enquiries/").context["rows"] == []
    assert not Enquiry.objects.unscoped().exists()


def test_many_questions_take_no_more_queries_than_few(desk, clerk, departments):
    def asked():
        desk.get("/desk/enquiries/")
        with CaptureQueriesContext(connection) as queries:
            desk.get("/desk/enquiries/")
        return len(queries)

    first = factories.a_case("accepted", clerk=clerk)
    asking.ask_departments(clerk, first.number)
    few = asked()
    for _ in range(2):
        asking.ask_departments(clerk, factories.a_case("accepted", clerk=clerk).number)
    assert asked() == few
