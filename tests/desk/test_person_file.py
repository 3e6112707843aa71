"""One file a person on the desk: the family, the licences, what was asked to be corrected, merged and split."""

from typing import Any

import pytest

from jiuyuan.agencies.models import User
from jiuyuan.people import corrections, services
from jiuyuan.people.models import CorrectionRequest, FamilyCertification, FileChange, Person
from jiuyuan.templatetags.plain import bare_day
from tests.desk.reading import words
from tests.factories import (
    OTHER_PLATFORM,
    a_case,
    act,
    an_applicant,
    an_id_number,
    certify_family,
    confirm_change,
    staff,
)
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_staff(log_in: Any) -> Any:
    return lambda user: log_in(user)


def a_person(**of_whom: Any) -> Person:
    return a_case("draft", applicant=an_applicant(**of_whom)).person


def text(answer: Any) -> str:
    return str(answer.content.decode())


def a_couple() -> tuple[Person, Person]:
    person, spouse = (
        a_person(born="1980-02-03", name="欧阳家主"),
        a_person(born="1979-04-05", sex="male", name="配偶某"),
    )
    member = {"name": spouse.name, "id_number": spouse.id_number, "relation": "配偶", "state": "失业"}
    services.set_household(staff("clerk").actor, person, [member])
    return person, spouse


def test_household_members_lead_to_their_own_files_and_the_county_certifies(as_staff: Any) -> None:
    person, spouse = a_couple()
    reviewer = as_staff(staff("reviewer"))
    page = text(reviewer.get(f"/desk/people/{person.pk}/"))
    assert f"/desk/people/{spouse.pk}/" in page
    assert "登记失业，没有就业和经营" in page
    wrong = reviewer.post(f"/desk/people/{person.pk}/family/", {"ground": ""})
    assert wrong.status_code == 422
    assert "怎样核实全家的就业情况" in text(wrong)
    reviewer.post(f"/desk/people/{person.pk}/family/", {"ground": "入户核实，全家无人就业。"})
    [certification] = FamilyCertification.objects.unscoped()
    listed = text(reviewer.get("/desk/families/"))
    assert "欧阳家主" in listed
    assert "还剩20天" in listed
    reviewer.post(f"/desk/families/{certification.pk}/clear/", {"because": "配偶3月6日入职。"})
    assert "没有还没清零的零就业家庭" in text(reviewer.get("/desk/families/"))


def test_a_family_of_somebody_on_file_is_written_down_and_put_right_without_an_open_case(as_staff: Any) -> None:
    person = on_the_register().person
    clerk, address = as_staff(staff("clerk")), f"/desk/people/{person.pk}/household/"
    assert f'href="{address}"' in text(clerk.get(f"/desk/people/{person.pk}/"))
    typed = {
        "version": person.version,
        "household-1-name": "家里人",
        "household-1-relation": "配偶",
        "household-1-id_number": "1",
    }
    wrong = clerk.post(address, typed)
    assert (wrong.status_code, "家里人" in text(wrong)) == (422, True)
    clerk.post(address, {**typed, "household-1-id_number": ""})
    assert [member.name for member in person.household.all()] == ["家里人"]
    late = clerk.post(address, {**typed, "household-1-name": "别人", "household-1-id_number": ""})
    assert (late.status_code, "别人" in text(late)) == (409, True)
    assert [member.name for member in person.household.all()] == ["家里人"]


def test_a_family_that_stands_on_an_open_form_is_put_right_there(as_staff: Any) -> None:
    case = a_case("accepted")
    answer = as_staff(staff("clerk")).get(f"/desk/people/{case.person_id}/household/")
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/cases/{case.number}/household/")


def test_a_family_that_cannot_be_certified_says_why_and_keeps_what_was_typed(as_staff: Any) -> None:
    person, spouse = a_couple()
    services.record_facts(
        staff("clerk").actor,
        spouse,
        {"business_registered": True},
        source="shared_data",
        evidence="比对",
        department="市场监管",
    )
    answer = as_staff(staff("reviewer")).post(f"/desk/people/{person.pk}/family/", {"ground": "都没工作。"})
    assert answer.status_code == 422
    assert "还不能认定" in text(answer)
    assert "都没工作。" in text(answer)


