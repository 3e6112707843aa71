"""An application from the first page to the receipt, page by page, without scripts (二(一))."""

import pytest

from jiuyuan import clock
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.people.models import Source
from tests.factories import PLATFORM, a_case, again, an_account, an_applicant, seen_by
from tests.portal.walking import (
    PASSWORD,
    a_draft_of,
    a_file,
    account_form,
    begin,
    boxes,
    day,
    seen,
    the_case_of,
    ticked,
)

pytestmark = pytest.mark.django_db


def answers_of(case: Application) -> dict[str, object]:
    return {name: item.value for name, item in Case(again(case), None).known.items()}


def filled_in(client, case, review="form/"):
    """Every page of the form for an older unemployed person, each leading to the next."""
    page = f"/mine/{case.number}/form/"
    pages = {
        "contact": {"phone": "13900001111", "address": "民康路9号"},
        "categories": {"categories": ["older"]},
        "register": {
            "hukou_division": "220102",
            "hukou_kind": "urban",
            "urban_resident": "yes",
            "hukou_address": "大经路3号",
        },
        "unemployment": {"registered_unemployed": "yes", **day("unemployed_since", "2025-6-1")},
        "ability": {"able_to_work": "yes", "wants_work": "yes", "health": "健康或良好"},
        "work": {"in_labour_relationship": "no", "insured_by_employer": "no"},
        "business": {"business_registered": "no", "company_office_held": "no"},
        "income": {"income_stable": "no"},
    }
    visited = []
    for code, typed in pages.items():
        answer = client.post(f"{page}{code}/", typed)
        assert answer.status_code == 302, seen(answer)
        visited.append(answer["Location"].removeprefix(page).strip("/"))
    return visited


def test_from_the_first_page_to_the_receipt(client):
    person = an_applicant("1984-05-06", name="𠮷丽·阿布")
    answer = client.post("/register/?next=/apply/where/", account_form(person))
    page = client.get(answer["Location"])
    assert "您平时住在哪个县（市、区）？" in seen(page)
    answer = client.post("/apply/where/", {"county": "220102"})
    assert "南岭街道" in seen(client.get(answer["Location"]))
    answer = client.post(answer["Location"], {"platform": PLATFORM, "address": "民康路1号"})
    assert "您属于哪一类？" in seen(client.get(answer["Location"]))
    answer = client.post(answer["Location"], {"categories": ["older"]})
    case = the_case_of(person)
    assert case.status == "draft"
    assert client.get(answer["Location"])["Location"].endswith("/form/register/")

    following = filled_in(client, case)
    assert following == ["register", "register", "unemployment", "ability", "work", "business", "income", "household"]
    client.post(f"/mine/{case.number}/form/household/add/", {"relation": "配偶", "name": "王军", "state": "失业"})
    assert "王军" in seen(client.get(f"/mine/{case.number}/form/household/"))
    client.post(f"/mine/{case.number}/form/wishes/", {"education": "初中", "job_intention": "保洁", "skills": "做面食"})
    client.post(f"/mine/{case.number}/materials/id_card/", {"front": a_file()})
    client.post(f"/mine/{case.number}/materials/hukou_book/", {"kind": "hukou_book", "file": a_file(name="户口.jpg")})

    page = client.get(f"/mine/{case.number}/form/")
    assert "还缺这些" not in seen(page)
    for shown in (
        "𠮷丽·阿布",
        "大龄失业人员",
        "吉林省长春市南关区",
        "2025年6月1日",
        "配偶王军",
        "保洁",
        "做面食",
        "民康路9号",
    ):
        assert shown in seen(page), shown
    page = client.get(f"/mine/{case.number}/sign/")
    assert "我是𠮷丽·阿布，现申请认定就业困难人员" in seen(page)
    assert "我承诺属实：有劳动能力；有就业意愿" in seen(page)
    answer = client.post(f"/mine/{case.number}/sign/", {"signature": "𠮷丽·阿布", "consent": "on"})
    receipt = seen(client.get(answer["Location"]))
    for shown in ("申请已提交", case.number, "2026年3月2日", "南岭街道公共就业服务平台"):
        assert shown in receipt
    case = again(case)
    assert (case.status, case.submitted_on) == ("submitted", clock.today())
    assert case.details["education"] == "初中"


