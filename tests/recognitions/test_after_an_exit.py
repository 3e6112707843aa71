"""What follows an exit: the sealed notice of it, and the objection that suspends it (三)."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from jiuyuan.agencies.services import issue_token
from jiuyuan.notifications.models import Message
from jiuyuan.people import services as people
from jiuyuan.printing import letters, sealing
from jiuyuan.printing.certificates import load_roots
from jiuyuan.recognitions.letters import exit_notice_pdf, make_exit_notice, order_missing_exit_notices
from jiuyuan.recognitions.models import ExitNotice, Recognition
from jiuyuan.refusals import NotFound, SameEyes, WrongState
from jiuyuan.worker.models import Job
from tests.factories import act_on, an_account, staff
from tests.jobs import work
from tests.recognitions.register import EVIDENCE, bear, end, notice_of, on_the_register

pytestmark = pytest.mark.django_db


def borne() -> Recognition:
    recognition = on_the_register()
    bear(recognition)
    return recognition


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def again(recognition: Recognition) -> Recognition:
    found: Recognition = Recognition.objects.unscoped().select_related("person", "agency").get(pk=recognition.pk)
    return found


def test_an_objection_suspends_the_exit_until_another_reviewer_decides() -> None:
    first, second = staff("reviewer"), staff("reviewer")
    recognition = end(borne(), first)
    objection = act_on("object", staff("clerk"), recognition.pk, "我领的是遗属待遇，不是养老金。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground, recognition.case) == ("active", "", "")
    for user in (first, staff("reviewer", id_index=first.id_index)):
        with pytest.raises(SameEyes, match="须由另一人处理"):
            act_on("settle", user, objection.pk, upheld=True, finding="查过了。")
    act_on("settle", second, objection.pk, upheld=False, finding="社保系统显示为基本养老保险待遇。")
    recognition.refresh_from_db()
    stands = (recognition.status, recognition.ground, recognition.case, recognition.evidence)
    assert stands == ("ended", "pension_or_retirement", "receives_pension", EVIDENCE)
    body = Message.objects.unscoped().latest("pk").body
    for words in ("不成立", "三(一)", "社保系统显示", "行政复议"):
        assert words in body


def test_who_proposed_or_confirmed_the_exit_does_not_settle_the_objection() -> None:
    recognition, proposer, confirmer = borne(), staff("reviewer"), staff("reviewer")
    proposal = act_on("propose", proposer, recognition.pk, ground="pension_or_retirement", reason="社保数据。")
    act_on("confirm", confirmer, proposal.pk, reason="属实。")
    objection = act_on("object", staff("clerk"), recognition.pk, "不对。")
    for user in (proposer, confirmer, staff("reviewer", id_index=proposer.id_index)):
        with pytest.raises(SameEyes):
            act_on("settle", user, objection.pk, upheld=False, finding="查过了。")
    act_on("settle", staff("reviewer"), objection.pk, upheld=False, finding="查过了。")


def test_an_objection_that_is_upheld_keeps_the_person_and_a_later_exit_can_be_objected_to_again() -> None:
    recognition = end(borne())
    objection = act_on("object", staff("clerk"), recognition.pk, "我领的是遗属待遇，不是养老金。")
    act_on("settle", staff("reviewer"), objection.pk, upheld=True, finding="核实为遗属待遇。")
    recognition.refresh_from_db()
    assert recognition.status == "active"
    assert "继续在册" in Message.objects.unscoped().latest("pk").body
    bear(recognition, "imprisoned")
    end(recognition, ground="imprisoned")
    act_on("object", staff("clerk"), recognition.pk, "判的是缓刑。")
    recognition.refresh_from_db()
    assert recognition.status == "active"


def test_somebody_on_the_register_has_no_exit_to_object_to() -> None:
    with pytest.raises(WrongState):
        act_on("object", staff("clerk"), on_the_register().pk, "不服。")


def test_the_notice_of_exit_says_ground_fact_source_and_day_and_is_sealed_by_the_county(settings: object) -> None:
    recognition = again(end(borne()))
    with pytest.raises(WrongState) as refused:
        exit_notice_pdf(recognition)
    assert refused.value.title == "退出告知书正在盖章，请过一分钟再打开。"
    pdf = notice_of(recognition)
    assert exit_notice_pdf(recognition) == pdf, "sealed once, given out the same"
    text = text_of(pdf)
    for words in ("三(一)", "已享受基本养老保险待遇", "社会保险经办机构", "异议", recognition.person.name):
        assert words in text
    roots = load_roots(settings.JIUYUAN.data / "certificates")  # type: ignore[attr-defined]
    [verdict] = sealing.verify(pdf, roots)
    assert verdict.valid
    assert verdict.agency_code == recognition.agency.code


def test_the_notice_states_the_facts_of_the_decision_whatever_is_recorded_afterwards() -> None:
    recognition = again(end(borne()))
    people.record_facts(
        staff("clerk").actor, recognition.person, {"receives_pension": False}, source="shared_data",
        department="社会保险经办机构", evidence="更正数据",
    )  # fmt: skip
    text = text_of(notice_of(recognition))
    assert "数据比对" in text
    assert "更正数据" not in text


def test_seal_and_day_never_stand_alone_on_a_page() -> None:
    for length in range(1, 400, 40):
        recognition = on_the_register()
        bear(recognition)
        recognition = again(end(recognition, evidence="社保数据，" + "按月领取待遇" * (length // 6)))
        [*_, last] = [page.extract_text() for page in PdfReader(io.BytesIO(notice_of(recognition))).pages]
        assert "如有异议" in last.replace("\n", "")


def test_of_two_workers_that_make_a_notice_at_once_one_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    recognition = again(end(borne()))
    seal, first = letters.seal_letter, []

    def while_another_seals(*given: Any, **said: Any) -> bytes:
        monkeypatch.setattr(letters, "seal_letter", seal)
        make_exit_notice(f"{recognition.pk}:{recognition.version}")
        first.append(exit_notice_pdf(recognition))
        return seal(*given, **said)

    monkeypatch.setattr(letters, "seal_letter", while_another_seals)
    assert notice_of(recognition) == first[0]


def test_an_exit_that_is_suspended_before_its_notice_was_made_gets_none_and_one_that_stands_again_gets_its_own() -> (
    None
):
    recognition = end(borne())
    objection = act_on("object", staff("clerk"), recognition.pk, "不服。")
    work("make_exit_notice")
    assert not ExitNotice.objects.unscoped().exists()
    act_on("settle", staff("reviewer"), objection.pk, upheld=False, finding="核实无误。")
    assert notice_of(again(recognition)).startswith(b"%PDF")


def test_ends_of_before_notices_were_made_with_them_get_theirs_once() -> None:
    recognition = again(end(borne()))
    Job.objects.unscoped().all().delete()
    assert work("order_exit_notices") == 1
    assert notice_of(recognition).startswith(b"%PDF")
    order_missing_exit_notices()
    assert work("make_exit_notice") == 0


def test_pages_and_interface_say_that_the_notice_is_being_made_and_seal_nothing(log_in: Any) -> None:
    recognition = again(end(borne()))
    reviewer = staff("reviewer")
    answer = log_in(reviewer).get(f"/desk/register/{recognition.pk}/exit-notice.pdf", follow=True)
    assert "退出告知书正在盖章" in answer.content.decode()
    token = issue_token(reviewer)
    address = f"/api/v1/recognitions/{recognition.pk}/exit-notice.pdf"
    told = log_in(reviewer).get(address, headers={"Authorization": f"Bearer {token}"})
    assert (told.status_code, told.json()["title"]) == (409, "退出告知书正在盖章，请过一分钟再打开。")
    assert not ExitNotice.objects.unscoped().exists()
    recognition.person.account = an_account()
    recognition.person.save(update_fields=["account"])
    owner = log_in(recognition.person.account)
    address = f"/mine/recognition/{recognition.pk}/exit-notice.pdf"
    assert "退出告知书正在盖章，请过一分钟再打开。" in owner.get(address, follow=True).content.decode()
    Job.objects.unscoped().all().delete()
    said = owner.get(address, follow=True).content.decode()
    assert "退出告知书还没有盖好章，我们会补盖" in said and "后台程序" not in said and "管理人员" not in said


def test_there_is_no_notice_of_exit_for_somebody_on_the_register() -> None:
    with pytest.raises(NotFound):
        exit_notice_pdf(on_the_register())
