"""Each department's words become facts; a word that nobody knows stops its row, a mapping that cannot work is refused."""

from datetime import date

import pytest
from django.conf import settings

from jiuyuan.commands import imports as command
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import mapping, reading
from jiuyuan.people.sources.mapping import FaultyRow
from tests.factories import an_id_number

TODAY = date(2026, 3, 2)
NUMBER = an_id_number("1985-03-02")


def said(kind: str, **row: str):
    """What a row with these columns says."""
    known = mapping.load(kind)
    places = reading.places(["身份证号码", *row], known.columns)
    return known.reader(places, TODAY, TODAY)([NUMBER, *row.values()])


def faults(kind: str, **row: str) -> list[tuple[str, str]]:
    with pytest.raises(FaultyRow) as faulty:
        said(kind, **row)
    return faulty.value.faults


@pytest.mark.parametrize(
    ("kind", "row", "facts"),
    [
        ("social_insurance", {"参保状态": "在缴", "参保身份": "单位职工"}, {"insured_by_employer": True, "ever_insured": True}),
        ("social_insurance", {"参保状态": "在缴", "参保身份": "灵活就业人员"}, {"insured_by_employer": False, "ever_insured": True, "pays_flexible_pension": True}),
        ("social_insurance", {"参保状态": "停保", "参保身份": "灵活就业"}, {"insured_by_employer": False, "ever_insured": True, "pays_flexible_pension": False}),
        ("social_insurance", {"参保状态": "正常参保", "缴费状态": "欠费", "参保身份": "个人缴费"}, {"ever_insured": True, "pays_flexible_pension": False, "insured_by_employer": False}),
        ("social_insurance", {"参保状态": "停保", "参保身份": "单位职工"}, {"insured_by_employer": False, "ever_insured": True}),
        ("social_insurance", {"参保状态": "在缴", "参保身份": "城乡居民"}, {"insured_by_employer": False}),
        ("social_insurance", {"参保状态": "未参保", "参保身份": ""}, {"insured_by_employer": False}),
        ("social_insurance", {"参保状态": "无参保记录", "参保身份": ""}, {"insured_by_employer": False, "ever_insured": False}),
        ("social_insurance", {"参保状态": "正常参保", "缴费状态": "暂停缴费", "参保身份": "企业职工"}, {"ever_insured": True}),
        ("social_insurance", {"参保状态": "正常参保", "缴费状态": "参保缴费", "参保身份": "企业职工"}, {"insured_by_employer": True, "ever_insured": True}),
        ("social_insurance", {"参保状态": "暂停参保", "缴费状态": "暂停缴费", "参保身份": "企业职工"}, {"insured_by_employer": False, "ever_insured": True}),
        ("social_insurance", {"参保状态": "正常参保", "缴费状态": "欠费", "参保身份": "企业职工"}, {"ever_insured": True}),
        ("social_insurance", {"参保状态": "NULL", "缴费状态": "正常缴费", "参保身份": "企业职工"}, {"insured_by_employer": True, "ever_insured": True}),
        ("social_insurance", {"参保状态": "停保", "参保身份": "\\N", "待遇状态": "#N/A"}, {"insured_by_employer": False}),
        ("social_insurance", {"就业登记状态": "已就业"}, {}),
        ("civil_affairs", {"生存状态": "健在"}, {"deceased": False}),
        ("civil_affairs", {"是否死亡": "否"}, {"deceased": False}),
        ("civil_affairs", {"是否死亡": "是"}, {"deceased": True}),
        ("civil_affairs", {"死亡日期": "2026-02"}, {"deceased": True}),
        ("civil_affairs", {"死亡日期": "2026年3月"}, {"deceased": True}),
        *(
            ("civil_affairs", {"死亡日期": written}, {})
            for written in ("2099-12-31", "99991231", "1900-01-00 00:00:00", "00:00:00", "2958465", "1970-01-01T00:00:00Z", "9999-12-31", "1900-01-01", "0001-01-01", "1899-12-30", "1970-01-01 08:00:00", "NULL", "(null)", "--", "0")
        ),
        ("disabled_federation", {"残疾人证状态": "迁出"}, {}),
        ("public_security", {"户籍状态": "迁出"}, {}),
        ("public_security", {"户籍状态": "省内迁移"}, {"moved_out_of_province": False}),
        ("public_security", {"羁押状态": "是"}, {}),
        ("public_security", {"羁押状态": "服刑"}, {"imprisoned": True}),
        ("public_security", {"是否收监": "是"}, {"imprisoned": True}),
        ("education", {"学历层次": "本科", "学习形式": "脱产"}, {"degree_level": "bachelor"}),
        ("education", {"毕业日期": "2023-07", "学历层次": "本科"}, {"degree_level": "bachelor"}),
        ("education", {"毕业日期": "1900-01-01", "学历层次": "本科"}, {"degree_level": "bachelor"}),
        ("social_insurance", {"待遇状态": "正常发放"}, {"receives_pension": True}),
        ("social_insurance", {"待遇状态": "未领取"}, {"receives_pension": False}),
        ("social_insurance", {"待遇状态": "暂停发放"}, {}),
        ("social_insurance", {"用工备案状态": "已解除"}, {"in_labour_relationship": False}),
        ("social_insurance", {"用工备案状态": "无"}, {}),  # an employer who has not filed may employ all the same
        ("civil_affairs", {"低保类别": "城市低保", "保障状态": "在保"}, {"urban_minimum_allowance": True}),
        ("civil_affairs", {"低保类别": "城市低保", "保障状态": "停保"}, {"urban_minimum_allowance": False}),
        ("civil_affairs", {"低保类别": "农村低保", "保障状态": "在保"}, {"urban_minimum_allowance": False}),
        ("civil_affairs", {"低保类别": "城市低保", "保障状态": "无记录"}, {"urban_minimum_allowance": False}),
        ("civil_affairs", {"保障状态": "停保"}, {"urban_minimum_allowance": False}),
        # who receives both may stand in a list of the one
        ("civil_affairs", {"救助类型": "临时救助", "救助状态": "终止"}, {}),
        ("civil_affairs", {"低保类别": "无", "保障状态": "在保"}, {}),
        ("civil_affairs", {"死亡日期": "2026年1月5日"}, {"deceased": True}),
        ("civil_affairs", {"死亡日期": "2026-01-05", "生存状态": "死亡", "是否死亡": "是"}, {"deceased": True}),
        # columns that contradict each other make nobody dead, imprisoned or insured
        ("civil_affairs", {"死亡日期": "2026-01-05", "生存状态": "健在"}, {}),
        ("civil_affairs", {"死亡日期": "2026-01-05", "是否死亡": "否"}, {}),
        ("civil_affairs", {"生存状态": "健在", "是否死亡": "是"}, {}),
        ("civil_affairs", {"生存状态": "健在", "死亡日期": "9999-12-31"}, {"deceased": False}),
        ("public_security", {"服刑状态": "刑满释放", "羁押状态": "服刑"}, {}),
        ("public_security", {"服刑状态": "服刑", "羁押状态": "无"}, {}),
        ("public_security", {"服刑状态": "无", "羁押状态": "在押"}, {"imprisoned": False}),
        ("public_security", {"服刑状态": "服刑", "羁押状态": "在押"}, {"imprisoned": True}),
        ("social_insurance", {"参保状态": "正常参保", "缴费状态": "无缴费记录", "参保身份": "单位职工"}, {}),
        ("social_insurance", {"参保状态": "无参保记录", "缴费状态": "正常缴费", "参保身份": "单位职工"}, {}),
        # flexible workers pay into the scheme of employees too
        ("social_insurance", {"参保状态": "在缴", "参保类型": "城镇职工"}, {"ever_insured": True}),
        ("civil_affairs", {"死亡日期": "无"}, {}),
        ("disabled_federation", {"残疾人证状态": "有效"}, {"disability_certificate": True}),
        ("disabled_federation", {"残疾人证状态": "过期"}, {"disability_certificate": False}),
        (
            "public_security",
            {"户籍地行政区划代码": "220102", "户籍性质": "非农业", "户籍状态": "正常", "服刑状态": "服刑"},
            {"hukou_division": "220102", "hukou_kind": "urban", "deceased": False, "moved_out_of_province": False, "imprisoned": True},
        ),
        ("public_security", {"户籍状态": "迁出省外"}, {"moved_out_of_province": True}),
        (
            "education",
            {"毕业日期": "20220630", "学历层次": "本科", "学习形式": "全日制", "院校类型": "普通高校", "学籍状态": "毕业"},
            {"left_school_on": "2022-06-30", "degree_level": "bachelor", "degree_full_time": True, "degree_domestic": True,
             "enrolled_in_school": False},
        ),
        ("education", {"学籍状态": "在读"}, {"enrolled_in_school": True}),
        ("public_employment", {"登记状态": "登记失业", "失业日期": "2026-01-05"}, {"registered_unemployed": True, "unemployed_since": "2026-01-05"}),
        # a spell that is over says nothing of today's
        ("public_employment", {"登记状态": "已注销", "失业日期": "2024-03-01"}, {"registered_unemployed": False}),
        ("public_employment", {"登记状态": "未登记"}, {"registered_unemployed": False}),
        ("public_employment", {"就业登记类型": "灵活就业"}, {"flexible_registered": True}),
        ("public_employment", {"就业登记类型": "单位就业", "登记状态": "就业"}, {"flexible_registered": False, "registered_unemployed": False}),
        ("public_employment", {"灵活就业登记状态": "注销"}, {"flexible_registered": False}),
        ("public_employment", {"就业形式": "未就业", "登记状态": "登记失业"}, {"flexible_registered": False, "registered_unemployed": True}),
        ("market_regulation", {"统一社会信用代码": "9222", "任职身份": "经营者", "登记状态": "存续", "登记日期": "2024-05-06", "是否首次创业": "否"}, {"first_business": False}),
        ("market_regulation", {"统一社会信用代码": "9222", "任职身份": "经营者", "登记状态": "存续", "登记日期": "2024-05-06", "是否首次登记": "是"}, {"first_business": True}),
    ],
)  # fmt: skip
def test_a_row_says(kind, row, facts):
    assert said(kind, **row).facts == facts


