"""Exits that are fair: borne by the file, decided by another, told with reasons, objected to, decided again (三)."""

from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.notifications.models import Message
from jiuyuan.people import services as people
from jiuyuan.people.models import KnownFacts
from jiuyuan.people.sources import recording, running
from jiuyuan.people.sources import services as sources
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, SameEyes, WrongState
from jiuyuan.rules import calendar
from tests.factories import OTHER_COUNTY, a_case, act_on, an_account, an_applicant, move_to, staff
from tests.people.sources.files import a_csv
from tests.recognitions.register import BEARS, EVIDENCE, bear, end, learn, on_the_register

pytestmark = pytest.mark.django_db


def borne() -> Recognition:
    recognition = on_the_register()
    bear(recognition)
    return recognition


def test_an_exit_has_ground_case_day_evidence_and_officer_and_the_person_is_told_why_and_how_to_object() -> None:
    recognition = end(borne())
    assert (recognition.status, recognition.ended_on) == ("ended", clock.today())
    message = Message.objects.unscoped().latest("pk")
    said = (
        "三(一)",
        "已享受基本养老保险待遇",
        "社会保险经办机构",
        "部门共享数据",
        EVIDENCE.rstrip("。"),
        "异议",
        "行政复议",
    )
    for words in said:
        assert words in message.body, words
    assert "或达到法定退休年龄" not in message.body, "the case that holds, not the whole clause"


def test_only_a_reviewer_of_the_county_ends_a_recognition() -> None:
    recognition = borne()
    with pytest.raises(NotForRole):
        end(recognition, staff("clerk"))
    with pytest.raises(NotFound):
        end(recognition, staff("reviewer", at=OTHER_COUNTY))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ground": "tired_of_it"}, "ground"),
        ({"on": date(2099, 1, 1)}, "on"),
        ({"on": date(2020, 1, 1)}, "on"),
        ({"evidence": " "}, "evidence"),
        ({"evidence": "长" * 401}, "evidence"),
    ],
)
def test_an_exit_without_a_proper_ground_day_or_evidence_names_the_field(change: dict[str, object], field: str) -> None:
    recognition = borne()
    with pytest.raises(BadInput) as refused:
        end(recognition, **change)
    assert [name for name, _ in refused.value.errors] == [field]
    recognition.refresh_from_db()
    assert recognition.status == "active"


def test_a_second_exit_and_an_older_version_change_nothing() -> None:
    recognition = borne()
    with pytest.raises(Conflict):
        end(recognition, version=recognition.version + 7)
    end(recognition)
    with pytest.raises(WrongState):
        end(recognition)


@pytest.mark.parametrize("ground", BEARS)
def test_a_ground_is_ended_on_where_the_file_says_so_and_not_before(ground: str) -> None:
    recognition = on_the_register()
    with pytest.raises(GuardNotMet) as refused:
        end(recognition, ground=ground)
    assert refused.value.code == "ground_not_borne"
    assert refused.value.details["answer"]["exit"] is not True  # type: ignore[index]
    assert refused.value.details["missing"]
    recognition.refresh_from_db()
    assert recognition.status == "active"
    bear(recognition, ground)
    assert end(recognition, ground=ground).ground == ground


def test_hearsay_ends_nothing_for_a_woman_of_44() -> None:
    with pytest.raises(GuardNotMet) as refused:
        end(on_the_register(born="1982-01-03", sex="female"), evidence="听说已退休。")
    assert refused.value.code == "ground_not_borne"


def test_what_the_person_declared_is_disputed_or_contradicted_bears_nothing() -> None:
    clerk = staff("clerk")
    declared, disputed, contradicted = on_the_register(), on_the_register(), on_the_register()
    people.record_facts(clerk.actor, declared.person, {"receives_pension": True}, source="declared")
    bear(disputed)
    people.dispute(clerk.actor, disputed.person, "receives_pension", "领的是遗属待遇。")
    bear(contradicted)
    people.record_facts(
        clerk.actor, contradicted.person, {"receives_pension": False}, source="document", evidence="存折"
    )
    for recognition in (declared, disputed, contradicted):
        with pytest.raises(GuardNotMet) as refused:
            end(recognition)
        assert refused.value.code == "ground_not_borne"
        assert refused.value.details["missing"][0] == "receives_pension"  # type: ignore[index]


def test_who_recorded_the_fact_by_hand_does_not_end_on_it_and_nobody_with_the_same_id_number() -> None:
    recognition, reviewer = on_the_register(), staff("reviewer")
    bear(recognition, by=reviewer)
    for user in (reviewer, staff("reviewer", id_index=reviewer.id_index)):
        with pytest.raises(GuardNotMet, match="是您自己登记或者导入的") as refused:
            end(recognition, user)
        assert refused.value.code == "ground_not_borne"
    end(recognition, staff("reviewer"))