def test_a_signature_commits_to_what_no_department_holds_and_to_nothing_else(client):
    case = begin(client)
    filled_in(client, case)
    for kind in ("id_card", "hukou_book"):
        client.post(f"/mine/{case.number}/materials/{kind}/", {"kind": kind, "file": a_file()})
    client.post(f"/mine/{case.number}/sign/", {"signature": case.person.name, "consent": "on"})
    known = seen_by(None, case).known
    signed = {name for name, item in known.items() if item.best.source == Source.COMMITMENT}
    assert signed == {"able_to_work", "wants_work", "income_stable"}
    assert known["able_to_work"].best.evidence == f"书面承诺，{case.person.name}于2026年3月2日签名"


@pytest.mark.parametrize("signature", ["𠮷丽 · 阿布", "𠮷丽阿布", "𠮷丽.阿布", "\u3000𠮷丽•阿布 "])
def test_a_signature_with_other_spaces_and_dots_is_the_same_name(log_in, signature):
    person, account = an_applicant(name="𠮷丽·阿布"), an_account()
    case = a_case("correction", person, by=account)
    log_in(account).post(f"/mine/{case.number}/sign/", {"signature": signature} | ticked(case))
    assert again(case).status == "submitted"


def test_an_answer_changed_after_signing_counts_once_it_is_signed_again(log_in):
    person = an_applicant()
    account = an_account()
    case = a_case("correction", person, by=account)
    client = log_in(account)
    url = f"/mine/{case.number}/"
    client.post(f"{url}form/ability/", {"able_to_work": "yes", "wants_work": "no"})
    assert boxes(client.get(f"{url}form/ability/"))["wants_work"] == ["no"], "their last word stands in the box"
    client.post(f"{url}sign/", {"signature": person.name} | ticked(case))
    item = seen_by(None, case).known["wants_work"]
    assert (item.value, item.best.source, item.contradicted) == (False, "commitment", False)


def test_the_answers_of_the_self_check_are_in_the_draft(client):
    lines = ['hukou_kind="urban"', "able_to_work=true", "wants_work=null", 'sex="male"', 'birth_date="1950-01-01"']
    client.post("/apply/", {"answered": [*lines, 'unemployed_since="2025-06-01"']})
    person = an_applicant("1984-05-06")
    case = begin(client, person)
    said = answers_of(case)
    assert (said["hukou_kind"], said["able_to_work"], said["unemployed_since"]) == ("urban", True, "2025-06-01")
    assert (said["sex"], said["birth_date"]) == ("female", "1984-05-06"), "the ID number says these"
    assert said["residence_division"] == PLATFORM
    assert "wants_work" not in said


def test_the_categories_found_by_the_self_check_are_ticked(client):
    client.post("/apply/", {"answered": ["laid_off_from_state_enterprise=true"]})
    person = an_applicant()
    client.post("/register/", account_form(person))
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": "民康路1号"})
    assert "laid_off" in boxes(client.get("/apply/category/"))["categories"]


def test_a_draft_goes_on_where_it_was_left(client):
    person = an_applicant()
    case = begin(client, person)
    client.post(
        f"/mine/{case.number}/form/register/",
        {"hukou_division": "220102", "hukou_kind": "urban", "urban_resident": "no", "hukou_address": "大经路3号"},
    )
    client.post("/logout/")
    client.post("/login/", {"username": person.id_number, "password": PASSWORD})
    assert "接着填" in seen(client.get(f"/mine/{case.number}/"))
    assert client.get(f"/mine/{case.number}/form/next/")["Location"].endswith("/form/unemployment/")
    assert boxes(client.get(f"/mine/{case.number}/form/register/"))["hukou_division"] == ["220102"]


def test_a_change_from_the_review_leads_back_to_it(client):
    case = begin(client)
    page = client.get(f"/mine/{case.number}/form/contact/?back=form")
    assert boxes(page)["back"] == ["form"]
    answer = client.post(
        f"/mine/{case.number}/form/contact/", {"phone": "13900001111", "address": "新地址", "back": "form"}
    )
    assert answer["Location"] == f"/mine/{case.number}/form/"


def test_only_the_facts_that_a_claimed_category_reads_are_asked(client):
    case = begin(client)
    assert client.get(f"/mine/{case.number}/form/land/").status_code == 404
    client.post(f"/mine/{case.number}/form/categories/", {"categories": ["landless_farmer", "disabled"]})
    assert client.get(f"/mine/{case.number}/form/land/").status_code == 200
    assert client.get(f"/mine/{case.number}/form/disability/").status_code == 200
    for code in ("land_requisition_agreement", "disability_certificate"):
        assert client.get(f"/mine/{case.number}/materials/{code}/").status_code == 200
    assert client.get(f"/mine/{case.number}/materials/diploma/").status_code == 404


