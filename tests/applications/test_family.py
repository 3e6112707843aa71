"""一(一)4: a family with somebody in work is none without work, whatever the fact says, until somebody settles it in words."""

import pytest

from jiuyuan.agencies.services import issue_token
from jiuyuan.applications import paging, queries, services
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.people import services as people
from jiuyuan.people.households import says_works
from jiuyuan.refusals import BadInput, GuardNotMet
from tests.api.program import Program, fields
from tests.applications.refusing import applicant_with
from tests.factories import (
    a_case,
    act,
    again,
    an_account,
    an_applicant,
    hand_in_materials,
    seen_by,
    staff,
    verify_facts,
)
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db
AT_WORK = {"name": "徐大山", "relation": "配偶", "state": "在上班"}


def claimant():
    return applicant_with("zero_employment_family", True)[0]


def accepted(clerk, *members, **more):
    case = a_case("submitted", claimant(), clerk=clerk, **more)
    services.save(clerk, case.number, household=members)
    act(clerk, case, "accept")
    verify_facts(clerk, case)
    return again(case)


def test_a_spouse_at_work_blocks_the_first_review_until_it_is_settled_in_words():
    clerk = staff("clerk")
    case = accepted(clerk, AT_WORK)
    with pytest.raises(GuardNotMet, match="配偶徐大山填的是“在上班”") as blocked:
        act(clerk, case, "first_review_pass")
    assert blocked.value.code == "contradiction"
    services.save(
        clerk, case.number, facts={"zero_employment_family": True}, source="document", evidence="解除劳动合同证明",
        settlement="徐大山2月已离职，家庭成员一栏填的是以前的情况",
    )  # fmt: skip
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_what_the_household_says_after_it_was_settled_counts_again(today):
    clerk = staff("clerk")
    case = accepted(clerk, AT_WORK)
    services.save(
        clerk,
        case.number,
        facts={"zero_employment_family": True},
        source="document",
        evidence="证明",
        settlement="已离职",
    )
    today("2026-03-03")
    services.save(clerk, case.number, household=[AT_WORK, {"name": "徐小山", "relation": "儿子", "state": "在上班"}])
    assert seen_by(clerk, case).family_contradiction == ["配偶徐大山填的是“在上班”", "儿子徐小山填的是“在上班”"]


def test_a_corrected_household_is_no_contradiction():
    clerk = staff("clerk")
    case = accepted(clerk, AT_WORK)
    services.save(clerk, case.number, household=[AT_WORK | {"state": "失业"}])
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_a_member_on_file_with_a_job_counts_whatever_the_household_says():
    clerk = staff("clerk")
    spouse = a_case("draft", an_applicant("1979-04-05", "male"), clerk=clerk).person
    people.record_facts(
        clerk.actor, spouse, {"in_labour_relationship": True}, source="shared_data", department="social_insurance",
        evidence="用工备案",
    )  # fmt: skip
    member = {"name": spouse.name, "relation": "配偶", "state": "失业", "id_number": spouse.id_number}
    case = accepted(clerk, member)
    [said] = seen_by(clerk, case).family_contradiction
    assert said.startswith(f"配偶{spouse.name}的档案：有工作")


def test_who_is_past_working_age_may_work():
    from tests.factories import an_id_number

    clerk = staff("clerk")
    grandfather = {
        "name": "徐老山",
        "relation": "父亲",
        "state": "在上班",
        "id_number": an_id_number("1940-06-01", "male", 3),
    }
    case = accepted(clerk, grandfather)
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_who_does_not_claim_the_category_may_live_with_somebody_at_work():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    services.save(clerk, case.number, household=[AT_WORK])
    verify_facts(clerk, case)
    assert act(clerk, case, "first_review_pass").status == "publishing"


def test_a_list_asks_for_the_households_of_many_families_once(django_assert_num_queries):
    clerk = staff("clerk")
    for _ in range(2):
        accepted(clerk, AT_WORK)
    shown = queries.cases(clerk, paging.first_or_later(clerk, CaseFilters(state="open"), "").rows)
    assert len(shown) == 2
    with django_assert_num_queries(0):
        assert [case.family_contradiction for case in shown] == [["配偶徐大山填的是“在上班”"]] * 2


def test_the_category_is_not_handed_in_without_a_household():
    clerk, account = staff("clerk"), an_account()
    form = claimant().form(household=[])
    case = services.create(account, **form)
    hand_in_materials(account, case)
    with pytest.raises(GuardNotMet, match="家庭成员") as lacking:
        act(account, case, "submit")
    assert lacking.value.code == "form_incomplete"
    services.save(account, case.number, household=[AT_WORK])
    assert act(account, case, "submit").status == "submitted"
    assert act(clerk, case, "accept").status == "accepted"


