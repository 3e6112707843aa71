"""Starting a business (四(二)): told first what the licence means, registered, found alive after half a year and a year."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.models import Measure, Venture
from jiuyuan.assistance.venture_workflow import VENTURE
from jiuyuan.notifications.models import Message
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, WrongState
from jiuyuan.rules.calendar import add_months
from tests.assistance.courses import BUSINESS, TO_THE_LICENCE, a_venture
from tests.assistance.test_courses import due
from tests.factories import does, move_to, staff
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db
follow_up = does(FOLLOW_UP, "follow_up")
begin, register, confirm = does(VENTURE, "begin"), does(VENTURE, "register"), does(VENTURE, "confirm_alive")


def test_who_registers_is_told_before_what_it_means_and_the_recognition_waits_for_a_finding():
    clerk = staff("clerk")
    venture = a_venture(clerk)
    measure = Measure.objects.unscoped().get(plan=venture.plan, kind="start_up")
    assert (venture.status, measure.status) == ("idea", "under_way")
    said = {"business": BUSINESS, "on": clock.today()}
    with pytest.raises(GuardNotMet, match="先告知") as no:
        register(clerk, venture.pk, **said)
    assert no.value.code == "not_told"
    does(VENTURE, "explain")(clerk, venture.pk)
    body = Message.objects.unscoped().order_by("-pk")[0].body
    assert "办理退出" in body
    assert "办照以后再申请" in body
    wrong = {**BUSINESS, "credit_code": "91220102MA0Y1A2B3X"}
    for bad in ({**said, "business": wrong}, {**said, "on": clock.today() - timedelta(days=60)}):
        with pytest.raises(BadInput):
            register(clerk, venture.pk, **bad)
    done = register(clerk, venture.pk, **said)
    assert (done.status, done.business_code) == ("registered", BUSINESS["credit_code"])
    assert "营业执照" in Measure.objects.unscoped().get(pk=measure.pk).result
    assert Recognition.objects.unscoped().get(pk=venture.recognition_id).status == "active", "nobody but people decides"
    with pytest.raises(IntegrityError), transaction.atomic():
        Venture.objects.unscoped().update(told_on=None)


def test_venture_is_found_alive_after_half_a_year_and_a_year_although_the_recognition_ended():
    clerk = staff("clerk")
    venture = a_venture(clerk, *TO_THE_LICENCE)
    assert (venture.services, venture.status) == (["政策咨询", "开业指导"], "registered")
    day = venture.registered_on
    struck_off(venture.recognition, "imprisoned")
    assert due(clerk) == {}
    move_to(add_months(day, 1))
    assert due(clerk) == {"follow_up_venture": clock.today()}
    assert follow_up(clerk, key_of(venture), on=clock.today(), means="visit", working=True).status == "working"
    with pytest.raises(GuardNotMet, match="起才到时候"):
        confirm(clerk, venture.pk, how="到店看过。")
    for months, status in ((6, "alive_half_year"), (12, "alive_year")):
        move_to(add_months(day, months))
        assert due(clerk)["find_alive"] == clock.today()
        assert confirm(clerk, venture.pk, how="到店看过。").status == status
    with pytest.raises(WrongState):
        confirm(clerk, venture.pk, how="到店看过。")
    assert list(verify_state(lambda done: None, Counter())) == []


def test_somebody_has_one_venture_at_a_time_and_may_begin_another_when_it_ended():
    clerk = staff("clerk")
    venture = a_venture(
        clerk, ("train", {"on": "", "what": "创业培训班。"}), ("refer_loan", {"bank": "农商银行", "sum": 50000})
    )
    assert (venture.status, venture.loan) == ("loan_referred", 50000)
    with pytest.raises(Conflict, match="一次只办一个"):
        begin(clerk, venture.plan_id, idea="开网店。")
    does(VENTURE, "end")(clerk, venture.pk, reason="改变主意。")
    assert begin(clerk, venture.plan_id, idea="开网店。").status == "idea"


def test_who_gave_a_business_up_is_told_how_to_be_recognised_again_and_asked_no_more():
    clerk = staff("clerk")
    venture = a_venture(clerk, *TO_THE_LICENCE)
    move_to(add_months(venture.registered_on, 1))
    follow_up(clerk, key_of(venture), on=clock.today(), means="phone", working=False, note="位置不好。")
    assert "可以重新申请认定" in Message.objects.unscoped().order_by("-pk")[0].body
    with pytest.raises(WrongState, match="已经结束"):
        follow_up(clerk, key_of(venture), on=clock.today(), means="phone", working=True)
