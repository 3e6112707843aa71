"""Each check of a claim is failed once by what a real import brings (四(三)): departments' files, the months of the social insurance."""

from datetime import date

import pytest

from jiuyuan import clock
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.money import claim_checks
from jiuyuan.money.entitlements import of_person
from jiuyuan.money.models import Claim
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules.calendar import month_of, month_text
from jiuyuan.rules.scheme import SchemeAnswer
from tests.assistance.courses import TO_THE_LICENCE, a_venture, start_up
from tests.assistance.plans import a_plan
from tests.assistance.posts import a_stay, placed
from tests.factories import staff
from tests.money.claims import a_claim, hired, this_month
from tests.oversight.test_every_doubt import months
from tests.people.sources.files import a_csv, imported, market

pytestmark = pytest.mark.django_db
FIRM, FLEXIBLE = ("单位职工", "长春某某公司", "企业"), ("灵活就业", "", "")


def a_file(kind: str, person: Person, **said: str) -> None:
    """One row about somebody, in the columns of that department."""
    heads = ["姓名", "身份证号码", *said]
    imported(staff("reviewer"), kind, a_csv([heads, [person.name, person.id_number, *said.values()]]))


def somebody(since: str = "2025-10-08", **facts: bool) -> Person:
    person = hired(**facts)
    Recognition.objects.unscoped().filter(person=person).update(recognised_on=since)
    return person


def checked(person: Person, scheme: str, since: str, until: str) -> tuple[Claim, dict[str, set[str]]]:
    """A claim that was checked, and by month what was answered with no."""
    claim = a_claim("checked", person, scheme=scheme, **{"from": since, "to": until})
    failed: dict[str, set[str]] = {}
    for one in claim.checks:
        if one["answer"] == "no":
            assert one["source"], one
            if one["code"] not in ("exclusive", "term"):
                assert one["as_of"], one
            failed.setdefault(one["month"], set()).add(one["code"])
    return claim, failed


def test_months_of_flexible_work_stop_by_licence_insurance_dues_custody_and_pension_each_from_its_file():
    person, pensioner = somebody(wants_work=True), somebody(wants_work=True)
    imported(staff("reviewer"), "market_regulation", market((person, "A1", "经营者", "注销", "2025-10-20")))
    assert months(
        (person, "2025-11", *FIRM, "已缴"), (person, "2025-12", *FLEXIBLE, "欠费"), (person, "2026-01", *FLEXIBLE, "已缴"),
        (person, "2026-02", *FIRM, "欠费"), (person, "2026-02", *FLEXIBLE, "已缴"),
    ) == ["changed"] * 5  # fmt: skip
    a_file("public_security", person, 服刑状态="收监", 数据日期="2026-02-10")
    claim, failed = checked(person, "flexible_insurance", "2025-10", "2026-02")
    assert failed == {
        "2025-10": {"business"}, "2025-11": {"insured"}, "2025-12": {"pays_flexible_pension"}, "2026-02": {"gone"},
    }  # fmt: skip
    reasons = {month_text(line.month): (line.status, line.reason) for line in claim.lines.all()}
    assert reasons["2026-01"] == ("claimed", "")
    assert "长春某某公司" in reasons["2025-11"][1]
    said = {(one["month"], one["code"]): (one["answer"], one["source"]) for one in claim.checks}
    assert said["2026-01", "pays_flexible_pension"] == said["2026-01", "insured"] == ("yes", "社会保险经办机构")
    assert said["2026-02", "insured"][0] == "unknown"  # an employer's dues that did not arrive say neither
    assert said["2026-01", "flexible_registered"] == ("unknown", "")  # no file says it of this month

    a_file("social_insurance", pensioner, 待遇状态="正常领取", 数据日期="2025-11-20")
    assert checked(pensioner, "flexible_insurance", "2025-11", "2025-11")[1] == {"2025-11": {"pension"}}


