"""二(二): what the first review rests on, contradictions, disputes, special cases and who may not do both."""

import pytest

from jiuyuan.applications import services
from jiuyuan.applications.models import SpecialCase
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS
from tests.factories import (
    OTHER_COUNTY,
    a_case,
    act,
    again,
    an_account,
    an_applicant,
    seen_by,
    staff,
    verify_facts,
)

pytestmark = pytest.mark.django_db


def record(clerk, case, source="shared_data", evidence="2026年3月2日接口查询", settlement="", department="", **facts):
    if source == "shared_data" and not department:
        department = next(code for code in FACTS[next(iter(facts))].known_to if code in DEPARTMENTS)
    return services.save(
        clerk, case.number, facts=facts, source=source, evidence=evidence, settlement=settlement, department=department
    )


def test_a_case_is_not_published_on_the_applicants_word_alone():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    with pytest.raises(GuardNotMet, match="只有本人填报") as refusal:
        act(clerk, case, "first_review_pass")
    assert "失业登记" in refusal.value.title
    verify_facts(clerk, case)
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_one_fact_that_is_not_verified_is_named_alone():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    known = {n: s.value for n, s in seen_by(clerk, case).known.items() if not s.verified}
    del known["wants_work"]
    verify_facts(clerk, case, **known)
    assert seen_by(clerk, case).unverified == ["wants_work"]
    record(clerk, case, "commitment", "书面承诺，本人3月2日签名", wants_work=True)
    assert seen_by(clerk, case).unverified == []


def test_a_fact_that_the_outcome_does_not_rest_on_need_not_be_verified():
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"degree_level": "bachelor", "monthly_income": 0}), clerk=clerk)
    assert not {"degree_level", "monthly_income"} & set(seen_by(clerk, case).unverified)


def test_somebody_who_is_not_eligible_is_not_published_and_the_clause_is_named():
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"business_registered": True}), clerk=clerk)
    verify_facts(clerk, case)
    with pytest.raises(GuardNotMet, match=r"一\(二\)2"):
        act(clerk, case, "first_review_pass")


def test_somebody_of_whom_too_little_is_known_is_not_published_and_what_is_missing_is_named():
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"able_to_work": None}), clerk=clerk)
    with pytest.raises(GuardNotMet, match="还不能判断") as refusal:
        act(clerk, case, "first_review_pass")
    assert "劳动能力" in refusal.value.title


def test_only_a_category_that_stands_on_verified_facts_is_entered():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    applicant = an_applicant(facts={"zero_employment_family": True}, categories=("older", "zero_employment_family"))
    case = a_case("accepted", applicant, clerk=clerk)
    known = {n: s.value for n, s in seen_by(clerk, case).known.items() if not s.verified}
    del known["zero_employment_family"]
    verify_facts(clerk, case, **known)
    shown = seen_by(clerk, case)
    assert shown.decision.categories == ("older", "zero_employment_family")
    assert shown.verified_categories == ["older"]
    from tests.factories import after_the_notice

    act(clerk, case, "first_review_pass")
    after_the_notice(case)
    act(clerk, case, "endorse")
    act(clerk, case, "report")
    with pytest.raises(BadInput) as refusal:
        act(reviewer, case, "recognise", entry={"category": "zero_employment_family"})
    assert "older（大龄失业人员）" in refusal.value.errors[0][1]
    assert act(reviewer, case, "recognise", entry={"category": "older"}).recognition.category == "older"


