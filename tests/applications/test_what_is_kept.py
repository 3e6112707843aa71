"""Decisions that answer the same years later, a chained history for each case, and two clerks on one case."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from jiuyuan.applications import printed_form, services
from jiuyuan.applications.models import Batch, Decision, Opinion
from jiuyuan.applications.workflow import APPLICATION, report_batch
from jiuyuan.history import sealing
from jiuyuan.history.models import Entry
from jiuyuan.procedures import engine
from jiuyuan.refusals import Conflict, Refusal, WrongState
from jiuyuan.regions import registry
from tests.factories import SAID, a_case, act, again, an_applicant, found_out, seen_by, staff
from tests.jobs import work
from tests.printing.paper import said_by_seal


def run_again(decision):
    rules = registry.policy(decision.policy)
    return rules.decide(rules.parse(decision.facts)).as_json()


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["publishing", "recognised", "returned", "rejected"])
def test_a_decision_answers_the_same_when_it_is_run_again_years_later(status, today):
    case = a_case(status)
    kept = list(Decision.objects.unscoped().filter(application=case))
    assert kept
    today("2036-03-02")
    for decision in kept:
        assert decision.facts["as_of"] == decision.as_of.isoformat()
        assert run_again(decision) == decision.answer


@pytest.mark.django_db
def test_a_decision_keeps_the_minimum_wage_it_was_made_with_and_where_that_comes_from():
    applicant = an_applicant(facts={"income_stable": True, "monthly_income": 900})
    case = a_case("publishing", applicant)
    [decision] = Decision.objects.unscoped().filter(application=case)
    wage = decision.parameters["local_minimum_wage"]
    assert wage["value"] > 900
    assert "吉政函" in wage["source"]
    assert wage["place"]
    assert run_again(decision) == decision.answer


@pytest.mark.django_db
def test_facts_that_come_later_do_not_change_a_decision_that_was_made():
    clerk = staff("clerk")
    case = a_case("publishing", clerk=clerk)
    [decision] = Decision.objects.unscoped().filter(application=case)
    services.save(clerk, case.number, facts={"wants_work": False}, source="site_visit", evidence="入户")
    assert Decision.objects.unscoped().get(pk=decision.pk).answer["outcome"] == "eligible"
    assert seen_by(clerk, case).decision.outcome != "eligible"


@pytest.mark.django_db
def test_a_closed_case_shows_the_decision_of_its_day(today):
    case = a_case("recognised")
    today("2060-03-02")
    assert seen_by(None, case).answer["outcome"] == "eligible"
    assert seen_by(None, case).decision.outcome == "ineligible"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("draft", ["create"]),
        ("recognised", ["create", "material", "material", "submit", "accept", *["facts"] * 5, "first_review_pass",
                        "endorse", "report", "recognise"]),
    ],
)  # fmt: skip
def test_each_act_is_one_link_of_the_cases_chain(status, acts):
    case = a_case(status)
    entries = list(Entry.objects.unscoped().filter(file=case.file).order_by("seq"))
    assert [entry.action for entry in entries] == acts
    assert [entry.seq for entry in entries] == list(range(1, len(acts) + 1))
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert list(sealing.verify()) == []


@pytest.mark.django_db
def test_the_record_says_who_did_what_for_whom_and_holds_no_whole_number():
    clerk, applicant = staff("clerk"), an_applicant()
    case = a_case("accepted", applicant, clerk=clerk)
    found_out(clerk, case, business_registered=True)
    said = {"clauses": ["business"], "reason": f"{applicant.id_number}名下有企业"}
    engine.act(clerk, APPLICATION, case.number, "first_review_fail", said)
    entry = Entry.objects.unscoped().filter(file=case.file).order_by("-seq").first()
    assert (entry.actor, entry.role, entry.agency) == (clerk.username, "clerk", clerk.agency.name)
    assert entry.area == case.area
    assert entry.payload["to"] == "rejected"
    everything = str(list(Entry.objects.unscoped().values_list("payload", flat=True)))
    assert applicant.id_number not in everything
    assert applicant.phone not in everything


@pytest.mark.django_db
def test_what_somebody_who_objects_says_of_themselves_is_not_in_the_record_for_ever():
    case = a_case("publishing")
    act(staff("clerk"), case, "object", ground="他在开店", name="老赵", contact="13912345678")
    entry = Entry.objects.unscoped().filter(file=case.file).order_by("-seq").first()
    assert (entry.actor, entry.action) == ("public", "object")
    assert "老赵" not in str(entry.payload)


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_trace():
    case = a_case("publishing")
    before = (again(case).version, Entry.objects.unscoped().count(), Opinion.objects.unscoped().count())
    with pytest.raises(Refusal):
        act(staff("clerk"), case, "endorse")
    assert (again(case).version, Entry.objects.unscoped().count(), Opinion.objects.unscoped().count()) == before


@pytest.mark.django_db
def test_every_act_makes_a_new_version_and_an_older_one_is_refused():
    clerk = staff("clerk")
    case = a_case("submitted", clerk=clerk)
    accepted = engine.act(clerk, APPLICATION, case.number, "accept", version=case.version)
    assert accepted.version == case.version + 1
    with pytest.raises(Conflict, match="刚刚被别人改动"):
        services.save(clerk, case.number, facts={"wants_work": False}, source="declared", version=case.version)
    visited = services.save(
        clerk, case.number, facts={"wants_work": False}, source="site_visit", evidence="入户", version=accepted.version
    )
    assert visited.version == accepted.version + 1


@pytest.mark.django_db
def test_cases_reported_together_stand_in_one_numbered_batch():
    clerk = staff("clerk")
    cases = [a_case("endorsed", clerk=clerk) for _ in range(3)]
    batch = report_batch(clerk, [case.number for case in cases] + [cases[0].number])
    assert batch.number == f"B220102001-2026-{batch.pk:05d}"
    assert {again(case).batch_id for case in cases} == {batch.pk}
    assert {again(case).status for case in cases} == {"reported"}


@pytest.mark.django_db
def test_a_batch_with_one_case_that_is_not_ready_is_not_made():
    clerk = staff("clerk")
    ready, other = a_case("endorsed", clerk=clerk), a_case("accepted", clerk=clerk)
    with pytest.raises(WrongState):
        report_batch(clerk, [ready.number, other.number])
    assert again(ready).status == "endorsed"
    assert not Batch.objects.unscoped().exists()


@pytest.mark.django_db
def test_the_database_refuses_a_change_to_the_record():
    case = a_case("draft")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.unscoped().filter(file=case.file).update(action="nothing")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "office", "words"),
    [
        ("endorsed", "platform", "公示无异议，同意上报"),
        ("recognised", "county", "符合条件，同意认定"),
        ("recognised", "platform", "公示无异议，同意上报"),
        ("returned", "county", "解除劳动关系的日期与社保记录不符"),
        ("rejected", "platform", "失业登记已注销"),
    ],
)
def test_opinions_and_reasons_stand_on_the_form_under_the_seal(status, office, words):
    case = seen_by(None, a_case(status))
    work("seal_form")  # as the worker does
    pdf = printed_form.form_pdf(case)
    assert words in said_by_seal(pdf, office)


def at_once(acts):
    """Run each in a thread and connection of its own; what it answered, or the refusal."""

    def run(one):
        try:
            return one()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_two_clerks_on_one_case_at_once_one_acts_and_the_other_is_told():
    case = a_case("submitted")
    clerks = [staff("clerk"), staff("clerk")]
    answers = at_once(
        [
            lambda: engine.act(clerks[0], APPLICATION, case.number, "accept", version=case.version),
            lambda: engine.act(clerks[1], APPLICATION, case.number, "decline", SAID["decline"], version=case.version),
        ]
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict | WrongState)
    assert again(case).version == case.version + 1
    assert Entry.objects.unscoped().filter(file=case.file, action__in=("accept", "decline")).count() == 1
    assert list(sealing.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_many_acts_in_one_file_at_once_leave_one_unbroken_chain():
    case = a_case("accepted")
    clerks = [staff("clerk") for _ in range(4)]
    answers = at_once(
        [
            lambda clerk=clerk, day=day: services.save(
                clerk, case.number, facts={"unemployed_since": f"2025-06-{day:02d}"}, source="document", evidence="证明"
            )
            for day, clerk in enumerate(clerks, 10)
        ]
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert again(case).version == case.version + 4
    assert list(sealing.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_recognise_one_case_at_once_and_there_is_one_recognition():
    case = a_case("reported")
    reviewers = [staff("reviewer"), staff("reviewer")]
    answers = at_once([lambda who=who: act(who, case, "recognise") for who in reviewers])
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    assert case.person.recognitions.count() == 1
