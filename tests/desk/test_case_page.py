"""One page a case: what comes next, the facts and where they come from, the rules' answer, who did what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuyuan.applications import services
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history.models import Look
from tests import factories
from tests.desk.reading import hidden, links, words


def page_of(client, case, **query):
    return client.get(f"/desk/cases/{case.number}/", query)


def the_next(response):
    return response.context["next"].title


@pytest.mark.parametrize(
    ("status", "clerk_does", "reviewer_does"),
    [
        ("draft", "提交申请", "等申请人、基层经办人：提交申请"),
        ("submitted", "受理", "等基层经办人：受理"),
        ("correction", "等申请人补正", "等申请人补正"),
        ("accepted", "核实本人填报的事项", "等基层经办人：初审通过并公示"),
        ("publishing", "等公示期满", "等基层经办人：签署初审意见并盖章"),
        ("endorsed", "汇总上报", "等基层经办人：汇总上报"),
        ("reported", "等县级复核人：认定", "认定"),
        ("returned", "重新办理", "等基层经办人：重新办理"),
        ("recognised", "已认定", "已认定"),
        ("declined", "不予受理", "不予受理"),
    ],
)
def test_what_comes_next_is_said_to_each_role(log_in, clerk, reviewer, status, clerk_does, reviewer_does):
    case = factories.a_case(status, clerk=clerk, reviewer=reviewer)
    if status == "draft":
        factories.hand_in_materials(clerk, case)
    assert the_next(page_of(log_in(clerk), case)) == clerk_does
    assert the_next(page_of(log_in(reviewer), case)) == reviewer_does


def test_where_a_recognition_made_in_error_is_put_right_is_said_where_one_looks_for_it(log_in, clerk, reviewer):
    case = factories.a_case("recognised", clerk=clerk, reviewer=reviewer)
    for user, told in ((clerk, True), (reviewer, True), (factories.staff("supervisor"), False)):
        page = page_of(log_in(user), case)
        assert ("从“开始调查”办起" in words(page)) == told, user.role
        assert (f"/desk/register/{case.recognition.pk}/", case.recognition.number) in links(page)
        stay = log_in(user).get(f"/desk/register/{case.recognition.pk}/")
        assert ("认定办错了的，不能收回" in words(stay)) == told, user.role


def test_an_act_that_is_off_says_why(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = words(page_of(desk, case))
    assert "初审通过并公示" in page
    assert "只有本人填报，请先核实" in page


@pytest.mark.parametrize("status", list(APPLICATION.states))
def test_buttons_are_exactly_the_lines_of_the_table(log_in, clerk, reviewer, status):
    case = factories.a_case(status, clerk=clerk, reviewer=reviewer)
    for user in (clerk, reviewer):
        page = page_of(log_in(user), case)
        shown = {action.transition.action for action in page.context["ready"] + page.context["off"]}
        if page.context["next"].action:
            shown.add(page.context["next"].action.transition.action)
        assert shown == {t.action for t in APPLICATION.of().from_state(status, user.role)}


def test_the_rules_answer_clause_by_clause_with_the_facts_they_read(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = page_of(desk, case)
    text = words(page)
    assert "按本人填报，符合认定条件；有的还没有核实" in text
    assert "一(一)2" in text
    assert "2026年3月2日已满41周岁" in text
    assert ("#fact-unemployed_since", "本次失业起始日期") in links(page)


def test_the_minimum_wage_is_shown_with_its_source_and_its_day(desk, clerk):
    text = words(page_of(desk, factories.a_case("accepted", clerk=clerk)))
    assert "最低工资标准2,120元/月（吉政函〔2024〕66号，2024年10月1日起执行）" in text


def test_what_is_missing_is_named(desk, clerk):
    person = factories.an_applicant(facts={"unemployed_since": None})
    case = factories.a_case("accepted", person, clerk=clerk)
    page = page_of(desk, case)
    assert "还要查清：本次失业起始日期" in words(page)
    assert the_next(page) == "查清还不知道的事项"


def test_a_fact_shows_source_day_evidence_and_what_it_took_the_place_of(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case, insured_by_employer=False)
    text = words(page_of(desk, case))
    assert "3月2日 周一 李明 · 社会保险经办机构 · 2026年3月2日查询" in text
    assert "以前的记录（1）" in text


def test_what_one_hand_said_on_one_day_is_named_once_and_what_came_otherwise_where_it_stands(desk, clerk, today):
    case = factories.a_case("accepted", clerk=clerk)
    text = words(page_of(desk, case))
    assert "没有另外写明的，都是： 本人填报" in text
    assert text.count("本人填报3月2日 周一") == 1
    today("2026-03-03")
    services.save(clerk, case.number, facts={"income_stable": True}, evidence="窗口改口")
    text = words(page_of(desk, case))
    assert text.count("本人填报3月2日 周一") == 2, "once for all, and beside what took its place"
    assert "本人填报3月3日 周二 李明 · 窗口改口" in text


def test_departments_that_were_not_asked_are_named(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    services.save(
        clerk,
        case.number,
        facts={"insured_by_employer": False},
        source="shared_data",
        department="社保",
        evidence="接口",
    )
    checks = {check.department: check.state for check in page_of(desk, case).context["checks"]}
    assert checks["社会保险经办机构"] == "checked"
    assert checks["市场监督管理部门"] == "open"
    assert "民政部门" not in checks  # nobody claims the allowance
    assert "没有核对" in words(page_of(desk, case))


def test_the_line_of_steps_says_who_and_when(desk, clerk):
    case = factories.a_case("publishing", clerk=clerk)
    steps = page_of(desk, case).context["steps"]
    assert [step["state"] for step in steps] == ["done", "done", "done", "next", "later", "later"]
    assert (steps[1]["who"], steps[1]["when"]) == ("李明", "3月2日 周一")
    assert steps[3]["note"] == "公示到3月5日 周四"


def test_a_second_round_begins_its_steps_again_after_acceptance(desk, clerk, reviewer):
    case = factories.a_case("returned", clerk=clerk, reviewer=reviewer)
    factories.act(clerk, case, "reopen")
    page = page_of(desk, case)
    assert [step["state"] for step in page.context["steps"]] == ["done", "done", "next", "later", "later", "later"]
    assert "第2轮" in words(page)


def test_history_is_told_in_words_with_a_short_hash(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = page_of(desk, case)
    told = page.context["history"]
    assert [line.what for line in told][:2] == ["受理，开始计算10个工作日", "提交了申请"]
    assert len(told[0].hash) == 10
    assert told[0].hash in page.content.decode()


def test_numbers_are_masked_until_somebody_asks_and_that_is_recorded(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    whole = case.person.id_number
    masked = page_of(desk, case)
    assert whole not in masked.content.decode()
    assert case.person.phone not in masked.content.decode()
    assert case.person.masked_id_number in words(masked)
    shown = desk.post(f"/desk/cases/{case.number}/number/")
    assert f"{whole[:6]} {whole[6:14]} {whole[14:]}" in words(shown)
    looks = Look.objects.unscoped().filter(file=case.file).order_by("pk")
    assert [look.unmasked for look in looks] == [False, True]


def test_who_only_supervises_cannot_have_the_whole_number(log_in, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    supervisor = log_in(factories.staff("supervisor"))
    assert "显示完整号码" not in words(page_of(supervisor, case))
    assert supervisor.post(f"/desk/cases/{case.number}/number/").status_code == 403
    assert not Look.objects.unscoped().filter(file=case.file, unmasked=True).exists()


@pytest.mark.parametrize("role", ["supervisor", "province"])
def test_supervisors_read_and_have_no_button_that_changes_anything(log_in, clerk, role):
    case = factories.a_case("accepted", clerk=clerk)
    page = page_of(log_in(factories.staff(role)), case)
    assert page.status_code == 200
    forms = page.content.decode().count("<form")
    # The search box, larger type, the day of a demonstration (here a test installation) and the way out.
    assert forms <= 4
    assert page.context["may_record"] is False


def test_every_look_at_a_case_is_recorded(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    page_of(desk, case)
    look = Look.objects.unscoped().get(file=case.file)
    assert (look.actor, look.what, look.area) == (clerk.username, "申请详情", case.area)


def test_the_page_leads_to_the_cases_before_and_after_in_the_list(desk, clerk):
    cases = [factories.a_case("submitted", clerk=clerk) for _ in range(3)]
    page = page_of(desk, cases[1], list="state=submitted")
    urls = {text.partition(" ")[0]: url for url, text in links(page)}  # the key stands behind
    assert desk.get(urls["上一份"]).url == f"/desk/cases/{cases[0].number}/?list=state%3Dsubmitted"
    assert desk.get(urls["下一份"]).url == f"/desk/cases/{cases[2].number}/?list=state%3Dsubmitted"


@pytest.mark.parametrize(("way", "said"), [("previous", "第一份"), ("next", "最后一份")])
def test_at_either_end_the_way_leads_back_to_the_list_and_says_so(desk, clerk, way, said):
    case = factories.a_case("submitted", clerk=clerk)
    page = desk.get(f"/desk/cases/{case.number}/{way}/?list=state%3Dsubmitted", follow=True)
    assert page.redirect_chain == [("/desk/cases/?state=submitted", 302)]
    assert f"已经是清单里的{said}。" in page.content.decode()


def test_the_list_is_kept_through_an_act(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    page = page_of(desk, case, list="state=submitted")
    answer = desk.post(
        f"/desk/cases/{case.number}/do/accept/", {"version": hidden(page, "version"), "list": hidden(page, "list")}
    )
    assert answer.url == f"/desk/cases/{case.number}/?list=state%3Dsubmitted"


def test_an_act_goes_on_to_the_next_case_of_the_list_where_that_is_asked_for(desk, clerk):
    cases = [factories.a_case("submitted", clerk=clerk) for _ in range(2)]
    onwards = {"list": "state=submitted", "then": "next"}
    answers = [
        desk.post(f"/desk/cases/{case.number}/do/accept/", {"version": case.version, **onwards}) for case in cases
    ]
    assert answers[0].url == f"/desk/cases/{cases[1].number}/?list=state%3Dsubmitted"
    assert answers[1].url == "/desk/cases/?state=submitted"
    said = words(desk.get(answers[1].url))
    assert f"{cases[0].person.name}：已办理“受理”" in said
    assert f"{cases[1].person.name}：已办理“受理”" in said


def test_a_case_with_much_on_file_takes_no_more_queries(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    few = _queries(desk, case)
    for day in range(1, 6):
        factories.verify_facts(clerk, case, monthly_income=1000.0 + day, income_stable=False)
        factories.hand_in_materials(clerk, case)
    assert _queries(desk, case) <= few <= 30


def _queries(desk, case):
    page_of(desk, case)
    with CaptureQueriesContext(connection) as asked:
        page_of(desk, case)
    return len(asked)


def test_facts_are_ticked_against_their_sources_from_acceptance_on(desk, clerk):
    for status, ticked in (("submitted", False), ("accepted", True)):
        page = page_of(desk, factories.a_case(status, clerk=clerk))
        assert ("data-group" in page.content.decode()) == ticked
        assert "待核实" in words(page)


def test_who_only_reads_sees_beside_each_fact_who_said_it(log_in, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    text = words(page_of(log_in(factories.staff("supervisor")), case))
    assert "没有另外写明的" not in text
    assert text.count("本人填报") > 5
    assert "待核实" in text
