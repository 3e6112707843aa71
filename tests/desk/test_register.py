"""The register: who is on it, what goes on about somebody, the work lists, and the notice of an exit."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import SavedFilter
from jiuyuan.history.models import Look
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.visiting import Brought
from jiuyuan.templatetags.plain import bare_day, short_day
from tests import factories
from tests.desk.on_the_register import REGISTER, end
from tests.desk.reading import links, rows, words
from tests.factories import act_on


def test_every_filter_narrows_to_what_it_says_and_its_count_is_the_length_of_the_list(desk, clerk, reviewer, stay):
    gone = factories.a_case("recognised", clerk=clerk, reviewer=reviewer).recognition
    end(reviewer, gone, "imprisoned")
    looked_into = factories.a_case("recognised", clerk=clerk, reviewer=reviewer).recognition
    act_on("investigate", clerk, looked_into.pk, cause="邻居反映他在开店")
    act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据")
    stay.warnings.create(kind="age", due_on=clock.today())
    for query, expected in (
        ({"status": "active"}, {stay, looked_into}),
        ({"status": "ended"}, {gone}),
        ({"ground": "imprisoned"}, {gone}),
        ({"category": "older"}, {stay, gone, looked_into}),
        ({"category": "disabled"}, set()),
        ({"proposal": "open"}, {stay}),
        ({"investigation": "open"}, {looked_into}),
        ({"warning": "age"}, {stay}),
        ({"warning": "any"}, {stay}),
        ({"warning": "assistance"}, set()),
        ({"carried_over": "yes"}, set()),
        ({"carried_over": "no"}, {stay, gone, looked_into}),
        ({"q": "单秀"}, {stay}),
        ({"q": "shan"}, {stay}),
        ({"q": gone.number.lower()}, {gone}),
        ({"agency": "220102001"}, {stay, gone, looked_into}),
        ({"agency": "220204"}, set()),
        ({"status": "nonsense"}, set()),
        ({"proposal": "nonsense"}, set()),
    ):
        page = desk.get(REGISTER, query)
        assert rows(page) == len(expected), query
        assert all(one.number in words(page) for one in expected), query
        [count] = [tab["count"] for tab in page.context["tabs"] if tab["current"]] or [0]
        assert count == len(expected), query


def test_the_list_says_when_somebody_was_last_met_and_what_comes_for_them(desk, clerk, stay):
    assert "在册 没有走访过" in words(desk.get(REGISTER))
    day = clock.today() - timedelta(days=1)
    for on, nobody_home, found in ((day, False, {"wants_work": True}), (clock.today(), True, {})):
        visiting.receive(clerk, Brought(str(uuid4()), stay.person_id, on.isoformat(), nobody_home, found=found))
    stay.warnings.create(kind="assistance", due_on=clock.today() + timedelta(days=20))
    stay.warnings.create(kind="age", due_on=clock.today() + timedelta(days=9))
    page = desk.get(REGISTER)
    [(*_, met_on, warning)] = page.context["rows"]
    assert (met_on, warning.kind) == (day, "age")
    assert f"在册 上次走访{short_day(day)} 将到法定退休年龄 {short_day(warning.due_on)}" in words(page)


def test_a_posted_filter_gets_an_address_and_a_whole_id_number_opens_the_file_instead(desk, log_in, elsewhere, stay):
    assert (
        desk.post(REGISTER, {"status": "active", "category": "older"}).url == f"{REGISTER}?status=active&category=older"
    )
    number = stay.person.id_number
    assert desk.post(REGISTER, {"q": number}).url == f"{REGISTER}{stay.pk}/"
    assert number not in Look.objects.unscoped().filter(file="search").latest("pk").what
    other = log_in(elsewhere).post(REGISTER, {"q": number}, follow=True)
    assert "没有这个号码的人" in words(other)
    assert number not in other.request["QUERY_STRING"]


def test_a_filter_is_kept_under_a_name_for_oneself_alone_and_replaced_by_the_same_name(desk, log_in, clerk, stay):
    save = f"{REGISTER}filters/"
    desk.post(save, {"name": "大龄", "query": "category=older"})
    desk.post(save, {"name": "大龄", "query": "status=active&category=older&cursor=5"})
    kept = SavedFilter.objects.get()
    assert (kept.user, kept.query) == (clerk, "status=active&category=older")
    assert (f"{REGISTER}?{kept.query}", "大龄") in links(desk.get(REGISTER))
    other = log_in(factories.staff("clerk"))
    assert "大龄" not in [text for _, text in links(other.get(REGISTER))]
    other.post(f"{REGISTER}filters/{kept.pk}/forget/")
    assert SavedFilter.objects.count() == 1
    desk.post(f"{REGISTER}filters/{kept.pk}/forget/")
    assert SavedFilter.objects.count() == 0


@pytest.mark.parametrize(("name", "query", "sentence"), [
    (" ", "status=active", "请写一个名称"),
    ("长" * 31, "status=active", "名称最多30字"),
    ("空", "", "请先筛选"),
])  # fmt: skip
def test_a_filter_that_cannot_be_kept_says_why(desk, name, query, sentence):
    assert sentence in words(desk.post(f"{REGISTER}filters/", {"name": name, "query": query}, follow=True))


def test_keys_are_named_only_where_they_do_something(desk, clerk, stay):
    factories.a_case("submitted", clerk=clerk)
    hints = {
        where: re.search(r"data-keys-hint.*?</p>", desk.get(where).content.decode(), re.S)
        for where in (REGISTER, "/desk/cases/")
    }
    assert {where: "勾选" in found[0] for where, found in hints.items() if found} == {
        REGISTER: False,
        "/desk/cases/": True,
    }


def test_a_whole_number_is_not_kept_in_a_filter(desk, stay):
    desk.post(f"{REGISTER}filters/", {"name": "他", "query": f"status=active&q={stay.person.id_number}"})
    assert SavedFilter.objects.get().query == "status=active"


def test_the_export_is_the_list_masked_and_recorded(desk, clerk, stay):
    from io import BytesIO

    from openpyxl import load_workbook

    answer = desk.get(f"{REGISTER}export.xlsx", {"status": "active"})
    sheet = load_workbook(BytesIO(answer.getvalue())).active
    heads, *lines = sheet.iter_rows(values_only=True)
    assert [line[0] for line in lines] == [stay.number]
    assert stay.person.id_number not in str(lines)
    assert lines[0][heads.index("类别")] == "大龄失业人员"
    assert sheet.cell(2, heads.index("认定日期") + 1).is_date
    assert sheet.auto_filter.ref.endswith("2")
    narrowed = desk.get(f"{REGISTER}export.xlsx", {"status": "active", "category": "older"})
    above = load_workbook(BytesIO(narrowed.getvalue())).active.oddHeader.left.text
    assert above == f"认定名册　在册　类别：大龄失业人员　{bare_day(clock.today())}"
    of_a_figure = {"entered": "2026-01-01_2026-12-31", "sex": "male", "age": "40-49", "agency": stay.agency.code}
    above = load_workbook(
        BytesIO(desk.get(f"{REGISTER}export.xlsx", of_a_figure).getvalue())
    ).active.oddHeader.left.text
    assert stay.agency.name in above
    assert "2026年1月1日至2026年12月31日认定　男　40至49岁" in above
    assert {look.actor for look in Look.objects.unscoped().filter(file="export:register")} == {clerk.username}


def test_the_list_takes_as_many_queries_for_many_as_for_one(desk, clerk, reviewer, stay, django_assert_max_num_queries):
    desk.get(REGISTER)
    with django_assert_max_num_queries(12) as few:
        desk.get(REGISTER)
    most = len(few)
    for _ in range(3):
        factories.a_case("recognised", clerk=clerk, reviewer=reviewer)
    desk.get(REGISTER)  # the day has moved on: what waits for this user is counted anew
    with django_assert_max_num_queries(most):
        assert rows(desk.get(REGISTER)) == 4
