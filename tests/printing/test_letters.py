from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from jiuyuan.printing.certificates import certificate_for, load_roots, make_development_ca
from jiuyuan.printing.letters import (
    CorrectionData,
    CorrectionItem,
    Evidence,
    ExitNoticeData,
    PrintedNoticeEntry,
    PublicNoticeData,
    ReceiptData,
    RefusalGround,
    RejectionData,
    UnmaskedNumberError,
    seal_letter,
)
from jiuyuan.printing.sealing import verify
from tests.printing.paper import PLATFORM, a_letter, a_letterhead, pages_of, text_of

OBJECTION = ("可以向本平台书面提出。", "可以向长春市南关区就业服务局申请复核。")

RECEIPT = ReceiptData(
    letter=a_letterhead(),
    masked_id="220102**********28",
    applied_on=date(2026, 11, 12),
    accepted_on=date(2026, 11, 25),
    due_on=date(2026, 12, 9),
    limit_days=10,
    notice_days=3,
    categories=("大龄失业人员",),
    materials=("居民身份证", "户口簿"),
)


def a_notice(*entries: PrintedNoticeEntry, **changes: object) -> PublicNoticeData:
    given = entries or (PrintedNoticeEntry("欧阳𠮷䶮", "女", "220102**********28"),)
    return replace(
        PublicNoticeData(
            letter=a_letterhead(), begins_on=date(2026, 11, 26), ends_on=date(2026, 11, 30), entries=given
        ),
        **changes,
    )


def test_receipt_says_number_day_limit_and_whom_to_call():
    text = text_of(a_letter("receipt", RECEIPT))
    for said in (
        "受理通知书",
        "318号",
        "2026年11月25日",
        "10个工作日内",
        "2026年12月9日前（含当日）",
        PLATFORM,
        "0431-88901234",
    ):
        assert said in text
    assert "暂" not in text


def test_receipt_whose_due_day_is_provisional_says_so():
    text = text_of(a_letter("receipt", replace(RECEIPT, due_on=date(2027, 1, 11), provisional=True)))
    assert "放假安排尚未公布" in text
    assert "2027年1月11日（暂定）" in text


def test_correction_lists_everything_at_once():
    items = tuple(CorrectionItem(f"材料{n}", f"缺少{n}", f"补上{n}") for n in range(5))
    text = text_of(a_letter("correction", CorrectionData(letter=a_letterhead(), items=items, until=date(2026, 12, 4))))
    assert "下列5项需要补正，现一次性告知" in text
    assert all(part in text for item in items for part in (item.what, item.why, item.how))
    assert "2026年12月4日前补正" in text


def test_correction_that_names_nothing_cannot_be_written():
    with pytest.raises(ValueError, match="what is to be corrected"):
        CorrectionData(letter=a_letterhead(), items=())


def a_ground() -> RefusalGround:
    return RefusalGround(
        clause="一（二）2",
        clause_text="从事个体经营并已领取营业执照",
        fact="登记为个体工商户经营者",
        value="某某小吃店，营业执照有效",
        source="市场监督管理部门共享数据",
        source_day=date(2026, 11, 20),
        remedy="注销登记后可以再次申请。",
    )


def test_rejection_names_clause_fact_value_source_and_what_would_change_it():
    text = text_of(
        a_letter(
            "rejected",
            RejectionData(letter=a_letterhead(), grounds=(a_ground(),), objection=OBJECTION),
        )
    )
    for said in (
        "一（二）2：从事个体经营并已领取营业执照",
        "登记为个体工商户经营者",
        "某某小吃店，营业执照有效",
        "市场监督管理部门共享数据，2026年11月20日",
        "注销登记后可以再次申请。",
        *OBJECTION,
        "由工作人员审核作出",
    ):
        assert said in text