def test_who_brought_the_departments_file_does_not_end_on_it_alone() -> None:
    recognition, reviewer = on_the_register(), staff("reviewer")
    person = recognition.person
    rows = a_csv([["姓名", "身份证号码", "待遇状态"], [person.name, person.id_number, "正常领取"]])
    running.run(sources.upload(reviewer, "social_insurance", "x.csv", [rows], dry=False).pk, recording.work_for)
    with pytest.raises(GuardNotMet, match="是您自己登记或者导入的"):
        end(recognition, reviewer)
    end(recognition, staff("reviewer"))


def test_a_fact_learned_today_says_nothing_of_an_earlier_day() -> None:
    recognition = on_the_register()
    move_to(clock.today() + timedelta(days=5))
    bear(recognition)
    with pytest.raises(GuardNotMet, match="不能早于这一天"):
        end(recognition, on=clock.today() - timedelta(days=1))
    end(recognition)


def test_an_age_is_reached_on_its_day_and_not_the_day_before() -> None:
    recognition = on_the_register(born="1976-01-10", sex="female")
    learn(recognition, retirement_track="female_50")
    day = calendar.retirement(date(1976, 1, 10), "female_50").day
    move_to(day + timedelta(days=2))
    with pytest.raises(GuardNotMet) as refused:
        end(recognition, on=day - timedelta(days=1))
    assert refused.value.code == "ground_not_borne"
    ended = end(recognition, on=day)
    assert ended.case == "retirement_age"
    assert "达到法定退休年龄" in Message.objects.unscoped().latest("pk").body


@pytest.mark.parametrize("holds", [{}, {"fraud_found": True}, {"disqualification_confirmed": True}])
def test_the_sixth_ground_needs_an_investigation_whatever_the_file_says(holds: dict[str, bool]) -> None:
    recognition = on_the_register()
    if holds:
        actor = staff("clerk").actor
        people.record_facts(actor, recognition.person, holds, source="site_visit", evidence="以前查实", by_act=True)
    with pytest.raises(GuardNotMet) as refused:
        end(recognition, ground="disqualified", evidence="群众举报其已在外地就业。")
    assert refused.value.code == "needs_investigation"
    with pytest.raises(GuardNotMet) as refused:
        act_on("propose", staff("clerk"), recognition.pk, ground="disqualified", reason="群众举报。")
    assert refused.value.code == "needs_investigation"
    nightly.run()
    assert not ExitProposal.objects.unscoped().exists(), "the night investigates, it does not propose"
    with moving(ExitProposal):
        of_before = ExitProposal.objects.create(
            recognition=recognition,
            ground="disqualified",
            found_on=clock.today(),
            proposed_by_name="李明",
            reason="查实",
        )
    with pytest.raises(GuardNotMet) as refused:
        act_on("confirm", staff("reviewer"), of_before.pk, reason="同意。")
    assert refused.value.code == "needs_investigation"


def test_an_exit_at_once_is_refused_while_a_proposal_waits_and_names_it() -> None:
    recognition = borne()
    proposal = act_on("propose", staff("clerk"), recognition.pk, ground="left_scope", reason="2026年3月迁往辽宁省。")
    with pytest.raises(WrongState, match="移居") as refused:
        end(recognition)
    assert refused.value.details["proposal"] == proposal.pk


def test_a_clerk_proposes_and_a_reviewer_confirms_what_the_file_bears_by_then() -> None:
    recognition = on_the_register()
    proposal = act_on("propose", staff("clerk"), recognition.pk, ground="left_scope", reason="2026年3月迁往辽宁省。")
    with pytest.raises(Conflict):
        act_on("propose", staff("clerk"), recognition.pk, ground="left_scope", reason="再提一次。")
    with pytest.raises(NotForRole):
        act_on("confirm", staff("clerk"), proposal.pk, reason="同意。")
    with pytest.raises(GuardNotMet) as refused:
        act_on("confirm", staff("reviewer"), proposal.pk, reason="户口迁移证明属实。")
    assert refused.value.code == "ground_not_borne"
    proposal.refresh_from_db()
    assert proposal.status == "open"
    bear(recognition, "left_scope")
    act_on("confirm", staff("reviewer"), proposal.pk, reason="户口迁移证明属实。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground, recognition.case) == (
        "ended",
        "left_scope",
        "moved_out_of_province",
    )
    body = Message.objects.unscoped().latest("pk").body
    assert "移居境（省）外" in body
    assert "死亡" not in body
    with pytest.raises(WrongState):
        act_on("confirm", staff("reviewer"), proposal.pk, reason="再来一次。")


