"""A refusal rests on the rules: on clauses that fail, on facts that are verified, and is printed as it was decided."""

import pytest

from jiuyuan.applications import services
from jiuyuan.applications.models import Decision
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole
from tests.api.program import Program
from tests.applications.refusing import CODES, FAILS, VALUES, a_case_with
from tests.factories import (
    a_case,
    act,
    after_the_notice,
    again,
    an_applicant,
    found_out,
    returned_as_failing,
    seen_by,
    staff,
    verify_facts,
)

pytestmark = pytest.mark.django_db


def refused(case, who, clauses, action="first_review_fail", **said):
    with pytest.raises(GuardNotMet) as refusal:
        act(who, case, action, clauses=clauses, **said)
    return refusal.value


def by_page(log_in, who, case, clauses):
    version = again(case).version
    said = {"version": version, "clauses": clauses, "reason": "情况有变后可以再申请"}
    return log_in(who).post(f"/desk/cases/{case.number}/do/first_review_fail/", said).status_code


def by_api(who, case, clauses):
    from jiuyuan.agencies.services import issue_token

    body = {"version": again(case).version, "clauses": clauses, "reason": "情况有变后可以再申请"}
    return Program(issue_token(who)).post(f"/applications/{case.number}/first_review_fail", body)


@pytest.mark.parametrize("code", CODES)
def test_by_the_page_a_clause_that_fails_refuses(log_in, clerk, reviewer, code):
    case = a_case_with(code, FAILS[code], clerk, reviewer)
    assert [clause["code"] for clause in seen_by(clerk, case).failing] == [code]
    assert by_page(log_in, clerk, case, [code]) == 302
    assert again(case).status == "rejected"
    [kept] = Decision.objects.unscoped().filter(application=case)
    assert [clause["code"] for clause in kept.refusal["clauses"]] == [code]
    assert kept.answer["outcome"] == "ineligible"


@pytest.mark.parametrize(
    ("code", "value"), [(code, value) for code in CODES for value in VALUES if value is not FAILS[code]]
)
def test_a_clause_that_is_met_or_unknown_refuses_nobody_by_page_or_api(log_in, clerk, reviewer, code, value):
    case = a_case_with(code, value, clerk, reviewer)
    assert seen_by(clerk, case).failing == []
    assert by_page(log_in, clerk, case, [code]) == 422
    answer = by_api(clerk, case, [code])
    assert (answer.status_code, answer.json()["code"]) == (422, "rules_say_otherwise")
    assert answer.json()["instead"] == "raise_special_case"
    assert answer.json()["answer"]["outcome"] != "ineligible"
    assert again(case).status == "accepted"


@pytest.mark.parametrize("code", CODES)
def test_by_the_api_each_clause_that_fails_refuses_and_a_call_that_names_another_one_or_none_does_not(
    clerk, reviewer, code
):
    case = a_case_with(code, FAILS[code], clerk, reviewer)
    other = "wants_work" if code != "wants_work" else "able_to_work"
    answer = by_api(clerk, case, [other])
    assert (answer.status_code, answer.json()["code"]) == (422, "clause_not_failing")
    assert [clause["code"] for clause in answer.json()["failing"]] == [code]
    answer = by_api(clerk, case, [])
    assert (answer.status_code, answer.json()["code"]) == (422, "field")
    assert by_api(clerk, case, [code, other]).status_code == 422
    answer = by_api(clerk, case, [code])
    assert (answer.status_code, answer.json()["status"]) == (200, "rejected")
    assert [clause["code"] for clause in answer.json()["failing"]] == [code]


def test_the_api_shows_what_fails_with_its_facts_and_their_source(clerk, reviewer):
    case = a_case_with("employed", True, clerk, reviewer)
    from jiuyuan.agencies.services import issue_token

    shown = Program(issue_token(clerk)).get(f"/applications/{case.number}").json()
    [clause] = shown["failing"]
    assert (clause["clause"], clause["code"]) == ("一(二)1", "employed")
    assert clause["facts"] == [
        {
            "name": "insured_by_employer",
            "value": True,
            "source": "shared_data",
            "department": "social_insurance",
            "observed_on": "2026-03-02",
        }
    ]
    assert "first_review_fail" not in shown["blocked"]