def test_the_person_sees_it_beside_the_household_and_on_the_whole_form(log_in):
    account = an_account()
    case = services.create(account, **claimant().form(household=[]))
    client = log_in(account)
    page = f"/mine/{case.number}/form/household/"
    assert "没有填家庭成员的，不能提交" in seen(client.get(page))
    client.post(f"/mine/{case.number}/form/household/add/", AT_WORK)
    assert "和“零就业家庭”不一致" in seen(client.get(page))
    assert "配偶徐大山填的是“在上班”" in seen(client.get(f"/mine/{case.number}/form/"))


def test_the_clerk_sees_it_at_the_fact_with_the_way_to_settle_it_and_writes_the_household_down(log_in):
    clerk = staff("clerk")
    case = accepted(clerk, AT_WORK)
    desk = log_in(clerk)
    page = desk.get(f"/desk/cases/{case.number}/")
    assert page.context["next"].title == "核实家庭就业情况"
    assert "与填报的家庭成员不一致：配偶徐大山填的是“在上班”" in seen(page)
    assert f"/desk/cases/{case.number}/facts/zero_employment_family/settle/" in page.content.decode()
    form = desk.get(f"/desk/cases/{case.number}/household/")
    assert form.context["form"]["household-1-name"].value() == "徐大山"
    said = {"version": again(case).version, "household-1-relation": "配偶", "household-1-name": "徐大山",
            "household-1-state": "失业", "household-2-name": "x" * 200}  # fmt: skip
    refused = desk.post(f"/desk/cases/{case.number}/household/", said)
    assert refused.status_code == 422
    assert 'value="徐大山"' in refused.content.decode()
    del said["household-2-name"]
    assert desk.post(f"/desk/cases/{case.number}/household/", said).status_code == 302
    assert not seen_by(clerk, case).family_contradiction


def test_the_window_takes_the_household_with_the_application(log_in):
    from jiuyuan.applications.models import Application

    clerk = staff("clerk")
    person = claimant()
    said = {"name": person.name, "id_number": person.id_number, "phone": person.phone, "address": person.address,
            "platform": person.platform, "categories": ["zero_employment_family"], "household-1-name": "徐大山",
            "household-1-relation": "配偶", "household-1-state": "失业"}  # fmt: skip
    assert log_in(clerk).post("/desk/window/", said).status_code == 302
    [member] = Application.objects.unscoped().get().person.household.all()
    assert (member.name, member.relation, member.state) == ("徐大山", "配偶", "失业")


def test_programs_write_and_read_the_household():
    clerk = staff("clerk")
    program = Program(issue_token(clerk))
    made = program.post("/applications", claimant().form(household=[AT_WORK], channel="window"))
    assert made.status_code == 201
    assert made.json()["household"] == [{**AT_WORK, "id_number": ""}]
    assert made.json()["family_contradiction"] == ["配偶徐大山填的是“在上班”"]
    path = f"/applications/{made.json()['number']}/household"
    wrong = program.post(path, {"version": made.json()["version"], "members": [{"name": "徐"}, {"name": "1"}]})
    assert wrong.status_code == 422
    assert fields(wrong)[0].startswith("household-")
    written = program.post(path, {"version": made.json()["version"], "members": [AT_WORK | {"state": "退休"}]})
    assert written.json()["family_contradiction"] == []
    stale = program.post(path, {"version": made.json()["version"], "members": []})
    assert (stale.status_code, stale.json()["code"]) == (409, "version")


@pytest.mark.parametrize(
    ("state", "works"),
    [("在上班", True), ("个体经营", True), ("在岗职工", True), ("打工", True), ("失业", False), ("登记失业", False),
     ("未就业", False), ("退休", False), ("没有工作", False), ("上学", False), ("没有劳动能力", False), ("", False)],
)  # fmt: skip
def test_words_for_what_somebody_does_are_read(state, works):
    assert says_works(state) is works


def test_a_household_that_cannot_be_is_refused_by_its_row():
    clerk = staff("clerk")
    case = a_case("draft", clerk=clerk)
    for members, field in (
        ([{"name": "张三", "state": "长" * 41}], "household-1-state"),
        ([{"name": "张三"}, {"name": ""}], "household-2-name"),
        ([{"name": "张三", "id_number": "123"}], "household-1-id_number"),
        ([{"name": "张三"}] * 31, "household"),
    ):
        with pytest.raises(BadInput) as refused:
            services.save(clerk, case.number, household=members)
        assert refused.value.errors[0][0] == field
