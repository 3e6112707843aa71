"""Agencies: made, renamed, described and closed, one by one and by a table."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import counties, platform_for, platforms_of
from jiuyuan.desk import offices_file
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor
from jiuyuan.people import offices
from jiuyuan.refusals import BadInput, HolderUnknown, NotForRole, NotFound
from tests import factories
from tests.desk.reading import words
from tests.factories import OTHER_PLATFORM, PLATFORM

pytestmark = pytest.mark.django_db
EMPTY = "220102003"
OPERATOR = Actor("os:root", "root", "operator")


@pytest.fixture
def supervisor():
    return factories.staff("supervisor")


@pytest.fixture
def office(log_in, supervisor):
    """The supervisor's browser."""
    return log_in(supervisor)


def test_a_new_platform_takes_applications(office):
    made = {"code": "220102091", "name": "新城街道公共就业服务平台", "phone": "0431-88880000"}
    assert office.post("/desk/agencies/220102/add/", made).status_code == 302
    agency = Agency.objects.get(code="220102091")
    assert (agency.level, agency.path) == ("platform", "22/2201/220102/220102091/")
    assert agency in platforms_of(agency.parent)
    case = factories.a_case(
        "submitted", factories.an_applicant(platform="220102091"), clerk=factories.staff(at="220102091")
    )
    assert case.area == agency.path
    assert Entry.objects.unscoped().get(file="agency:220102091").action == "agency_made"


def test_all_that_is_wrong_with_a_new_one_is_said_at_once(office):
    wrong = {"code": PLATFORM, "name": "", "divisions": "999", "phone": "打电话"}
    page = office.post("/desk/agencies/220102/add/", wrong)
    assert page.status_code == 422
    for sentence in ("已有代码为", "请填写机构的名称", "区划代码中没有999", "电话请写数字"):
        assert sentence in words(page)
    assert 'value="打电话"' in page.content.decode()


@pytest.mark.parametrize("parent", ["220204", "22", "999"])
def test_a_supervisor_makes_none_outside_its_region(supervisor, parent):
    with pytest.raises(NotFound):
        offices.make(supervisor, "ABC1", parent, name="某平台")


@pytest.mark.parametrize(
    ("field", "code"), [("divisions", OTHER_PLATFORM), ("code", f"{OTHER_PLATFORM}005"), ("divisions", "220581")]
)
def test_a_supervisor_takes_no_place_of_another_region(supervisor, field, code):
    """Who lives there would be led to an office of this region, which would see their papers."""
    with pytest.raises(BadInput) as refused:
        offices.make(supervisor, **{"code": "ABC1", "parent": "220102", "name": "某平台"} | {field: code})
    [(named, sentence)] = refused.value.errors
    assert named == field
    assert f"{code}由" in sentence
    offices.make(factories.staff("province"), **{"code": "ABC1", "parent": "220102", "name": "某平台"} | {field: code})


def test_others_make_change_and_close_none():
    agency = Agency.objects.get(code=PLATFORM)
    for role in ("clerk", "reviewer", "auditor"):
        by = factories.staff(role)
        with pytest.raises(NotForRole):
            offices.change(by, agency, phone="123456")
        with pytest.raises(NotForRole):
            offices.close(by, agency, "并入", [])
    with pytest.raises(HolderUnknown):
        offices.change(factories.staff("province", id_index=""), agency, phone="123456")


def test_what_is_told_of_a_window_appears_where_people_are_sent_to_it(office, client, log_in):
    told = {
        "name": "南岭街道就业窗口", "address": "南岭大街8号", "phone": "0431-85280000", "hours": "工作日8:30至16:30",
        "responsible": "负责的人",
    }  # fmt: skip
    assert office.post(f"/desk/agencies/{PLATFORM}/change/", told).status_code == 302
    owner = factories.an_account()
    case = factories.a_case("submitted", by=owner)
    pages = [
        client.get("/windows/", {"county": "220102", "platform": PLATFORM}),
        client.get("/login/forgotten/", {"county": "220102", "platform": PLATFORM}),
        log_in(owner).get("/mine/account/"),
        log_in(owner).get(f"/mine/{case.number}/receipt/"),
        log_in(owner).get(f"/mine/{case.number}/"),
    ]
    for page in pages:
        for part in ("address", "phone", "hours"):
            assert told[part] in words(page)
        assert "负责的人" not in words(page)
    [entry] = Entry.objects.unscoped().filter(file=f"agency:{PLATFORM}")
    assert entry.payload["now"]["phone"] == told["phone"]


def test_an_agency_closes_only_when_nothing_is_open_there(office):
    agency = Agency.objects.get(code=PLATFORM)
    clerk = factories.staff("clerk")
    case = factories.a_case("submitted", clerk=clerk)
    page = office.post(f"/desk/agencies/{PLATFORM}/close/", {"reason": "并入"})
    assert page.status_code == 422
    assert "1份申请没有办完" in words(page)
    assert "在用的账号" in words(page)
    factories.act(clerk, case, "withdraw")
    clerk.is_active = False
    clerk.save()
    assert office.post(f"/desk/agencies/{PLATFORM}/close/", {"reason": ""}).status_code == 422
    assert office.post(f"/desk/agencies/{PLATFORM}/close/", {"reason": "并入民康街道"}).status_code == 302
    agency.refresh_from_db()
    assert str(agency.closed_on) == "2026-03-02"
    assert platform_for(PLATFORM) != agency
    assert agency not in platforms_of(agency.parent)
    assert "agency_closed" in set(
        Entry.objects.unscoped().filter(file=f"agency:{PLATFORM}").values_list("action", flat=True)
    )


