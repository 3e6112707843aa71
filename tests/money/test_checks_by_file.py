"""Each check of a claim is failed once by what a real import brings (四(三)): departments' files, the months of the social insurance."""

import pytest

from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.money.models import Claim
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules.calendar import month_text
from tests.assistance.posts import placed
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
    assert said["2026-01", "flexible_registered"] == (
        "unknown",
        "",
    )  # no file brings it: a person looks, and writes the ground

    a_file("social_insurance", pensioner, 待遇状态="正常领取", 数据日期="2025-11-20")
    assert checked(pensioner, "flexible_insurance", "2025-11", "2025-11")[1] == {"2025-11": {"pension"}}


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
