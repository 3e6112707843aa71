"""Exits that are fair: decided by a reviewer, told with reasons, objected to, decided again by somebody else (三)."""

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.notifications.models import Message
from jiuyuan.people import services as people
from jiuyuan.printing import letters, sealing
from jiuyuan.printing.certificates import load_roots
from jiuyuan.recognitions import exits, services
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState
from tests.factories import OTHER_COUNTY, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db
EVIDENCE = "社保2026年3月5日数据：按月领取基本养老保险待遇。"


def end(recognition: Recognition, reviewer: User | None = None, **changes: object) -> Recognition:
    said = {
        "version": recognition.version,
        "ground": "pension_or_retirement",
        "on": clock.today(),
        "evidence": EVIDENCE,
    }
    return services.end(reviewer or staff("reviewer"), recognition.pk, **(said | changes))  # type: ignore[arg-type]


def test_an_exit_has_ground_day_evidence_and_officer_and_the_person_is_told_how_to_object() -> None:
    recognition = end(on_the_register())
    assert (recognition.status, recognition.ended_on) == ("ended", clock.today())
    message = Message.objects.latest("pk")
    assert "三(一)" in message.body
    assert EVIDENCE in message.body
    assert "异议" in message.body


def test_only_a_reviewer_of_the_county_ends_a_recognition() -> None:
    recognition = on_the_register()
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
    ],
)
def test_an_exit_without_a_proper_ground_day_or_evidence_names_the_field(change: dict[str, object], field: str) -> None:
    recognition = on_the_register()
    with pytest.raises(BadInput) as refused:
        end(recognition, **change)
    assert [name for name, _ in refused.value.errors] == [field]
    recognition.refresh_from_db()
    assert recognition.status == "active"


def test_a_second_exit_and_an_older_version_change_nothing() -> None:
    recognition = on_the_register()
    with pytest.raises(Conflict):
        end(recognition, version=recognition.version + 7)
    end(recognition)
    with pytest.raises(WrongState):
        end(recognition)


def test_an_objection_suspends_the_exit_until_another_reviewer_decides() -> None:
    first, second = staff("reviewer"), staff("reviewer")
    recognition = end(on_the_register(), first)
    objection = exits.object_to_exit(staff("clerk"), recognition.pk, "我领的是遗属待遇，不是养老金。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground) == ("active", "")
    with pytest.raises(GuardNotMet, match="须由另一人处理"):
        exits.decide_objection(first, objection.pk, upheld=True, finding="查过了。")
    exits.decide_objection(second, objection.pk, upheld=False, finding="社保系统显示为基本养老保险待遇。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground, recognition.evidence) == (
        "ended",
        "pension_or_retirement",
        EVIDENCE,
    )


def test_an_objection_that_is_upheld_keeps_the_person_on_the_register() -> None:
    recognition = end(on_the_register())
    objection = exits.object_to_exit(staff("clerk"), recognition.pk, "我领的是遗属待遇，不是养老金。")
    exits.decide_objection(staff("reviewer"), objection.pk, upheld=True, finding="核实为遗属待遇。")
    recognition.refresh_from_db()
    assert recognition.status == "active"
    assert "继续在册" in Message.objects.latest("pk").body


def test_somebody_on_the_register_has_no_exit_to_object_to() -> None:
    with pytest.raises(WrongState):
        exits.object_to_exit(staff("clerk"), on_the_register().pk, "不服。")


def test_a_clerk_proposes_and_a_reviewer_decides() -> None:
    recognition = on_the_register()
    proposal = exits.propose(staff("clerk"), recognition.pk, ground="left_scope", reason="2026年3月迁往辽宁省。")
    with pytest.raises(Conflict):
        exits.propose(staff("clerk"), recognition.pk, ground="left_scope", reason="再提一次。")
    with pytest.raises(NotForRole):
        exits.decide_proposal(staff("clerk"), proposal.pk, confirm=True, decision="同意。")
    exits.decide_proposal(staff("reviewer"), proposal.pk, confirm=True, decision="户口迁移证明属实。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ground) == ("ended", "left_scope")
    with pytest.raises(WrongState):
        exits.decide_proposal(staff("reviewer"), proposal.pk, confirm=True, decision="再来一次。")


def test_the_notice_of_exit_says_ground_fact_source_and_day_and_is_sealed_by_the_county(settings: object) -> None:
    recognition = on_the_register()
    people.record_facts(
        staff("clerk").actor,
        recognition.person,
        {"receives_pension": True},
        source="shared_data",
        department="长春市社会保险局",
        evidence="2026年3月数据第12行",
    )
    end(recognition)
    recognition = Recognition.objects.unscoped().select_related("person", "agency").get(pk=recognition.pk)
    pdf = exit_notice_pdf(recognition)
    assert exit_notice_pdf(recognition) == pdf, "sealed once, given out the same"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")
    for words in ("三(一)", "社会保险经办机构", "异议", recognition.person.name):
        assert words in text
    roots = load_roots(settings.JIUYUAN.data / "certificates")  # type: ignore[attr-defined]
    [verdict] = sealing.verify(pdf, roots)
    assert verdict.valid
    assert verdict.agency_code == recognition.agency.code


def test_two_who_open_the_notice_at_once_get_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    recognition = on_the_register()
    end(recognition)
    recognition = Recognition.objects.unscoped().select_related("person", "agency").get(pk=recognition.pk)
    seal, first = letters.seal_letter, []

    def while_another_seals(*given: Any, **said: Any) -> bytes:
        monkeypatch.setattr(letters, "seal_letter", seal)
        first.append(exit_notice_pdf(recognition))
        return seal(*given, **said)

    monkeypatch.setattr(letters, "seal_letter", while_another_seals)
    assert exit_notice_pdf(recognition) == first[0] == exit_notice_pdf(recognition)


def test_there_is_no_notice_of_exit_for_somebody_on_the_register() -> None:
    with pytest.raises(NotFound):
        exit_notice_pdf(on_the_register())
