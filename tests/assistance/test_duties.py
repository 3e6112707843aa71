"""What is due: on the list if and only if its condition holds, today and as of days that are over, and settled by acts alone."""

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.services import issue_token
from jiuyuan.api import paging
from jiuyuan.assistance import duties, duty_index, nightly, offer_counts
from jiuyuan.assistance.due_today import OpenToday
from jiuyuan.assistance.duty import AHEAD, AsOf
from jiuyuan.assistance.duty_documents import document
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, FollowUpOf, key_of
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import (
    DutyCount,
    Interview,
    JobOffer,
    Measure,
    OpenDuty,
    Plan,
    ServiceRefusal,
    SettledOtherwise,
    Vacancy,
)
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.otherwise_workflow import OTHERWISE
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.cli import CannotStart
from jiuyuan.commands import duties as command
from jiuyuan.people.models import Fact
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, Refusal
from jiuyuan.rules.facts import FACTS
from tests.api.program import Program
from tests.assistance.offers import a_fitting_vacancy, a_plan_with_vacancies
from tests.assistance.plans import content, held
from tests.assistance.posts import a_post, placed
from tests.examples import THOROUGH
from tests.factories import OTHER_PLATFORM, does, move_to, staff
from tests.procedures.test_documents import ROOT
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db
WISHES = {"occupations": ["养老护理员"], "divisions": ["长春市南关区"], "hours": "full", "lowest_pay": 2500}
settle = does(OTHERWISE, "settle_otherwise")


def standing(user, day):
    """What the list says: every duty with the keys of its rows, as of the end of a day."""
    return {(duty.code, pk) for duty in duties.DUTIES for pk in duty.open(AsOf(user, day)).values_list("pk", flat=True)}


def shown(user):
    """What the pages of today show: every duty with the keys of its rows and their number, the first of them as the list begins."""
    now = OpenToday(user)
    soonest = now.soonest(8)
    for duty in duties.DUTIES:
        rows, due = now.page(duty, 0, 1_000), list(duties.due(user, duty, clock.today()))
        assert now.counts[duty.code] == len(rows), duty.code
        days = [(one.on, one.row.pk, one.what) for one in soonest[duty.code]]
        assert days == sorted((one.on, one.row.pk, one.what) for one in due)[:8], duty.code
        yield from ((duty.code, one.row.pk) for one in rows)


def conditions(today):
    """The same by states alone, row by row in Python: how each duty is put into words."""
    soon, ages = (
        today + timedelta(days=AHEAD),
        {f.name for f in FACTS.values() if f.recordable and not f.lasting and not f.act},
    )
    for stay in Recognition.objects.unscoped().filter(status="active"):
        talked = any(one.status == "held" for one in Interview.objects.unscoped().filter(recognition=stay))
        plan = Plan.objects.unscoped().filter(recognition=stay, status__in=["draft", "active"]).first()
        if not talked:
            yield "interview", stay.pk
        if talked and plan is None:
            yield "plan", stay.pk
        if plan and plan.status == "draft":
            yield "agree", plan.pk
        if plan and plan.status == "active":
            if offer_counts.offered(plan, today).still_needed:
                yield "offer", plan.pk
            if plan.next_on and plan.next_on <= soon:
                yield "review", plan.pk
            for measure in Measure.objects.unscoped().filter(plan=plan, status__in=["planned", "under_way"]):
                if measure.due_on <= soon:
                    yield "measure", measure.pk
        if stay.recognised_on + timedelta(days=180) <= soon:
            yield "visit", stay.pk
            facts = Fact.objects.unscoped().filter(person=stay.person, superseded_by=None, withdrawn_at=None)
            newest = {}
            for fact in facts.filter(name__in=ages, value__isnull=False):
                newest[fact.name] = max(fact.observed_on, newest.get(fact.name, fact.observed_on))
            if any(day + timedelta(days=180) <= soon for day in newest.values()):
                yield "old_facts", stay.pk
        for offer in JobOffer.objects.unscoped().filter(recognition=stay):
            if offer.status == "given":
                yield "answer", offer.pk
            if offer.status in ("interested", "applied"):
                yield "outcome", offer.pk
        for refusal in ServiceRefusal.objects.unscoped().filter(recognition=stay):
            if refusal.status == "noted":
                yield "tell_refusal", refusal.pk
            if refusal.status in ("told", "answered"):
                yield "decide_refusal", refusal.pk
    for offer in JobOffer.objects.unscoped().filter(status="taken_on"):
        if offer.recognition.status == "active" and offer.begins_on <= today:
            yield "verify_work", offer.pk
        step = FollowUpOf(offer, None).step
        if step and step[1] <= soon:
            yield "follow_up", offer.pk
    for vacancy in Vacancy.objects.unscoped().filter(status="open"):
        if vacancy.last_found_right() + timedelta(days=30) <= today:
            yield "confirm_vacancy", vacancy.pk