def test_a_merge_is_asked_by_one_and_confirmed_by_another_and_can_be_undone(as_staff: Any) -> None:
    kept, other = a_person(born="1970-05-06", name="同一人"), a_person(born="1970-05-16", name="同一人")
    act(staff("clerk"), other.applications.get(), "withdraw", reason="本人签字请求撤回。")
    clerk = as_staff(staff("clerk"))
    nobody = clerk.post(f"/desk/people/{kept.pk}/merge/", {"number": an_id_number("1960-01-01"), "reason": "同一人"})
    assert "没有这个身份证号码的档案" in text(nobody)
    said = {"number": other.id_number, "reason": "持证核对为同一人。"}
    asked = clerk.post(
        f"/desk/people/{kept.pk}/merge/", {**said, "difference_seen": "on"}
    )  # not seen beside each other yet
    assert "1970年5月16日 1970年5月6日 不同" in words(asked)
    assert not FileChange.objects.unscoped().exists()
    clerk.post(f"/desk/people/{kept.pk}/merge/", {**said, "beside": other.pk, "difference_seen": "on"})
    [change] = FileChange.objects.unscoped()
    assert "须由另一人确认" in text(clerk.post(f"/desk/changes/{change.pk}/confirm/"))
    reviewer = as_staff(staff("reviewer"))
    assert "持证核对为同一人" in text(reviewer.get("/desk/changes/"))
    assert "等另一人" in text(clerk.get("/desk/changes/"))
    link = f'href="/desk/changes/{change.pk}/confirm/"'
    pages = [text(one.get(f"/desk/people/{kept.pk}/")) for one in (clerk, as_staff(staff("supervisor")), reviewer)]
    assert [link in page for page in pages] == [False, False, True]
    beside = words(reviewer.get(f"/desk/changes/{change.pk}/confirm/"))
    assert "1970年5月16日 1970年5月6日 不同" in beside
    assert f"申请 {other.applications.get().number} {kept.applications.get().number}" in beside
    reviewer.post(f"/desk/changes/{change.pk}/confirm/")
    assert FileChange.objects.unscoped().get().status == "requested"
    reviewer.post(f"/desk/changes/{change.pk}/confirm/", {"difference_seen": "on"})
    assert "这份档案已合并到" in text(reviewer.get(f"/desk/people/{other.pk}/"))
    reviewer.post(f"/desk/changes/{change.pk}/undo/", {"reason": "确为两个人。"})
    change.refresh_from_db()
    assert change.status == "undone"


def test_a_split_moves_the_rows_that_were_ticked(as_staff: Any) -> None:
    mixed = a_person()
    fact = mixed.facts.get(name="unemployed_since")
    clerk = as_staff(staff("clerk"))
    choice = f"本次失业起始日期（{fact.get_source_display()}，{bare_day(fact.observed_on)}）"
    assert choice in text(clerk.get(f"/desk/people/{mixed.pk}/split/"))
    said = {
        "items": [f"people.fact:{fact.pk}"],
        "name": "另外一人",
        "id_number": an_id_number("1966-01-02", "male", 7),
        "phone": "13900000001",
        "reason": "录入时混在一起。",
    }
    assert clerk.post(f"/desk/people/{mixed.pk}/split/", said).status_code == 302
    confirm_change(staff("reviewer"), FileChange.objects.unscoped().get().pk)
    fact.refresh_from_db()
    assert fact.person.name == "另外一人"


def test_a_correction_is_written_down_answered_and_shown(as_staff: Any) -> None:
    person = a_person()
    clerk = as_staff(staff("clerk"))
    empty = clerk.post(f"/desk/people/{person.pk}/correction/", {"wanted": "否", "reason": ""})
    assert empty.status_code == 422
    assert "请选择要更正的一项" in text(empty)
    clerk.post(
        f"/desk/people/{person.pk}/correction/", {"what": "income_stable", "wanted": "是", "reason": "每月有租金。"}
    )
    [request] = CorrectionRequest.objects.unscoped()
    assert dict(corrections.choices())["income_stable"] in text(clerk.get("/desk/changes/"))
    unsaid = clerk.post(f"/desk/corrections/{request.pk}/", {"granted": "true", "answer": "已核对租约。"})
    assert unsaid.status_code == 422
    clerk.post(
        f"/desk/corrections/{request.pk}/",
        {"granted": "true", "answer": "已核对租约。", "fact-income_stable": "true", "source": "document"},
    )
    request.refresh_from_db()
    assert request.granted is True
    assert "已核对租约" in text(clerk.get(f"/desk/people/{person.pk}/"))


@pytest.mark.parametrize(("role", "status"), [("clerk", 404), ("supervisor", 403), ("auditor", 403)])
def test_files_are_changed_inside_the_area_by_those_who_keep_them(as_staff: Any, role: str, status: int) -> None:
    person, _ = a_couple()
    certify_family(staff("reviewer"), person.pk, ground="入户核实。")
    outside: User = staff(role, at=OTHER_PLATFORM if role == "clerk" else "2202")
    client = as_staff(outside)
    for address in ("merge", "split", "correction"):
        assert client.get(f"/desk/people/{person.pk}/{address}/").status_code == status
    assert client.post(f"/desk/people/{person.pk}/family/", {"ground": "x"}).status_code == 403
    if role != "auditor":
        assert person.name not in text(client.get("/desk/families/"))


def test_the_page_of_a_person_takes_as_many_queries_however_long_the_file(
    as_staff: Any, django_assert_max_num_queries: Any
) -> None:
    person, _ = a_couple()
    for day in range(1, 9):
        services.record_facts(
            staff("clerk").actor,
            person,
            {"monthly_income": day},
            source="shared_data",
            department="长春市社会保险局",
            evidence=f"3月{day}日数据",
        )
    client = as_staff(staff("clerk"))
    with django_assert_max_num_queries(32):
        assert client.get(f"/desk/people/{person.pk}/").status_code == 200