@pytest.mark.parametrize("decide", ["confirm", "dismiss"])
def test_who_proposed_decides_nothing_not_even_from_a_second_account(decide: str) -> None:
    recognition, proposer = borne(), staff("reviewer")
    proposal = act_on("propose", proposer, recognition.pk, ground="pension_or_retirement", reason="社保数据。")
    for user in (proposer, staff("reviewer", id_index=proposer.id_index)):
        with pytest.raises(SameEyes):
            act_on(decide, user, proposal.pk, reason="同意。")
    act_on(decide, staff("reviewer"), proposal.pk, reason="已核对。")


def test_a_proposal_of_before_accounts_were_kept_is_not_decided_by_somebody_of_that_name() -> None:
    recognition, reviewer = borne(), staff("reviewer")
    with moving(ExitProposal):
        of_before = ExitProposal.objects.create(
            recognition=recognition, ground="pension_or_retirement", found_on=clock.today(), proposed_by_name=reviewer.name,
            reason="社保数据",
        )  # fmt: skip
    with pytest.raises(SameEyes):
        act_on("confirm", reviewer, of_before.pk, reason="同意。")


def test_the_confirmer_does_not_record_the_fact_that_was_missing() -> None:
    recognition, reviewer = on_the_register(), staff("reviewer")
    proposal = act_on("propose", staff("clerk"), recognition.pk, ground="imprisoned", reason="公安通报。")
    bear(recognition, "imprisoned", by=reviewer)
    with pytest.raises(GuardNotMet) as refused:
        act_on("confirm", reviewer, proposal.pk, reason="属实。")
    assert refused.value.code == "ground_not_borne"
    act_on("confirm", staff("reviewer"), proposal.pk, reason="属实。")


def test_who_proposed_takes_it_back_and_nobody_else() -> None:
    recognition, proposer = on_the_register(), staff("clerk")
    proposal = act_on("propose", proposer, recognition.pk, ground="left_scope", reason="听说搬走了。")
    with pytest.raises(NotForRole):
        act_on("take_back", staff("clerk"), proposal.pk, reason="算了。")
    act_on("take_back", proposer, proposal.pk, reason="查无此事。")
    proposal.refresh_from_db()
    assert proposal.status == "taken_back"
    bear(recognition)
    end(recognition)


def test_a_person_asks_to_leave_may_stay_after_all_and_leaves_when_a_reviewer_confirms() -> None:
    account = an_account()
    case = a_case("recognised", applicant=an_applicant(), by=account)
    recognition = case.recognition
    assert recognition is not None
    with pytest.raises(BadInput) as refused:
        act_on("propose", account, recognition.pk, ground="imprisoned", reason="想走。")
    assert refused.value.errors[0][0] == "ground"
    first = act_on("propose", account, recognition.pk, ground="withdrew_or_refused", reason="我找到工作了。")
    act_on("take_back", account, first.pk, reason="没有谈成。")
    assert KnownFacts.objects.unscoped().get(person=recognition.person).withdrew is False  # type: ignore[attr-defined]
    second = act_on("propose", account, recognition.pk, ground="withdrew_or_refused", reason="这次真的找到了。")
    act_on("confirm", staff("reviewer"), second.pk, reason="本人申请。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.case) == ("ended", "withdrew")
    assert "本人申请退出援助" in Message.objects.unscoped().latest("pk").body


def test_an_end_lets_every_other_proposal_lapse() -> None:
    recognition = borne()
    clerk = staff("clerk")
    one = act_on("propose", clerk, recognition.pk, ground="pension_or_retirement", reason="社保数据。")
    other = act_on("propose", clerk, recognition.pk, ground="left_scope", reason="听说搬走了。")
    act_on("confirm", staff("reviewer"), one.pk, reason="属实。")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == ("confirmed", "lapsed")


def test_a_wish_to_leave_that_was_not_granted_bears_no_exit_any_more() -> None:
    stay = on_the_register()
    stay.person.account = account = an_account(id_index=stay.person.id_index)
    stay.person.save()
    wish = act_on("propose", account, stay.pk, ground="withdrew_or_refused", reason="不用帮了")
    act_on("dismiss", staff("reviewer"), wish.pk, reason="本人已当面说明是误会")
    with pytest.raises(GuardNotMet) as refused:
        end(stay, ground="withdrew_or_refused")
    assert refused.value.code == "ground_not_borne"
