"""Public-interest posts and placements (四(二), 人社部发〔2019〕124号): the last resort, in order, at most twice, never oversold."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.models import Relative
from jiuyuan.assistance import duties, nightly, placing, public_posts, replay
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.models import Measure, Placement, PostAttendance, PublicPost
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.encryption import blind_index
from jiuyuan.history import sealing
from jiuyuan.notifications.models import Message
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, Refusal, SameEyes, WrongState
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from tests.assistance.offers import an_offer
from tests.assistance.posts import (
    a_plan_with_a_post,
    a_post,
    a_stay,
    past_notice,
    placed,
    proposed,
    said_of_a_post,
    term,
)
from tests.assistance.vacancies import a_vacancy
from tests.factories import OTHER_PLATFORM, an_id_number, does, staff
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db
propose, publish, contract = does(PLACEMENT, "propose"), does(PLACEMENT, "publish"), does(PLACEMENT, "contract")
agree_again, attend, end = does(PLACEMENT, "agree_again"), does(PLACEMENT, "attend"), does(PLACEMENT, "end")
NOT_TAKEN = (("answer", {"answer": "interested"}), ("applied", {}), ("not_taken_on", {"reason": "已经招满。"}))


def again(row):
    return type(row).objects.unscoped().get(pk=row.pk)


def test_a_second_placement_of_a_graduate_is_refused_with_its_reason():
    clerk = staff("clerk")
    stay = a_stay(clerk, "graduate")
    plan = a_plan_with_a_post(clerk, stay)
    placed(clerk, "ended", proposed(clerk, plan))
    with pytest.raises(
        GuardNotMet, match=r"再次安置只限于规定的几类人（人社部发〔2019〕124号.*是就业困难高校毕业生，不在其中"
    ) as refused:
        proposed(clerk, plan)
    assert refused.value.code == "second_placement"


def test_a_second_placement_of_a_zero_employment_member_after_three_failed_offers_by_two_reviewers_is_allowed_a_third_never():
    clerk, first, second = staff("clerk"), staff("reviewer"), staff("reviewer")
    plan = a_plan_with_a_post(clerk, a_stay(clerk, "zero_employment_family"))
    placed(clerk, "ended", proposed(clerk, plan))
    post = a_post(clerk)
    said = {"post": post.pk, "no_relative": True}
    for number in range(3):
        with pytest.raises(BadInput) as refused:
            propose(clerk, plan.pk, **said)
        assert dict(refused.value.errors)["tried_ground"].startswith(
            f"已有{number}个介绍的岗位没有成功，还差{3 - number}个"
        )
        an_offer(clerk, plan, a_vacancy(clerk, title=f"保洁员{number}"), *NOT_TAKEN, suitable_because="本人愿意。")
    placement = propose(clerk, plan.pk, **said)
    assert (placement.term, again(post).left) == (2, 1)
    with pytest.raises(GuardNotMet, match=r"再次安置要两位复核人"):
        publish(first, placement.pk)
    agree_again(first, placement.pk, ground="期满后介绍过三个岗位，都没有成功。")
    with pytest.raises(SameEyes):
        publish(first, placement.pk)
    with pytest.raises(GuardNotMet, match="已经同意再次安置"):
        agree_again(second, placement.pk, ground="同意。")
    placement = past_notice(publish(second, placement.pk))
    assert placed(clerk, "ended", placement).status == "ended"
    with pytest.raises(GuardNotMet, match="已经安置过2次，最多2次") as never:
        proposed(clerk, plan)
    assert never.value.code == "placements_used_up"


def test_a_disabled_person_is_placed_again_only_where_the_certificate_says_severe():
    clerk = staff("clerk")
    plan = a_plan_with_a_post(clerk, a_stay(clerk, "disabled"))
    placed(clerk, "ended", proposed(clerk, plan))
    for severe in ({}, {"severe": False}):
        with pytest.raises(BadInput) as refused:
            proposed(clerk, plan, **severe)
        assert "只限重度" in dict(refused.value.errors)["severe"]
    assert proposed(clerk, plan, severe=True).term == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_give_the_last_place_of_a_post_at_the_same_instant_one_gets_it_and_the_other_is_told():
    clerks = [staff("clerk"), staff("clerk")]
    post = a_post(clerks[0], number=1)
    plans = [a_plan_with_a_post(clerk) for clerk in clerks]

    def give(which):
        try:
            return proposed(clerks[which], plans[which], post).status
        except Refusal as refusal:
            return dict(refusal.errors)["post"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as windows:
        assert set(windows.map(give, range(2))) == {"proposed", "“社区送餐员”的1个名额已经占满，请选别的岗位。"}
    assert (again(post).taken, Placement.objects.unscoped().count()) == (1, 1)
    assert list(sealing.verify()) == []


def test_nobody_is_placed_whose_recognition_ended_yesterday_who_is_close_to_an_officer_or_placed_already():
    clerk, post = staff("clerk"), None
    plan = a_plan_with_a_post(clerk)
    post = a_post(clerk, number=3)
    person = plan.recognition.person
    reviewer = staff("reviewer")
    with pytest.raises(BadInput) as refused:
        proposed(clerk, plan, post, no_relative=False)
    assert "有近亲属关系的不能安置" in dict(refused.value.errors)["no_relative"]
    declared = Relative.objects.create(user=reviewer, name="妹妹", relation="妹妹", id_index=person.id_index)
    with pytest.raises(GuardNotMet, match=f"{reviewer.name}申报过与{person.name}是亲属"):
        proposed(clerk, plan, post)
    declared.counts_until = clock.today() - timedelta(days=1)
    declared.save()
    placement = proposed(clerk, plan, post)
    with pytest.raises(Conflict, match="刚刚已经提出"):
        proposed(clerk, plan, post)
    assert again(post).taken == 1
    struck_off(plan.recognition, "imprisoned")
    Recognition.objects.unscoped().filter(pk=plan.recognition_id).update(ended_on=clock.today() - timedelta(days=1))
    with pytest.raises(GuardNotMet, match="已经不在册，公益性岗位只安置在册的人") as gone:
        publish(reviewer, placement.pk)
    assert gone.value.code == "not_on_the_register"
    assert [one.pk for one in placing.no_longer_entitled(clerk, clock.today())] == [placement.pk]
    does(PLACEMENT, "drop")(clerk, placement.pk, reason="已经不在册")
    with pytest.raises(GuardNotMet, match="已经不在册"):
        proposed(clerk, plan, post)
    assert again(post).taken == 0


def test_who_comes_first_is_shown_with_reasons_and_passed_over_only_with_a_ground():
    clerk = staff("clerk")
    older, family = a_stay(clerk, "older"), a_stay(clerk, "zero_employment_family")
    plan, before = a_plan_with_a_post(clerk, older), a_plan_with_a_post(clerk, family)
    post = a_post(clerk)
    assert [(one.recognition_id, one.rank) for one in placing.waiting(post.area)] == [(family.pk, 0), (older.pk, 1)]
    assert placing.why_there(before).startswith("零就业家庭成员，")
    with pytest.raises(BadInput) as refused:
        proposed(clerk, plan, post)
    assert dict(refused.value.errors)["order_ground"].startswith("还有1个人排在前面")
    placement = proposed(clerk, plan, post, order_ground="排在前面的人说不去。")
    assert (placement.order_ground, again(post).taken) == ("排在前面的人说不去。", 1)
    assert [one.recognition_id for one in placing.waiting(post.area)] == [family.pk]
    assert placed(clerk, "proposed", proposed(clerk, before, post)).order_ground == ""


def test_a_placement_goes_its_way_with_its_measure_its_messages_and_its_term():
    clerk = staff("clerk")
    plan = a_plan_with_a_post(clerk)
    placement = proposed(clerk, plan)
    [measure] = Measure.objects.unscoped().filter(plan=plan)
    assert measure.status == "under_way"
    placement = publish(staff("reviewer"), placement.pk)
    with pytest.raises(GuardNotMet, match=r"公示到.*期满后才能办"):
        contract(clerk, placement.pk, **term())
    placement = past_notice(placement)
    longest = calendar.add_months(clock.today(), 36) - timedelta(days=1)
    with pytest.raises(BadInput) as refused:
        contract(clerk, placement.pk, **term() | {"until": longest + timedelta(days=1)})
    assert dict(refused.value.errors)["until"].startswith(f"最晚到{longest.year}年")
    assert "36个月（人社部发〔2019〕124号" in dict(refused.value.errors)["until"]
    placement = placed(clerk, "on_post", placement)
    assert again(measure).status == "done"
    assert "社区送餐员" in again(measure).result
    told = list(Message.objects.unscoped().filter(code__startswith="placement.").order_by("pk"))
    assert [message.code for message in told] == ["placement.publish", "placement.begin"]
    assert "零就业" not in "".join(message.body for message in told)
    month = clock.today().strftime("%Y-%m")
    # Begun today: of this month one day is over.
    for said, field in (({"month": "2020-01", "days": 1}, "month"), ({"month": month, "days": 2}, "days")):
        with pytest.raises(BadInput) as refused:
            attend(clerk, placement.pk, **said)
        assert field in dict(refused.value.errors)
    attend(clerk, placement.pk, month=month, days=0)
    attend(clerk, placement.pk, month=month, days=1, left_on=clock.today())
    row = PostAttendance.objects.unscoped().get()
    assert (row.days, row.by_employer, row.written_by_name) == (1, False, clerk.name)
    [left] = duties.due(clerk, duties.BY_CODE["empty_post"], clock.today())
    assert (left.row.pk, left.on) == (placement.pk, clock.today() + timedelta(days=5))
    placement = end(clerk, placement.pk, ending="other_work", on=clock.today(), reported_on=clock.today())
    assert (placement.status, again(placement.post).taken) == ("ended", 0)
    for days, late in ((5, False), (6, True)):
        placement.reported_on = clock.today() + timedelta(days=days)
        assert placing.reported_late(placement) is late
    assert list(placing.left_unreported(clerk, clock.today())) == []
    faults = replay.verify_state(lambda done: None, Counter())
    assert [one for one in faults if "公示" not in one] == []  # the test alone set the notice back


def asked_about(clerk):
    return [one.row.pk for one in duties.due(clerk, duties.BY_CODE["follow_up_post"], clock.today())]


def test_who_is_on_a_post_is_followed_up_at_the_same_steps_as_after_an_offer():
    clerk = staff("clerk")
    placement = placed(clerk)
    follow_up = does(FOLLOW_UP, "follow_up")
    said = {"on": clock.today(), "means": "visit", "working": True, "wage_paid": True}
    assert asked_about(clerk) == []
    with pytest.raises(WrongState, match="满1个月"):
        follow_up(clerk, key_of(placement), **said)
    for months, then in ((1, 31), (6, 200)):
        Placement.objects.unscoped().filter(pk=placement.pk).update(begins_on=clock.today() - timedelta(days=then))
        assert asked_about(clerk) == [placement.pk]
        assert follow_up(clerk, key_of(placement), **said).months == months
        assert asked_about(clerk) == []
    with pytest.raises(WrongState, match="已经结束"):
        follow_up(clerk, key_of(placement), **said)


def test_who_is_near_retirement_stays_until_then_and_an_end_is_warned_of_sixty_days_before():
    clerk = staff("clerk")
    born = date(clock.today().year - 59, 1, 15)
    plan = a_plan_with_a_post(clerk, a_stay(clerk, "older", born.isoformat(), "male"))
    placement = placed(clerk, "published", proposed(clerk, plan))
    person = placement.recognition.person
    assert placing.last_day(person, clock.today(), placement.area)[0] == calendar.retirement(born, "male_60").day
    young = a_stay(clerk, "older", "1985-06-01", "male").person
    day, why = placing.last_day(young, date(2026, 3, 2), placement.area)
    assert (day, why) == (
        date(2029, 3, 1),
        "36个月（人社部发〔2019〕124号（最长3年；距法定退休年龄不足5年的可到退休））",
    )
    placement = placed(clerk, "on_post", placement)
    Placement.objects.unscoped().filter(pk=placement.pk).update(until=clock.today() + timedelta(days=61))
    assert list(placing.ending(clerk, clock.today())) == []
    assert nightly.warn_of_ending_posts(clock.today()) == 0
    Placement.objects.unscoped().filter(pk=placement.pk).update(until=clock.today() + timedelta(days=60))
    assert [one.pk for one in placing.ending(clerk, clock.today())] == [placement.pk]
    assert [nightly.warn_of_ending_posts(clock.today()) for _ in range(2)] == [1, 0]
    assert "期满以前，请到" in Message.objects.unscoped().get(code="placement.warn").body
    assert list(placing.ending(staff("clerk", at="220204001"), clock.today())) == []


def test_a_post_below_the_minimum_wage_or_under_another_name_is_not_approved_and_one_with_people_is_not_closed():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    low = a_post(clerk, "requested", wage=900)
    with pytest.raises(GuardNotMet, match="低于"):
        does(POST, "approve")(reviewer, low.pk, ground="同意。")
    other = {"name": "别的单位", "credit_code": said_of_a_post()["employer"]["credit_code"]}
    with pytest.raises(BadInput, match="改正"):
        engine.act(clerk, POST, None, "request", said_of_a_post(employer=other))
    assert a_post(clerk, "requested", form="part", wage=25).by_the_hour
    placement = proposed(clerk)
    with pytest.raises(GuardNotMet, match="还有1人安置"):
        does(POST, "close")(clerk, placement.post_id, reason="不需要了。")
    assert PublicPost.objects.unscoped().filter(status="closed").count() == 0


def test_what_no_source_says_has_no_value_until_an_installation_sets_one(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_own", [])
    region = registry.region_of("22/2201/")
    assert region.limit_if_any("post_subsidy_month", on=clock.today()) is None
    own = tmp_path / "limits.toml"
    own.write_text('[[post_subsidy_month]]\nvalue = 1780\nsource = "省厅通知"\neffective_on = 2026-01-01\n', "utf-8")
    try:
        registry.extend(own)
        assert registry.region_of("22/2201/").limit_if_any("post_subsidy_month", on=clock.today()) == 1780
    finally:
        registry._own.clear()
        registry.region_of.cache_clear()


def test_who_requested_or_revised_a_post_does_not_approve_it_and_the_first_who_requested_stays_named():
    one = blind_index(an_id_number("1970-05-20", "male", 7, "220103"))
    requester, colleague, himself = staff("clerk", id_index=one), staff("clerk"), staff("reviewer", id_index=one)
    approve, revise = does(POST, "approve"), does(POST, "revise")
    post = a_post(requester, "requested")
    post = revise(colleague, post.pk, **said_of_a_post(hours="每天8点到15点"))
    assert post.requested_by == requester
    reviser = staff("reviewer", id_index=colleague.id_index)
    for either in (himself, reviser):
        with pytest.raises(SameEyes, match="您申报或修改的"):
            approve(either, post.pk, ground="同意。")
    assert approve(staff("reviewer"), post.pk, ground="同意。").status == "approved"


def test_relative_declared_after_the_decision_or_by_who_brought_the_post_about_elsewhere_keeps_somebody_off_it():
    clerk, elsewhere = staff("clerk"), staff("clerk", at=OTHER_PLATFORM)
    placement = placed(clerk, "published")
    declared = Relative.objects.create(
        user=placement.published_by, name="妹妹", relation="妹妹", id_index=placement.recognition.person.id_index
    )
    with pytest.raises(GuardNotMet, match="申报过与") as late:
        contract(clerk, placement.pk, **term())
    assert late.value.code == "officers_relative"
    declared.delete()
    contracted = placed(clerk, "contracted", placement)
    Relative.objects.create(user=elsewhere, name="妹妹", relation="妹妹", id_index=declared.id_index)
    assert placing.officers_close_to(contracted.recognition.person, clock.today(), None, contracted) == []
    PublicPost.objects.unscoped().filter(pk=contracted.post_id).update(requested_by=elsewhere)
    with pytest.raises(GuardNotMet, match=f"{elsewhere.name}申报过与"):
        does(PLACEMENT, "begin")(clerk, contracted.pk)
    does(PLACEMENT, "drop")(clerk, contracted.pk, reason="亲属申报在后。")
    with pytest.raises(BadInput) as refused:
        proposed(clerk, contracted.plan, contracted.post)
    assert "申报过与" in dict(refused.value.errors)["post"]


def test_notice_of_posts_goes_on_page_by_page_for_posts_and_for_placements(monkeypatch):
    monkeypatch.setattr(public_posts, "_A_PAGE", 1)
    clerk = staff("clerk")
    earlier, later = (a_post(clerk, "published", title=title) for title in ("社区保洁员", "社区护绿员"))
    first = public_posts.on_notice(clerk.agency)
    assert (first.posts, first.next_post, first.next) == ([earlier], earlier.pk, None)
    second = public_posts.on_notice(clerk.agency, after_post=earlier.pk)
    assert (second.posts, second.placements, second.next_post) == ([later], [], None)
    page = reverse("portal:post_notices", args=[clerk.agency.code])
    shown = Client().get(page).content.decode()
    assert (f"?posts={earlier.pk}" in shown, "社区护绿员" in shown) == (True, False)
    assert "社区护绿员" in Client().get(f"{page}?posts={earlier.pk}").content.decode()
