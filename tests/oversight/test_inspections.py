"""Inspections (五(三)): what is drawn nobody could know, everybody can draw it again, and what was found is answered."""

from collections import Counter
from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Role
from jiuyuan.history.models import Digest, Entry
from jiuyuan.history.sealing import seal
from jiuyuan.oversight import nightly, populations, queries, replay
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.inspection_workflow import INSPECTION, certificate
from jiuyuan.oversight.models import Inspection, InspectionFinding, Population
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, OwnMatter
from jiuyuan.rules import calendar, draw
from tests.factories import COUNTY, PLATFORM, staff
from tests.oversight.inspections import (
    ANSWERED,
    a_finding,
    an_inspection,
    answered_finding,
    checked,
    drawn,
)
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def test_a_draw_waits_for_the_seal_of_the_night_and_anybody_can_repeat_it(tmp_path):
    supervisor = staff(Role.SUPERVISOR)
    seal(clock.today(), tmp_path / "digests.jsonl")  # a seal that was known beforehand decides nothing
    inspection = an_inspection(supervisor, of=4, size=2, strata="office")
    assert nightly.draw_inspections(clock.today()) == 0
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(supervisor, INSPECTION, inspection.pk, "draw")
    assert refusal.value.code == "not_sealed"
    digest = seal(clock.today(), tmp_path / "digests.jsonl")
    seal(clock.today(), tmp_path / "digests.jsonl")
    assert nightly.draw_inspections(clock.today()) == 1
    inspection = Inspection.objects.unscoped().get(pk=inspection.pk)
    assert (inspection.status, inspection.seal, inspection.sealed_on) == ("drawn", digest.hash, clock.today())
    first = [key for key, _, _ in inspection.population.drawn]

    content = draw.read(certificate(inspection))
    assert (list(draw.differences(content)), content["drawn"]) == ([], first)
    one_more = {**content, "population": {**content["population"], "ffff": PLATFORM}}
    assert "总体与封存时不一样" in next(draw.differences(one_more))

    wider = engine.act(supervisor, INSPECTION, inspection.pk, "widen", {"size": 3})
    assert [key for key, _, _ in wider.population.drawn][:2] == first
    for size in (2, 3, 5):
        with pytest.raises(BadInput):
            engine.act(supervisor, INSPECTION, inspection.pk, "widen", {"size": size})
    engine.act(supervisor, INSPECTION, inspection.pk, "drop", {"conclusion": "范围选错了。"})
    acts = list(Entry.objects.of(inspection.file).order_by("seq").values_list("action", flat=True))
    assert acts == ["inspection_opened", "inspection_drawn", "inspection_widened", "inspection_dropped"]
    assert Entry.objects.of(inspection.file).get(action="inspection_drawn").payload["keys"] == first


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"period": "2019"}, "period"),  # an inspection of nobody
        ({"kind": "posts"}, "period"),
        ({"period": "2026-13"}, "period"),
        ({"period": "9999"}, "period"),
        ({"period": "2026-00"}, "period"),
        ({"size": None}, "rate"),
        ({"rate": 5}, "rate"),
        ({"rate": 0, "size": None}, "rate"),
        ({"size": 2}, "size"),
        ({"scope": "2202"}, "scope"),
        ({"scope": "22"}, "scope"),
    ],
)
def test_an_inspection_names_somebody_whom_it_is_about(said, field):
    on_the_register()
    with pytest.raises(BadInput) as refusal:
        an_inspection(**said)
    assert [name for name, _ in refusal.value.errors] == [field]
    assert not Inspection.objects.unscoped().exists()


