"""Checking for oneself: no login, nothing kept, only what matters next, an answer in words."""

import json
import re

import pytest
from django.contrib.sessions.models import Session

from jiuyuan.agencies.models import User
from jiuyuan.history.models import Entry
from jiuyuan.people.models import Fact, Person
from jiuyuan.portal.selfcheck_answers import KIND, Answers
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.together import TOGETHER
from tests.factories import PLATFORM, an_applicant
from tests.portal.walking import account_form, boxes, day, seen

pytestmark = pytest.mark.django_db
ABOUT = "/self-check/"

OLDER = {
    "kind": "older",
    "hukou_division": "220000",
    "birth_date": "1984-05-06",
    "sex": "female",
    "registered_unemployed": "yes",
    "ability": "yes",
    "exclusions": "no",
    "hukou_kind": "urban",
    "unemployed_since": "2025-06-01",
}
#: Somebody of each kind who qualifies, beside what everybody is asked.
ALL = {name: value for name, value in OLDER.items() if name not in ("kind", "hukou_kind", "unemployed_since")}
KINDS = {
    "laid_off": {"laid_off_from_state_enterprise": "yes"},
    "older": {"hukou_kind": "urban", "unemployed_since": "2025-06-01"},
    "disabled": {"hukou_kind": "urban", "disability_certificate": "yes"},
    "zero_employment_family": {"zero_employment_family": "yes"},
    "minimum_allowance": {"hukou_kind": "urban", "unemployed_since": "2025-01-01", "urban_minimum_allowance": "yes"},
    "landless_farmer": {"land": "yes", "land_requisition_level": "county", "contracted_land_fully_lost": "yes"},
    "graduate": {"experience": "no", "degree": "yes", "degree_level": "bachelor", "left_school_on": "2023-06-30"},
}


def answered(client, **answers):
    """Answer each question that is asked, 不清楚 where nothing is given; returns the last page and what was asked."""
    page, asked = client.post(ABOUT), []
    while "asked" in boxes(page):
        name = boxes(page)["asked"][0]
        asked.append(name)
        carried = {"answered": boxes(page).get("answered", []), "asked": name}
        value = answers.get(name)
        if value is None:
            page = client.post(ABOUT, carried | {"unsure": "1"})
        else:
            page = client.post(
                ABOUT, carried | (day(name, value) if name in FACTS and FACTS[name].kind == "date" else {name: value})
            )
        assert len(asked) < 40
    return page, asked


def test_it_says_that_nothing_is_kept_and_asks_for_no_login(client):
    page = client.get(ABOUT)
    assert page.status_code == 200
    assert "不用登录，不问姓名和身份证号码" in seen(page)
    assert "您的回答不会保存，关掉页面就没有了" in seen(page)


def test_somebody_who_qualifies_hears_category_clause_reason_and_materials(client):
    page, _ = answered(client, **OLDER)
    words = seen(page)
    assert "按您说的情况，符合申请条件" in words
    assert "大龄失业人员" in words
    assert "1984年5月6日出生" in words
    assert "吉人社发〔2022〕10号 一(一)2" in words
    assert "居民身份证 正反两面，姓名、号码和有效期要清楚" in words
    assert "户口簿或城镇居住证明" in words


def test_only_what_can_still_change_the_answer_is_asked(client):
    _, asked = answered(client, **OLDER)
    assert asked == list(OLDER)
    page, asked = answered(client, kind="older", hukou_division="230000")
    assert asked == ["kind", "hukou_division"]
    assert "现在不符合条件" in seen(page)
    assert "户籍所在地不在吉林省（黑龙江省）" in seen(page)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_asked_about_ten_questions_and_qualifies(client, kind):
    page, asked = answered(client, kind=kind, **ALL, **KINDS[kind])
    assert "符合申请条件" in seen(page)
    assert asked[0] == "kind"
    assert 7 <= len(asked) <= 12, asked
    assert page.context["certain"]


def test_every_category_of_the_policy_is_a_kind_to_choose(client):
    form = client.post(ABOUT).context["form"]
    offered = [value for value, _ in form.fields["kind"].choices]
    assert offered == [*Answers({}).policy.titles, "unsure"]
    assert set(KINDS) == set(offered) - {"unsure"}, "a person for each is tried above"


@pytest.mark.parametrize("kind", KINDS)
def test_no_branch_announces_more_than_thirteen_questions(kind):
    answers = Answers({KIND: kind})
    assert answers.left(KIND) <= 13
    assert answers.left(KIND) < len(answers.rules.open_questions(answers.hoped())), "some are asked together"


def test_who_is_too_early_hears_the_day_and_nothing_else_first(client):
    page, _ = answered(client, **OLDER | {"unemployed_since": "2026-01-15"})
    words = seen(page)
    assert "再等到2026年7月15日就满6个月，到时可以申请" in words
    assert words.index("再等到2026年7月15日") < words.index("为什么")
    assert "没有残疾人证" not in words.split("逐条看看")[0]


