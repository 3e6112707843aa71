"""Nobody loses anything on a suspicion: evidence, a finding in words, the person heard, a second person decides (三(六))."""

import io
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.people.models import Fact
from jiuyuan.recognitions.models import Investigation, InvestigationEvidence, Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, OlderVersion, SameEyes, WrongState
from tests.factories import OTHER_PLATFORM, a_case, a_photograph, act_on, an_account, an_applicant, move_to, staff
from tests.recognitions.register import bear, end, found, notice_of, on_the_register, struck_off, told

pytestmark = pytest.mark.django_db


def opened() -> Investigation:
    return act_on("investigate", staff("clerk"), on_the_register().pk, cause="邻居反映其在市场摆摊。")


def decided(outcome: str, *, holds: bool = True, fraud: bool = False) -> Recognition:
    """On the register, investigated, told, heard and decided."""
    investigation = told(found(on_the_register(), holds=holds, fraud=fraud))
    act_on("decide", staff("reviewer"), investigation.pk, outcome=outcome, reason="有租约和照片为证。")
    rows = Recognition.objects.unscoped().select_related("person", "agency")
    recognition: Recognition = rows.get(pk=investigation.recognition_id)
    return recognition


def test_an_investigation_has_a_cause_an_agency_and_a_limit() -> None:
    investigation = opened()
    assert investigation.agency.code == "220102001"
    assert investigation.due_on > investigation.opened_on
    with pytest.raises(WrongState, match="正在进行"):
        act_on("investigate", staff("clerk"), investigation.recognition_id, cause="又有人反映。")
    with pytest.raises(BadInput):
        act_on("investigate", staff("clerk"), on_the_register().pk, cause="")


def test_only_staff_of_the_area_investigate() -> None:
    investigation = opened()
    with pytest.raises(NotFound):
        act_on("evidence", staff("clerk", at=OTHER_PLATFORM), investigation.pk, note="看过了。")
    with pytest.raises(NotForRole):
        act_on("evidence", staff("supervisor"), investigation.pk, note="看过了。")


def test_evidence_is_what_was_seen_where_with_its_photograph() -> None:
    investigation = opened()
    clerk = staff("clerk")
    act_on(
        "evidence",
        clerk,
        investigation.pk,
        note="上门未见摊位。",
        place="南岭市场",
        content=a_photograph(),
        file_name="市场.jpg",
    )
    [evidence] = InvestigationEvidence.objects.unscoped()
    assert (evidence.place, evidence.gathered_by_name) == ("南岭市场", clerk.name)
    assert evidence.document is not None
    with pytest.raises(BadInput):
        act_on("evidence", clerk, investigation.pk, note="看到了", content=b"nothing", file_name="x.jpg")


def test_a_finding_says_in_words_whether_it_holds_and_no_fraud_stands_where_nothing_does() -> None:
    investigation = opened()
    for said, field in (({"finding": " "}, "finding"), ({"finding": "查过。", "holds": False, "fraud": True}, "fraud")):
        with pytest.raises(BadInput) as refused:
            act_on("find", staff("clerk"), investigation.pk, **({"holds": True, "fraud": False} | said))  # type: ignore[arg-type]
        assert refused.value.errors[0][0] == field


def test_nobody_decides_before_the_person_was_told_and_heard_or_the_days_for_it_are_over() -> None:
    reviewer = staff("reviewer")
    investigation = opened()
    with pytest.raises(WrongState, match="先写明调查结论"):
        act_on("decide", reviewer, investigation.pk, outcome="exit", reason="查实。")
    act_on("find", staff("clerk"), investigation.pk, finding="在摆摊。", holds=True, fraud=False)
    with pytest.raises(GuardNotMet) as refused:
        act_on("decide", reviewer, investigation.pk, outcome="exit", reason="查实。")
    assert refused.value.code == "not_told"
    told(investigation, heard=False)
    move_to(clock.today() + timedelta(days=7))
    with pytest.raises(GuardNotMet) as refused:
        act_on("decide", reviewer, investigation.pk, outcome="exit", reason="查实。")
    assert refused.value.code == "not_told"
    move_to(clock.today() + timedelta(days=1))
    act_on("decide", reviewer, investigation.pk, outcome="exit", reason="查实，期满没有陈述。")
    assert investigation.recognition.person.recognitions.get().status == "ended"


