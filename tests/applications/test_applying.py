"""二(一): who applies, with what, and once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from jiuyuan.applications import services
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.encryption import blind_index
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole
from tests.factories import (
    OPEN_STATES,
    OTHER_PLATFORM,
    a_case,
    act,
    again,
    an_account,
    an_applicant,
    an_id_number,
    seen_by,
    staff,
)
from tests.recognitions.register import struck_off


def fields(refusal):
    return [field for field, _ in refusal.value.errors]


@pytest.mark.django_db
@pytest.mark.parametrize("status", sorted(OPEN_STATES))
def test_somebody_whose_case_is_open_cannot_apply_a_second_time(status):
    applicant, clerk = an_applicant(), staff("clerk")
    case = a_case(status, applicant, clerk=clerk)
    with pytest.raises(Conflict) as refusal:
        services.create(clerk, **applicant.form())
    assert refusal.value.details["number"] == case.number


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["declined", "rejected", "withdrawn"])
def test_somebody_whose_case_is_closed_may_apply_again(status):
    applicant, clerk = an_applicant(), staff("clerk")
    first = a_case(status, applicant, clerk=clerk)
    second = services.create(clerk, **applicant.form())
    assert second.person_id == first.person_id
    assert second.number != first.number


@pytest.mark.django_db
def test_somebody_on_the_register_cannot_apply_and_after_leaving_it_may(today):
    applicant, clerk, reviewer = an_applicant(), staff("clerk"), staff("reviewer")
    first = a_case("recognised", applicant, clerk=clerk, reviewer=reviewer)
    with pytest.raises(Conflict, match="在册期间不用再申请"):
        services.create(clerk, **applicant.form())
    struck_off(again(first).recognition, "left_scope", reviewer)
    second = a_case("recognised", applicant, clerk=clerk, reviewer=reviewer)
    assert second.recognition.former == first.recognition


@pytest.mark.django_db
def test_the_database_itself_holds_one_open_application_a_person():
    case = a_case("submitted")
    twin = again(case)
    twin.pk, twin.number = None, "twin"
    with (
        pytest.raises(IntegrityError, match=r"applications_one_open_a_person|person_id"),
        transaction.atomic(),
        moving(Application),
    ):
        twin.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("status", sorted(APPLICATION.states))
def test_a_closed_case_and_no_other_has_its_last_day(status):
    assert (a_case(status).finished_on is not None) == APPLICATION.states[status].final


@pytest.mark.django_db(transaction=True)
def test_the_same_person_entered_at_two_windows_at_once_has_one_case():
    applicant = an_applicant()
    clerks = [staff("clerk"), staff("clerk"), staff("clerk", at=OTHER_PLATFORM)]

    def enter(clerk):
        try:
            return services.create(clerk, **applicant.form(platform=clerk.agency.code)).number
        except Conflict:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as windows:
        made = [number for number in windows.map(enter, clerks) if number]
    assert len(made) == 1
    assert Application.objects.unscoped().count() == Person.objects.unscoped().count() == 1


@pytest.mark.django_db
def test_a_form_posted_twice_makes_one_application():
    clerk, form = staff("clerk"), an_applicant().form()
    made = services.create(clerk, **form)
    with pytest.raises(Conflict) as refusal:
        services.create(clerk, **form)
    assert refusal.value.details["number"] == made.number
    assert Application.objects.unscoped().count() == 1


@pytest.mark.django_db
def test_submitting_twice_is_refused_by_the_state():
    case = a_case("submitted")
    with pytest.raises(Conflict.__base__, match="现在是“待受理”"):
        act(staff("clerk"), case, "submit")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["reviewer", "supervisor", "province", "auditor"])
def test_only_applicants_channels_and_clerks_begin_an_application(role):
    with pytest.raises(NotForRole):
        services.create(staff(role), **an_applicant().form())


@pytest.mark.django_db
def test_a_clerk_enters_cases_of_their_own_area_only():
    with pytest.raises(BadInput, match="改正") as refusal:
        services.create(staff("clerk", at=OTHER_PLATFORM), **an_applicant().form())
    assert fields(refusal) == ["platform"]
    assert "不在本平台辖区内" in refusal.value.errors[0][1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "platform", ["22", "220102", "110101001", "210102001", "999999999", "", "南关区", "２２０１０２００１"]
)
def test_a_platform_that_is_none_of_ours_is_named(platform):
    with pytest.raises(BadInput) as refusal:
        services.create(an_account(), **an_applicant().form(platform=platform))
    assert fields(refusal) == ["platform"]


@pytest.mark.django_db
def test_a_community_leads_to_the_platform_of_its_street():
    case = services.create(an_account(), **an_applicant().form(platform="220102001001"))
    assert case.agency.code == "220102001"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("born", "sex", "division"),
    [("1985-03-02", "female", "222401"), ("1970-12-31", "male", "220181"), ("1968-02-29", "male", "229001")],
)
def test_a_number_from_a_division_that_no_longer_exists_is_right(born, sex, division):
    case = services.create(
        staff("clerk"), **an_applicant().form(id_number=an_id_number(born, sex, 7, division), facts={})
    )
    assert (case.person.birth_date.isoformat(), case.person.sex) == (born, sex)


@pytest.mark.django_db
def test_an_old_number_of_15_digits_and_a_small_x_are_the_same_person():
    number = next(n for n in (an_id_number("1970-05-06", "male", i) for i in range(300)) if n.endswith("X"))
    clerk = staff("clerk")
    case = services.create(clerk, **an_applicant(name="李建军").form(id_number=number[:6] + number[8:17], facts={}))
    assert case.person.id_number == number
    with pytest.raises(Conflict):
        services.create(clerk, **an_applicant(name="李建军").form(id_number=number.lower(), facts={}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("220102198502300028", "这一天不存在"),
        ("220102209903020020", "不可能"),
        ("22010219850302002", "现在填的是17位"),
        ("ABC", "现在填的是3位"),
        ("", "请填写身份证号码"),
    ],
)
def test_a_wrong_id_number_is_refused_with_what_is_wrong_with_it(typed, said):
    with pytest.raises(BadInput) as refusal:
        services.create(staff("clerk"), **an_applicant().form(id_number=typed))
    assert fields(refusal) == ["id_number"]
    assert said in refusal.value.errors[0][1]


@pytest.mark.django_db
def test_a_wrong_check_digit_is_named_as_such():
    number = an_applicant().id_number
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    with pytest.raises(BadInput) as refusal:
        services.create(staff("clerk"), **an_applicant().form(id_number=wrong))
    assert "输错了" in refusal.value.errors[0][1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["𠮷田", "䶮", "买买提·阿卜杜拉", "买买提•阿卜杜拉", "  张  三 ", "张三丰", "A Li"])
def test_rare_characters_and_middle_dots_are_names(name):
    case = services.create(staff("clerk"), **an_applicant(name=name).form())
    # As the card has it: no blanks between characters, one kind of dot; blanks between letters stay.
    assert case.person.name == {"买买提•阿卜杜拉": "买买提·阿卜杜拉", "  张  三 ": "张三"}.get(name, name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["张三😀", "张3", "张三<b>", "", "   ", "长" * 41])
def test_what_no_id_card_bears_is_no_name(name):
    with pytest.raises(BadInput) as refusal:
        services.create(staff("clerk"), **an_applicant().form(name=name))
    assert fields(refusal) == ["name"]


@pytest.mark.django_db
def test_full_width_digits_are_read_as_digits():
    applicant = an_applicant()
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    case = services.create(
        staff("clerk"),
        **applicant.form(id_number=applicant.id_number.translate(wide), phone=applicant.phone.translate(wide)),
    )
    assert (case.person.id_number, case.person.phone) == (applicant.id_number, applicant.phone)


@pytest.mark.django_db
def test_birth_date_and_sex_follow_from_the_number_and_are_never_declared():
    case = a_case("draft", an_applicant(born="1980-02-29", sex="male"))
    assert seen_by(None, case).facts | {"birth_date": "1980-02-29", "sex": "male"} == seen_by(None, case).facts
    with pytest.raises(BadInput) as refusal:
        services.save(staff("clerk"), case.number, facts={"birth_date": "1970-01-01"}, source="declared")
    assert fields(refusal) == ["birth_date"]


@pytest.mark.django_db
def test_another_name_under_a_known_number_is_not_taken_over():
    applicant, clerk = an_applicant(name="王秀英"), staff("clerk")
    a_case("withdrawn", applicant, clerk=clerk)
    with pytest.raises(BadInput) as refusal:
        services.create(clerk, **applicant.form(name="李秀英"))
    assert fields(refusal) == ["name"]
    assert "王秀英" not in str(refusal.value.errors)


@pytest.mark.django_db
def test_an_account_applies_for_its_owner_and_for_nobody_else():
    account = an_account()
    case = services.create(account, **an_applicant().form())
    act(account, case, "withdraw")
    with pytest.raises(BadInput) as refusal:
        services.create(account, **an_applicant().form())
    assert fields(refusal) == ["id_number"]
    assert "替家人申请" in refusal.value.errors[0][1]


@pytest.mark.django_db
def test_a_draft_cannot_be_submitted_before_its_materials_are_there():
    clerk = staff("clerk")
    case = services.create(clerk, **an_applicant(categories=("disabled", "graduate")).form())
    with pytest.raises(GuardNotMet) as refusal:
        act(clerk, case, "submit")
    for material in ("居民身份证", "户口簿或城镇居住证明", "残疾人证", "毕业证"):
        assert material in refusal.value.title
    assert again(case).status == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("laid_off", "labour_termination"),
        ("disabled", "disability_certificate"),
        ("minimum_allowance", "minimum_allowance_certificate"),
        ("landless_farmer", "land_requisition_agreement"),
        ("graduate", "diploma"),
        ("older", None),
        ("zero_employment_family", None),
    ],
)
def test_each_category_asks_for_its_own_material(category, kind):
    from tests.factories import a_photograph

    clerk = staff("clerk")
    case = services.create(clerk, **an_applicant(categories=(category,)).form())
    for always in ("id_card", "urban_residence_certificate"):
        services.add_material(clerk, case.number, always, a_photograph(), "a.jpg")
    wanted = [requirement.any_of for requirement in seen_by(clerk, case).missing_materials]
    assert wanted == ([(kind,)] if kind else [])


@pytest.mark.django_db
def test_a_material_that_is_taken_off_is_missing_again():
    clerk = staff("clerk")
    case = a_case("draft", clerk=clerk)
    from tests.factories import hand_in_materials

    hand_in_materials(clerk, case)
    assert seen_by(clerk, case).missing_materials == []
    services.remove_material(clerk, case.number, seen_by(clerk, case).materials[0].pk)
    assert len(seen_by(clerk, case).missing_materials) == 1


@pytest.mark.django_db
def test_what_another_fills_in_is_not_handed_in_without_the_authorisation_whoever_does_it():
    from tests.factories import a_photograph, hand_in_materials

    account, clerk = an_account(), staff("clerk")
    case = a_case("draft", by=account)
    hand_in_materials(account, case)
    son = {"name": "王小军", "relation": "儿子", "phone": "13900001234", "id_number": an_applicant().id_number}
    services.save(account, case.number, agent=son)
    at_the_office = an_applicant().id_number
    staff("reviewer", id_index=blind_index(at_the_office))
    with pytest.raises(BadInput, match="改正") as refused:
        services.save(account, case.number, agent={**son, "id_number": at_the_office})
    assert "在办理这份申请的机构工作" in dict(refused.value.errors)["agent-id_number"]
    for user in (account, clerk):
        with pytest.raises(GuardNotMet, match="还缺材料：本人签字的委托书") as refusal:
            act(user, case, "submit")
        assert refusal.value.code == "materials_missing"
    services.add_material(clerk, case.number, "authorisation", a_photograph(), "委托书.jpg")
    act(account, case, "submit")
    assert again(case).status == "submitted"


@pytest.mark.django_db
def test_a_form_without_an_address_is_not_complete():
    clerk = staff("clerk")
    case = services.create(clerk, **an_applicant(address="").form())
    with pytest.raises(GuardNotMet, match="常住地址"):
        act(clerk, case, "submit")


@pytest.mark.django_db
def test_what_was_asked_for_in_correction_is_told_all_at_once_and_gone_once_corrected():
    account, clerk = an_account(), staff("clerk")
    case = a_case("submitted", by=account, clerk=clerk)
    asked = act(clerk, case, "ask_correction", missing=["户口簿首页不清楚", "缺常住地址门牌号"])
    assert asked.corrections == ["户口簿首页不清楚", "缺常住地址门牌号"]
    services.save(account, case.number, contact={"address": "长春市南关区民康路1号"})
    assert act(account, asked, "submit").corrections == []


@pytest.mark.django_db
def test_the_form_cannot_be_changed_by_the_applicant_while_it_is_with_the_office():
    account = an_account()
    case = a_case("submitted", by=account)
    with pytest.raises(Conflict.__base__, match="内容不能改动"):
        services.save(account, case.number, details={"skills": "缝纫"})
