"""Facts carry where they came from; a better source supersedes, a contradiction waits for somebody's words."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from jiuyuan.agencies.models import Agency
from jiuyuan.history.models import Entry
from jiuyuan.people import services
from jiuyuan.people.facts import standing, values
from jiuyuan.people.models import Fact, KnownFacts
from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import FACTS
from tests.factories import an_applicant

pytestmark = pytest.mark.django_db
INSURED, OFFICE = "insured_by_employer", "in_labour_relationship"


@pytest.fixture
def person(clerk):
    someone = an_applicant()
    return services.register(
        clerk.actor,
        name=someone.name,
        id_number=someone.id_number,
        phone=someone.phone,
        address=someone.address,
        agency=Agency.objects.get(code="220102001"),
    )


@pytest.fixture
def record(clerk, person):
    """`record(True, "shared_data")` records the fact of these tests from that source."""

    def recorded(value, source="shared_data", name=OFFICE, **options):
        if source != "declared":
            options = {"evidence": "2026年3月2日查询", **options}
        if source == "shared_data":
            options = {"department": "social_insurance", **options}
        return services.record_facts(clerk.actor, person, {name: value}, source=source, **options)

    return recorded


def now(person, name=OFFICE):
    return standing(Fact.objects.unscoped().filter(person=person))[name]


def test_birth_date_and_sex_come_from_the_id_number(person):
    known = standing(person.facts.all())
    assert {name: item.value for name, item in known.items()} == {"birth_date": "1985-03-02", "sex": "female"}
    assert {item.best.evidence for item in known.values()} == {"居民身份证号码"}


@pytest.mark.parametrize("name", ["birth_date", "sex", "id", "as_of"])
def test_what_follows_from_the_number_cannot_be_entered(clerk, person, name):
    with pytest.raises(BadInput) as refused:
        services.record_facts(clerk.actor, person, {name: "1960-01-01"}, source="declared")
    assert refused.value.errors[0][0] == name


def test_fact_is_kept_with_its_source_evidence_day_and_who_wrote_it(clerk, record):
    [fact] = record(False, department="长春市社会保险局", evidence="接口查询")
    assert (fact.value, fact.source, fact.department, fact.evidence) == (
        False,
        "shared_data",
        "社会保险经办机构",
        "接口查询",
    )
    assert (str(fact.observed_on), fact.recorded_by, fact.recorded_by_name) == (
        "2026-03-02",
        clerk,
        clerk.name,
    )


def test_recorded_facts_stand_in_the_record_of_the_person(person, record):
    record(False)
    entry = Entry.objects.unscoped().filter(file=person.file).last()
    assert (entry.action, entry.payload["facts"]) == ("facts_recorded", {OFFICE: False})


def test_later_better_source_supersedes_what_somebody_said_and_both_are_kept(person, record):
    [said], [found] = record(False, "declared"), record(True, "shared_data")
    known = now(person)
    assert (known.value, known.verified, known.contradicted) == (True, True, False)
    assert known.facts == (said, found)
    assert Fact.objects.unscoped().get(pk=said.pk).superseded_by == found


def test_somebodys_own_word_does_not_verify_but_a_signed_commitment_does(person, record):
    record(False, "declared")
    assert not now(person).verified
    record(False, "commitment")
    assert now(person).verified


def test_two_verified_sources_that_differ_contradict_and_nothing_stands(person, record):
    record(False, "document")
    record(True, "shared_data")
    known = now(person)
    assert (known.contradicted, known.value, known.verified) == (True, None, False)
    assert OFFICE not in values(standing(person.facts.all()))


def test_word_given_after_a_verified_fact_contradicts_it(person, record):
    record(True, "shared_data")
    record(False, "declared")
    assert now(person).contradicted


def test_contradiction_is_settled_in_words(person, record):
    record(False, "document")
    record(True, "shared_data")
    record(False, "site_visit", settlement="工商登记2025年已注销，部门数据未更新")
    known = now(person)
    assert (known.contradicted, known.value, known.verified) == (False, False, True)
    assert len(known.facts) == 3


def test_department_may_correct_itself(person, record):
    record(True, department="社会保险局")
    record(False, department="社会保险局")
    assert (now(person).value, now(person).contradicted) == (False, False)


def test_another_department_does_not_correct_it(person, record):
    record(True, department="社会保险局")
    record(False, department="税务局")
    assert now(person).contradicted


def test_weaker_source_that_says_the_same_leaves_the_better_one(person, record):
    [found] = record(False, "site_visit")
    record(False, "document")
    assert now(person).best == found


def test_saying_the_same_again_is_not_recorded_twice(person, record):
    record(False, "declared")
    assert record(False, "declared") == []


def test_unknown_is_not_recorded(record):
    assert record(None, "declared") == []


def test_disputed_fact_counts_as_unknown(clerk, person, record):
    record(True)
    services.dispute(clerk.actor, person, OFFICE, "身份被冒用，已报案")
    known = now(person)
    assert (known.disputed, known.value, known.verified) == (True, None, False)


def test_dispute_is_not_lost_when_the_department_sends_the_same_again(clerk, person, record):
    record(True, department="社会保险局")
    services.dispute(clerk.actor, person, OFFICE, "身份被冒用，已报案")
    record(True, department="社会保险局")
    record(True, "document")
    assert now(person).disputed
    assert now(person).value is None


def test_dispute_ends_when_somebody_settles_it_in_words(clerk, person, record):
    record(True)
    services.dispute(clerk.actor, person, OFFICE, "身份被冒用，已报案")
    record(False, "site_visit", settlement="公安机关确认冒用")
    assert (now(person).disputed, now(person).value) == (False, False)


def test_dispute_needs_its_evidence_and_something_to_dispute(clerk, person, record):
    with pytest.raises(BadInput) as refused:
        services.dispute(clerk.actor, person, OFFICE, " ")
    assert refused.value.errors[0][0] == "evidence"
    with pytest.raises(BadInput) as refused:
        services.dispute(clerk.actor, person, OFFICE, "没有这回事")
    assert refused.value.errors[0][0] == "name"


def test_database_knows_that_a_dispute_has_its_evidence(record):
    [fact] = record(True)
    fact.disputed = True
    with pytest.raises(IntegrityError, match="people_a_dispute_has_its_evidence"), transaction.atomic():
        fact.save()


def test_row_that_screening_reads_follows_what_stands(clerk, person, record):
    def row():
        return KnownFacts.objects.unscoped().values_list(OFFICE, flat=True).get(person=person)

    assert row() is None
    record(True)
    assert row() is True
    services.dispute(clerk.actor, person, OFFICE, "身份被冒用，已报案")
    assert row() is None
    record(False, "site_visit", settlement="公安机关确认冒用")
    assert row() is False


@pytest.mark.parametrize("source", ["hearsay", "", "DECLARED"])
def test_source_that_does_not_exist_is_refused(record, source):
    with pytest.raises(BadInput) as refused:
        record(False, source)
    assert refused.value.errors[0][0] == "source"


@pytest.mark.parametrize("source", ["commitment", "document", "shared_data", "site_visit"])
def test_verified_source_needs_its_evidence(record, source):
    with pytest.raises(BadInput) as refused:
        record(False, source, evidence=" ")
    assert refused.value.errors[0][0] == "evidence"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unemployed_since", "2026-02-30"),
        ("unemployed_since", "去年"),
        ("unemployed_since", "２０２５年６月１日"),
        ("registered_unemployed", "yes"),
        ("hukou_division", "长春"),
        ("hukou_kind", "city"),
        ("monthly_income", -1),
        ("monthly_income", "很多"),
        ("monthly_income", 10**15),
        ("monthly_income", float("inf")),
        ("favourite_colour", "blue"),
    ],
)
def test_value_that_cannot_be_is_refused_by_name_and_nothing_is_kept(person, record, name, value):
    before = person.facts.count()
    with pytest.raises(BadInput) as refused:
        record(value, "declared", name=name)
    assert refused.value.errors[0][0] == name
    assert person.facts.count() == before


def test_division_code_of_former_days_is_right_in_a_fact(record):
    assert record("220381", "document", name="hukou_division")


@pytest.mark.parametrize("long", ["evidence", "department", "settlement"])
def test_text_longer_than_its_column_is_refused_by_name(record, long):
    with pytest.raises(BadInput) as refused:
        record(False, **{"evidence": "查询", long: "长" * 401})
    assert refused.value.errors[0][0] == long


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("unemployed_since", "0025-06-01"),
        ("unemployed_since", "1984-06-01"),
        ("unemployed_since", "2001-03-01"),
        ("unemployed_since", "2026-03-03"),
        ("left_school_on", "1900-01-01"),
        ("left_school_on", "9999-12-31"),
        ("left_school_on", "1995-07-01"),
        ("assistance_ends_on", "9999-12-31"),
        ("recognised_on", "1970-01-01"),
    ],
)
def test_a_day_that_cannot_be_is_not_recorded(record, person, name, day):
    before = Fact.objects.unscoped().filter(person=person).count()
    with pytest.raises(BadInput) as refused:
        record(day, name=name)
    assert [field for field, _ in refused.value.errors] == [name]
    assert FACTS[name].label in refused.value.errors[0][1]
    assert Fact.objects.unscoped().filter(person=person).count() == before


def test_one_impossible_refusal_among_several_is_named(record):
    with pytest.raises(BadInput) as refused:
        record(["2026-01-05", "1970-01-01"], name="service_refusals")
    assert "1970-01-01" in refused.value.errors[0][1]


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(1985, 3, 1), date(2026, 3, 3)])
def test_nobody_looked_before_the_person_was_born_or_after_today(record, day):
    with pytest.raises(BadInput) as refused:
        record(True, observed_on=day)
    assert [field for field, _ in refused.value.errors] == ["observed_on"]


def test_an_old_record_that_could_not_be_does_not_stop_what_is_recorded_now(record, person):
    old = record("2010-07-01", name="left_school_on", department="education")[0]
    Fact.objects.unscoped().filter(pk=old.pk).update(value="1900-01-01")
    assert record(True)


def test_what_somebody_signed_is_not_turned_round_by_an_office_without_a_paper_or_a_ground(clerk, person):
    promise = {"source": "commitment", "evidence": "本人签字的书面承诺"}
    services.record_facts(clerk.actor, person, {"wants_work": True}, **promise)
    with pytest.raises(BadInput) as refused:
        services.record_facts(clerk.actor, person, {"wants_work": False}, **promise)
    assert "本人书面承诺的不是这样" in dict(refused.value.errors)["wants_work"]
    services.record_facts(
        clerk.actor, person, {"wants_work": False}, settlement="3月2日当面重新签字，以后者为准", **promise
    )
    assert standing(person.facts.all())["wants_work"].value is False
