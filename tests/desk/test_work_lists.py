"""The work lists of the register, and the notice of an exit."""

from jiuyuan import clock
from jiuyuan.history.models import Look
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Investigation
from tests import factories
from tests.desk.on_the_register import REGISTER, end
from tests.desk.reading import rows, words
from tests.factories import act_on, staff
from tests.jobs import work


def test_each_work_list_is_as_long_as_its_count_in_the_navigation(review, log_in, elsewhere, clerk, reviewer, stay):
    act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据")
    act_on("investigate", clerk, stay.pk, cause="有人反映")
    gone = factories.a_case("recognised", clerk=clerk, reviewer=reviewer).recognition
    end(reviewer, gone)
    act_on("object", clerk, gone.pk, "不对")
    stay.warnings.create(kind="assistance", due_on=clock.today())
    for name in ("proposals", "investigations", "objections", "warnings"):
        page = review.get(f"{REGISTER}{name}/")
        [group] = [group for group in page.context["nav"] if group["current"]]
        [entry] = [item for item in group["pages"] if item["url"] == f"{REGISTER}{name}/"]
        assert (rows(page), entry["count"], entry["current"]) == (1, 1, True), name
        outside = log_in(elsewhere).get(f"{REGISTER}{name}/")
        assert rows(outside) == 0
        assert "没有" in words(outside)


def test_notices_that_end_soon_stand_among_the_warnings_and_are_no_work_of_today(desk, clerk):
    case = factories.a_case("publishing", clerk=clerk)
    page = desk.get(f"{REGISTER}warnings/")
    assert case.person.name in words(page)
    [entry] = [item for group in page.context["nav"] for item in group["pages"] if item["current"]]
    assert not entry["count"]


def test_what_is_due_first_stands_first_and_pages_go_on_by_key(desk, clerk, reviewer, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 1)
    names = []
    for name in ("甲一", "乙二"):
        case = factories.a_case("recognised", factories.an_applicant(name=name), clerk=clerk, reviewer=reviewer)
        act_on("investigate", clerk, case.recognition_id, cause="有人反映")
        names.append(name)
    Investigation.objects.unscoped().filter(recognition__person__name="乙二").update(due_on=clock.today())
    first = desk.get(f"{REGISTER}investigations/")
    assert "乙二" in words(first)
    assert "甲一" not in words(first)
    following = desk.get(f"{REGISTER}investigations/", {"cursor": first.context["next"]})
    assert "甲一" in words(following)
    assert following.context["next"] is None
    assert rows(desk.get(f"{REGISTER}investigations/", {"cursor": "nonsense"})) == 1


def test_the_notice_of_an_exit_is_a_sealed_pdf_and_the_look_is_recorded(review, reviewer, stay):
    assert review.get(f"{REGISTER}{stay.pk}/exit-notice.pdf").status_code == 404
    end(reviewer, stay)
    work("make_exit_notice")
    before = Look.objects.unscoped().filter(file=stay.person.file, what="退出告知书").count()
    answer = review.get(f"{REGISTER}{stay.pk}/exit-notice.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer.content == review.get(f"{REGISTER}{stay.pk}/exit-notice.pdf").content
    assert Look.objects.unscoped().filter(file=stay.person.file, what="退出告知书").count() == before + 2


EDGES = (
    "/desk/today/?on=0001-01-01",
    "/desk/today/?on=0001-01-01&duty=visit",
    "/desk/figures/help/?since=0001-01-01&until=0001-12-31",
    "/desk/figures/help/?since=9999-01-01&until=9999-12-31",
    "/desk/figures/help/list/?figure=help_due&since=0001-01-01&until=0001-12-31",
    "/desk/figures/help.xlsx?since=0001-01-01&until=0001-12-31",
    "/desk/figures/?since=0001-01-01&until=0001-12-31",
    f"/desk/cases/?cursor=after:2026-01-01:{'9' * 23}",
)


def test_a_day_or_a_place_in_the_address_that_no_calendar_and_no_column_holds_is_answered_all_the_same(
    review, log_in, clerk
):
    for address in EDGES:
        assert review.get(address).status_code == 200, address
    assert log_in(clerk).get(f"/desk/visits/?cursor=1_2026-01-01_-{'9' * 23}").status_code == 200
    record = log_in(staff("auditor")).get("/desk/history/?since=0001-01-01&until=9999-12-31")
    assert record.status_code == 200