def business(clerk, *steps):
    """A case on which the register of businesses says yes, and what else was said about it."""
    case = a_case("accepted", clerk=clerk)
    verify_facts(clerk, case)
    for step in steps:
        record = {"source": "shared_data", "department": "market_regulation", "evidence": "查询", **step}
        value = record.pop("value", True)
        if record["source"] == "dispute":
            services.dispute_fact(clerk, case.number, "business_registered", "身份证被冒用")
        else:
            services.save(clerk, case.number, facts={"business_registered": value}, **record)
    return case


VISIT = {"source": "site_visit", "department": ""}
FOUND_FALSE = {**VISIT, "value": False}
SETTLED = {**VISIT, "settlement": "门口挂着营业执照，以走访为准"}
SURE = {"verified": [{}], "corrected by its source": [{"value": False}, {}]}
NOT_SURE = {
    "contradicted": [{}, FOUND_FALSE],
    "disputed": [{}, {"source": "dispute"}],
    "settled": [{}, FOUND_FALSE, SETTLED],
    "settled and said again": [{}, FOUND_FALSE, SETTLED, {}, VISIT],
    "disputed and settled": [{}, {"source": "dispute"}, SETTLED],
}


@pytest.mark.parametrize("steps", SURE.values(), ids=SURE)
def test_a_fact_that_its_source_confirms_or_corrects_refuses(clerk, steps):
    case = business(clerk, *steps)
    assert act(clerk, case, "first_review_fail", clauses=["business"]).status == "rejected"


@pytest.mark.parametrize("steps", NOT_SURE.values(), ids=NOT_SURE)
def test_a_fact_that_is_contradicted_disputed_or_settled_in_words_refuses_nobody(clerk, steps):
    case = business(clerk, *steps)
    refusal = refused(case, clerk, ["business"])
    assert refusal.code == "rules_say_otherwise"
    assert refusal.details["failing"] == []
    assert refusal.details["instead"] == "raise_special_case"


def test_what_only_the_applicant_said_refuses_nobody_until_it_is_verified(clerk):
    case = a_case("accepted", an_applicant(facts={"business_registered": True}), clerk=clerk)
    refusal = refused(case, clerk, ["business"])
    assert refusal.code == "unverified"
    assert "要先核实：“是否有营业执照或经营登记”" in refusal.title
    verify_facts(clerk, case, business_registered=True)
    assert act(clerk, case, "first_review_fail", clauses=["business"]).status == "rejected"


def test_categories_refuse_only_where_all_seven_are_false_and_then_every_claimed_one_is_named(clerk, reviewer):
    from tests.applications.refusing import NO_CATEGORY, YOUNG

    one_open = {name: value for name, value in NO_CATEGORY.items() if name != "disability_certificate"}
    claimed = ("laid_off", "minimum_allowance")
    case = a_case("accepted", an_applicant(YOUNG, categories=claimed, facts=one_open), clerk=clerk)
    verify_facts(clerk, case)
    assert refused(case, clerk, ["laid_off"]).code == "rules_say_otherwise"
    services.save(clerk, case.number, facts={"disability_certificate": False}, source="declared")
    assert refused(case, clerk, ["laid_off"]).code == "unverified"
    verify_facts(clerk, case, disability_certificate=False)
    assert refused(case, clerk, ["disabled"]).code == "clause_not_failing"
    rejected = act(clerk, case, "first_review_fail", clauses=["laid_off"])
    kept = Decision.objects.unscoped().get(application=rejected).refusal["clauses"]
    assert [clause["code"] for clause in kept] == list(claimed)


def settled(case, clerk, granted, clauses=("business",)):
    act(clerk, case, "raise_special_case", question="能否认定", clauses=list(clauses))
    for _ in range(2):
        act(staff("reviewer"), case, "settle_special_case", granted=granted, ground="按一(三)研究")