def test_telling_says_cause_finding_clause_until_when_and_with_what_proof() -> None:
    investigation = found(on_the_register())
    for said, field in (({"how": " ", "proof": "回执"}, "how"), ({"how": "当面送达", "proof": ""}, "proof")):
        with pytest.raises(BadInput) as refused:
            act_on("tell", staff("clerk"), investigation.pk, **said)  # type: ignore[arg-type]
        assert refused.value.errors[0][0] == field
    told(investigation, heard=False)
    body = Message.objects.unscoped().latest("pk").body
    until = clock.today() + timedelta(days=7)
    for words in ("邻居反映", "小吃店", "三(六)", "属实", "陈述", f"{until:%-m月%-d日}", "仍然在册"):
        assert words in body, words


def test_the_person_answers_from_their_own_account_once_told_and_not_before() -> None:
    account = an_account()
    recognition = a_case("recognised", applicant=an_applicant(), by=account).recognition
    assert recognition is not None
    investigation = found(recognition)
    with pytest.raises(NotFound):
        act_on("respond", account, investigation.pk, words="我没有。")
    told(investigation, heard=False)
    with pytest.raises(NotFound):
        act_on("respond", an_account(), investigation.pk, words="我也要说。")
    answered = act_on("respond", account, investigation.pk, words="那是我弟弟的店。")
    assert answered.heard
    with pytest.raises(WrongState):
        act_on("respond", account, investigation.pk, words="再说一遍。")


def test_who_found_does_not_decide_not_even_from_a_second_account() -> None:
    finder = staff("reviewer")
    investigation = told(found(on_the_register(), by=finder))
    for user in (finder, staff("reviewer", id_index=finder.id_index)):
        with pytest.raises(SameEyes, match="须由另一人决定"):
            act_on("decide", user, investigation.pk, outcome="exit", reason="查实。")
    act_on("decide", staff("reviewer"), investigation.pk, outcome="exit", reason="查实。")


_FINDINGS = {(True, True): {"exit", "annul"}, (True, False): {"exit"}, (False, False): {"nothing", "correction"}}
_PAIRS = [(*found, outcome) for found in _FINDINGS for outcome in Investigation.Outcome.values]


@pytest.mark.parametrize(("holds", "fraud", "outcome"), [p for p in _PAIRS if p[2] in _FINDINGS[p[0], p[1]]])
def test_an_outcome_that_fits_the_finding_is_decided(holds: bool, fraud: bool, outcome: str) -> None:
    investigation = told(found(on_the_register(), holds=holds, fraud=fraud))
    decision = act_on("decide", staff("reviewer"), investigation.pk, outcome=outcome, reason="同意。")
    assert (decision.status, decision.outcome) == ("decided", outcome)


@pytest.mark.parametrize(("holds", "fraud", "outcome"), [p for p in _PAIRS if p[2] not in _FINDINGS[p[0], p[1]]])
def test_an_outcome_that_differs_from_the_finding_is_refused(holds: bool, fraud: bool, outcome: str) -> None:
    investigation = told(found(on_the_register(), holds=holds, fraud=fraud))
    with pytest.raises(GuardNotMet) as refused:
        act_on("decide", staff("reviewer"), investigation.pk, outcome=outcome, reason="查实在建材市场受雇。")
    assert refused.value.code == "finding_differs"
    investigation.refresh_from_db()
    assert (investigation.status, investigation.recognition.status) == ("told", "active")


