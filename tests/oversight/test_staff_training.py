"""业务培训 (五(二)): questions from the policy and its cases, due again once the policy changes."""

import pytest

from jiuyuan.oversight import staff_training_workflow, trained
from jiuyuan.oversight.staff_training_workflow import STAFF_TRAINING, OfTraining, questions
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput
from jiuyuan.regions import policy_questions, registry
from jiuyuan.regions.policy_questions import questions_of, version_of
from tests.factories import OTHER_PLATFORM, staff
from tests.oversight.training import answered, right_answers

pytestmark = pytest.mark.django_db
POLICY = registry.home().policies[-1].code


def test_the_questions_come_from_the_cases_of_the_policy_and_ask_about_every_kind_of_clause():
    every = questions_of(POLICY)
    assert len(every) > 80
    assert {one.answer for one in every} == {"yes", "no", "open"}
    clauses = {clause.clause for clause in registry.policy(POLICY).clauses}
    assert len({one.clause for one in every}) > 0.8 * len(clauses)
    for one in every:
        assert one.facts
        assert not any(hole in " ".join((*one.facts, one.reason)) for hole in ("None", "True", "False", "{"))
    twice = "、".join(every[0].facts)
    assert "2010年3月2日" in twice


def test_who_answers_eight_of_ten_has_passed_and_who_answers_seven_gets_others():
    clerk = staff("clerk")
    assert trained.is_due(clerk)
    first = OfTraining(None, clerk).drawn()
    assert OfTraining(None, clerk).drawn() == first
    assert (answered(clerk, wrong=3).status, trained.is_due(clerk)) == ("failed", True)
    assert OfTraining(None, clerk).drawn() != first
    done = answered(clerk, wrong=2)
    assert (done.status, done.right, trained.is_due(clerk)) == ("passed", 8, False)


@pytest.mark.parametrize("given", [[], ["yes"], ["perhaps"] * 10, ["yes"] * 11, "yes"])
def test_a_question_left_out_is_named_and_nothing_is_kept(given):
    with pytest.raises(BadInput) as refusal:
        engine.act(staff("clerk"), STAFF_TRAINING, None, "take_course", {"answers": given})
    assert [name for name, _ in refusal.value.errors] == ["answers"]


def test_it_is_due_again_once_the_policy_says_something_else(monkeypatch):
    clerk, supervisor = staff("clerk"), staff("supervisor")
    elsewhere = staff("clerk", at=OTHER_PLATFORM)
    answered(clerk)
    rows = {one.user: one for one in trained.staff_of(supervisor)}
    assert rows[clerk].passed_on is not None
    assert rows[supervisor].passed_on is None
    assert elsewhere not in rows
    version = version_of(POLICY)
    less = questions_of(POLICY)[:-1]
    monkeypatch.setattr(policy_questions, "questions_of", lambda code: less)
    policy_questions.version_of.cache_clear()
    try:
        assert version_of(POLICY) != version
        assert trained.is_due(clerk)
        again = {one.user: one for one in trained.staff_of(supervisor)}[clerk]
        assert (again.passed_on, again.before) == (None, rows[clerk].passed_on)
    finally:
        policy_questions.version_of.cache_clear()


def test_on_the_desk_what_was_chosen_stays_and_the_answers_come_with_their_clause(log_in):
    clerk = staff("clerk")
    client = log_in(clerk)
    context = OfTraining(None, clerk)
    places = context.drawn()
    page = client.get("/desk/today/").content.decode()
    assert "现在的政策还没有学过" in page
    first = {f"answer-{places[0]}": "open"}
    response = client.post("/desk/policy-course/", first)
    assert response.status_code == 422
    assert "第2" in response.content.decode()
    assert 'value="open" checked' in response.content.decode()
    said = {f"answer-{place}": answer for place, answer in zip(places, right_answers(clerk), strict=True)}
    shown = client.post("/desk/policy-course/", said, follow=True).content.decode()
    for one in questions(context.policy, places):
        assert one.clause in shown
        assert one.reason in shown
    assert "现在的政策还没有学过" not in client.get("/desk/today/").content.decode()
    listed = log_in(staff("supervisor")).get("/desk/policy-course/staff/").content.decode()
    assert clerk.name in listed
    assert staff_training_workflow.STAFF_TRAINING.things == "staff_trainings"
