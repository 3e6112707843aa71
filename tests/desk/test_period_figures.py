"""Figures of a period: each is the list behind it, whatever divides them; days used, returns and their reasons, exits."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from jiuyuan import clock
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.visiting import Brought
from tests import factories
from tests.desk.reading import rows, words
from tests.people.test_files_and_families import a_family
from tests.recognitions.register import found, on_the_register, struck_off, told

pytestmark = pytest.mark.django_db
WHERE = "/desk/figures/period/"
YEAR = {"since": "2026-01-01", "until": "2026-12-31"}


@pytest.fixture
def a_quarter(clerk, reviewer, today):
    """Cases that came and went in March: one recognised late, one returned with a clause, one declined, one open, of a man."""
    today("2026-03-02")
    slow = factories.a_case("accepted", clerk=clerk)
    declined = factories.a_case("declined", clerk=clerk)
    man = factories.a_case("submitted", factories.an_applicant(sex="male", born="1969-05-01"), clerk=clerk)
    returned = factories.returned_as_failing(clerk, reviewer)
    today("2026-04-01")
    factories.verify_facts(clerk, slow)
    factories.act(clerk, slow, "first_review_pass")
    for action in ("endorse", "report"):
        if action == "endorse":
            factories.after_the_notice(slow)
        factories.act(clerk, slow, action)
    slow = factories.act(reviewer, slow, "recognise")
    return {"slow": slow, "declined": declined, "man": man, "returned": returned}


def figures_of(page):
    """(address, number) of every figure on the page."""
    found = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', page.content.decode())
    return [(url.replace("&amp;", "&"), int(number)) for url, number in found]


def test_every_figure_opens_a_list_of_exactly_so_many(log_in, a_quarter):
    supervisor = log_in(factories.staff("supervisor"))
    seen = set()
    for by in ("agency", "category", "sex", "age", "month"):
        found = figures_of(supervisor.get(WHERE, YEAR | {"by": by}))
        assert found, by
        seen |= set(found)
    for url, number in sorted(seen):
        assert rows(supervisor.get(url)) == number, url


def test_what_a_supervisor_asks_first_is_there(log_in, a_quarter):
    page = log_in(factories.staff("supervisor")).get(WHERE, YEAR | {"by": "sex"})
    tables = {table.title: table for table in page.context["tables"]}
    lines = {
        row["label"]: dict(zip(tables["申请（按性别）"].heads[1:], row["cells"], strict=True))
        for row in tables["申请（按性别）"].rows
    }
    assert {label: line["收到"][0] for label, line in lines.items()} == {"合计": 4, "男": 1, "女": 3}
    assert lines["合计"]["认定"][0] == 1
    assert lines["合计"]["超期办结"][0] == 1
    assert lines["合计"]["复核退回"][0] == 1
    assert tables["申请（按性别）"].rows[0]["share"] == 0
    assert "最长" in words(page)
    assert page.context["used"].cases == 1
    longest = page.context["used"].longest
    assert longest > 10
    assert re.search(rf"平均用时\s*{longest}(\.0)?\s*个工作日", words(page))  # there is but one
    reasons = {row["label"]: row["cells"][0][0] for row in tables["退回的原因"].rows}
    assert list(reasons.values()) == [1]
    assert "登记失业" in next(iter(reasons))


def test_exits_are_told_by_their_ground_and_open_the_register(log_in):
    stay = struck_off(on_the_register(), "imprisoned")
    page = log_in(factories.staff("supervisor")).get(WHERE, YEAR)
    table = next(table for table in page.context["tables"] if table.title == "退出的情形")
    [row] = table.rows
    [(count, url)] = row["cells"]
    assert count == 1
    assert f"ground={stay.ground}" in url


def test_another_period_counts_none_of_it_and_a_wrong_one_is_this_month(log_in, a_quarter):
    supervisor = log_in(factories.staff("supervisor"))
    before = supervisor.get(WHERE, {"since": "2025-01-01", "until": "2025-12-31"})
    assert {number for url, number in figures_of(before) if "status=active" not in url} == set()
    wrong = supervisor.get(WHERE, {"since": "2026-05-01", "until": "昨天"})
    assert wrong.context["asked"].since.day == 1
    for value in ("2026-05-01_2026-04-01", "昨天"):
        assert rows(supervisor.get("/desk/cases/", {"received": value})) == 0


def test_they_end_at_the_area_and_go_into_a_workbook(log_in, a_quarter, elsewhere):
    assert figures_of(log_in(elsewhere).get(WHERE, YEAR)) == []
    assert log_in(elsewhere).get(WHERE, YEAR | {"under": factories.COUNTY}).status_code == 404
    answer = log_in(factories.staff("supervisor")).get("/desk/figures/period.xlsx", YEAR | {"by": "sex"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    sheet = book["申请（按性别）"]
    assert [cell.value for cell in sheet[2]][:2] == ["合计", 4]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"
    assert "2026-01-01至2026-12-31" in sheet.oddHeader.left.text
    heads = [cell.value for cell in sheet[1]]
    assert heads[-1] == "按期率（%）"
    took = [[cell.value for cell in row] for row in book["用时和走访"].iter_rows()]
    assert ["走访次数", 0, "次"] in took


def test_investigations_and_families_open_their_lists_for_every_role(log_in, clerk, reviewer):
    decided = told(found(on_the_register(), holds=False))
    factories.act_on("decide", reviewer, decided.pk, outcome="nothing", reason="查无此事。")
    factories.act_on("investigate", clerk, on_the_register().pk, cause="邻居反映其在市场摆摊。")
    person, _ = a_family()
    cleared = factories.certify_family(reviewer, person.pk, ground="入户核实。")
    factories.clear_family(reviewer, cleared.pk, because="配偶已上岗。")
    expected = {"开始的调查": 2, "办结的调查": 1, "认定的零就业家庭": 1, "清零的零就业家庭": 1}
    for user in (clerk, reviewer, factories.staff("supervisor"), factories.staff("province")):
        client = log_in(user)
        page = client.get(WHERE, YEAR)
        [table] = [table for table in page.context["tables"] if table.title == "调查和零就业家庭"]
        whole = table.rows[0]
        assert dict(zip(table.heads[1:], [count for count, _ in whole["cells"]], strict=True)) == expected, user.role
        for row in table.rows:
            for count, url in row["cells"]:
                opened = client.get(url)
                assert rows(opened) == count, url
                assert "2026年1月1日至2026年12月31日" in words(opened), "a list says to what its figure narrowed it"
        other = client.get(WHERE, {"since": "2025-01-01", "until": "2025-12-31"}).context["tables"]
        assert not next(table for table in other if table.title == "调查和零就业家庭").rows


def test_a_number_of_visits_opens_those_visits(log_in, clerk):
    person = on_the_register().person
    for home in (False, True):
        brought = Brought(
            person=person.pk, uid=str(uuid4()), visited_on=str(clock.today()), nobody_home=not home, remarks="去过。"
        )
        visiting.receive(clerk, brought)
    client = log_in(clerk)
    shown = client.get(WHERE, YEAR).context["visits"]
    assert [(label, count) for label, count, _ in shown] == [("走访次数", 2), ("家中无人", 1), ("见到人的次数", 1)]
    for _, count, url in shown:
        opened = client.get(url)
        assert rows(opened) == count, url
        assert "2026年1月1日至2026年12月31日走访" in words(opened)