def test_paying_without_a_word_on_how_says_nothing_about_an_employer():
    assert "insured_by_employer" not in said("social_insurance", 参保状态="在缴").facts


def test_market_regulator_says_a_licence_and_no_fact_of_its_own():
    read = said(
        "market_regulation", 统一社会信用代码="92220102ma00000001", 任职身份="经营者", 登记状态="存续",
        变更日期="2024/5/6", 企业名称="吉祥小吃店",
    )  # fmt: skip
    licence = read.licence
    assert (licence.licence, licence.part, licence.status) == ("92220102MA00000001", "owner", "active")
    assert (licence.organisation, licence.changed_on, read.facts) == ("吉祥小吃店", date(2024, 5, 6), {})


def test_market_regulator_who_has_nothing_says_no_to_both():
    read = said("market_regulation", 统一社会信用代码="", 任职身份="", 登记状态="查无", 变更日期="")
    assert (read.facts, read.licence) == ({"business_registered": False, "company_office_held": False}, None)


def test_licence_changed_last_on_the_latest_of_its_days():
    read = said(
        "market_regulation", 统一社会信用代码="9222", 任职身份="股东", 登记状态="注销", 登记日期="2015-01-01", 核准日期="2024-05-06",
        注销日期="9999-12-31",
    )  # fmt: skip
    assert read.licence.changed_on == date(2024, 5, 6)


