"""Nobody loses anything on a suspicion: evidence, a finding in words, and a second person who decides (三(六) 经查实)."""

from typing import Any

import pytest

from jiuyuan.history.models import Entry
from jiuyuan.people.models import Fact
from jiuyuan.recognitions import investigations
from jiuyuan.recognitions.models import Investigation
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState
from tests.factories import OTHER_PLATFORM, a_photograph, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def opened() -> Investigation:
    return investigations.open_investigation(staff("clerk"), on_the_register().pk, cause="邻居反映其在市场摆摊。")


def test_an_investigation_has_a_cause_an_agency_and_a_limit() -> None:
    investigation = opened()
    assert investigation.agency.code == "220102001"
    assert investigation.due_on > investigation.opened_on
    with pytest.raises(Conflict):
        investigations.open_investigation(staff("clerk"), investigation.recognition_id, cause="又有人反映。")
    with pytest.raises(BadInput):
        investigations.open_investigation(staff("clerk"), on_the_register().pk, cause="")


def test_only_staff_of_the_area_investigate() -> None:
    investigation = opened()
    with pytest.raises(NotFound):
        investigations.add_evidence(staff("clerk", at=OTHER_PLATFORM), investigation.pk, note="看过了。")
    with pytest.raises(NotForRole):
        investigations.add_evidence(staff("supervisor"), investigation.pk, note="看过了。")


def test_evidence_is_what_was_seen_where_with_its_photograph() -> None:
    investigation = opened()
    clerk = staff("clerk")
    evidence = investigations.add_evidence(
        clerk, investigation.pk, note="上门未见摊位。", place="南岭市场", content=a_photograph(), file_name="市场.jpg"
    )
    assert (evidence.place, evidence.gathered_by_name) == ("南岭市场", clerk.name)
    assert evidence.document is not None
    with pytest.raises(BadInput):
        investigations.add_evidence(clerk, investigation.pk, note="看到了", content=b"nothing", file_name="x.jpg")


def test_a_second_person_decides_after_a_finding_in_words() -> None:
    investigation = opened()
    reviewer = staff("reviewer")
    with pytest.raises(WrongState, match="先写明调查结论"):
        investigations.decide(reviewer, investigation.pk, outcome="nothing", decision="不属实。")
    with pytest.raises(BadInput):
        investigations.find(reviewer, investigation.pk, finding=" ", fraud=False)
    investigations.find(reviewer, investigation.pk, finding="走访市场管理处，无其摊位登记。", fraud=False)
    with pytest.raises(GuardNotMet, match="须由另一人决定"):
        investigations.decide(reviewer, investigation.pk, outcome="nothing", decision="不属实。")
    done = investigations.decide(staff("reviewer"), investigation.pk, outcome="nothing", decision="不属实。")
    assert done.status == "decided"
    assert done.recognition.status == "active"


@pytest.mark.parametrize(("fraud", "fact"), [(True, "fraud_found"), (False, "disqualification_confirmed")])
def test_a_confirmed_exit_rests_on_a_finding_and_ends_on_the_sixth_ground(fraud: bool, fact: str) -> None:
    investigation = opened()
    investigations.find(staff("clerk"), investigation.pk, finding="2025年7月起经营小吃店，有照片和租约。", fraud=fraud)
    investigations.decide(staff("reviewer"), investigation.pk, outcome="exit", decision="事实清楚。")
    recognition = investigation.recognition
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground) == ("ended", "disqualified")
    assert "小吃店" in recognition.evidence
    assert Fact.objects.unscoped().get(person=recognition.person, name=fact).value is True


@pytest.mark.parametrize(
    ("fraud", "outcome", "handed_over"), [(True, "exit", True), (False, "exit", False), (True, "nothing", False)]
)
def test_confirmed_fraud_alone_is_handed_over_for_recovery_and_seen_where_people_look(
    fraud: bool, outcome: str, handed_over: bool, log_in: Any
) -> None:
    investigation, reviewer = opened(), staff("reviewer")
    investigations.find(staff("clerk"), investigation.pk, finding="租约是假的。", fraud=fraud)
    investigations.decide(reviewer, investigation.pk, outcome=outcome, decision="事实清楚。")
    investigation.refresh_from_db()
    assert (investigation.recovery == "pending") is handed_over
    assert Entry.objects.filter(action="recovery_handed_over").exists() is handed_over
    person = investigation.recognition.person_id
    for path in (f"/desk/people/{person}/", f"/desk/register/{investigation.recognition_id}/"):
        page = log_in(reviewer).get(path)
        assert page.status_code == 200
        assert ("移交追回：待办" in page.content.decode()) is handed_over, path


def test_what_is_decided_takes_no_more_evidence() -> None:
    investigation = opened()
    investigations.find(staff("clerk"), investigation.pk, finding="不属实。", fraud=False)
    investigations.decide(staff("reviewer"), investigation.pk, outcome="nothing", decision="不属实。")
    with pytest.raises(WrongState):
        investigations.add_evidence(staff("clerk"), investigation.pk, note="补一张。")