@pytest.mark.parametrize(("grounds", "objection"), [((), OBJECTION), ((a_ground(),), ())])
def test_decision_against_someone_without_grounds_or_objection_cannot_be_written(grounds, objection):
    with pytest.raises(ValueError, match="grounds and how to object"):
        RejectionData(letter=a_letterhead(), grounds=grounds, objection=objection)


def test_exit_notice_names_ground_fact_source_day_and_how_to_object():
    fact = Evidence(
        fact="达到法定退休年龄", value="60周岁5个月", source="按出生日期计算", source_day=date(2026, 11, 24)
    )
    text = text_of(
        a_letter(
            "exit",
            ExitNoticeData(
                letter=a_letterhead(),
                recognition_number="RD220102-2024-001203",
                recognised_on=date(2024, 3, 1),
                ended_on=date(2026, 11, 25),
                clause="三（一）",
                clause_text="已享受基本养老保险待遇或达到法定退休年龄的",
                facts=(fact,),
                objection=OBJECTION,
            ),
        )
    )
    for said in (
        "三（一）：已享受",
        "达到法定退休年龄",
        "按出生日期计算",
        "2026年11月24日",
        "2026年11月25日",
        *OBJECTION,
    ):
        assert said in text


def test_public_notice_shows_name_sex_masked_number_platform_and_period():
    text = text_of(a_letter("public_notice", a_notice()))
    for said in ("欧阳𠮷䶮", "女", "220102**********28", PLATFORM, "2026年11月26日", "2026年11月30日", "不署名"):
        assert said in text


def test_public_notice_never_names_a_category():
    text = text_of(a_letter("public_notice", a_notice()))
    assert not any(word in text for word in ("残疾", "低保", "大龄", "零就业"))


@pytest.mark.parametrize(
    "number",
    [
        "220102198503021228",
        "2201021985****1228",
        "220102********1228",
        "220102 19850302 1228",
        "",
        "220102**********8",
        "22010219850302122x",
    ],
)
def test_number_that_is_not_masked_as_the_rule_says_cannot_be_published(number):
    with pytest.raises(UnmaskedNumberError):
        a_notice(PrintedNoticeEntry("王小明", "男", number))


@pytest.mark.parametrize(
    "hidden",
    [
        "王小明220102198503021228",
        "王 220102 19850302 122X",
        "王２２０１０２１９８５０３０２１２２８",
        "身份证220102850302122",
    ],
)
def test_number_hidden_in_another_field_cannot_be_published(hidden):
    with pytest.raises(UnmaskedNumberError):
        a_notice(PrintedNoticeEntry(hidden, "男", "220102**********28"))
    with pytest.raises(UnmaskedNumberError):
        a_notice(objection=hidden)
    with pytest.raises(UnmaskedNumberError):
        a_notice(letter=a_letterhead(address=hidden))


def test_ordinary_numbers_of_a_notice_are_not_taken_for_identity_numbers():
    notice = a_notice(letter=a_letterhead(number="GS220102001-2026-000044", phone="0431-88901234 13804312266"))
    assert "0431-8890123413804312266" in text_of(a_letter("public_notice", notice))


def test_notice_of_a_hundred_people_runs_over_pages_with_its_head_repeated():
    many = a_letter(
        "public_notice", a_notice(*[PrintedNoticeEntry(f"王{n}", "男", "220102**********28") for n in range(100)])
    )
    assert pages_of(many) >= 3
    assert text_of(many).count("序号姓名性别身份证号码") == pages_of(many)
    assert "王99" in text_of(many)


def test_letter_can_be_sealed_and_checked(tmp_path: Path):
    make_development_ca(tmp_path)
    certificate = certificate_for("220102001", PLATFORM, tmp_path)
    sealed = seal_letter(
        a_letter("receipt", RECEIPT, sealable=True), certificate, officer="李明", subject="受理通知书 318号"
    )
    (verdict,) = verify(sealed, load_roots(tmp_path))
    assert verdict.valid
    assert verdict.reason == "受理通知书 318号"
    assert len(sealed) < 300_000
