"""A file as a whole: tried, imported once, given up, forgotten, taken up where another left it."""

from datetime import date

import pytest

from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.people import services as people
from jiuyuan.people.models import Fact, ImportBatch, KnownFacts
from jiuyuan.people.sources import recording, running, services, storing
from jiuyuan.refusals import BadInput, Conflict, NotForRole, WrongState
from tests.factories import discard_import, staff, start_import
from tests.people.sources.files import (
    DAY,
    INSURED,
    a_csv,
    chain_holds,
    imported,
    insurance,
    known,
    now,
    outcomes,
    somebody,
    uploaded,
)

pytestmark = pytest.mark.django_db


def test_trial_run_says_what_would_happen_and_changes_nothing(reviewer):
    person, card = somebody()
    before = Entry.objects.unscoped().filter(file=person.file).count()
    batch = uploaded(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    batch = running.run(batch.pk, recording.work_for)
    assert (batch.status, batch.counts) == ("checked", {"changed": 1})
    assert outcomes(batch)[0][1] == "changed"
    assert (now(person), known(person)) == (None, None)
    assert Entry.objects.unscoped().filter(file=person.file).count() == before

    start_import(reviewer, batch.pk)
    batch = running.run(batch.pk, recording.work_for)
    assert (batch.status, batch.counts, batch.stored_as) == ("done", {"changed": 1}, "")
    assert len(outcomes(batch)) == 1
    assert now(person).value is True


def test_discarded_file_leaves_nothing_but_that_it_was_there(reviewer, django_capture_on_commit_callbacks):
    _, card = somebody()
    batch = uploaded(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    running.run(batch.pk, recording.work_for)
    stored = ImportBatch.objects.unscoped().get(pk=batch.pk).stored_as
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(reviewer, batch.pk)
    assert not storing._path(stored).exists()
    assert outcomes(batch) == []
    with pytest.raises(WrongState):
        start_import(reviewer, batch.pk)


def test_file_that_was_only_tried_is_forgotten_after_a_week(reviewer, today, django_capture_on_commit_callbacks):
    _, card = somebody()
    batch = running.run(
        uploaded(reviewer, "social_insurance", insurance((card, "在缴", "单位职工"))).pk, recording.work_for
    )
    today("2026-03-08")
    assert services.forget_tried() == 0
    today("2026-03-10")
    with django_capture_on_commit_callbacks(execute=True):
        assert services.forget_tried() == 1
    assert not storing._path(batch.stored_as).exists()
    batch.refresh_from_db()
    assert (batch.status, batch.stored_as, outcomes(batch)) == ("discarded", "", [])
    assert Entry.objects.unscoped().filter(file=f"import:{batch.pk}").last().actor == "worker"


def test_same_file_is_not_imported_twice(reviewer):
    person, card = somebody()
    content = insurance((card, "在缴", "单位职工"))
    imported(reviewer, "social_insurance", content)
    lying = set(storing._path("x").parent.iterdir())
    with pytest.raises(Conflict, match="已经导入过"):
        imported(reviewer, "social_insurance", content)
    assert len(now(person).facts) == 1
    assert set(storing._path("x").parent.iterdir()) == lying


def test_file_that_cannot_be_used_ends_with_its_reason_and_is_removed(reviewer):
    batch = imported(reviewer, "social_insurance", a_csv([["姓名", "电话"], ["王秀英", "1"]]))
    assert batch.status == "failed"
    assert "找不到表头" in batch.failure
    assert batch.stored_as == ""


@pytest.mark.parametrize("role", ["clerk", "supervisor", "province", "auditor"])
def test_only_reviewers_import(role):
    with pytest.raises(NotForRole):
        uploaded(staff(role), "social_insurance", insurance())


@pytest.mark.parametrize(
    ("options", "field"),
    [({"kind": "weather"}, "kind"), ({"content": b""}, "file"), ({"observed_on": "2026-03-03"}, "observed_on")],
)
def test_upload_that_cannot_be_is_refused_by_name(reviewer, options, field):
    given = {"kind": "social_insurance", "content": insurance()} | options
    if "observed_on" in given:
        given["observed_on"] = date.fromisoformat(given["observed_on"])
    with pytest.raises(BadInput) as refused:
        uploaded(reviewer, **given)
    assert refused.value.errors[0][0] == field


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("社保20260228.xlsx", "2026-02-28"),
        ("残联2026年2月1日.csv", "2026-02-01"),
        ("数据.csv", DAY),
        ("社保20260401.csv", DAY),
    ],
)
def test_day_of_the_data_is_found_in_the_name_of_the_file(reviewer, name, day):
    _, card = somebody()
    content = a_csv([["身份证号码", "残疾人证状态"], [card.id_number, "有效"]])
    batch = imported(reviewer, "disabled_federation", content, name)
    assert str(batch.observed_on) == day
    assert {str(fact.observed_on) for fact in batch.facts.all()} == {day}


def test_person_whose_row_for_screening_is_missing_gets_it_whole(reviewer):
    person, card = somebody()
    KnownFacts.objects.unscoped().filter(person=person).delete()
    imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert (known(person), str(known(person, "birth_date"))) == (True, "1980-05-06")


def test_somebody_who_writes_at_the_same_moment_makes_the_chunk_begin_again(reviewer, monkeypatch):
    person, card = somebody()
    heads_of, interfered = history.heads_of, []

    def heads(files):
        files = list(files)
        found = heads_of(files)
        if not interfered and person.file in files:
            interfered.append(True)
            people.record_facts(reviewer.actor, person, {INSURED: False}, source="document", evidence="证明")
        return found

    monkeypatch.setattr(history, "heads_of", heads)
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert interfered
    assert len(outcomes(batch)) == 1
    assert Fact.objects.unscoped().filter(batch=batch, name=INSURED).count() == 1
    # What was written in between went with the chunk that began again: here both are one transaction.
    assert not Fact.objects.unscoped().filter(name=INSURED, source="document").exists()
    assert chain_holds()


def test_second_run_of_a_batch_stops_where_another_has_gone_on(reviewer, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    cards = [somebody()[1] for _ in range(3)]
    batch = uploaded(
        reviewer, "social_insurance", insurance(*((card, "在缴", "单位职工") for card in cards)), dry=False
    )

    def somebody_else_goes_on(done, _total):
        ImportBatch.objects.unscoped().filter(pk=batch.pk).update(done=done + 1)

    with pytest.raises(running.Elsewhere):
        running.run(batch.pk, recording.work_for, somebody_else_goes_on)
    assert len(outcomes(batch)) == 1