def test_two_sources_that_differ_are_shown_and_block_the_review_until_settled_in_words():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    verify_facts(clerk, case)
    record(clerk, case, "site_visit", "入户，邻居称在开店", business_registered=True)
    shown = seen_by(clerk, case)
    assert [item.name for item in shown.contradictions] == ["business_registered"]
    assert shown.decision.outcome == "undetermined"
    assert "business_registered" in shown.decision.missing
    with pytest.raises(GuardNotMet, match="互相矛盾"):
        act(clerk, case, "first_review_pass")
    record(clerk, case, "site_visit", "市场监管局出具注销证明", settlement="执照2月已注销", business_registered=False)
    assert seen_by(clerk, case).contradictions == []
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_both_sides_of_a_settled_contradiction_stay_on_the_file():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    record(clerk, case, business_registered=True)
    record(clerk, case, "site_visit", "入户", business_registered=False)
    record(clerk, case, "site_visit", "复核", settlement="以入户为准", business_registered=False)
    facts = seen_by(clerk, case).known["business_registered"].facts
    assert [(f.source, f.value, f.superseded_by_id is not None) for f in facts] == [
        ("declared", False, True),
        ("shared_data", True, True),
        ("site_visit", False, True),
        ("site_visit", False, False),
    ]
    assert facts[-1].settlement == "以入户为准"


def test_the_same_source_may_correct_itself():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    record(clerk, case, department="市场监督管理局", business_registered=True)
    record(clerk, case, department="市场监督管理局", business_registered=False)
    assert seen_by(clerk, case).contradictions == []
    assert seen_by(clerk, case).known["business_registered"].value is False


def test_two_departments_that_differ_contradict_each_other():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    record(clerk, case, department="市场监督管理局", business_registered=True)
    record(clerk, case, department="税务局", business_registered=False)
    assert [item.name for item in seen_by(clerk, case).contradictions] == ["business_registered"]


def test_what_an_applicant_says_later_does_not_push_aside_what_was_found():
    account, clerk = an_account(), staff("clerk")
    case = a_case("submitted", by=account, clerk=clerk)
    record(clerk, case, business_registered=True)
    case = act(clerk, case, "ask_correction")
    services.save(account, case.number, facts={"business_registered": False}, source="declared")
    standing = seen_by(clerk, case).known["business_registered"]
    assert standing.value is None
    assert standing.contradicted


def test_a_fact_from_elsewhere_needs_its_evidence():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    with pytest.raises(BadInput) as refusal:
        record(clerk, case, evidence="  ", wants_work=True)
    assert refusal.value.errors[0][0] == "evidence"
    with pytest.raises(BadInput) as refusal:
        record(clerk, case, source="rumour", wants_work=True)
    assert refusal.value.errors[0][0] == "source"


def test_a_disputed_record_counts_as_unknown_and_nobody_is_refused_on_it_alone():
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"company_office_held": True}), clerk=clerk)
    assert seen_by(clerk, case).decision.outcome == "ineligible"
    services.dispute_fact(clerk, case.number, "company_office_held", "身份证被冒用，报案回执2026-031")
    shown = seen_by(clerk, case)
    assert shown.decision.outcome == "undetermined"
    assert shown.decision.missing == ("company_office_held",)
    with pytest.raises(GuardNotMet, match="还要查清“是否在其他单位任职”") as refusal:
        act(clerk, case, "first_review_fail", clauses=["business"])
    assert refusal.value.code == "rules_say_otherwise"
    assert refusal.value.details["missing"] == ["company_office_held"]
    assert act(clerk, case, "raise_special_case").status == "accepted"


def test_somebody_who_disputes_one_record_may_be_refused_on_another():
    clerk = staff("clerk")
    facts = {"company_office_held": True, "in_labour_relationship": True}
    case = a_case("accepted", an_applicant(facts=facts), clerk=clerk)
    verify_facts(clerk, case)
    services.dispute_fact(clerk, case.number, "company_office_held", "身份证被冒用，报案回执2026-031")
    with pytest.raises(GuardNotMet) as refusal:
        act(clerk, case, "first_review_fail", clauses=["business"])
    assert refusal.value.code == "clause_not_failing"
    assert [clause["code"] for clause in refusal.value.details["failing"]] == ["employed"]
    assert act(clerk, case, "first_review_fail", clauses=["employed"]).status == "rejected"


