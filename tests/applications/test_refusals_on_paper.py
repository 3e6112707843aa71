"""A refusal is printed as it was decided, whatever the clerk typed and whatever was found out later."""

import pytest

from jiuyuan.applications import letters, papers
from jiuyuan.applications.models import Decision
from tests.applications.refusing import a_case_with
from tests.factories import (
    a_case,
    act,
    again,
    an_applicant,
    seen_by,
    verify_facts,
)
from tests.jobs import work
from tests.printing.paper import said_by_seal

pytestmark = pytest.mark.django_db


def letter_of(case):
    """The data of the letter, as it goes to the printer."""
    found = seen_by(None, case)
    return letters.refusal(found, papers.refusal_of(found), "")


def test_the_letter_is_that_of_the_decision_whatever_was_typed_or_found_out_later(clerk, reviewer, today):
    case = a_case_with("business", True, clerk, reviewer)
    typed = "一(二)1：社会保险经办机构2020年1月1日的记录显示已就业。"
    act(clerk, case, "first_review_fail", clauses=["business"], reason=typed)
    from jiuyuan.people import services as people

    people.record_facts(
        clerk.actor, case.person, {"business_registered": False},
        source="shared_data", department="taxation", evidence="后来的查询",
    )  # fmt: skip
    today("2027-01-10")
    [ground] = letter_of(case).grounds
    assert (ground.clause, ground.clause_text) == ("一(二)2", "从事经营或在其他单位任职")
    assert ground.fact == "是否有营业执照或经营登记"
    assert ground.value.startswith("是否有营业执照或经营登记：是。")
    assert ground.source == "部门共享数据，市场监督管理部门，2026年3月2日"
    assert "社会保险" not in ground.value + ground.source


def test_the_letter_of_an_application_that_was_not_accepted_claims_nothing_about_the_person(clerk):
    case = a_case("declined", clerk=clerk)
    letter = letter_of(case)
    assert letter.letter.title == "不予受理告知书"
    [ground] = letter.grounds
    assert (ground.clause, ground.fact) == ("二(二)", "常住地不在本平台辖区")
    assert ground.remedy == "带同样的材料，向吉林省吉林市船营区德胜街道申请。"


def test_a_refusal_from_before_clauses_were_kept_prints_as_before(clerk):
    case = a_case("rejected", clerk=clerk)
    Decision.objects.unscoped().filter(application=case).update(refusal={})
    [ground] = letter_of(case).grounds
    assert ground.clause == "一(一)"
    again(case).opinions.update(decision=None)
    assert letter_of(case).grounds[0].clause == "一(一)"


def test_the_form_says_clause_fact_value_and_source_before_the_clerks_words(clerk, reviewer):
    from jiuyuan.applications.printed_form import form_pdf

    case = a_case_with("employed", True, clerk, reviewer)
    act(clerk, case, "first_review_fail", clauses=["employed"], reason="停保以后可以再申请。")
    work("seal_form")
    said = "".join(said_by_seal(form_pdf(seen_by(None, case)), "platform").split())
    assert "一(二)1" in said
    assert "是否在用人单位参保：是" in said
    assert "社会保险经办机构" in said
    assert "停保以后可以再申请" in said


def test_many_clauses_still_fit_their_cell(clerk, reviewer):
    from jiuyuan.applications.refusal_texts import on_the_form
    from jiuyuan.printing.form import LONGEST_OPINION

    facts = {"hukou_division": "210102", "able_to_work": False, "wants_work": False, "registered_unemployed": False,
             "insured_by_employer": True, "business_registered": True}  # fmt: skip
    case = a_case("accepted", an_applicant(facts=facts), clerk=clerk)
    verify_facts(clerk, case)
    codes = [clause["code"] for clause in seen_by(clerk, case).failing]
    act(clerk, case, "first_review_fail", clauses=codes, reason="长" * 160)
    text = on_the_form(again(case).opinions.last())
    assert len(text) <= LONGEST_OPINION
    assert "一(二)1" in text and "一(二)2" in text
    assert text.endswith("长" * 160)