def test_month_of_graduation_is_told_and_not_made_a_day():
    assert said("education", 毕业日期="2023-07", 学历层次="本科").notes == [
        "毕业日期只写了年月“2023-07”，这一项没有采用，请补上日"
    ]


def test_of_several_days_of_data_the_first_named_counts():
    assert said(
        "disabled_federation", 残疾人证状态="有效", 查询日期="2026-03-01", 数据日期="2026-02-01"
    ).observed_on == date(2026, 2, 1)


def test_day_of_a_row_is_its_own_or_that_of_the_file():
    assert said("disabled_federation", 残疾人证状态="有效", 数据日期="2026年2月1日").observed_on == date(2026, 2, 1)
    assert said("disabled_federation", 残疾人证状态="有效").observed_on == TODAY


@pytest.mark.parametrize(
    ("kind", "row", "column", "sentence"),
    [
        ("social_insurance", {"参保状态": "正在办"}, "status", "“参保状态”写的是“正在办”，系统不认识这个词，请改正，或在“参数”中登记它的意思。"),
        ("disabled_federation", {"残疾人证状态": "有效", "数据日期": "2026-04-01"}, "observed_on", "“数据日期”：2026-04-01晚于今天，请改正。"),
        ("civil_affairs", {"死亡日期": "上个月"}, "deceased_on", "“死亡日期”：“上个月”不是日期"),
        ("public_security", {"户籍地行政区划代码": "长春"}, "hukou_division", "户籍所在地"),
        ("civil_affairs", {"死亡日期": "2026-03-03"}, "deceased_on", "“死亡日期”：2026-03-03晚于今天，请改正。"),
        ("civil_affairs", {"死亡日期": "1960-01-01"}, "deceased_on", "早于出生日期1985-03-02"),
        ("education", {"毕业日期": "0023-07-01"}, "left_school_on", "太早"),
        ("education", {"毕业日期": "1986-07-01"}, "left_school_on", "还不满12周岁"),
        ("education", {"毕业日期": "2030-07-01"}, "left_school_on", "晚于今天"),
        ("civil_affairs", {"生存状态": "是"}, "life", "不认识这个词"),
        ("disabled_federation", {"残疾人证状态": "有效", "数据日期": "1960-01-01"}, "observed_on", "早于出生日期"),
        ("market_regulation", {"统一社会信用代码": "9222", "任职身份": "股东", "登记状态": "存续", "变更日期": "2027-01-01"}, "changed_on", "晚于今天"),
        ("market_regulation", {"统一社会信用代码": "9222", "任职身份": "", "登记状态": "存续", "变更日期": ""}, "part", "“任职身份”是空的，请补上。"),
    ],
)  # fmt: skip
def test_faulty_row_names_its_column_and_how_to_put_it_right(kind, row, column, sentence):
    [(named, told), *_] = faults(kind, **row)
    assert named == column
    assert sentence in told