def test_a_finding_that_is_sent_back_is_found_and_told_again() -> None:
    investigation = told(found(on_the_register(), holds=False))
    reviewer = staff("reviewer")
    with pytest.raises(NotForRole):
        act_on("send_back", staff("clerk"), investigation.pk, reason="再查。")
    act_on("send_back", reviewer, investigation.pk, reason="没有去劳务市场看过。")
    with pytest.raises(WrongState):
        act_on("decide", reviewer, investigation.pk, outcome="nothing", reason="不属实。")
    act_on("find", staff("clerk"), investigation.pk, finding="在劳务市场受雇。", holds=True, fraud=False)
    with pytest.raises(GuardNotMet) as refused:
        act_on("decide", reviewer, investigation.pk, outcome="exit", reason="查实。")
    assert refused.value.code == "not_told"


def test_a_finding_of_before_it_was_asked_whether_it_holds_is_written_again_before_anybody_is_told() -> None:
    investigation = found(on_the_register(), holds=False)
    Investigation.objects.unscoped().filter(pk=investigation.pk).update(holds=None)
    with pytest.raises(WrongState, match="属实"):
        act_on("tell", staff("clerk"), investigation.pk, how="当面", proof="回执")
    act_on("find", staff("clerk"), investigation.pk, finding="没有摊位。", holds=False, fraud=False)
    told(investigation)


@pytest.mark.parametrize(("fraud", "fact"), [(True, "fraud_found"), (False, "disqualification_confirmed")])
def test_a_confirmed_exit_rests_on_a_finding_and_ends_on_the_sixth_ground(fraud: bool, fact: str) -> None:
    recognition = decided("exit", fraud=fraud)
    assert (recognition.status, recognition.ground, recognition.case) == ("ended", "disqualified", fact)
    assert recognition.evidence.index("有租约") < recognition.evidence.index("小吃店"), "the reason, then the finding"
    assert Fact.objects.unscoped().get(person=recognition.person, name=fact).value is True
    text = _text(recognition)
    assert text.index("有租约和照片为证") < text.index("2025年7月起经营小吃店")
    body = Message.objects.unscoped().latest("pk").body
    assert body.index("有租约") < body.index("小吃店")
    for words in ("三(六)", "异议"):
        assert words in body


def test_what_never_was_right_is_annulled_from_the_day_it_began_in_words_of_its_own(log_in: Any) -> None:
    recognition = decided("annul", fraud=True)
    assert (recognition.status, recognition.annulled) == ("ended", True)
    assert recognition.ended_on == recognition.recognised_on
    assert recognition.get_status_display() == "认定已取消"
    text = _text(recognition)
    for words in ("取消认定告知书", "五(三)", "提供虚假资料", "自认定之日起不作数", "追回"):
        assert words in text, words
    body = Message.objects.unscoped().latest("pk").body
    for words in ("认定已取消", "五(三)", "追回", "异议"):
        assert words in body, words
    assert recognition.investigations.get().recovery == "pending"
    reviewer = log_in(staff("reviewer"))
    for path in (f"/desk/register/{recognition.pk}/", "/desk/register/", f"/desk/people/{recognition.person_id}/"):
        assert "认定已取消" in reviewer.get(path).content.decode(), path


