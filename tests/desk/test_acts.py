"""Doing what the table allows, from the page: its form, its refusals, and two clerks on one case."""

import re

import pytest

from jiuyuan.applications.models import Application
from tests import factories
from tests.desk.reading import hidden, words


def do(client, case, action, version=None, **said):
    version = factories.again(case).version if version is None else version
    return client.post(f"/desk/cases/{case.number}/do/{action}/", {"version": version, **said}, follow=True)


def state(case):
    return Application.objects.unscoped().get(pk=case.pk).status


def test_accepting_says_by_when_the_case_must_be_finished(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    done = do(desk, case, "accept")
    assert state(case) == "accepted"
    assert "现在是“已受理”。办结期限3月16日 周一，还剩10个工作日。" in words(done)


def test_a_form_asks_what_the_table_says(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    form = desk.get(f"/desk/cases/{case.number}/do/ask_correction/")
    assert "需补正的内容" in words(form)
    assert "一行写一项，一次写全" in words(form)
    do(desk, case, "ask_correction", missing="户口簿首页\n身份证反面")
    assert factories.again(case).corrections == ["户口簿首页", "身份证反面"]


def test_what_is_usually_wrong_with_a_paper_is_ticked_and_ones_own_words_stand_beside_it(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    form = desk.get(f"/desk/cases/{case.number}/do/ask_correction/").content.decode()
    ready = re.findall(r'name="missing-phrase" value="([^"]+)"', form)
    blurred = next(one for one in ready if one.endswith("看不清楚，请重新拍照"))
    do(desk, case, "ask_correction", **{"missing-phrase": [blurred], "missing": "请到窗口说明"})
    assert factories.again(case).corrections == [blurred.partition("|")[2], "请到窗口说明"]


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(log_in, clerk, reviewer):
    case = factories.a_case("reported", clerk=clerk, reviewer=reviewer)
    refused = do(log_in(reviewer), case, "recognise", opinion="同意认定")
    assert refused.status_code == 422
    assert "请填写录入《就业创业证》的类别。" in words(refused)
    assert "同意认定" in refused.content.decode()
    assert state(case) == "reported"


def test_a_guard_that_is_not_met_is_said_in_its_own_words(desk, clerk):
    case = factories.a_case("publishing", clerk=clerk)
    refused = do(desk, case, "endorse", opinion="公示无异议")
    assert refused.status_code == 422
    assert "最早2026年3月6日可以签署" in words(refused)
    assert "公示无异议" in refused.content.decode()


def test_words_of_an_opinion_name_what_was_applied_for_and_no_category_that_holds_beside_it(log_in, clerk, reviewer):
    allowed = {"urban_minimum_allowance": True, "unemployed_since": "2024-12-01"}
    case = factories.a_case("reported", factories.an_applicant("1978-03-02", facts=allowed), clerk=clerk)
    assert set(factories.seen_by(reviewer, case).verified_categories) == {"older", "minimum_allowance"}
    form = log_in(reviewer).get(f"/desk/cases/{case.number}/").context["act_form"]
    assert form["opinion"].value() == "经审查，符合大龄失业人员认定条件，同意认定。"
    assert form["category"].value() == "older"
    assert len(form.fields["category"].choices) == 2


def test_recognising_offers_the_categories_that_are_verified(log_in, clerk, reviewer):
    case = factories.a_case("reported", clerk=clerk, reviewer=reviewer)
    page = log_in(reviewer).get(f"/desk/cases/{case.number}/")
    field = page.context["act_form"].fields["category"]
    assert field.choices == [("older", "大龄失业人员")]
    assert "同意认定" in page.context["act_form"]["opinion"].value()
    done = do(log_in(reviewer), case, "recognise", opinion="符合条件", category="older")
    assert state(case) == "recognised"
    assert "认定编号R220102-2026-" in words(done)


def test_two_clerks_on_one_case_nothing_typed_is_lost_and_what_changed_is_shown(log_in, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    colleague = factories.staff("clerk", name="王芳")
    mine = log_in(clerk)
    seen = hidden(mine.get(f"/desk/cases/{case.number}/"), "version")
    do(log_in(colleague), case, "ask_correction", missing="身份证反面")
    said = {"ground": "identity_not_proven", "clauses": ["older"], "reason": "不在本辖区常住，请到朝阳区申请"}
    late = do(mine, case, "decline", version=seen, **said)
    assert late.status_code == 409
    text = words(late)
    assert "这份申请已经变了" in text
    assert "要求一次补正" in text
    assert "王芳" in text
    for words_of_it in ("不能证明是本人申请", "一(一)2", "不在本辖区常住，请到朝阳区申请"):
        assert words_of_it in text
    assert "identity_not_proven" not in text
    assert state(case) == "correction"


def test_a_form_posted_twice_acts_once(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    version = factories.again(case).version
    do(desk, case, "accept", version=version)
    again = do(desk, case, "accept", version=version)
    assert again.status_code == 409
    assert factories.again(case).version == version + 1


def test_a_page_without_its_version_changes_nothing(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    assert desk.post(f"/desk/cases/{case.number}/do/accept/", {}).status_code == 409
    assert state(case) == "submitted"


def test_opening_the_form_of_an_act_that_is_over_says_where_the_case_stands(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = desk.get(f"/desk/cases/{case.number}/do/accept/")
    assert page.status_code == 409
    assert "这份申请现在是“已受理”，不能受理。" in words(page)


def test_an_act_of_another_role_is_refused_and_an_unknown_one_is_not_there(desk, clerk, reviewer):
    case = factories.a_case("reported", clerk=clerk, reviewer=reviewer)
    assert do(desk, case, "recognise", opinion="x", category="older").status_code == 403
    assert do(desk, case, "abolish").status_code == 404
    assert state(case) == "reported"


def test_who_endorsed_a_case_is_told_that_another_must_recognise_it(log_in, clerk):
    case = factories.a_case("reported", clerk=clerk)
    clerk.role, clerk.agency = "reviewer", factories.staff("reviewer").agency
    clerk.save()
    page = log_in(clerk).get(f"/desk/cases/{case.number}/")
    assert page.context["next"].title == "须由另一人认定"
    assert "初审意见是您签署的，认定须由另一人办理。" in words(page)


def test_nobody_acts_on_their_own_case(log_in, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    clerk.id_index = case.person.id_index
    clerk.save()
    page = log_in(clerk).get(f"/desk/cases/{case.number}/")
    assert page.context["next"].title == "须由其他人员办理"
    assert do(log_in(clerk), case, "accept").status_code == 422


def test_an_objection_stands_on_the_page_and_upheld_ends_the_case(desk, clerk):
    case = factories.a_case("publishing", clerk=clerk)
    factories.act(None, case, "object", ground="他开着一家饭店，电话13912345678", name="邻居老李")
    page = desk.get(f"/desk/cases/{case.number}/")
    assert page.context["next"].title == "处理异议"
    assert "他开着一家饭店" in words(page)
    assert "13912345678" not in words(page)
    assert do(desk, case, "settle_objection", upheld="true", finding="实地核查，确在经营饭店").status_code == 422
    factories.found_out(clerk, case, business_registered=True)
    page = words(desk.get(f"/desk/cases/{case.number}/"))
    assert "是否有营业执照或经营登记：是（部门共享数据，市场监督管理部门，2026年3月2日）" in page
    do(desk, case, "settle_objection", upheld="true", clauses=["business"], finding="实地核查，确在经营饭店")
    assert state(case) == "rejected"


def test_a_special_case_shows_its_question_and_both_voices(log_in, clerk, reviewer):
    case = factories.a_case("accepted", clerk=clerk)
    factories.act(clerk, case, "raise_special_case")
    second = factories.staff("reviewer", name="孙丽华")
    do(log_in(reviewer), case, "settle_special_case", granted="true", ground="按实际居住认定")
    assert "待研究，已有1人意见" in words(log_in(clerk).get(f"/desk/cases/{case.number}/"))
    assert log_in(reviewer).get(f"/desk/cases/{case.number}/").context["next"].title == "等另一名复核人的意见"
    do(log_in(second), case, "settle_special_case", granted="true", ground="同意")
    text = words(log_in(clerk).get(f"/desk/cases/{case.number}/"))
    assert "同意按符合条件办理" in text
    assert "赵国栋：同意，按实际居住认定" in text
    assert "孙丽华：同意，同意" in text


def test_a_refusal_begins_with_the_clause_and_the_fact_against_the_person(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.found_out(clerk, case, business_registered=True)
    form = desk.get(f"/desk/cases/{case.number}/do/first_review_fail/")
    assert form.context["form"]["clauses"].value() == ["business"]
    assert "一(二)2 从事经营或在其他单位任职" in words(form)
    assert "是否有营业执照或经营登记：是（部门共享数据，市场监督管理部门，2026年3月2日）" in words(form)


def test_where_no_clause_fails_the_form_says_so_and_leads_up_to_the_county(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case)
    form = desk.get(f"/desk/cases/{case.number}/do/first_review_fail/")
    assert "按规则符合认定条件，不能拒绝" in words(form)
    assert f"/desk/cases/{case.number}/do/raise_special_case/" in form.content.decode()
    refused = do(desk, case, "first_review_fail", reason="不符合。", clauses=["business"])
    assert refused.status_code == 422
    assert state(case) == "accepted"


@pytest.mark.parametrize("action", ["decline", "withdraw"])
def test_a_grave_act_looks_different(desk, clerk, action):
    case = factories.a_case("submitted", clerk=clerk)
    assert "button-danger" in desk.get(f"/desk/cases/{case.number}/do/{action}/").content.decode()


def test_the_reviewer_sees_what_changed_since_the_first_review(log_in, clerk, reviewer):
    case = factories.a_case("reported", clerk=clerk, reviewer=reviewer)
    page = log_in(reviewer).get(f"/desk/cases/{case.number}/")
    assert "初审之后没有变化" in words(page)
    factories.verify_facts(clerk, case, income_stable=False, monthly_income=900.0)
    since = log_in(reviewer).get(f"/desk/cases/{case.number}/").context["since"]
    changes = {change.label: (change.then, change.now, change.changed) for change in since.facts}
    assert changes["月收入"] == ("尚不清楚", "900元", True)
    assert changes["是否有稳定收入"] == ("否", "否", False)
