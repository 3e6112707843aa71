"""One's rights over one's own data: what is kept, from whom, and who looked."""

import pytest

from jiuyuan.applications import door, services
from jiuyuan.history.models import Look
from jiuyuan.people.models import HouseholdMember
from jiuyuan.wording import for_record
from tests.factories import a_case, an_account, an_applicant, staff, verify_facts
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db


def test_everything_kept_is_shown_with_its_source_and_day(log_in):
    account, person, clerk = an_account(), an_applicant("1984-05-06", name="王秀兰"), staff("clerk")
    case = a_case("accepted", person, by=account, clerk=clerk)
    verify_facts(clerk, case, unemployed_since="2025-06-01")
    HouseholdMember.objects.unscoped().create(person=case.person, name="李桂荣", relation="配偶")
    response = log_in(account).get("/mine/information/")
    words, page = seen(response), response.content.decode()
    number = f"{person.id_number[:6]} {person.id_number[6:14]} {person.id_number[14:]}"
    for shown in ("王秀兰", number, person.phone, person.address, "居民身份证", "户口簿"):
        assert shown in words, shown
    assert "是否有劳动能力 是 书面承诺 书面承诺，王秀兰于2026年3月2日签名" in words
    assert "是否已办理失业登记 是 本人填报 2026年3月2日，申请时填报" in words
    assert "，</li>" not in page
    assert "本次失业起始日期 2025年6月1日 部门共享数据 公共就业服务机构，2026年3月2日查询" in words


def test_sources_that_differ_stand_side_by_side(log_in):
    account, clerk = an_account(), staff("clerk")
    case = a_case("accepted", by=account, clerk=clerk)
    services.save(
        clerk, case.number, facts={"income_stable": True}, source="site_visit", evidence="李敏2026年3月2日上门"
    )
    services.save(clerk, case.number, facts={"income_stable": False}, source="document", evidence="收入证明")
    words = seen(log_in(account).get("/mine/information/"))
    assert "几处说法不一" in words
    assert "收入证明" in words
    assert "2026年3月2日，李敏" not in words
    assert "李敏2026年3月2日上门" in words


def test_who_looked_is_named_and_ones_own_looks_leave_no_trace(log_in):
    account, clerk = an_account(), staff("clerk", name="李敏")
    case = a_case("submitted", by=account)
    client = log_in(account)
    picture = case.materials.first()
    for path in (f"/mine/{case.number}/", "/mine/information/", f"/mine/{case.number}/picture/{picture.pk}/"):
        assert client.get(path).status_code == 200
    assert not Look.objects.unscoped().exists()
    assert "还没有工作人员看过" in seen(client.get("/mine/information/"))
    door.document_of(clerk, case.number, picture.pk)
    words = seen(client.get("/mine/information/"))
    assert (
        "李敏 基层经办人 · 南岭街道公共就业服务平台 看了材料：居民身份证，用来受理、初审和帮扶 看了完整号码或原件"
        in words
    )
    assert "当天" not in words
    door.document_of(clerk, case.number, picture.pk)
    words = seen(client.get("/mine/information/"))
    assert words.count("材料：居民身份证") == 1
    assert "当天2次" in words


def test_what_a_program_was_shown_is_said_in_plain_words(log_in):
    account, clerk = an_account(), staff("clerk", name="李敏")
    case = a_case("submitted", by=account)
    door.case(clerk, case.number, look=for_record("申请（接口）"))
    words = seen(log_in(account).get("/mine/information/"))
    assert "看了申请，用来受理、初审和帮扶 在联网的办事系统里看的" in words
    assert "接口" not in words


def test_without_a_file_the_page_says_what_there_is(log_in):
    words = seen(log_in(an_account()).get("/mine/information/"))
    assert "系统里还没有您的档案" in words


def test_nobody_reads_the_information_of_another(log_in):
    a_case("submitted", an_applicant(name="赵玉华"), by=an_account())
    assert "赵玉华" not in seen(log_in(an_account()).get("/mine/information/"))
