"""移送: two officers, the head, five papers, and every late step shown as late."""

from collections import Counter
from datetime import date, timedelta

import pytest

from jiuyuan.oversight import replay
from jiuyuan.oversight.handover_workflow import HANDOVER, PAPERS
from jiuyuan.oversight.models import Handover
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, SameEyes
from tests.factories import staff
from tests.oversight.handovers import a_handover, papers_of, reported
from tests.oversight.recoveries import a_recovery

pytestmark = pytest.mark.django_db


def test_four_papers_are_refused_and_five_go_with_their_digests():
    row = a_handover("agreed")
    papers, reviewer = papers_of(row.person), staff("reviewer")
    for wrong in ({"expert_opinion": ""}, {"expert_opinion": papers["inventory"]}, {"expert_opinion": 10**6}):
        with pytest.raises(BadInput) as refusal:
            engine.act(reviewer, HANDOVER, row.pk, "send", {"police": "南关分局", **papers, **wrong})
        assert [name for name, _ in refusal.value.errors] == ["expert_opinion"]
    row = engine.act(reviewer, HANDOVER, row.pk, "send", {"police": "南关分局", **papers})
    assert [(paper["name"], len(paper["sha256"])) for paper in row.papers] == [(label, 64) for _, label in PAPERS]
    assert list(replay.verify_state(lambda done: None, Counter())) == []


def test_neither_of_the_two_officers_decides_and_one_alone_reports_nothing():
    recovery, reviewer = a_recovery(), staff("reviewer")
    for second in (reviewer.username, staff("reviewer", at="220204").username, "nobody"):
        with pytest.raises(BadInput):
            engine.act(reviewer, HANDOVER, recovery.pk, "report", reported() | {"second": second})
    row = engine.act(reviewer, HANDOVER, recovery.pk, "report", reported())
    for officer in (row.reported_by, row.second):
        with pytest.raises(SameEyes):
            engine.act(officer, HANDOVER, row.pk, "agree", {"reason": "同意。"})


def test_steps_that_were_late_stay_late():
    day = date(2026, 3, 2)
    row = Handover(reported_on=day)
    assert row.late(day + timedelta(days=3)) == []
    assert row.late(day + timedelta(days=4)) == [("decide", day + timedelta(days=3))]
    row.decided_on, row.sent_on = day + timedelta(days=1), day + timedelta(days=3)
    row.received_on, row.answered_on = day + timedelta(days=3), day + timedelta(days=7)
    assert [step for step, _ in row.late(day + timedelta(days=30))] == ["send", "police"]
    row.status, row.contested_on = "contested", day + timedelta(days=11)
    assert [step for step, _ in row.late(day + timedelta(days=30))] == ["send", "police", "contest"]
