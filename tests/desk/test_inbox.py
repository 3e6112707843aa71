"""The list of cases: what is due first, figures that are the list, and as many queries for many cases as for four."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuyuan.applications import paging, queries, services
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.applications.workflow import APPLICATION
from tests import factories
from tests.desk.reading import links, rows, words

INBOX = "/desk/cases/"


def test_who_acts_lands_on_what_waits_for_them_and_who_reads_on_what_is_open(log_in, clerk, reviewer):
    assert log_in(clerk).get("/desk/").url == "/desk/cases/?state=todo"
    assert log_in(reviewer).get("/desk/").url == "/desk/cases/?state=todo"
    assert log_in(factories.staff("supervisor")).get("/desk/").url == "/desk/cases/?state=open"


def test_what_waits_for_somebody_is_what_they_can_do_today_and_the_badge_counts_it(log_in, clerk, reviewer):
    running = factories.a_case("publishing", clerk=clerk)
    theirs = factories.a_case("correction", clerk=clerk)
    over = factories.a_case("publishing", clerk=clerk)
    objected = factories.act(None, running, "object")
    sent_up = factories.act(clerk, factories.a_case("accepted", clerk=clerk), "raise_special_case")
    new = factories.a_case("submitted", clerk=clerk)
    reported = factories.a_case("reported", clerk=clerk)  # the days of its notice pass for all
    on_notice = factories.a_case("publishing", clerk=clerk)

    def mine(user, state="todo"):
        page = log_in(user).get(INBOX, {"state": state})
        return {row["application"].pk for row in page.context["rows"]}, page

    found, page = mine(clerk)
    assert found == {over.pk, objected.pk, new.pk}
    assert not {theirs.pk, on_notice.pk} & found
    assert re.search(r'申请\s*<span class="count">3</span>', page.content.decode())
    assert mine(reviewer)[0] == {sent_up.pk, reported.pk}
    over_now, page = mine(clerk, "notice_over")
    assert over_now == {over.pk}
    assert "公示已满，待签署" in words(page)
    case = words(log_in(clerk).get(f"{INBOX}{over.number}/"))
    assert "公示已满" in case
    assert "公示中" not in case
    factories.move_to(factories.again(over).due_on)
    assert "公示已满，待签署" in words(log_in(clerk).get("/desk/today/"))


def test_a_case_says_by_when_its_notice_must_begin_and_when_that_is_too_late(desk, clerk, today):
    case = factories.a_case("accepted", clerk=clerk)  # accepted on Monday 2 March, due on Monday 16 March
    assert factories.seen_by(clerk, case).post_by == date(2026, 3, 10)
    today("2026-03-06")
    assert "最迟3月10日" in words(desk.get(INBOX, {"state": "accepted"}))
    assert rows(desk.get(INBOX, {"due": "post"})) == 0
    today("2026-03-10")
    assert "今天须公示，否则必然超期" in words(desk.get(INBOX, {"due": "post"}))
    today("2026-03-11")
    assert "来不及公示完，必然超期" in words(desk.get(INBOX, {"due": "missed"}))
    assert rows(desk.get(INBOX, {"due": "post"})) == 0


def test_the_date_shown_is_the_one_by_which_the_list_is_sorted(desk, clerk, today):
    case = factories.a_case("correction", clerk=clerk)
    today("2026-03-05")
    factories.act(clerk, case, "submit")
    assert "补正后3月5日 周四重新提交" in words(desk.get(INBOX, {"state": "submitted"}))


def test_a_filter_of_cases_is_kept_under_a_name_and_forgotten(desk, clerk):
    kept = desk.post("/desk/cases/filters/", {"query": "state=open&due=soon", "name": "快到期"}, follow=True)
    assert kept.redirect_chain[-1][0] == "/desk/cases/?state=open&due=soon"
    saved = clerk.saved_filters.get()
    assert (saved.page, saved.name) == ("cases", "快到期")
    assert "快到期" in words(desk.get(INBOX))
    desk.post(f"/desk/cases/filters/{saved.pk}/forget/", {"query": ""})
    assert "快到期" not in words(desk.get(INBOX))


def test_soonest_due_stands_first_with_days_left_and_what_to_do(desk, clerk, today):
    today("2026-03-02")
    first = factories.a_case("accepted", clerk=clerk)
    today("2026-03-04")
    second = factories.a_case("accepted", clerk=clerk)
    page = desk.get(INBOX, {"state": "open"})
    order = [url for url, _ in links(page) if "-2026-" in url and "#" not in url]
    assert [first.number in order[0], second.number in order[1]] == [True, True]
    assert "3月16日 周一 · 还剩8个工作日" in words(page)
    assert "核实本人填报的事项" in words(page)


def test_an_overdue_case_says_so_and_keeps_saying_so_in_the_filter(desk, clerk, today):
    case = factories.a_case("accepted", clerk=clerk)
    today("2026-03-18")
    page = desk.get(INBOX, {"due": "overdue"})
    assert case.person.name in words(page)
    assert "已超期2个工作日" in words(page)
    assert rows(desk.get(INBOX, {"due": "soon"})) == 0


def test_a_limit_beyond_the_published_holidays_is_marked_provisional(desk, clerk, today):
    today("2026-12-28")
    factories.a_case("accepted", clerk=clerk, applicant=factories.an_applicant())
    assert "暂定" in words(desk.get(INBOX))


def test_every_tab_leads_to_exactly_the_cases_it_counted(desk, clerk):
    for status in ("submitted", "submitted", "accepted", "correction", "declined"):
        factories.a_case(status, clerk=clerk)
    tabs = _tabs(desk.get(INBOX, {"state": "open"}))
    assert tabs["待受理"][1] == 2
    assert tabs["在办"][1] == 4
    assert tabs["已办结"][1] == 1
    assert tabs["全部"][1] == 5
    for label, (url, count) in tabs.items():
        assert rows(desk.get(url)) == count, label


def test_tabs_keep_the_filter_and_count_under_it(desk, clerk):
    factories.a_case("submitted", clerk=clerk)
    factories.a_case("submitted", factories.an_applicant(categories=("laid_off",)), clerk=clerk)
    tabs = _tabs(desk.get(INBOX, {"state": "open", "category": "laid_off"}))
    assert tabs["待受理"][1] == 1
    assert "category=laid_off" in tabs["待受理"][0]
    assert rows(desk.get(tabs["待受理"][0])) == 1


def _tabs(page):
    found = re.findall(r'<a href="([^"]*)"[^>]*>\s*([^<]+?)\s*<span class="count">(\d+)</span>', page.content.decode())
    return {label: (url.replace("&amp;", "&"), int(count)) for url, label, count in found}


@pytest.mark.parametrize("name", ["category", "due", "special", "channel", "agency", "batch", "state"])
def test_an_unknown_value_in_a_filter_shows_nothing_rather_than_everything(desk, clerk, name):
    factories.a_case("submitted", clerk=clerk)
    page = desk.get(INBOX, {name: "nonsense"})
    assert page.status_code == 200
    if name != "special":  # any word but "open" asks for all special cases; there are none
        assert rows(page) == 0
    assert rows(page) == 0


def test_filters_find_objections_special_cases_contradictions_and_channels(desk, clerk, reviewer):
    objected = factories.a_case("publishing", clerk=clerk)
    factories.act(None, objected, "object")
    special = factories.a_case("accepted", clerk=clerk)
    factories.act(clerk, special, "raise_special_case")
    contradicted = _a_contradiction(clerk)
    assert _numbers(desk, objection="1") == [objected.number]
    assert _numbers(desk, special="open") == [special.number]
    assert _numbers(desk, contradiction="on") == [contradicted.number]
    assert _numbers(desk, channel="hall") == []
    page = words(desk.get(INBOX))
    assert "异议待处理" in page
    assert "特殊情况待研究" in page
    assert "事实有矛盾" in page


def test_contradictory_facts_are_marked_and_found_while_there_is_something_to_decide(desk, clerk):
    contradicted = _a_contradiction(clerk)
    assert _numbers(desk, contradiction="on", state="open") == [contradicted.number]
    factories.act(clerk, contradicted, "withdraw")
    assert _numbers(desk, contradiction="on", state="closed") == []
    assert _numbers(desk, state="closed") == [contradicted.number]
    listed = desk.get(INBOX, {"state": "closed"}).content.decode().partition("<tbody>")[2]
    assert "事实有矛盾" not in listed


def _a_contradiction(clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case)
    said = {"unemployed_since": "2025-09-01"}
    return services.save(clerk, case.number, facts=said, source="document", evidence="解除劳动合同证明")


def _numbers(desk, **filters):
    page = desk.get(INBOX, filters).content.decode()
    return sorted(set(re.findall(r'class="wide quiet numbers">([^<]+)<', page)))


def test_a_supervisor_narrows_the_list_to_one_county_and_sees_the_platform(log_in, clerk, elsewhere):
    here = factories.a_case("submitted", clerk=clerk)
    factories.a_case("submitted", factories.an_applicant(platform=factories.OTHER_PLATFORM), clerk=elsewhere)
    province = log_in(factories.staff("province"))
    assert rows(province.get(INBOX)) == 2
    narrowed = province.get(INBOX, {"agency": "2201"})
    assert rows(narrowed) == 1
    assert here.agency.name in words(narrowed)


def test_pages_follow_each_other_by_key_without_losing_or_repeating_anybody(desk, clerk, monkeypatch):
    made = {factories.a_case("draft", clerk=clerk).number for _ in range(5)}
    monkeypatch.setattr(paging, "PAGE", 2)
    seen, url, pages = [], INBOX, 0
    while url:
        page = desk.get(url)
        seen += _numbers_on(page)
        pages += 1
        url = next((INBOX + u for u, text in links(page) if text == "下一页"), None)
    assert (pages, sorted(seen)) == (3, sorted(made))
    back = desk.get(INBOX + next(u for u, text in links(page) if text == "上一页"))
    assert set(_numbers_on(back)) <= made
    assert len(_numbers_on(back)) == 2


def _numbers_on(page):
    return re.findall(r'class="wide quiet numbers">([^<]+)<', page.content.decode())


def test_an_odd_address_spoils_the_filters_of_nobody_else(desk, clerk):
    factories.a_case("draft", clerk=clerk)
    assert rows(desk.get(INBOX, {"category": " older"})) == rows(desk.get(INBOX, {"category": "older"}))
    page = desk.get(INBOX, {"category": "older"})
    assert '<option value="older" selected>' in page.content.decode()
    assert "不在可选的范围里" not in words(page)


@pytest.mark.parametrize("cursor", ["nonsense", "after:2026-03-02", "after:x:y", "before:2026-99-99:1"])
def test_a_broken_cursor_shows_the_first_page(desk, clerk, cursor):
    factories.a_case("draft", clerk=clerk)
    assert rows(desk.get(INBOX, {"cursor": cursor})) == 1


def test_a_long_list_takes_as_many_queries_as_a_short_one(log_in, clerk, reviewer):
    desks = {user.role: log_in(user) for user in (clerk, reviewer, factories.staff("supervisor"))}
    one_of_each(clerk, reviewer)
    short = {role: _queries(desk) for role, desk in desks.items()}
    for _ in range(3):
        one_of_each(clerk, reviewer)
    assert {role: _queries(desk) for role, desk in desks.items()} == short
    assert max(short.values()) <= 17


def one_of_each(clerk, reviewer):
    """A case in each state, one under objection, one that is special, and one with contradictory facts."""
    made = {status: factories.a_case(status, clerk=clerk, reviewer=reviewer) for status in list(APPLICATION.states)}
    on_notice = factories.a_case("publishing", clerk=clerk)  # the others' days have gone by meanwhile
    factories.act(None, on_notice, "object", ground="他在自己的店里上班。")
    factories.act(clerk, made["accepted"], "raise_special_case", question="户口在外地，长期在本地居住。")
    for source in ("document", "site_visit"):
        services.save(
            clerk,
            made["submitted"].number,
            facts={"able_to_work": source == "document"},
            source=source,
            evidence="看过",
            version=factories.again(made["submitted"]).version,
        )


def _queries(desk):
    desk.get(INBOX)  # what is asked once for the whole process
    with CaptureQueriesContext(
        connection,
    ) as asked:
        desk.get(INBOX)
    return len(asked)


def test_an_empty_list_says_what_to_do(desk):
    page = desk.get(INBOX, {"state": "open"})
    assert "有人到窗口来，可以现场录入" in words(page)
    assert ("/desk/window/", "窗口申请") in links(page)
    filtered = words(desk.get(INBOX, {"state": "open", "category": "older"}))
    assert "没有符合筛选条件的申请" in filtered


def test_the_list_shows_nobody_of_another_platform(log_in, clerk, elsewhere):
    case = factories.a_case("submitted", clerk=clerk)
    other = log_in(elsewhere)
    assert case.number not in other.get(INBOX).content.decode()
    assert other.get(f"{INBOX}{case.number}/").status_code == 404


def test_numbers_in_the_list_are_the_ones_of_the_query(clerk, db):
    factories.a_case("submitted", clerk=clerk)
    found = queries.counts(clerk, CaseFilters())
    assert found["submitted"] == Application.objects.visible_to(clerk).filter(status="submitted").count() == 1


def test_closed_cases_by_the_thousand_are_counted_once_a_minute_and_open_ones_each_time(clerk, monkeypatch):
    def declined():
        factories.a_case("declined", clerk=clerk)
        return queries.counts(clerk, CaseFilters())["closed"]

    assert [declined(), declined()] == [1, 2], "few are counted each time"
    monkeypatch.setattr(queries, "_MANY", 1)
    assert [declined(), declined()] == [3, 3]
    assert queries.counts(clerk, CaseFilters(channel="hall"))["closed"] == 0, "each filter has its own"
    factories.a_case("submitted", clerk=clerk)
    assert queries.counts(clerk, CaseFilters())["open"] == 1