def test_number_that_may_have_lost_digits_needs_the_name_beside_it():
    ends = next(
        n for n in (an_id_number("1985-03-02", division=str(d)) for d in range(220102, 220999)) if n[14:] == "0040"
    )
    rounded = next(
        n
        for day in range(1, 29)
        for d in range(220101, 220199)
        if (n := an_id_number(f"1985-03-{day:02d}", number=99, division=str(d))).endswith("000")
    )
    known = mapping.load("disabled_federation")
    read = known.reader({"id_number": 0, "status": 1}, TODAY, TODAY)
    assert read([ends, "有效"]).id_number == ends
    with pytest.raises(FaultyRow, match="末三位是000"):
        read([rounded, "有效"])
    with_name = known.reader({"id_number": 0, "status": 1, "name": 2}, TODAY, TODAY)
    assert with_name([rounded, "有效", "王秀英"]).id_number == rounded


@pytest.fixture
def own():
    """`own("education", text)` puts an administrator's mapping in its place."""
    folder = settings.JIUYUAN.data / "mappings"
    folder.mkdir(exist_ok=True)

    def write(kind: str, text: str) -> None:
        (folder / f"{kind}.toml").write_text(text, "utf-8")

    yield write
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_administrators_own_mapping_takes_the_place_of_the_shipped_one(own):
    own(
        "disabled_federation",
        """
provider = "省残联"
[columns]
id_number = ["身份证号码"]
status = ["证件"]
[words.status]
valid = ["持证"]
[[fact]]
name = "disability_certificate"
is = true
when = { status = "valid" }
""",
    )
    assert said("disabled_federation", 证件="持证").facts == {"disability_certificate": True}
    assert mapping.load("disabled_federation").provider == "省残联"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("provider = ", "读不出来"),
        ('provider = "甲"', "columns"),
        ('provider = "甲"\n[columns]\nname = ["姓名"]', "id_number"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[words.status]\na = ["b"]', "words.status"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[[fact]]\nname = "birth_date"\nis = "1980-01-01"', "birth_date"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[[fact]]\nname = "enrolled_in_school"\nis = "yes"', "true（是）"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[[fact]]\nname = "deceased"\nis = true', "教育部门的数据不能说明 deceased"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[[fact]]\nname = "fraud_found"\nis = true', "不能说明 fraud_found"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[[fact]]\nname = "enrolled_in_school"', "is 或 from"),
        ('provider = "甲"\n[columns]\nid_number = ["号"]\n[[fact]]\nname = "enrolled_in_school"\nis = true\nwhen = { life = "x" }', "life"),
    ],
)  # fmt: skip
def test_mapping_that_cannot_work_is_refused_with_what_is_wrong(own, text, told):
    own("education", text)
    with pytest.raises(mapping.UnusableMapping) as wrong:
        mapping.load("education")
    assert told in str(wrong.value)
    assert "education.toml" in str(wrong.value)


@pytest.mark.parametrize("kind", mapping.DEPARTMENTS)
def test_every_department_has_a_mapping_that_works(kind):
    assert mapping.load(kind).needed[0] == ["id_number"]


def test_command_names_the_departments_that_there_are():
    of_departments = (*mapping.DEPARTMENTS, ImportBatch.Kind.INSURANCE_MONTHS)
    assert {kind: str(ImportBatch.Kind(kind).label) for kind in of_departments} == command.DEPARTMENTS