def expected(today):
    said = SettledOtherwise.objects.unscoped()
    gone = {(one.duty, one.row) for one in said if one.again_on is None or one.again_on > today}
    open_still = set(conditions(today)) - gone
    return {(code, row) for code, row in open_still if code != "old_facts" or ("visit", row) not in open_still}


class Walk:
    """Random acts on two people, by a clerk and two reviewers; what the tables refuse at that moment is left."""

    def __init__(self, seed):
        self.random, self.clerk = Random(seed), staff("clerk")
        self.reviewers = [staff("reviewer"), staff("reviewer")]
        self.stays = [on_the_register(), on_the_register()]
        until = clock.today() + timedelta(days=400)
        self.vacancies = [
            a_fitting_vacancy(self.clerk, title, number=9, valid_until=until)
            for title in ("护理员", "护工", "陪护员", "助老员")
        ]

    def any_of(self, model, *final):
        """One that still moves, where there is one."""
        rows = list(model.objects.unscoped().exclude(status__in=final).order_by("pk"))
        return self.random.choice(rows) if rows else None

    def act(self):
        clerk, today, pick = self.clerk, clock.today(), self.random.choice
        stay, plan, offer = (
            pick(self.stays),
            self.any_of(Plan, "replaced", "ended"),
            self.any_of(JobOffer, "declined", "silent", "not_taken_on"),
        )
        refusal, measure = self.any_of(ServiceRefusal, "excused"), self.any_of(Measure, "done", "dropped")
        soon = today + timedelta(days=20)
        measures = [
            {"kind": kind, "what": "照计划办", "due_on": soon} for kind in ("vacancies", "training", "guidance")
        ]
        acts = [
            (
                clerk,
                INTERVIEW,
                stay,
                "interview",
                {"on": today, "means": "phone", "ability": ["skills"], "wishes": WISHES},
            ),
            (clerk, PLAN, stay, "plan", content(clerk, measures=measures)),
            (clerk, PLAN, plan, "agree", {"how": "signed"}),
            (clerk, PLAN, plan, "review", {"result": "照旧。", "next_on": today + timedelta(days=pick([5, 30]))}),
            (clerk, MEASURE, measure, "finish", {"result": "做完了。"}),
            (clerk, OFFER, offer, "applied", {}),
            (clerk, OFFER, offer, "not_taken_on", {"reason": "招满了。"}),
            (clerk, REFUSAL, refusal, "tell", {"how": "电话", "proof": "通话记录"}),
            (clerk, REFUSAL, refusal, "respond", {"words": "太累。"}),
            (self.reviewers[0], REFUSAL, refusal, "count", {"ground": "核对过。"}),
        ]
        if refusal and refusal.status != "counted":
            acts.append((self.reviewers[1], REFUSAL, refusal, "excuse", {"ground": "属实。"}))
        for means in ("counter", "letter"):
            acts.append((clerk, OFFER, plan, "offer", {"vacancy": pick(self.vacancies).pk, "means": means}))
        for answer in ("interested", "declined", "declined", "no_answer"):
            more = {"reason": "other", "words": "不想去。"} if answer == "declined" else {}
            acts.append((clerk, OFFER, offer, "answer", {"answer": answer, **more}))
        if self.random.random() < 0.15:
            acts += [
                (clerk, PLAN, plan, "replace", content(clerk, measures=measures)),
                (clerk, MEASURE, measure, "drop", {"reason": "不做了。"}),
                (clerk, OFFER, offer, "taken_on", {"from": today}),
                (clerk, PLAN, plan, "end", {"result": "到此为止。"}),
                (clerk, FOLLOW_UP, offer, "follow_up", {"on": today, "means": "phone", "working": pick([True, False])}),
            ]
            duty, row = pick(sorted(standing(clerk, today)) or [("", 0)])
            if duty and duties.BY_CODE[duty].otherwise:
                acts = [
                    (clerk, OTHERWISE, stay, "settle_otherwise", {"duty": duty, "item": row, "note": "打电话谈过。"})
                ]
        for by, workflow, row, action, said in self.random.sample(acts, len(acts)):
            if row is not None:
                with suppress(Refusal):
                    engine.act(by, workflow, key_of(row) if workflow is FOLLOW_UP else row.pk, action, said)
                    return

    def night(self):
        move_to(clock.today() + timedelta(days=self.random.choice([1, 2, 3, 4, 30])))
        nightly.end_unanswered_offers(clock.today())
        nightly.end_plans(clock.today())