def test_the_applicant_disputes_what_the_office_found_while_it_still_decides():
    account, clerk = an_account(), staff("clerk")
    case = a_case("accepted", by=account, clerk=clerk)
    record(clerk, case, department="市场监督管理局", company_office_held=True)
    services.dispute_fact(account, case.number, "company_office_held", "身份证被冒用，报案回执2026-031")
    assert seen_by(clerk, case).known["company_office_held"].value is None
    closed = a_case("rejected", by=an_account(), clerk=clerk)
    with pytest.raises(WrongState):
        services.dispute_fact(closed.person.account, closed.number, "wants_work", "不对")


def test_a_dispute_needs_evidence_and_something_to_dispute():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    with pytest.raises(BadInput) as refusal:
        services.dispute_fact(clerk, case.number, "company_office_held", " ")
    assert refusal.value.errors[0][0] == "evidence"
    with pytest.raises(BadInput) as refusal:
        services.dispute_fact(clerk, case.number, "disability_certificate", "不是我的")
    assert refusal.value.errors[0][0] == "name"


def test_a_dispute_is_over_when_it_is_settled_in_words():
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"company_office_held": True}), clerk=clerk)
    services.dispute_fact(clerk, case.number, "company_office_held", "身份证被冒用")
    record(clerk, case, "document", "市场监管局撤销登记决定书", settlement="登记已撤销", company_office_held=False)
    assert seen_by(clerk, case).disputed == []
    assert seen_by(clerk, case).known["company_office_held"].value is False


def test_two_reviewers_who_agree_settle_a_special_case():
    clerk, first, second = staff("clerk"), staff("reviewer"), staff("reviewer")
    case = a_case("accepted", an_applicant(facts={"hukou_division": None}), clerk=clerk)
    verify_facts(clerk, case)
    act(clerk, case, "raise_special_case", question="户口正在迁移")
    with pytest.raises(GuardNotMet, match="县级研究"):
        act(clerk, case, "first_review_pass")
    act(first, case, "settle_special_case", granted=True, ground="已有准迁证")
    assert seen_by(clerk, case).open_special_case is not None
    act(second, case, "settle_special_case", granted=True, ground="同意")
    assert seen_by(clerk, case).special_case_granted
    assert act(clerk, case, "first_review_pass").status == "publishing"
    assert seen_by(clerk, case).special_case_granted


def test_one_reviewer_has_one_voice():
    reviewer = staff("reviewer")
    case = a_case("accepted")
    act(reviewer, case, "raise_special_case")
    act(reviewer, case, "settle_special_case")
    with pytest.raises(GuardNotMet, match="须由另一名复核人"):
        act(reviewer, case, "settle_special_case")


def test_two_reviewers_who_differ_need_a_third():
    case = a_case("accepted")
    act(staff("clerk"), case, "raise_special_case")
    act(staff("reviewer"), case, "settle_special_case", granted=True)
    act(staff("reviewer"), case, "settle_special_case", granted=False, ground="不符合一(一)")
    assert SpecialCase.objects.unscoped().get().granted is None
    act(staff("reviewer"), case, "settle_special_case", granted=False, ground="不符合一(一)")
    assert SpecialCase.objects.unscoped().get().granted is False


def test_a_special_case_that_was_not_granted_changes_nothing_for_the_rules():
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(facts={"hukou_division": "210102"}), clerk=clerk)
    verify_facts(clerk, case)
    act(clerk, case, "raise_special_case")
    for _ in range(2):
        act(staff("reviewer"), case, "settle_special_case", granted=False, ground="外省户籍")
    with pytest.raises(GuardNotMet, match="不符合认定条件"):
        act(clerk, case, "first_review_pass")
    assert [clause["code"] for clause in seen_by(clerk, case).failing] == ["jilin_hukou", "special_case"]


