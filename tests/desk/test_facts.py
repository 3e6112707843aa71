"""Recording what is known, as a clerk does: many at once against one paper, and in words where sources differ."""

import pytest

from jiuyuan.applications import services
from tests import factories
from tests.desk.reading import hidden, words


def post(client, case, where, **said):
    version = said.pop("version", factories.again(case).version)
    return client.post(f"/desk/cases/{case.number}/facts/{where}/", {"version": version, **said}, follow=True)


def known(case):
    return factories.seen_by(None, case).known


def test_several_facts_are_confirmed_at_once_against_one_paper(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    paper = factories.seen_by(clerk, case).materials[1]
    done = post(
        desk, case, "verify", fact=["hukou_kind", "hukou_division"], source="document", material=paper.pk,
        department="", evidence="", observed_on="2026-02-27",
    )  # fmt: skip
    assert "已核实2项。" in words(done)
    fact = known(case)["hukou_kind"].best
    assert (fact.source, fact.document_id, str(fact.observed_on)) == ("document", paper.document_id, "2026-02-27")
    assert known(case)["hukou_kind"].verified
    assert not known(case)["able_to_work"].verified
    assert f"?doc={paper.pk}#documents" in done.content.decode()


def test_what_is_to_be_verified_stands_by_who_can_know_it_and_nothing_is_ticked(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = desk.get(f"/desk/cases/{case.number}/")
    groups = {group.label: group for group in page.context["sheet"].groups}
    assert {row.name for row in groups["公安机关"].rows} == {"hukou_division", "hukou_kind"}
    assert [way.label for way in groups["公安机关"].ways] == ["部门数据", "户口簿"]
    assert {row.name for row in groups["本人承诺"].rows} >= {"able_to_work", "wants_work"}
    assert all(way.code != "site_visit" for way in groups["社会保险经办机构"].ways)
    assert " checked" not in page.content.decode()
    assert " selected" not in page.content.decode()
    free = desk.get(f"/desk/cases/{case.number}/facts/verify/", {"source": "rumour"})
    assert free.context["ticked"] == set()
    assert not free.context["form"]["source"].value()


def test_a_group_is_confirmed_by_the_button_that_names_its_source(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    paper = factories.seen_by(clerk, case).materials[1]
    post(desk, case, "verify", fact=["hukou_kind", "hukou_division"], by=f"document:{paper.pk}", evidence="")
    post(desk, case, "verify", fact=["able_to_work", "wants_work"], by="commitment")
    bare = post(desk, case, "verify", fact=["insured_by_employer"], by="shared_data:social_insurance", evidence="")
    assert "请写明依据" in words(bare)
    assert bare.context["form"]["department"].value() == "social_insurance"
    now = known(case)
    assert now["hukou_kind"].best.document_id == paper.document_id
    assert now["wants_work"].best.evidence == f"申请人签字的认定表（{case.number}）"
    assert not now["insured_by_employer"].verified


def test_who_verified_the_last_group_lands_on_the_next_step_and_before_that_on_the_facts(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page, landed = desk.get(f"/desk/cases/{case.number}/"), []
    while groups := page.context["sheet"].groups:
        [group, *_], [way, *_] = groups, groups[0].ways
        said = {"fact": [row.name for row in group.rows], "by": way.code, "evidence": "查过"}
        page = post(desk, case, "verify", **said)
        landed.append(page.redirect_chain[-1][0].partition("#")[2])
    assert landed == [*["facts"] * (len(landed) - 1), "next"]
    assert page.context["next"].action.transition.action == "first_review_pass"


def test_a_group_against_a_source_that_cannot_know_it_is_refused(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    refused = post(desk, case, "verify", fact=["insured_by_employer"], by="site_visit", evidence="入户看过")
    assert refused.status_code == 422
    assert "实地核查不能说明“是否在用人单位参保”" in words(refused)
    assert not known(case)["insured_by_employer"].verified


def test_what_was_found_out_long_before_stands_among_what_is_to_be_verified(desk, clerk, today):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case)
    assert not desk.get(f"/desk/cases/{case.number}/").context["sheet"].groups
    factories.act(clerk, case, "withdraw")
    today("2026-12-01")
    form = factories.an_applicant().form(
        name=case.person.name, id_number=case.person.id_number, phone=case.person.phone, facts={}
    )
    again = factories.services.create(clerk, **form)
    page = desk.get(f"/desk/cases/{again.number}/")
    assert "insured_by_employer" in {row.name for group in page.context["sheet"].groups for row in group.rows}


def test_the_signed_form_becomes_a_commitment_with_its_facts_and_day(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    page = desk.get(f"/desk/cases/{case.number}/facts/verify/", {"source": "commitment"})
    assert "登记签字承诺" in words(page)
    assert f"申请人签字的认定表（{case.number}）" in page.content.decode()
    post(
        desk, case, "verify", fact=["able_to_work", "wants_work"], source="commitment", department="", material="",
        evidence="申请人签字的认定表", observed_on="2026-03-02",
    )  # fmt: skip
    assert known(case)["able_to_work"].best.source == "commitment"


def test_a_pen_at_the_window_was_the_persons_or_the_agents(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    son = {"name": "王小军", "relation": "儿子", "phone": "13900001234"}
    services.save(clerk, case.number, agent=son | {"id_number": factories.an_id_number("1990-01-02", "male")})
    page = desk.get(f"/desk/cases/{case.number}/")
    assert "代办人已签字：登记书面承诺" in words(page)
    where = {"source": "commitment", "signed_by": "agent"}
    page = desk.get(f"/desk/cases/{case.number}/facts/verify/", where).content.decode()
    assert f"代办人王小军（儿子）凭委托书签字的认定表（{case.number}）" in page
    post(desk, case, "verify", fact=["able_to_work"], by="commitment:agent")
    assert "代办人王小军" in known(case)["able_to_work"].best.evidence
    post(desk, case, "verify", fact=["wants_work"], by="commitment")
    assert "申请人签字" in known(case)["wants_work"].best.evidence


def test_nothing_ticked_and_no_evidence_are_said_and_the_rest_stays(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    nothing = post(desk, case, "verify", source="shared_data", evidence="社保系统", observed_on="2026-03-02")
    assert nothing.status_code == 422
    assert "请勾选要核实的事项。" in words(nothing)
    assert "依据（选填）" not in words(nothing)
    assert "社保系统" in nothing.content.decode()
    bare = post(desk, case, "verify", fact=["hukou_kind"], source="site_visit", evidence="", observed_on="2026-03-02")
    assert "请写明依据" in words(bare)
    assert 'value="hukou_kind" id="tick-hukou_kind" checked' in bare.content.decode()


def test_a_day_that_does_not_exist_or_lies_ahead_is_named(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    said = {"fact": ["hukou_kind"], "source": "site_visit", "evidence": "走访"}
    assert "请写成2026-03-02这样的日期" in words(post(desk, case, "verify", **said, observed_on="2026-02-30"))
    assert "查得日期不能晚于今天" in words(post(desk, case, "verify", **said, observed_on="2026-03-03"))


@pytest.mark.parametrize("day", ["0025-06-01", "1970-01-01", "1990-06-01", "2026-03-03"])
def test_a_day_that_cannot_be_is_named_beside_its_box_and_stays_there(desk, clerk, day):
    person = factories.an_applicant(born="1985-03-02", facts={"unemployed_since": None})
    case = factories.a_case("accepted", person, clerk=clerk)
    said = {"source": "shared_data", "department": "人社", "evidence": "失业登记", "observed_on": "2026-03-02"}
    page = post(desk, case, "record", **said, **{"fact-unemployed_since": day})
    assert page.status_code == 422
    assert f"本次失业起始日期：{day}" in words(page)
    assert f'value="{day}"' in page.content.decode()


def test_a_new_value_from_a_department_is_entered_with_its_kind_of_box(desk, clerk):
    person = factories.an_applicant(facts={"unemployed_since": None})
    case = factories.a_case("accepted", person, clerk=clerk)
    page = desk.get(f"/desk/cases/{case.number}/facts/record/")
    assert 'type="date" name="fact-unemployed_since"' in page.content.decode()
    post(
        desk, case, "record", source="shared_data", department="公共就业服务机构", evidence="失业登记系统", material="",
        observed_on="2026-03-02", **{"fact-unemployed_since": "2025-06-01"},
    )  # fmt: skip
    assert known(case)["unemployed_since"].value == "2025-06-01"
    post(
        desk, case, "record", source="site_visit", department="", evidence="到集市走访", material="",
        observed_on="2026-03-02", **{"fact-monthly_income": "850.5"},
    )  # fmt: skip
    assert known(case)["monthly_income"].value == 850.5


def test_what_is_asked_for_first_is_what_the_case_page_asks_for_and_what_the_case_does_not_need_is_folded(desk, clerk):
    person = factories.an_applicant(facts={"unemployed_since": None})
    case = factories.a_case("accepted", person, clerk=clerk)  # claims to be older, and nothing else
    sheet = desk.get(f"/desk/cases/{case.number}/").context["sheet"]
    page = desk.get(f"/desk/cases/{case.number}/facts/record/")
    asked = {
        part: {box.name.removeprefix("fact-") for box in page.context[part]} for part in ("wanted", "needed", "rest")
    }
    assert asked["wanted"] == {row.name for row in sheet.unclear} == {"unemployed_since"}
    assert "business_registered" in asked["needed"]
    assert asked["rest"] >= {"laid_off_from_state_enterprise", "disability_certificate"}
    folded = page.content.decode().partition('<details class="fold panel">')[2]
    assert all(f'name="fact-{name}"' in folded for name in asked["rest"])


def test_a_source_that_cannot_know_a_fact_is_refused_at_its_box_and_says_who_can(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    refused = post(
        desk, case, "record", source="site_visit", department="", evidence="走访", material="", observed_on="2026-03-02",
        **{"fact-insured_by_employer": "false", "fact-wants_work": "true"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "实地核查不能说明“是否在用人单位参保”，可以由社会保险经办机构、税务部门" in words(refused)
    assert not known(case)["wants_work"].verified
    unnamed = post(
        desk, case, "record", source="shared_data", department="", evidence="接口", material="", observed_on="2026-03-02",
        **{"fact-insured_by_employer": "false"},
    )  # fmt: skip
    assert "部门共享数据要写明是哪个部门提供的" in words(unnamed)


def test_no_source_is_chosen_beforehand_and_ticking_everything_at_once_is_refused(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = desk.get(f"/desk/cases/{case.number}/facts/verify/")
    assert page.context["form"]["source"].value() in (None, "")
    everything = [row.name for row in page.context["rows"]]
    assert page.context["ticked"] == set()
    refused = post(
        desk, case, "verify", fact=everything, source="site_visit", department="", evidence="走访", material="",
        observed_on="2026-03-02",
    )  # fmt: skip
    assert refused.status_code == 422
    assert "户籍" in words(refused)
    assert not known(case)["wants_work"].verified


def test_a_wrong_value_is_said_at_its_box_without_a_code_in_it(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    refused = post(
        desk, case, "record", source="site_visit", evidence="走访", observed_on="2026-03-02",
        **{"fact-unemployed_since": "2027-01-01", "fact-monthly_income": "很少"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "月收入" in words(refused)
    assert "（monthly_income）" not in words(refused)
    assert "很少" in refused.content.decode()


def test_a_contradiction_is_marked_and_settled_in_words(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case)
    later = {"unemployed_since": "2025-09-01"}
    services.save(clerk, case.number, facts=later, source="document", evidence="解除劳动合同证明")
    page = desk.get(f"/desk/cases/{case.number}/")
    assert page.context["next"].title == "查清互相矛盾的来源"
    assert "几处说法不一" in words(page)
    said = {"source": "document", "evidence": "到原单位核实", "observed_on": "2026-03-02", "value": "2025-09-01"}
    silent = post(desk, case, "unemployed_since/settle", **said, settlement="")
    assert silent.status_code == 422
    post(desk, case, "unemployed_since/settle", **said, settlement="以解除合同证明为准，社保停缴晚报")
    settled = desk.get(f"/desk/cases/{case.number}/")
    assert not factories.seen_by(clerk, case).contradictions
    assert "采纳说明：以解除合同证明为准，社保停缴晚报" in words(settled)


def test_a_disputed_record_counts_as_unknown_and_is_shown_with_its_evidence(desk, clerk):
    person = factories.an_applicant(facts={"business_registered": True})
    case = factories.a_case("accepted", person, clerk=clerk)
    done = post(desk, case, "business_registered/dispute", evidence="报案回执：身份证被冒用")
    assert "本人有异议：报案回执：身份证被冒用" in words(done)
    assert known(case)["business_registered"].value is None
    assert "还要查清“是否有营业执照或经营登记”" in words(done)


def test_a_dispute_without_evidence_is_refused(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    refused = post(desk, case, "hukou_kind/dispute", evidence=" ")
    assert refused.status_code == 422
    assert "有什么凭据" in words(refused)


def test_facts_that_somebody_changed_meanwhile_are_not_confirmed_unseen(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    seen = hidden(desk.get(f"/desk/cases/{case.number}/"), "version")
    factories.verify_facts(clerk, case, hukou_kind="rural")
    late = post(
        desk, case, "verify", version=seen, fact=["hukou_kind"], source="site_visit", evidence="入户走访三次",
        observed_on="2026-03-02",
    )  # fmt: skip
    assert late.status_code == 409
    assert "入户走访三次" in words(late)


def test_to_settle_a_place_it_is_said_how_places_are_written(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    page = words(desk.get(f"/desk/cases/{case.number}/facts/hukou_division/settle/"))
    assert "现有说法：吉林省长春市南关区。地名，例如长春市南关区南岭街道；或6至12位区划代码。" in page


def test_a_fact_that_is_not_on_file_cannot_be_disputed_or_settled(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    for where in ("pension/dispute", "receives_pension/settle"):
        assert desk.get(f"/desk/cases/{case.number}/facts/{where}/").status_code == 404
