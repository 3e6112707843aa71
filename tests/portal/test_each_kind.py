"""Five kinds of people from the self-check to the receipt, each in the words that they read: page by page, without scripts."""

import pytest

from tests.factories import PLATFORM, an_applicant, hand_in_materials, seen_by
from tests.portal.test_selfcheck import ALL, KINDS, answered
from tests.portal.walking import account_form, boxes, seen, the_case_of

pytestmark = pytest.mark.django_db
#: What they are called, what the result says of them, and the paper that they are asked for beside everybody's.
READS = {
    "older": ("大龄失业人员", "1984年5月6日出生", ""),
    "disabled": ("残疾失业人员", "残疾人证", "残疾人证"),
    "zero_employment_family": ("零就业家庭成员", "零就业家庭", ""),
    "landless_farmer": ("失地农民", "承包", "征地"),
    "graduate": ("就业困难高校毕业生", "毕业", "毕业证"),
}


@pytest.mark.parametrize("kind", READS)
def test_each_kind_comes_from_the_self_check_to_the_receipt(client, kind):
    called, because, paper = READS[kind]
    result, _ = answered(client, kind=kind, **ALL, **KINDS[kind])
    for words in ("按您说的情况，符合申请条件", called, because, paper):
        assert words in seen(result), words
    client.post("/apply/", {"answered": boxes(result)["answered"]})
    person = an_applicant("1984-05-06")
    client.post("/register/", account_form(person))
    client.post("/apply/where/", {"county": "220102"})
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": person.address})
    assert boxes(client.get("/apply/category/"))["categories"] == [kind]
    client.post("/apply/category/", {"categories": [kind]})
    case = the_case_of(person)
    pages = f"/mine/{case.number}"
    review = seen(client.get(f"{pages}/form/"))
    for words in ("还缺这些", "居民身份证", called, paper):
        assert words in review, words
    if kind == "zero_employment_family":
        assert "家庭成员" in seen(client.get(f"{pages}/form/household/"))
        client.post(f"{pages}/form/household/add/", {"relation": "配偶", "name": "王军", "state": "失业"})
    hand_in_materials(case.person.account, case)
    assert "还缺这些" not in seen(client.get(f"{pages}/form/"))
    assert f"我是{person.name}，现申请认定就业困难人员" in seen(client.get(f"{pages}/sign/"))
    answer = client.post(f"{pages}/sign/", {"signature": person.name, "consent": "on"})
    receipt = seen(client.get(answer["Location"]))
    for words in ("申请已提交", case.number, "南岭街道公共就业服务平台", "公示3个工作日"):
        assert words in receipt, words
    assert kind in seen_by(None, case).decision.categories