def test_a_special_case_settled_no_lets_a_refusal_through_and_bars_the_way_to_recognition(clerk):
    case = a_case("accepted", clerk=clerk)
    verify_facts(clerk, case)
    assert refused(case, clerk, ["special_case"]).code == "rules_say_otherwise"
    settled(case, clerk, granted=False)
    with pytest.raises(GuardNotMet) as barred:
        act(clerk, case, "first_review_pass")
    assert barred.value.code == "special_case_refused"
    assert act(clerk, case, "first_review_fail", clauses=["special_case"]).status == "rejected"
    [kept] = Decision.objects.unscoped().filter(application=case)
    assert kept.refusal["clauses"][0]["clause"] == "一(三)"
    assert "按一(三)研究" in kept.refusal["clauses"][0]["reason"]


def test_a_special_case_settled_no_while_the_notice_runs_bars_the_recognition(clerk, reviewer):
    case = a_case("publishing", clerk=clerk)
    settled(case, clerk, granted=False)
    after_the_notice(case)
    act(clerk, case, "endorse")
    act(clerk, case, "report")
    with pytest.raises(GuardNotMet) as barred:
        act(reviewer, case, "recognise")
    assert barred.value.code == "special_case_refused"
    assert act(reviewer, case, "return", clauses=["special_case"]).status == "returned"
    assert act(clerk, case, "reject").status == "rejected"


def test_a_later_special_case_settled_yes_opens_it_again_and_covers_its_clauses(clerk):
    case = business(clerk, {})
    settled(case, clerk, granted=False)
    settled(case, clerk, granted=True)
    refusal = refused(case, clerk, ["business"])
    assert refusal.code == "rules_say_otherwise"
    assert "同意按符合条件办理" in refusal.title
    assert refused(case, clerk, ["special_case"]).code == "rules_say_otherwise"
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_while_a_special_case_is_open_nothing_else_is_decided(clerk, reviewer):
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object")
    act(clerk, case, "raise_special_case")
    after_the_notice(case)
    for action, said in (("endorse", {}), ("settle_objection", {})):
        with pytest.raises(GuardNotMet) as blocked:
            act(clerk, case, action, **said)
        assert "特殊情况正由县级研究" in blocked.value.title


def test_the_clauses_in_doubt_are_kept_with_the_question(clerk):
    case = a_case("accepted", clerk=clerk)
    with pytest.raises(BadInput) as missing:
        engine.act(clerk, APPLICATION, case.number, "raise_special_case", {"question": "能否认定"})
    assert [field for field, _ in missing.value.errors] == ["clauses"]
    act(clerk, case, "raise_special_case", clauses=["older", "jilin_hukou"])
    assert seen_by(clerk, case).open_special_case.clauses == ["jilin_hukou", "older"]


def test_an_upheld_objection_is_a_refusal_on_the_facts_as_recorded_from_the_finding(clerk):
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object", ground="他在开店")
    said = {"upheld": True, "finding": "核实有营业执照"}
    with pytest.raises(BadInput) as missing:
        act(clerk, case, "settle_objection", **said)
    assert [field for field, _ in missing.value.errors] == ["clauses"]
    assert refused(case, clerk, ["business"], "settle_objection", **said).code == "rules_say_otherwise"
    assert seen_by(clerk, case).open_objections
    found_out(clerk, case, business_registered=True)
    ended = act(clerk, case, "settle_objection", clauses=["business"], **said)
    assert ended.status == "rejected"
    assert ended.decisions.last().answer["outcome"] == "ineligible"


def test_a_return_without_clauses_is_put_right_and_never_ends_in_a_refusal(clerk):
    case = a_case("returned", clerk=clerk)
    with pytest.raises(GuardNotMet, match="没有写明不符合的条款") as refusal:
        act(clerk, case, "reject")
    assert refusal.value.code == "clause_not_failing"
    assert act(clerk, case, "reopen").status == "accepted"


def test_a_return_names_clauses_only_where_they_fail(clerk, reviewer):
    case = a_case("reported", clerk=clerk)
    assert refused(case, reviewer, ["employed"], "return").code == "rules_say_otherwise"
    assert again(case).status == "reported"


