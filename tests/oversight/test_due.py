"""What of supervision is due on 今天要办: for the office that is asked, for the one that asked, and before it is late (五(三))."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance import duties
from tests.factories import a_case, move_to, staff
from tests.oversight.handovers import a_handover
from tests.oversight.inspections import a_finding, answered_finding
from tests.oversight.orders import an_order, answered
from tests.oversight.recoveries import a_recovery

pytestmark = pytest.mark.django_db


def due(user, code):
    return [one.on for one in duties.due(user, duties.BY_CODE[code], clock.today())]


def test_an_order_stands_on_the_list_of_who_answers_before_its_day_and_then_of_who_asked(log_in):
    supervisor = staff("supervisor")
    clerk, order = staff("clerk"), an_order(by=supervisor)
    assert (due(clerk, "answer_supervision"), due(supervisor, "answer_supervision")) == ([order.due_on], [])
    page = log_in(clerk).get(reverse("desk:today"))
    [section] = [one for one in page.context["found"] if one.label == "答复督办"]
    [row] = section.rows
    assert (row["what"], row["late"], section.who) == (order.question, False, "")
    assert row["button"]["url"] == reverse("desk:supervision_act", args=[order.pk, "answer_supervision"])
    answered(order)
    assert (due(clerk, "answer_supervision"), len(due(supervisor, "close_supervision"))) == ([], 1)


def test_a_finding_waits_for_the_office_then_for_the_inspectors(log_in):
    supervisor, finding = staff("supervisor"), a_finding()
    assert due(staff("clerk"), "answer_finding") == [finding.due_on]
    finding = answered_finding(finding)
    assert due(supervisor, "review_finding") == [finding.review_by]
    page = log_in(supervisor).get(reverse("desk:today"))
    [section] = [one for one in page.context["found"] if one.label == "看检查问题的答复"]
    assert section.rows[0]["url"] == reverse("desk:oversight_thing", args=["findings", finding.pk])


def test_a_recovery_and_a_handover_are_due_by_the_days_that_they_name():
    reviewer, row = staff("reviewer"), a_recovery("intended")
    assert due(reviewer, "hear_recovery") == []  # in December
    move_to(row.speak_by - timedelta(days=duties.AHEAD))
    assert due(reviewer, "hear_recovery") == [row.speak_by]
    row = a_recovery("served")
    move_to(row.pay_by)
    assert due(reviewer, "urge_recovery") == [row.pay_by]
    handover = a_handover("reported")
    assert due(reviewer, "decide_handover") == [handover.reported_on + timedelta(days=3)]


def test_a_case_stands_on_the_list_some_working_days_before_its_limit(log_in):
    clerk, case = staff("clerk"), a_case("accepted")
    client = log_in(clerk)
    sections = lambda: [one.label for one in client.get(reverse("desk:today")).context["found"]]  # noqa: E731
    assert "申请：3个工作日内到期" not in sections()
    move_to(case.due_on - timedelta(days=1))
    assert "申请：3个工作日内到期" in sections()