def test_periods_are_months_quarters_and_years():
    assert populations.days_of("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert populations.days_of("2026-Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert populations.days_of("2024") == (date(2024, 1, 1), date(2024, 12, 31))


def test_a_draw_of_a_population_that_was_changed_is_refused():
    inspection = an_inspection(rate=100, size=None)
    Digest.objects.create(day=clock.today(), last_entry=10**9, entries=0, files=0, previous="0" * 64, hash="a" * 64)
    kept = Population.objects.unscoped().get(inspection=inspection)
    kept.content = Population.packed([*kept.rows, ("ffff", "", kept.rows[0][2])])
    kept.save()
    assert nightly.draw_inspections(clock.today()) == 0
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(staff(Role.SUPERVISOR), INSPECTION, inspection.pk, "draw")
    assert inspection.sha256 in refusal.value.title


def test_a_case_is_looked_into_once_in_words_and_by_nobody_whose_own_it_is():
    inspection = drawn()
    for said in ({"place": 2}, {"in_order": ["conditions"], "words": ""}, {"in_order": ["heard"]}):
        with pytest.raises(BadInput):
            checked(inspection, **said)
    [_, _, pk] = inspection.population.drawn[0]
    person = populations.model_of("recognitions").objects.unscoped().get(pk=pk).person
    with pytest.raises(OwnMatter):
        checked(inspection, by=staff(Role.SUPERVISOR, id_index=person.id_index))
    case = checked(inspection)
    with pytest.raises(BadInput):
        checked(inspection)
    every = [code for code, _ in populations.CHECKLISTS["recognitions"]]
    case = engine.act(staff(Role.SUPERVISOR), INSPECTED_CASE, case.pk, "check_again", {"in_order": every})
    assert (case.in_order, case.words) == (every, "")
    done = engine.act(staff(Role.SUPERVISOR), INSPECTION, inspection.pk, "close", {"conclusion": "没有问题。"})
    assert done.status == "closed"


def test_the_head_of_the_office_answers_and_silence_of_the_inspectors_accepts():
    supervisor, clerk = staff(Role.SUPERVISOR), staff(Role.CLERK, name="钱所长")
    finding = a_finding(by=supervisor)
    Agency.objects.filter(code=PLATFORM).update(responsible="钱所长")
    assert [queries.findings_waiting(user) for user in (clerk, supervisor)] == [1, 0]
    for user in (staff(Role.CLERK, name="赵小明"), staff(Role.REVIEWER)):
        with pytest.raises(NotForRole):
            engine.act(user, FINDING, finding.pk, "answer", ANSWERED)
    finding = engine.act(clerk, FINDING, finding.pk, "answer", ANSWERED)
    assert (finding.answered_for, finding.review_by) == ("钱所长", calendar.add_workdays(clock.today(), 5).day)
    assert [queries.findings_waiting(user) for user in (clerk, supervisor)] == [0, 1]
    assert nightly.accept_in_silence(finding.review_by) == 0
    assert nightly.accept_in_silence(finding.review_by + timedelta(days=1)) == 1
    finding.refresh_from_db()
    assert (finding.status, finding.in_silence) == ("closed", True)


def test_an_office_whose_head_has_no_account_enters_what_the_head_signed_and_others_decide():
    finding = answered_finding()
    assert finding.answered_for == "所长"
    with pytest.raises(NotForRole):
        engine.act(staff(Role.PROVINCE), FINDING, finding.pk, "confirm", {"opinion": "没有改。"})
    inspection = finding.inspected.inspection
    confirmed = engine.act(staff(Role.SUPERVISOR), FINDING, finding.pk, "confirm", {"opinion": "没有改。"})
    with pytest.raises(GuardNotMet):
        engine.act(staff(Role.SUPERVISOR), INSPECTION, inspection.pk, "close", {"conclusion": "有一个问题。"})
    assert engine.act(staff(Role.SUPERVISOR), FINDING, confirmed.pk, "close").status == "closed"
    with pytest.raises(BadInput) as refusal:
        a_finding(finding.inspected, to=COUNTY, silence_days=61)
    assert [name for name, _ in refusal.value.errors] == ["silence_days"]
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    InspectionFinding.objects.unscoped().filter(pk=finding.pk).update(answer="改过的答复")
    assert len(list(replay.verify_state(lambda done: None, Counter()))) == 1


def test_cases_are_drawn_from_the_kind_that_was_asked_for():
    stay = on_the_register()
    everything = {
        kind: populations.frozen(kind, strata, stay.agency, date(2020, 1, 1), date(2030, 1, 1))
        for kind, strata in (("recognitions", "category"), ("exits", ""), ("refusals", "category"), ("posts", "office"))
    }
    assert {kind: len(rows) for kind, rows in everything.items()} == {
        "recognitions": 1, "exits": 0, "refusals": 0, "posts": 0,
    }  # fmt: skip
    [(key, stratum, pk)] = everything["recognitions"]
    assert (len(key), stratum, pk) == (24, stay.category, stay.pk)