@pytest.mark.parametrize("seed", range(8) if THOROUGH else [1])
def test_duty_is_on_the_list_if_and_only_if_its_condition_holds_today_and_as_of_every_day_that_is_over(seed):
    walk, then, seen = Walk(seed), {}, set()
    for turn in range(16):
        for _ in range(4 if turn else 0):
            walk.act()
        if turn == 12:
            struck_off(walk.stays[0], "imprisoned", walk.reviewers[0])
        today = clock.today()
        found = standing(walk.clerk, today)
        if walk.random.random() < 0.6:
            duty_index.keep_up()
            assert list(duty_index.faults()) == []
            for _ in range(3):
                walk.act()
            found = standing(walk.clerk, today)
        assert found == expected(today) == set(shown(walk.clerk)), today
        then[today] = {(code, pk) for code, pk in found if duties.BY_CODE[code].past}
        seen |= {code for code, _ in found}
        walk.night()
    assert {day: standing(walk.clerk, day) for day in then} == then
    assert (
        standing(staff("clerk", at=OTHER_PLATFORM), clock.today())
        == set(shown(staff("clerk", at=OTHER_PLATFORM)))
        == set()
    )
    of_acts = {"interview", "plan", "agree", "offer", "answer", "outcome", "tell_refusal", "decide_refusal", "measure"}
    assert len(of_acts & seen) >= 8


def test_night_puts_right_what_the_index_had_otherwise_and_says_how_much():
    stays = [on_the_register(), on_the_register()]
    duty_index.keep_up()
    assert nightly.put_duties_right(clock.today()) == 0
    OpenDuty.objects.filter(row=stays[0].pk).delete()
    DutyCount.objects.update(many=9)
    assert ["访谈" in fault for fault in duty_index.faults()] == [True]
    assert nightly.put_duties_right(clock.today()) == 1
    assert OpenToday(staff("clerk")).counts["interview"] == 2
    assert list(duty_index.faults()) == []


def test_duty_settled_otherwise_needs_a_note_and_comes_back_when_its_time_comes_again(log_in):
    clerk, stay = staff("clerk"), on_the_register()
    move_to(clock.today() + timedelta(days=9))
    with pytest.raises(BadInput, match="改正"):
        settle(clerk, stay.pk, duty="visit", item=stay.pk, note="还没到期。")
    with pytest.raises(BadInput):
        settle(clerk, stay.pk, duty="decide_refusal", item=stay.pk, note="这一项要由复核人决定。")
    with pytest.raises(BadInput):
        settle(clerk, stay.pk, duty="interview", item=on_the_register().pk, note="这是别人的。")
    desk, where = log_in(clerk), reverse("desk:help_act", args=[stay.pk, "duty", "settle_otherwise", 0])
    linked = f"{where}?duty=interview&amp;item={stay.pk}"
    assert linked in desk.get(reverse("desk:today")).content.decode()
    sent = {"version": stay.version, "duty": "interview", "item": stay.pk}
    assert desk.post(where, sent).status_code == 422
    assert desk.post(where, {**sent, "note": "上门时谈过，写在纸上。"}).status_code == 302
    assert ("interview", stay.pk) not in standing(clerk, clock.today())
    assert ("interview", stay.pk) in standing(clerk, clock.today() - timedelta(days=1))
    move_to(stay.recognised_on + timedelta(days=180))
    done = Program(issue_token(clerk)).post(
        f"/recognitions/{stay.pk}/duties",
        {"version": stay.version, "duty": "visit", "item": stay.pk, "note": "在医院见过。"},
    )
    assert (done.status_code, done.json()["status"]) == (201, "settled")
    assert ("visit", stay.pk) not in standing(clerk, clock.today() + timedelta(days=170))
    [again] = [
        one.on
        for one in duties.due(clerk, duties.BY_CODE["visit"], clock.today() + timedelta(days=180))
        if one.row == stay
    ]
    assert again == clock.today() + timedelta(days=180)


