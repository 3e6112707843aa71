"""An import is taken back as a whole: what stood before stands again, exactly, and the record tells both."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiuyuan.history import sealing
from jiuyuan.history.models import Entry
from jiuyuan.people import services as people
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Fact, ImportBatch, KnownFacts, LicenceRecord
from jiuyuan.people.sources import reversal, running
from jiuyuan.refusals import BadInput, NotFound, WrongState
from tests.examples import examples
from tests.factories import OTHER_COUNTY, staff, take_import_back
from tests.people.sources.files import INSURANCE, a_csv, imported, insurance, known, market, now, somebody

pytestmark = pytest.mark.django_db
INSURED = "insured_by_employer"


def taken_back(user, batch: ImportBatch) -> ImportBatch:
    take_import_back(user, batch.pk, "部门发来的是上个月的数据")
    return reversal.run(batch.pk)


def test_what_the_import_superseded_stands_again(reviewer):
    person, card = somebody()
    [declared] = people.record_facts(reviewer.actor, person, {INSURED: False}, source="declared")
    batch = taken_back(reviewer, imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工"))))
    assert (batch.status, batch.undone) == ("withdrawn", 1)
    assert now(person).current == (declared,)
    assert (known(person), known(person, "ever_insured")) == (False, None)
    entry = Entry.objects.unscoped().filter(file=person.file).last()
    assert (entry.action, entry.payload) == (
        "facts_withdrawn",
        {
            "batch": batch.pk,
            "facts": {INSURED: False, "ever_insured": None},
            "withdrawn": list(person.facts.filter(batch=batch).order_by("name").values_list("pk", flat=True))[::-1],
            "again": [[declared.pk, None]],
        },
    )
    assert list(sealing.verify()) == []


def test_the_same_file_may_be_imported_again_afterwards(reviewer):
    person, card = somebody()
    content = insurance((card, "在缴", "单位职工"))
    taken_back(reviewer, imported(reviewer, "social_insurance", content))
    imported(reviewer, "social_insurance", content)
    assert now(person).value is True


def test_a_later_file_that_still_stands_goes_on_to_count(reviewer, today):
    person, card = somebody()
    people.record_facts(reviewer.actor, person, {INSURED: True}, source="declared")
    first = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工", "2026-03-01")))
    today("2026-04-02")
    imported(reviewer, "social_insurance", insurance((card, "停保", "单位职工", "2026-04-01")))
    taken_back(reviewer, first)
    assert (now(person).value, now(person).contradicted, len(now(person).current)) == (False, False, 1)


def test_licences_of_the_file_are_gone_and_what_a_later_file_said_because_of_them(reviewer, today):
    person, card = somebody()
    first = imported(reviewer, "market_regulation", market((card, "A1", "经营者", "存续", "2020-01-01")))
    today("2026-03-03")
    imported(reviewer, "market_regulation", market((card, "B2", "经营者", "注销", "2026-03-01")))
    assert now(person, "business_registered").value is True
    taken_back(reviewer, first)
    assert [r.licence for r in LicenceRecord.objects.unscoped().filter(person=person, withdrawn_at=None)] == ["B2"]
    assert now(person, "business_registered").value is False
    assert now(person, "business_registered").best.evidence == f"撤回第{first.pk}批导入后，按其余登记记录重新得出"
    assert known(person, "business_registered") is False


def test_reason_is_needed_and_only_what_was_imported_can_be_taken_back(reviewer):
    _, card = somebody()
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    with pytest.raises(BadInput) as refused:
        take_import_back(reviewer, batch.pk, "  ")
    assert refused.value.errors[0][0] == "reason"
    with pytest.raises(NotFound):  # a platform brings vacancies, and sees no file about people
        take_import_back(staff("clerk"), batch.pk, "有误")
    taken_back(reviewer, batch)
    with pytest.raises(WrongState):
        take_import_back(reviewer, batch.pk, "有误")


def test_another_countys_batch_is_as_if_it_were_not_there(reviewer):

    _, card = somebody()
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    with pytest.raises(NotFound):
        take_import_back(staff("reviewer", at=OTHER_COUNTY), batch.pk, "有误")


def test_interrupted_withdrawal_goes_on_with_the_rest(reviewer, monkeypatch):
    monkeypatch.setattr(reversal, "CHUNK", 1)
    people_and_cards = [somebody() for _ in range(4)]
    batch = imported(
        reviewer, "social_insurance", insurance(*((card, "在缴", "单位职工") for _, card in people_and_cards))
    )
    take_import_back(reviewer, batch.pk, "有误")

    class Killed(BaseException):
        pass

    def kill(done, _total):
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        reversal.run(batch.pk, kill)
    assert reversal.run(batch.pk).undone == 4
    assert [now(person) for person, _ in people_and_cards] == [None] * 4
    assert Entry.objects.unscoped().filter(action="facts_withdrawn").count() == 4


_ROWS = st.lists(st.booleans(), min_size=1, max_size=3)  # about one person, in one file
_BEFORE = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["declared", "commitment", "document", "site_visit"]), st.booleans()),
        st.tuples(st.just("file"), _ROWS),
        st.tuples(st.just("dispute"), st.just(True)),
        st.tuples(st.just("settle"), st.booleans()),
    ),
    max_size=4,
)
# What somebody says or disputes while the import stands, they say of the import: it has no counterpart without it.
_AFTER = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["commitment", "document", "site_visit"]), st.booleans()),
        st.tuples(st.just("file"), _ROWS),
        st.tuples(st.just("settle"), st.booleans()),
    ),
    max_size=4,
)


def file_about(card, paying, day, note):
    rows = [
        [card.name, card.id_number, "在缴" if one else "停保", "单位职工", "", day.isoformat(), note] for one in paying
    ]
    return a_csv([[*INSURANCE, "备注"], *rows])


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_BEFORE, imported_rows=_ROWS, after=_AFTER)
def test_after_taking_back_stands_what_would_stand_without_the_import(reviewer, before, imported_rows, after):
    with transaction.atomic():
        with_it, card = somebody()
        without, other = somebody()
        day = date(2025, 1, 1)

        def do(person, one, acts, on):
            for source, value in acts:
                on += timedelta(days=1)
                if source == "file":
                    imported(reviewer, "social_insurance", file_about(one, value, on, str(person.pk)))
                elif source == "dispute":
                    if now(person):
                        people.dispute(reviewer.actor, person, INSURED, "不对")
                else:
                    settled = (
                        {"source": "site_visit", "settlement": "核实"} if source == "settle" else {"source": source}
                    )
                    evidence = "" if source == "declared" else f"{on}"
                    people.record_facts(
                        reviewer.actor, person, {INSURED: value}, evidence=evidence, by_act=True, **settled
                    )

        do(with_it, card, before, day)
        do(without, other, before, day)
        between = day + timedelta(days=20)
        batch = imported(reviewer, "social_insurance", file_about(card, imported_rows, between, "撤回"))
        do(with_it, card, after, day + timedelta(days=30))
        do(without, other, after, day + timedelta(days=30))
        taken_back(reviewer, batch)

        def shape(person):
            item = now(person)
            row = KnownFacts.objects.unscoped().values_list(INSURED, "ever_insured").get(person=person)
            if item is None:
                return None, row
            return (
                item.value,
                item.disputed,
                [(f.value, f.source, str(f.observed_on), f.disputed) for f in item.current],
                row,
            )

        assert shape(with_it) == shape(without)
        assert list(sealing.verify()) == []
        transaction.set_rollback(True)


def test_withdrawn_facts_are_kept_and_shown_as_such(reviewer):
    person, card = somebody()
    batch = taken_back(reviewer, imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工"))))
    facts = Fact.objects.unscoped().filter(batch=batch)
    assert facts.count() == 2
    assert not any(fact.stands for fact in facts)
    assert standing(person.facts.all()).keys() == {"birth_date", "sex"}
    assert batch.status == running.Status.WITHDRAWN
