"""Appointments (三(五)): only who was provably invited, did not come and said nothing is held to have refused, and is heard first."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.services import issue_token
from jiuyuan.assistance import duties
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.models import Appointment, ServiceRefusal
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.notifications.models import Message
from jiuyuan.people import facts as standing_facts
from jiuyuan.refusals import GuardNotMet
from tests.api.program import Program
from tests.assistance.offers import COUNT, TELL
from tests.desk.reading import words
from tests.factories import a_case, an_account, an_applicant, does, move_to, staff
from tests.procedures.specimens.appointments import said

pytestmark = pytest.mark.django_db
invite, cancel = does(APPOINTMENT, "invite"), does(APPOINTMENT, "cancel")
stay_away = does(APPOINTMENT, "stay_away")


def test_absence_without_a_word_after_a_proven_invitation_is_noted_told_heard_and_counted_by_another(log_in):
    clerk, reviewer, owner = staff("clerk"), staff("reviewer"), an_account()
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    missed = invite(clerk, stay.pk, **said())
    unproven = invite(clerk, stay.pk, **said(proof=""))
    excused, called_off = invite(clerk, stay.pk, **said()), invite(clerk, stay.pk, **said())
    phone = log_in(owner)
    assert "上午9点半" in words(phone.get(reverse("portal:helping")))
    where = reverse("portal:excuse_me", args=[excused.pk])
    assert "请写下为什么来不了" in words(phone.post(where, {}))
    assert phone.post(where, {"words": "孩子病了。"}).status_code == 302
    cancel(clerk, called_off.pk, words="招聘会改期。")
    with pytest.raises(GuardNotMet, match="过了才能记"):
        stay_away(clerk, missed.pk)
    move_to(missed.on + timedelta(days=1))
    due = [one.row for one in duties.due(clerk, duties.BY_CODE["appointment"], clock.today())]
    assert due == [missed, unproven]
    assert "约见的结果" in words(log_in(clerk).get(reverse("desk:today")))
    for one in (missed, unproven):
        stay_away(clerk, one.pk)
    assert list(duties.due(clerk, duties.BY_CODE["appointment"], clock.today())) == []
    states = dict(Appointment.objects.unscoped().values_list("pk", "status"))
    assert [states[one.pk] for one in (missed, unproven, excused, called_off)] == [
        "absent",
        "absent",
        "excused",
        "cancelled",
    ]

    [refusal] = ServiceRefusal.objects.unscoped()
    assert (refusal.appointment_id, refusal.offer_id, refusal.refused_on) == (missed.pk, None, missed.on)
    does(REFUSAL, "tell")(clerk, refusal.pk, **TELL[1])
    bodies = [message.body for message in Message.objects.unscoped()]
    assert any("约您来（面谈），您没有来，也没有请假" in body for body in bodies)
    assert any("约见取消了" in message.title for message in Message.objects.unscoped())
    assert "面谈" in words(phone.get(reverse("portal:helping")))
    page = words(log_in(clerk).get(reverse("desk:helping", args=[stay.pk])))
    assert "没有送达凭据，没来也不计" in page
    move_to(clock.today() + timedelta(days=8))
    does(REFUSAL, "count")(reviewer, refusal.pk, **COUNT[1])
    known = standing_facts.values(standing_facts.standing(stay.person.facts.all()))
    assert known["service_refusals"] == [missed.on.isoformat()]


def test_programs_make_and_end_appointments_in_the_one_shape():
    clerk, owner = staff("clerk"), an_account()
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    program = Program(issue_token(clerk))
    made = program.post(
        f"/recognitions/{stay.pk}/appointments", {"version": stay.version, **said(on=str(said()["on"]))}
    )
    assert made.status_code == 201
    row = made.json()
    assert (row["status"], row["due_on"], row["recognition"]) == ("invited", str(said()["on"]), stay.pk)
    assert {"prove", "came", "excuse_me", "stay_away", "cancel"} == set(row["actions"])
    assert set(row["blocked"]) == {"came", "stay_away"}
    [listed] = program.get("/appointments", status="invited", due_by=row["due_on"]).json()["items"]
    assert listed["id"] == row["id"]
    said_so = Program(issue_token(owner)).post(
        f"/appointments/{row['id']}/excuse_me", {"version": row["version"], "words": "孩子病了。"}
    )
    assert (said_so.status_code, said_so.json()["status"]) == (200, "excused")
    assert program.get(f"/appointments/{row['id']}").json()["words"] == "孩子病了。"
    late = program.post(f"/appointments/{row['id']}/cancel", {"version": 2, "words": "改期。"})
    assert late.status_code == 409