def test_programs_read_what_is_due_in_the_one_shape_page_by_page(monkeypatch):
    monkeypatch.setattr(paging, "SIZE", 2)
    clerk, stays = staff("clerk"), [on_the_register() for _ in range(3)]
    held(clerk, stays[0])
    program, soon = Program(issue_token(clerk)), clock.today() + timedelta(days=40)
    assert program.get("/duties").json()["items"] == [], "nothing within a week"
    items, cursor = [], ""
    while cursor is not None:
        answer = program.get("/duties", due_by=soon, cursor=cursor).json()
        assert len(answer["items"]) <= 2
        items, cursor = items + answer["items"], answer["next"]
    assert [(one["duty"], one["item"], one["status"]) for one in items] == [
        ("interview", stays[1].pk, "due"), ("interview", stays[2].pk, "due"), ("plan", stays[0].pk, "due"),
    ]  # fmt: skip
    assert items[0]["actions"] == ["interview", "complete"]
    assert items[0]["things"] == "recognitions"
    assert items[0]["clause"] == "四(一)"
    [one] = program.get("/duties", due_by=soon, recognition=stays[0].pk).json()["items"]
    assert one["id"] == f"plan-{stays[0].pk}"
    assert one["due_on"] <= str(soon)
    assert (
        Program(issue_token(staff("reviewer"))).get("/duties", due_by=soon, duty="plan").json()["items"][0]["actions"]
        == []
    )
    assert program.get("/duties", due_by=soon, cursor="x").status_code == 422
    assert program.get("/duties", duty="none").status_code == 422


def test_what_other_limits_would_cause_is_tried_on_the_register_and_changes_nothing():
    clerk, _ = staff("clerk"), staff("clerk")
    for _ in range(3):
        on_the_register()
    duty, reviewer = duties.BY_CODE["interview"], staff("reviewer")
    before = list(duties.due(clerk, duty, clock.today()))
    assert duties.tried(reviewer, duty, clock.today()).due == 0
    clerks = duties.tried(reviewer, duty, clock.today()).clerks
    tried = duties.tried(reviewer, duty, clock.today(), {"needs_due_days": 0})
    assert (tried.due, tried.clerks >= 2) == (3, True)
    assert "今天会产生3条" in tried.in_words
    assert f"能办的有{clerks}人，今天每人{-(-3 // clerks)}条" in tried.in_words
    assert list(duties.due(clerk, duty, clock.today())) == before
    assert command._limits(["needs_due_days=5"]) == {"needs_due_days": 5}
    for wrong in ("needs_due_days=²", f"needs_due_days={'9' * 5000}", "needs_due_days=99999999999"):
        with pytest.raises(CannotStart):
            command._limits([wrong])


def test_table_of_duties_is_what_the_document_says_and_every_row_names_acts_that_people_do():
    assert (ROOT / "docs/duties.md").read_text("utf-8") == document(), "jiuyuan duties > docs/duties.md"
    for duty in duties.DUTIES:
        acts = WORKFLOWS[duty.workflow].of().by_action
        assert acts[duty.settles[0]].roles, duty.code
        assert acts[duty.settles[0]].clause, duty.code
        assert set(duty.settles) <= set(acts), duty.code


def test_list_of_a_day_that_is_over_is_shown_as_it_stood_and_offers_no_buttons(log_in):
    clerk, stay = staff("clerk"), on_the_register()
    move_to(clock.today() + timedelta(days=14))
    day = clock.today()
    move_to(day + timedelta(days=1))
    a_plan_with_vacancies(clerk, stay)
    past = log_in(clerk).get(reverse("desk:today"), {"on": day})
    [section] = [one for one in past.context["found"] if one.label == "访谈"]
    assert [(row["about"], row["button"]) for row in section.rows] == [(stay.person.name, None)]
    assert not any(one.label == "访谈" for one in log_in(clerk).get(reverse("desk:today")).context["found"])


def test_posts_and_placements_stand_on_the_list_of_who_settles_them_and_buttons_lead_to_the_acts(log_in):
    clerk, reviewer = staff("clerk"), staff("reviewer")
    post = a_post(clerk, "requested", title="保洁员")
    placement = placed(clerk)
    move_to(placement.until - timedelta(days=40))
    assert {("approve_post", post.pk)} <= standing(reviewer, clock.today())
    [ends] = duties.due(clerk, duties.BY_CODE["end_of_post"], clock.today())
    assert (ends.row, ends.on) == (placement, placement.until)
    assert ("attendance", placement.pk) in standing(clerk, clock.today())
    found = {one.label: one for one in log_in(reviewer).get(reverse("desk:today")).context["found"]}
    assert found["审批公益性岗位"].rows[0]["button"]["url"] == reverse("desk:post_act", args=[post.pk, "approve"])
    assert found["公益性岗位期满"].rows[0]["button"] is None
    found = {one.label: one for one in log_in(clerk).get(reverse("desk:today")).context["found"]}
    button = found["公益性岗位期满"].rows[0]["button"]["url"]
    assert button == reverse("desk:help_act", args=[placement.recognition_id, "placement", "end", placement.pk])
    assert "由县级复核人办理" in found["审批公益性岗位"].who