def test_a_special_case_needs_the_reviewers_of_its_own_county():
    case = a_case("accepted")
    act(staff("clerk"), case, "raise_special_case")
    with pytest.raises(NotFound):
        act(staff("reviewer", at=OTHER_COUNTY), case, "settle_special_case")
    with pytest.raises(NotForRole):
        act(staff("clerk"), case, "settle_special_case")


def test_only_one_special_case_is_open_at_a_time_and_none_can_be_settled_before_it_is_raised():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    with pytest.raises(GuardNotMet, match="没有待研究的特殊情况"):
        act(staff("reviewer"), case, "settle_special_case")
    act(clerk, case, "raise_special_case")
    with pytest.raises(GuardNotMet, match="县级研究"):
        act(clerk, case, "raise_special_case")


def test_a_written_ground_and_a_plain_yes_or_no_are_asked_for():
    case = a_case("accepted")
    act(staff("clerk"), case, "raise_special_case")
    with pytest.raises(BadInput) as refusal:
        act(staff("reviewer"), case, "settle_special_case", granted="maybe", ground=" ")
    assert [field for field, _ in refusal.value.errors] == ["granted", "ground"]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("submitted", "accept"),
        ("submitted", "ask_correction"),
        ("submitted", "decline"),
        ("accepted", "first_review_fail"),
        ("publishing", "settle_objection"),
        ("endorsed", "report"),
        ("reported", "return"),
        ("reported", "recognise"),
        ("returned", "reopen"),
        ("returned", "reject"),
    ],
)
def test_nobody_acts_on_their_own_case(status, action):
    applicant = an_applicant()
    case = a_case(status, applicant)
    role = "reviewer" if action in ("return", "recognise") else "clerk"
    own = staff(role, id_index=applicant.id_index)
    with pytest.raises(GuardNotMet, match="您本人或您申报的亲属"):
        act(own, case, action)
    assert again(case).status == status


def test_nobody_verifies_facts_or_hands_in_papers_for_themselves():
    applicant = an_applicant()
    case = a_case("accepted", applicant)
    own = staff("clerk", id_index=applicant.id_index)
    with pytest.raises(GuardNotMet, match="您本人或您申报的亲属"):
        record(own, case, wants_work=True)
    with pytest.raises(GuardNotMet, match="您本人或您申报的亲属"):
        services.add_material(own, case.number, "other", b"x", "a.jpg")


def test_who_endorsed_a_case_does_not_recognise_it():
    clerk = staff("clerk")
    case = a_case("reported", clerk=clerk)
    # The clerk moves up to the county, with the same account.
    clerk.role, clerk.agency = "reviewer", staff("reviewer").agency
    clerk.save()
    with pytest.raises(GuardNotMet, match="初审意见是您签署的"):
        act(clerk, case, "recognise")
    assert act(staff("reviewer"), case, "recognise").status == "recognised"


def test_a_second_account_of_the_same_person_does_not_recognise_it_either():
    case = a_case("reported", clerk=staff("clerk", id_index="the same person"))
    with pytest.raises(GuardNotMet, match="初审意见是您签署的"):
        act(staff("reviewer", id_index="the same person"), case, "recognise")


def test_a_person_with_a_case_elsewhere_is_not_entered_again_under_another_platform():
    applicant = an_applicant()
    a_case("accepted", applicant)
    with pytest.raises(Conflict) as refusal:
        services.create(staff("clerk", at="220204001"), **applicant.form(platform="220204001"))
    assert "number" not in refusal.value.details


def test_a_clerk_elsewhere_learns_nothing_and_changes_nothing_by_typing_a_known_number():
    applicant = an_applicant()
    case = a_case("accepted", applicant)
    before = (case.person.phone, case.person.agency_id)
    with pytest.raises(Conflict):
        services.create(staff("clerk", at="220204001"), **applicant.form(platform="220204001", phone="13900000000"))
    person = again(case).person
    assert (person.phone, person.agency_id) == before