def test_a_closed_agency_opens_again_by_a_later_act(office):
    office.post(f"/desk/agencies/{EMPTY}/close/", {"reason": "街道合并。"})
    with pytest.raises(BadInput):
        offices.reopen(factories.staff("province"), Agency.objects.get(code=EMPTY), " ")
    office.post(f"/desk/agencies/{EMPTY}/reopen/", {"reason": "方案取消。"})
    assert Agency.objects.get(code=EMPTY).closed_on is None
    last = Entry.objects.of(f"agency:{EMPTY}").order_by("-seq")[0]
    assert (last.action, last.payload["reason"]) == ("agency_reopened", "方案取消。")


def test_no_application_begins_at_a_closed_platform():
    Agency.objects.filter(code="220102002").update(closed_on="2026-03-01")
    with pytest.raises(BadInput):
        factories.a_case("draft", factories.an_applicant(platform="220102002"))


def test_a_county_with_platforms_below_does_not_close(office):
    page = office.post("/desk/agencies/220102/close/", {"reason": "撤销"})
    assert "下面还有" in words(page)
    assert any(county.code == "220102" for county in counties())


HEADS = ["机构代码", "上级机构代码", "机构名称", "地址", "电话", "办公时间", "负责人"]
ROWS = [
    [PLATFORM, "220102", "南岭街道公共就业服务平台", "南岭大街8号", "0431-85280000", "", ""],
    ["220102091", "220102", "新城街道公共就业服务平台", "新城路1号", "", "", ""],
    ["220102002", "", "自强街道公共就业服务平台", "", "", "", ""],
    ["220102092", "999", "没有上级的平台", "", "", "", ""],
]


def as_csv(rows=ROWS, encoding="utf-8"):
    return "\n".join(",".join(row) for row in [HEADS, *rows]).encode(encoding)


def as_xlsx(rows=ROWS):
    book, out = Workbook(), io.BytesIO()
    for row in [HEADS, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("机构.csv", as_csv()), ("机构.csv", as_csv(encoding="gb18030")), ("机构.xlsx", as_xlsx())],
    ids=["UTF-8", "GB18030", "XLSX"],
)
def test_a_table_is_tried_first_and_changes_nothing_then(office, name, content):
    names = set(Agency.objects.values_list("code", "name", "address"))
    page = words(office.post("/desk/agencies/import/", {"file": SimpleUploadedFile(name, content)}))
    assert "什么也没有改动：新设1行，更新1行，" in page
    assert set(Agency.objects.values_list("code", "name", "address")) == names
    assert not Entry.objects.unscoped().filter(file__startswith="agency:").exists()


def test_a_table_makes_and_updates_and_says_of_each_row_what_became_of_it(office):
    page = words(office.post("/desk/agencies/import/", {"file": SimpleUploadedFile("机构.csv", as_csv()), "do": "1"}))
    assert "导入完成：新设1行，更新1行，" in page
    assert "没有上级的平台 不能用 没有这个机构" in page
    assert Agency.objects.get(code=PLATFORM).address == "南岭大街8号"
    assert Agency.objects.get(code="220102091").parent.code == "220102"
    assert not Agency.objects.filter(code="220102092").exists()


def test_a_row_about_an_agency_outside_the_region_is_refused_as_one_that_is_not_there(supervisor):
    rows = [[OTHER_PLATFORM, "", "改名的平台", "", "", "", ""]]
    [row] = offices_file.take(supervisor, io.BytesIO(as_csv(rows)), "机构.csv", dry=False)
    assert (row.outcome, row.message) == ("rejected", "没有这个机构。")
    assert Agency.objects.get(code=OTHER_PLATFORM).name != "改名的平台"


@pytest.mark.parametrize(
    ("parent", "divisions", "said"),
    [("220103", "", "系统中它的上级是220102"), ("220102", "220102002", f"系统中它的管辖区划是{PLATFORM}")],
)
def test_a_row_that_puts_a_known_agency_elsewhere_changes_nothing_of_it(supervisor, parent, divisions, said):
    """The wrong code on a line would otherwise give another office the name, address and telephone of that line."""
    table = f"机构代码,上级机构代码,机构名称,管辖的区划代码\n{PLATFORM},{parent},改名的平台,{divisions}"
    [row] = offices_file.take(supervisor, io.BytesIO(table.encode()), "机构.csv", dry=False)
    assert row.outcome == "rejected"
    assert said in row.message
    assert Agency.objects.get(code=PLATFORM).name != "改名的平台"


def test_a_file_that_is_no_such_table_says_which_column_is_missing(office):
    page = office.post("/desk/agencies/import/", {"file": SimpleUploadedFile("x.csv", "甲,乙\n1,2\n".encode())})
    assert page.status_code == 422
    assert "机构代码" in words(page)


def test_no_file_is_said_at_its_box(office):
    page = office.post("/desk/agencies/import/", {})
    assert page.status_code == 422
    assert "请选择要导入的文件" in words(page)