def test_who_is_too_early_for_a_kind_with_more_conditions_hears_the_day_too(client):
    page, asked = answered(
        client,
        kind="minimum_allowance",
        **ALL,
        hukou_kind="urban",
        unemployed_since="2026-01-15",
        minimum_allowance="yes",
    )
    assert "urban_minimum_allowance" not in asked, "what changes nothing today is not asked"
    words = seen(page)
    assert "再等到2027年1月15日就满1年，到时再自查一次" in words and "看看别的几种" in words
    page, _ = answered(client, kind="minimum_allowance", **ALL, hukou_kind="rural", urban_resident="no")
    assert "再等到" not in seen(page) and "这一种不符合" in seen(page)


def test_who_is_not_registered_hears_how_to_register_with_the_window_as_the_button(client):
    page, asked = answered(client, **OLDER | {"registered_unemployed": "no"})
    words = seen(page)
    assert asked == list(OLDER), "the rest is asked all the same: it says whether registering is enough"
    assert "先办失业登记，办好再来申请" in words
    assert re.search(r'class="button" href="/windows/">\s*看窗口在哪里', page.content.decode())
    assert "失业保险金" in words
    page, _ = answered(client, **OLDER | {"registered_unemployed": "no", "unemployed_since": "2026-01-15"})
    assert "再等到2026年7月15日就满6个月" in seen(page)


def test_another_kind_can_be_tried_without_answering_again(client):
    page, _ = answered(client, kind="disabled", **ALL, hukou_kind="urban", disability_certificate="no")
    assert "这一种不符合，看看是不是别的一种" in seen(page)
    page = client.post(ABOUT, {"answered": boxes(page)["answered"], "others": "1"})
    assert boxes(page)["asked"] == ["sex"], "the first that no other kind had asked"
    assert "kind=null" in boxes(page)["answered"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("female_55+1", "eligible"),
        ("female_50+2", "ineligible"),
        ("female_55+3", "eligible"),
        ("unsure", "undetermined"),
    ],
)
def test_the_retirement_age_is_asked_as_the_work_one_did(client, said, outcome):
    """A woman of 52: those who never had an employer have an answer too."""
    lived = OLDER | {"birth_date": "1974-01-06", "retirement_track": said}
    page, asked = answered(client, **lived)
    assert "retirement_track" in asked
    assert page.context["outcome"] == outcome


def test_the_questions_on_retirement_name_every_life(client):
    lines = ['kind="older"', 'birth_date="1974-01-06"', 'sex="female"']
    page = client.post(ABOUT, {"answered": [*lines, "retirement_track=null"], "change": "retirement_track"})
    words = seen(page)
    for life in ("做管理或技术", "做别的活（以前叫工人）", "自己交职工养老保险", "从没上过班", "不清楚"):
        assert life in words
    assert "男职工" not in words


def test_the_result_can_be_kept_as_a_text(client):
    result, _ = answered(client, **OLDER)
    kept = client.post(ABOUT, {"answered": boxes(result)["answered"][: len(OLDER)], "save": "1"})
    text = kept.content.decode("utf-8-sig")
    assert kept["Content-Disposition"].startswith("attachment")
    for line in ("按您说的情况，符合申请条件", "居民身份证：正反两面", "您的户籍在哪里？ 吉林省", "&"):
        assert (line in text) is (line != "&"), line


def test_who_is_insured_by_an_employer_hears_why_not_and_may_still_apply(client):
    page, _ = answered(
        client, **OLDER | {"exclusions": "yes", "in_labour_relationship": "no", "insured_by_employer": "yes"}
    )
    words = seen(page)
    assert "现在不符合条件" in words
    assert "在用人单位参加社会保险" in words
    assert "一(二)1" in words
    assert "仍要申请" in words


def test_each_question_can_be_passed_over_and_the_end_says_what_is_lacking(client):
    page, asked = answered(client)
    assert len(asked) == len(set(asked)), "a question that was passed over is not asked again"
    assert "还不能确定，有几项不清楚" in seen(page)
    assert "先回答前5题" in seen(page)
    assert "答案不用再填" not in seen(page), "there are no answers"
    page = client.post(ABOUT, {"answered": boxes(page)["answered"][: len(asked)], "again": "1"})
    assert boxes(page)["asked"] == ["kind"], "what was unclear is asked again, from the first"
    page, _ = answered(client, **OLDER | {"ability": None, "wants_work": "yes"})
    words = seen(page)
    assert "还差这几项 您现在能干活吗？" in words
    assert "您属于： 大龄失业人员" in words


def test_the_id_number_is_never_asked(client):
    _, asked = answered(client)
    page = client.post(ABOUT)
    assert "身份证号码" not in seen(page)
    assert "id_number" not in asked


def test_nothing_is_stored(client):
    answered(client, **OLDER)
    for model in (User, Session, Entry):
        assert model._base_manager.count() == 0
    for model in (Person, Fact):
        assert model.objects.unscoped().count() == 0
    assert "sessionid" not in client.cookies