def test_a_woman_near_retirement_is_asked_for_her_track_and_offered_no_mans(client):
    case = begin(client, an_applicant("1974-01-05"))
    page = client.get(f"/mine/{case.number}/form/retirement/")
    assert "在单位做别的活（以前叫工人），50岁退休" in seen(page)
    assert "男职工" not in seen(page)
    assert client.get(f"/mine/{begin_again(client)}/form/retirement/").status_code == 404


def begin_again(client):
    client.post("/logout/")
    return begin(client, an_applicant("1985-01-05")).number


def test_not_clear_leaves_a_fact_open_and_the_form_goes_on(client):
    case = begin(client)
    answer = client.post(f"/mine/{case.number}/form/ability/", {"able_to_work": "unsure", "wants_work": "yes"})
    assert answer.status_code == 302
    said = answers_of(case)
    assert "able_to_work" not in said
    assert said["wants_work"] is True


def test_what_is_lacking_is_listed_with_links_before_anybody_can_sign(client):
    case = begin(client)
    page = client.get(f"/mine/{case.number}/form/")
    assert "还缺这些，补上才能提交 居民身份证 户口簿或城镇居住证明" in seen(page)
    assert f"/mine/{case.number}/sign/" not in page.content.decode()
    page = client.get(f"/mine/{case.number}/sign/", follow=True)
    assert "还不能提交：还缺材料：居民身份证、户口簿或城镇居住证明。" in seen(page)


def test_a_member_of_the_household_can_be_taken_off_again(client):
    case = begin(client)
    url = f"/mine/{case.number}/form/household/"
    for name in ("王军", "王小军"):
        client.post(f"{url}add/", {"relation": "儿子", "name": name, "state": "上学"})
    pk = case.person.household.get(name="王军").pk
    client.post(url, {"remove": pk})
    client.post(url, {"remove": pk})
    assert [member.name for member in case.person.household.all()] == ["王小军"]


def test_nobody_sees_or_changes_the_application_of_another(client, log_in):
    account, case = a_draft_of()
    begin(client)
    urls = (
        "",
        "receipt/",
        "form.pdf",
        "form/",
        "form/contact/",
        "sign/",
        "withdraw/",
        "materials/id_card/",
        "form/next/",
    )
    for path in urls:
        assert client.get(f"/mine/{case.number}/{path}").status_code == 404, path
    assert client.post(f"/mine/{case.number}/withdraw/").status_code == 404
    assert log_in(account).get(f"/mine/{case.number}/").status_code == 200


def test_after_handing_in_the_form_is_closed_but_for_papers_until_it_is_accepted(log_in):
    account = an_account()
    case = a_case("submitted", by=account)
    client = log_in(account)
    assert client.get(f"/mine/{case.number}/materials/id_card/").status_code == 200
    for path in ("form/", "form/contact/", "form/household/add/"):
        assert client.get(f"/mine/{case.number}/{path}")["Location"] == f"/mine/{case.number}/"
    version = again(case).version
    client.post(f"/mine/{case.number}/form/contact/", {"phone": "13900001111", "address": "别处"})
    assert again(case).version == version


def test_a_second_stay_begins_with_what_is_on_file(log_in):
    account, person = an_account(), an_applicant()
    a_case("withdrawn", person, by=account)
    client = log_in(account)
    assert boxes(client.get("/apply/where/"))["county"] == ["220102"]
    page = client.get("/apply/where/220102/")
    assert boxes(page)["platform"] == [PLATFORM]
    assert boxes(page)["address"] == [person.address]
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": person.address})
    answer = client.post("/apply/category/", {"categories": ["older"]})
    assert answer.status_code == 302
    assert Application.objects.unscoped().filter(person__id_index=person.id_index).count() == 2


def test_when_the_session_no_longer_knows_the_number_it_is_asked_again(client):
    person = an_applicant()
    client.post("/register/", account_form(person))
    client.post("/logout/")
    client.post("/login/", {"username": person.id_number, "password": PASSWORD})
    assert client.get("/apply/where/")["Location"] == "/apply/who/"
    typed = {"name": person.name, "id_number": person.id_number, "phone": person.phone}
    assert client.post("/apply/who/", typed)["Location"] == "/apply/where/"
    other = an_applicant()
    client.post("/apply/who/", typed | {"id_number": other.id_number})
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": "民康路1号"})
    page = client.post("/apply/category/", {"categories": ["older"]})
    assert "与开通账号时的身份证号码不一样" in seen(page)


def test_a_page_that_changes_nothing_is_no_act_and_no_version(client):
    case = begin(client)
    filled_in(client, case)
    before, acts = again(case).version, Entry.objects.unscoped().count()
    filled_in(client, case)
    assert (again(case).version, Entry.objects.unscoped().count()) == (before, acts)