def test_a_rejection_repeats_the_county_unchanged(clerk, reviewer):
    case = returned_as_failing(clerk, reviewer)
    found_out(clerk, case, business_registered=True)
    with pytest.raises(BadInput):
        act(clerk, case, "reject", clauses=["business"], reason="另有营业执照")
    rejected = act(clerk, case, "reject")
    first, last = (d.refusal["clauses"] for d in rejected.decisions.all() if d.action in ("return", "reject"))
    assert last == first
    assert [clause["code"] for clause in last] == ["registered_unemployed"]
    assert rejected.opinions.last().text == "解除劳动关系的日期与社保记录不符"


def test_a_clause_that_fails_no_more_is_not_repeated(clerk, reviewer):
    case = returned_as_failing(clerk, reviewer)
    services.dispute_fact(clerk, case.number, "registered_unemployed", "登记是被误注销的，有社区证明")
    with pytest.raises(GuardNotMet) as refusal:
        act(clerk, case, "reject")
    assert refusal.value.code == "rules_say_otherwise"


def test_an_application_is_declined_on_a_clause_only_where_it_fails(clerk):
    case = a_case("submitted", clerk=clerk)
    said = {"ground": "clause", "reason": "户籍不在本省"}
    assert refused(case, clerk, ["jilin_hukou"], "decline", **said).code == "rules_say_otherwise"
    found_out(clerk, case, hukou_division="210102")
    assert act(clerk, case, "decline", clauses=["jilin_hukou"], **said).status == "declined"


def test_what_was_not_completed_is_declined_only_past_its_day(clerk, today):
    case = a_case("correction", clerk=clerk)
    assert case.correct_by.isoformat() == "2026-03-17"
    today("2026-03-17")
    with pytest.raises(GuardNotMet, match="补正期限到2026年3月17日") as running:
        act(clerk, case, "decline", ground="not_completed")
    assert running.value.code == "correction_running"
    today("2026-03-18")
    assert act(clerk, case, "decline", ground="not_completed").status == "declined"


def test_somebody_may_be_given_longer_to_correct_and_never_less(clerk):
    case = a_case("submitted", clerk=clerk)
    with pytest.raises(BadInput) as short:
        act(clerk, case, "ask_correction", correct_by="2026-03-16")
    assert [field for field, _ in short.value.errors] == ["correct_by"]
    assert act(clerk, case, "ask_correction", correct_by="2026-04-30").correct_by.isoformat() == "2026-04-30"


def test_each_correction_has_its_page_named_or_known_by_its_words(clerk):
    case = a_case("submitted", clerk=clerk)
    missing = ["户口簿首页不清楚", {"text": "请补填", "page": "wishes"}, "请到窗口说明"]
    asked = act(clerk, case, "ask_correction", missing=missing)
    assert asked.corrections == ["户口簿首页不清楚", "请补填", "请到窗口说明"]
    assert asked.correction_pages == ["hukou_book", "wishes", "form"]


def test_only_the_county_records_another_exclusion_and_with_the_rule_it_rests_on(clerk, reviewer):
    case = a_case("accepted", clerk=clerk)
    said = {"source": "document", "evidence": "县局文件"}
    with pytest.raises(NotForRole):
        services.save(clerk, case.number, facts={"other_exclusion": "省厅通知第3条"}, **said)
    for nothing in (" ", "　\u200b", "无", "——"):
        with pytest.raises(BadInput) as empty:
            services.save(reviewer, case.number, facts={"other_exclusion": nothing}, **said)
        assert empty.value.errors[0][0] == "other_exclusion"
    services.save(reviewer, case.number, facts={"other_exclusion": "省厅通知第3条"}, **said)
    assert [clause["code"] for clause in seen_by(clerk, case).failing] == ["other"]


def test_nobody_is_declined_for_another_case_or_a_stay_that_there_is_not(clerk):
    case = a_case("submitted", clerk=clerk)
    with pytest.raises(BadInput) as refusal:
        act(clerk, case, "decline", ground="already_open", reason="已有申请")
    assert [field for field, _ in refusal.value.errors] == ["ground"]
    assert again(case).status == "submitted"