def test_back_asks_the_question_before_with_its_answer_still_there(client):
    page = client.post(ABOUT, {"answered": ['hukou_division="220000"', 'birth_date="1984-05-06"'], "back": "1"})
    assert boxes(page)["asked"] == ["birth_date"]
    assert boxes(page)["answered"] == ['hukou_division="220000"']
    assert (boxes(page)["birth_date_year"], boxes(page)["birth_date_month"]) == (["1984"], ["5"])


def test_an_answer_can_be_changed_at_the_end_without_losing_the_others(client):
    result, _ = answered(client, **OLDER)
    lines = boxes(result)["answered"][: len(OLDER)]
    page = client.post(ABOUT, {"answered": lines, "change": "exclusions"})
    assert boxes(page)["exclusions"] == ["no"]
    page = client.post(ABOUT, {"answered": lines, "asked": "exclusions", "exclusions": "yes"})
    assert boxes(page)["asked"] == ["in_labour_relationship"]
    assert len(boxes(page)["answered"]) == len(OLDER)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "请填写年、月、日。"),
        (day("birth_date", "1984-2-30"), "1984年2月30日这一天不存在，请改正。"),
        (day("birth_date", "1984-2-"), "日期还缺日。"),
        (day("birth_date", "2031-2-3"), "2031年2月3日还没有到"),
    ],
)
def test_a_wrong_day_is_named_and_stays_in_its_boxes(client, typed, sentence):
    carried = ['hukou_division="220000"']
    page = client.post(ABOUT, {"answered": carried, "asked": "birth_date", **typed})
    assert sentence in seen(page)
    assert boxes(page)["answered"] == carried
    for name, value in typed.items():
        assert boxes(page)[name] == [value]


def test_full_width_digits_are_digits(client):
    page = client.post(ABOUT, {"answered": [], "asked": "birth_date", **day("birth_date", "１９８４-０５-０６")})
    assert boxes(page)["answered"] == ['birth_date="1984-05-06"']


@pytest.mark.parametrize(
    "line", ["", "x", "no_such=1", "sex=female", "sex=7", 'as_of="2020-01-01"', "birth_date=" + "[" * 2000]
)
def test_what_is_no_answer_of_ours_is_left_out(client, line):
    page = client.post(ABOUT, {"answered": [line]})
    assert page.status_code == 200
    assert "answered" not in boxes(page)


def test_the_answers_go_along_into_the_application(client):
    result, _ = answered(client, **OLDER)
    page = client.post("/apply/", {"answered": boxes(result)["answered"][: len(OLDER)]})
    assert "自查时的回答会直接填进申请" in seen(page)
    assert "1984" not in json.dumps(Session.objects.get().get_decoded()), "kept encrypted until there is a draft"


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        ("0025-06-01", "0025年6月1日太早"),
        ("1983-06-01", "早于出生日期1984年5月6日"),
        ("1999-06-01", "还不满16周岁"),
        ("1970-01-01", "不是真实的日期"),
    ],
)
def test_a_day_that_cannot_be_is_asked_again(client, since, sentence):
    carried = ['birth_date="1984-05-06"']
    page = client.post(ABOUT, {"answered": carried, "asked": "unemployed_since", **day("unemployed_since", since)})
    assert sentence in seen(page)
    assert boxes(page)["unemployed_since_year"] == [since[:4]]
    assert boxes(page)["answered"] == carried


def test_an_answer_that_does_not_go_with_the_id_number_is_left_out_of_the_application(client):
    """Asked by the elder sister, and the younger one applies."""
    born = {"birth_date": "1979-05-06", "unemployed_since": "1999-06-01"}
    result, _ = answered(client, **(OLDER | born))
    client.post("/register/", account_form(an_applicant(born="1985-03-02")))
    client.post("/apply/", {"answered": boxes(result)["answered"]})
    client.post("/apply/where/", {"county": "220102"})
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": "民康路1号"})
    client.post("/apply/category/", {"categories": ("older",)})
    known = {fact.name for fact in Fact.objects.unscoped()}
    assert "wants_work" in known
    assert "unemployed_since" not in known


def test_each_clause_says_what_it_means_for_the_person_and_not_whether_it_is_true(client):
    said = {"business_registered": True, "in_labour_relationship": False, "insured_by_employer": False,
            "able_to_work": True, "wants_work": False, "disability_certificate": False}  # fmt: skip
    lines = [f"{name}={json.dumps(value)}" for name, value in said.items()]
    unsure = [name for name in FACTS if name not in (*said, "as_of", "other_exclusion")]
    page = client.post(ABOUT, {"answered": ["kind=null", *lines, *[f"{name}=null" for name in (*unsure, *TOGETHER)]]})
    meant = {clause["answer"].code: (clause["good"], clause["words"]) for clause in page.context["clauses"]}
    assert meant["business"] == (False, "有这种情形")
    assert meant["employed"] == (True, "没有这种情形")
    assert meant["able_to_work"] == (True, "符合")
    assert meant["wants_work"] == (False, "不符合")
    assert meant["disabled"] == ("plain", "不属于")
    assert meant["laid_off"] == (None, "尚不清楚")
    body = page.content.decode()
    assert re.search(r'answer-no">.*?有这种情形', body)
    assert re.search(r'answer-yes">.*?没有这种情形', body)
