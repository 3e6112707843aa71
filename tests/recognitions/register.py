"""People on the register, for the tests of what happens there."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.people import services as people
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import Investigation, Recognition
from jiuyuan.rules.facts import FACTS
from tests.factories import a_case, act_on, an_applicant, by_who_knows, staff
from tests.jobs import work

# What makes a ground of 三 true on file.
BEARS: dict[str, dict[str, Any]] = {
    "pension_or_retirement": {"receives_pension": True},
    "assistance_expired": {"assistance_granted": True, "assistance_ends_on": "2026-03-01"},
    "left_scope": {"moved_out_of_province": True},
    "imprisoned": {"imprisoned": True},
    "registration_cancelled": {"registration_cancelled": True},
}
EVIDENCE = "社保2026年3月5日数据：按月领取基本养老保险待遇。"


def on_the_register(**of_whom: str) -> Recognition:
    """Somebody who was recognised act by act; the day of the test is the day after the notice."""
    case = a_case("recognised", applicant=an_applicant(**of_whom) if of_whom else None)
    recognition = Application.objects.unscoped().get(pk=case.pk).recognition
    assert recognition is not None
    return recognition


def learn(recognition: Recognition, by: User | None = None, **facts: Any) -> None:
    """Who can know it says something about the person, and a clerk records it."""
    actor = (by or staff("clerk")).actor
    by_act = {name: facts.pop(name) for name in list(facts) if FACTS[name].act}
    if by_act:
        people.record_facts(actor, recognition.person, by_act, source="document", evidence="决定", by_act=True)
    for where, said in by_who_knows(facts).items():
        people.record_facts(actor, recognition.person, said, evidence="数据比对", **dict(where))


def bear(recognition: Recognition, ground: str = "pension_or_retirement", by: User | None = None) -> None:
    """Have the file say what the ground needs."""
    learn(recognition, by, **BEARS[ground])


def end(recognition: Recognition, reviewer: User | None = None, **changes: Any) -> Recognition:
    """End it on what the file says; borne beforehand unless the test did it."""
    recognition.refresh_from_db()
    said = {
        "version": recognition.version,
        "ground": "pension_or_retirement",
        "on": clock.today(),
        "evidence": EVIDENCE,
    }
    found: Recognition = act_on("end", reviewer or staff("reviewer"), recognition.pk, **(said | changes))
    return found


def struck_off(recognition: Recognition, ground: str, reviewer: User | None = None) -> Recognition:
    """Borne by the file, and ended."""
    bear(recognition, ground)
    return end(recognition, reviewer, ground=ground)


def found(
    recognition: Recognition, *, holds: bool = True, fraud: bool = False, by: User | None = None
) -> Investigation:
    """An investigation with its finding."""
    opened = act_on("investigate", staff("clerk"), recognition.pk, cause="邻居反映其在市场摆摊。")
    finding = "2025年7月起经营小吃店，有照片和租约。" if holds else "走访市场管理处，无其摊位登记。"
    return act_on("find", by or staff("clerk"), opened.pk, finding=finding, holds=holds, fraud=fraud)


def told(investigation: Investigation, *, heard: bool = True) -> Investigation:
    """The person was told what was found, and where `heard` has answered."""
    act_on("tell", staff("clerk"), investigation.pk, how="当面送达", proof="本人签收的回执")
    if heard:
        act_on("respond", staff("clerk"), investigation.pk, words="我只是帮忙看店。")
    investigation.refresh_from_db()
    return investigation


def notice_of(recognition: Recognition) -> bytes:
    """退出告知书 once the worker has made it."""
    work("make_exit_notice")
    return exit_notice_pdf(recognition)