def test_an_objection_to_an_annulment_that_is_upheld_undoes_it_whole() -> None:
    recognition = decided("annul", fraud=True)
    objection = act_on("object", staff("clerk"), recognition.pk, "租约是我父亲签的。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.annulled) == ("active", False)
    act_on("settle", staff("reviewer"), objection.pk, upheld=True, finding="租约确系其父签订。")
    recognition.refresh_from_db()
    assert recognition.status == "active"
    assert recognition.investigations.get().recovery == ""
    move_to(clock.today() + timedelta(days=1))
    nightly.run()
    assert recognition.investigations.count() == 1, "what was overturned opens nothing"


def test_one_that_is_not_upheld_leaves_the_annulment_as_it_was() -> None:
    recognition = decided("annul", fraud=True)
    objection = act_on("object", staff("clerk"), recognition.pk, "租约是我父亲签的。")
    investigation = recognition.investigations.get()
    for user in (investigation.found_by, investigation.decided_by):
        with pytest.raises((SameEyes, NotForRole)):
            act_on("settle", user, objection.pk, upheld=False, finding="查过。")
    act_on("settle", staff("reviewer"), objection.pk, upheld=False, finding="笔迹是本人的。")
    recognition.refresh_from_db()
    assert (recognition.annulled, recognition.ended_on) == (True, recognition.recognised_on)


def test_who_has_left_otherwise_meanwhile_does_not_leave_twice() -> None:
    recognition = on_the_register()
    investigation = told(found(recognition))
    bear(recognition)
    end(recognition)
    act_on("decide", staff("reviewer"), investigation.pk, outcome="exit", reason="查实。")
    recognition.refresh_from_db()
    assert recognition.ground == "pension_or_retirement"
    assert "不再另行退出" in Message.objects.unscoped().latest("pk").body


def test_what_left_otherwise_is_still_annulled_where_it_never_was_right() -> None:
    recognition = on_the_register()
    investigation = told(found(recognition, fraud=True))
    bear(recognition)
    end(recognition)
    act_on("decide", staff("reviewer"), investigation.pk, outcome="annul", reason="查实。")
    recognition.refresh_from_db()
    assert (recognition.annulled, recognition.ground) == (True, "disqualified")


@pytest.mark.parametrize(("fraud", "handed_over"), [(True, True), (False, False)])
def test_confirmed_fraud_alone_is_handed_over_for_recovery_and_seen_where_people_look(
    fraud: bool, handed_over: bool, log_in: Any
) -> None:
    recognition = decided("exit", fraud=fraud)
    assert (recognition.investigations.get().recovery == "pending") is handed_over
    assert Entry.objects.unscoped().filter(action="recovery_handed_over").exists() is handed_over
    for path in (f"/desk/people/{recognition.person_id}/", f"/desk/register/{recognition.pk}/"):
        page = log_in(staff("reviewer")).get(path)
        assert page.status_code == 200
        assert ("移交追回：待办" in page.content.decode()) is handed_over, path


def test_who_was_told_and_cleared_hears_that_too() -> None:
    recognition = decided("nothing", holds=False)
    assert recognition.status == "active"
    body = Message.objects.unscoped().latest("pk").body
    assert "继续在册" in body
    assert "有租约和照片为证" in body


def test_what_is_decided_takes_no_more_evidence() -> None:
    recognition = decided("nothing", holds=False)
    with pytest.raises(WrongState):
        act_on("evidence", staff("clerk"), recognition.investigations.get().pk, note="补一张。")


def test_an_older_version_changes_nothing() -> None:
    investigation = opened()
    seen = investigation.recognition.version
    act_on("find", staff("clerk"), investigation.pk, finding="在摆摊。", holds=True, fraud=False, version=seen)
    with pytest.raises(OlderVersion):
        act_on("tell", staff("clerk"), investigation.pk, how="当面", proof="回执", version=seen)


def _text(recognition: Recognition) -> str:
    pages = PdfReader(io.BytesIO(notice_of(recognition))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_nothing_is_decided_while_an_objection_to_an_earlier_exit_is_open() -> None:
    stay = on_the_register()
    struck_off(stay, "imprisoned")
    act_on("object", staff("clerk"), stay.pk, "不是我")
    inquiry = told(found(stay))
    with pytest.raises(WrongState, match="异议还没有处理"):
        act_on("decide", staff("reviewer"), inquiry.pk, outcome="exit", reason="属实。")


def test_the_person_hears_what_a_clerk_wrote_down_as_their_answer() -> None:
    told(found(on_the_register()))
    said = Message.objects.unscoped().latest("pk").body
    assert "我只是帮忙看店" in said
    assert "如果不是您提出的" in said


def test_an_objection_that_a_clerk_wrote_down_is_told_to_the_person() -> None:
    stay = on_the_register()
    struck_off(stay, "imprisoned")
    act_on("object", staff("clerk"), stay.pk, "不是我")
    said = Message.objects.unscoped().latest("pk").body
    assert "不是我" in said
    assert "如果不是您提出的" in said