def test_months_without_a_registration_as_flexible_worker_stop_by_the_file_of_the_employment_service():
    person = somebody(wants_work=True)
    for day, kind in (("2025-12-20", "灵活就业"), ("2026-01-20", "单位就业"), ("2026-02-20", "注销")):
        heading = "灵活就业登记状态" if kind == "注销" else "就业登记类型"
        a_file("public_employment", person, **{heading: kind, "数据日期": day})
    claim, failed = checked(person, "flexible_insurance", "2025-12", "2026-02")
    assert failed == {"2026-01": {"flexible_registered"}, "2026-02": {"flexible_registered"}}
    said = {one["month"]: one for one in claim.checks if one["code"] == "flexible_registered"}
    assert [(one["answer"], one["source"], one["as_of"]) for one in said.values()] == [
        ("yes", "公共就业服务机构", "2025-12-20"), ("no", "公共就业服务机构", "2026-01-20"), ("no", "公共就业服务机构", "2026-02-20"),
    ]  # fmt: skip
    assert "没有办理灵活就业登记" in claim.lines.get(month=month_of(date(2026, 1, 1))).reason


@pytest.mark.parametrize(
    ("licence", "status", "changed_on", "first", "says"),
    [("B1", "注销", "2019-05-06", "", "早年小店"), ("A1", "存续", "2026-03-02", "否", "不是首次创办")],
)
def test_money_for_a_first_business_is_not_paid_where_the_market_regulation_knows_an_earlier_one(
    licence, status, changed_on, first, says
):
    clerk = staff("clerk")
    stay = a_stay(clerk)
    a_venture(clerk, *TO_THE_LICENCE, plan=a_plan(clerk, stay, measures=start_up()))
    person = Person.objects.unscoped().select_related("agency").get(pk=stay.person_id)
    day = clock.today().isoformat()
    imported(staff("reviewer"), "market_regulation", market((person, "A1", "经营者", "存续", day)))
    assert "first_business" not in checked(person, "startup", this_month(), this_month())[1].get(this_month(), set())
    after_a_year = date(2027, 3, 10)
    assert answers(person, after_a_year)["startup"].missing == ("first_business",)
    a_file(
        "market_regulation", person, 统一社会信用代码=licence, 企业名称="早年小店", 任职身份="经营者", 登记状态=status, 变更日期=changed_on,
        是否首次创业=first, 数据日期=day,
    )  # fmt: skip
    claim = Claim.objects.unscoped().get(person=person)
    again = claim_checks.of_claim(claim, list(claim.lines.all()), clock.today())
    said = next(one for one in again.checks if one.code == "first_business")
    assert (said.answer, said.source) == ("no", "市场监督管理部门")
    assert says in said.says
    assert any("不是首次创办" in reason for reason in answers(person, after_a_year)["startup"].reasons)


def test_a_right_hangs_on_the_registration_as_flexible_worker_that_the_file_says():
    person = somebody(wants_work=True, insured_by_employer=False, business_registered=False, company_office_held=False)
    a_file("public_employment", person, 就业登记类型="灵活就业", 数据日期="2026-03-01")
    answer = answers(person)["flexible_insurance"]
    assert answer.missing == ("pays_flexible_pension",)
    a_file("public_employment", person, 就业登记类型="单位就业", 数据日期="2026-03-02")
    assert answers(person)["flexible_insurance"].outcome == "may_not"


def answers(person: Person, day: date | None = None) -> dict[str, SchemeAnswer]:
    return {one.scheme.code: one for one in of_person(person, day)}


def test_months_of_an_employer_stop_by_the_contract_the_insurance_and_a_post():
    person = somebody(wants_work=True)
    a_file("social_insurance", person, 劳动合同状态="解除", 数据日期="2026-01-15")
    assert months((person, "2026-02", *FLEXIBLE, "已缴")) == ["changed"]
    _, failed = checked(person, "employer_insurance", "2026-01", "2026-02")
    assert failed == {"2026-01": {"hired"}, "2026-02": {"insured"}}

    clerk = staff("clerk")
    on_post, away = (placed(clerk) for _ in range(2))
    for placement, days in ((on_post, 1), (away, 0)):
        engine.act(clerk, PLACEMENT, placement.pk, "attend", {"month": this_month(), "days": days})
    holder = on_post.recognition.person
    assert "on_post" in checked(holder, "employer_insurance", this_month(), this_month())[1][this_month()]
    assert checked(away.recognition.person, "public_post", this_month(), this_month())[1] == {this_month(): {"on_post"}}
