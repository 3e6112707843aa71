"""一(三): a source records only what it can know, wherever it is recorded; what an act alone makes no source makes."""

from importlib.resources import files
from typing import Any

import pytest

from jiuyuan.agencies.models import Agency
from jiuyuan.people import services
from jiuyuan.people.fact_checks import can_know, knowable
from jiuyuan.people.models import Document, Fact, Person, Source
from jiuyuan.people.sources import mapping
from jiuyuan.refusals import BadInput, NotForRole
from jiuyuan.regions import registry
from jiuyuan.rules.departments import DEPARTMENTS, code_of, department_of
from jiuyuan.rules.facts import FACTS, in_order
from tests.factories import a_photograph, an_applicant, answer_correction, ask_to_correct, staff

BY_AN_ACT = ("withdrew", "service_refusals", "fraud_found", "disqualification_confirmed")


def test_the_table_names_only_sources_departments_and_papers_that_there_are() -> None:
    known = {*Source.values, *DEPARTMENTS, *registry.materials()}
    assert {who for fact in FACTS.values() for who in fact.known_to} <= known
    nobody = {name for name, fact in FACTS.items() if not fact.known_to}
    assert nobody == {"as_of", "recognised_on", *BY_AN_ACT}
    assert {name for name, fact in FACTS.items() if fact.act} == set(BY_AN_ACT)


@pytest.mark.parametrize(
    ("name", "source", "department", "paper", "can"),
    [
        ("insured_by_employer", "site_visit", "", None, False),
        ("insured_by_employer", "commitment", "", None, False),
        ("insured_by_employer", "shared_data", "social_insurance", None, True),
        ("insured_by_employer", "shared_data", "长春市社会保险局", None, True),
        ("insured_by_employer", "shared_data", "market_regulation", None, False),
        ("hukou_kind", "site_visit", "", None, False),
        ("hukou_kind", "document", "", "hukou_book", True),
        ("hukou_kind", "document", "", "diploma", False),
        ("hukou_kind", "document", "", None, True),
        ("wants_work", "document", "", None, False),
        ("wants_work", "commitment", "", None, True),
        ("income_stable", "document", "", "site_visit_photo", True),
        ("disability_certificate", "shared_data", "civil_affairs", None, False),
        ("other_exclusion", "declared", "", None, False),
        ("fraud_found", "site_visit", "", None, False),
    ],
)
def test_who_can_know_what(name: str, source: str, department: str, paper: str | None, can: bool) -> None:
    assert can_know(name, source, department, paper) is can


def test_names_of_departments_are_known_by_code_label_and_words() -> None:
    for code, department in DEPARTMENTS.items():
        assert code_of(code) == code_of(department.label) == code
        assert all(code_of(f"某市{word}局") == code for word in department.also)
    assert department_of("某某公司") is None
    assert department_of("") is None


def test_visits_ask_only_what_a_visit_can_know() -> None:
    assert set(in_order("findable")) <= set(knowable(Source.SITE_VISIT))


@pytest.mark.parametrize("kind", mapping.DEPARTMENTS)
def test_the_departments_mappings_say_only_what_the_department_can_know(kind: str) -> None:
    found = mapping.load(kind)
    assert department_of(found.provider) == DEPARTMENTS[kind]
    assert {rule.fact for rule in found.rules} <= set(knowable(Source.SHARED_DATA, kind))
    assert files("jiuyuan.people.sources").joinpath(f"mappings/{kind}.toml").is_file()


@pytest.fixture
def person(db: Any) -> Person:
    someone = an_applicant()
    return services.register(
        staff("clerk").actor, name=someone.name, id_number=someone.id_number, phone=someone.phone,
        address=someone.address, agency=Agency.objects.get(code="220102001"),
    )  # fmt: skip


def refused(person: Person, facts: dict[str, Any], **said: Any) -> BadInput:
    before = Fact.objects.unscoped().count()
    with pytest.raises(BadInput) as refusal:
        services.record_facts(staff("clerk").actor, person, facts, **{"evidence": "查询", **said})
    assert Fact.objects.unscoped().count() == before
    return refusal.value


def test_every_fact_that_the_source_cannot_know_is_named_with_who_can(person: Person) -> None:
    facts = {"wants_work": True, "insured_by_employer": False, "hukou_kind": "urban"}
    refusal = refused(person, facts, source="site_visit")
    assert refusal.code == "source_cannot_know"
    assert [name for name, _ in refusal.errors] == ["insured_by_employer", "hukou_kind"]
    assert "社会保险经办机构" in refusal.errors[0][1]


def test_shared_data_names_a_department_that_there_is(person: Person) -> None:
    for department in ("", "  ", "某某公司"):
        refusal = refused(person, {"wants_work": True}, source="shared_data", department=department)
        assert (refusal.code, refusal.errors[0][0]) == ("field", "department")
    [fact] = services.record_facts(
        staff("clerk").actor, person, {"wants_work": True}, source="shared_data", department="public_employment",
        evidence="查询",
    )  # fmt: skip
    assert fact.department == "公共就业服务机构"


@pytest.mark.parametrize("source", Source.values)
@pytest.mark.parametrize("name", BY_AN_ACT)
def test_what_an_act_makes_no_source_makes(person: Person, name: str, source: str) -> None:
    value: Any = ["2026-01-05"] if FACTS[name].kind == "dates" else True
    refusal = refused(person, {name: value, "wants_work": True}, source=source, department="public_employment")
    assert (refusal.code, [field for field, _ in refusal.errors]) == ("made_by_an_act", [name])


def test_an_act_of_the_register_makes_it(person: Person) -> None:
    [fact] = services.record_facts(
        staff("reviewer").actor, person, {"fraud_found": True}, source="site_visit", evidence="经查实", by_act=True
    )
    assert fact.value is True


def test_a_paper_shows_what_is_on_it(person: Person) -> None:
    clerk = staff("clerk")
    diploma: Document = services.add_document(clerk.actor, person, "diploma", a_photograph(), "d.jpg")
    assert refused(person, {"hukou_kind": "urban"}, source="document", document=diploma).code == "source_cannot_know"
    assert services.record_facts(clerk.actor, person, {"degree_level": "bachelor"}, source="document", document=diploma)


def test_a_correction_that_is_granted_says_its_source_too(person: Person) -> None:
    clerk = staff("clerk")

    def asked(what: str) -> int:
        return ask_to_correct(clerk, person.pk, what=what, wanted="是", reason="记错了").pk

    with pytest.raises(BadInput) as cannot:
        answer_correction(clerk, asked("wants_work"), granted=True, answer="已核对", value=True)
    assert cannot.value.code == "source_cannot_know"
    request = asked("wants_work")
    answer_correction(clerk, request, granted=True, answer="本人签字承诺", value=True, source="commitment")
    with pytest.raises(BadInput) as by_act:
        answer_correction(clerk, asked("fraud_found"), granted=True, answer="没有", value=False)
    assert by_act.value.code == "made_by_an_act"
    with pytest.raises(NotForRole):
        answer_correction(clerk, asked("other_exclusion"), granted=True, answer="没有", value="x")
