"""Opening and ending a stay on the register."""

from datetime import date
from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.history import services as history
from jiuyuan.history.state import set_by
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Person
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.recognitions.door import enter
from jiuyuan.recognitions.grounds import (
    DISQUALIFIED,
    NEEDS_INVESTIGATION,
    bearing,
    exit_grounds,
    held_of,
    in_words,
    source_in_words,
)
from jiuyuan.recognitions.letters import order_exit_notice
from jiuyuan.recognitions.models import ExitProposal, Recognition
from jiuyuan.refusals import BadInput, GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules.facts import fact_label
from jiuyuan.rules.policy import Policy

LONGEST_REASON = 400
REMEDIES = "对处理结果不服的，可以依法申请行政复议或者提起行政诉讼。"
HEARD = (
    "认为不对的，可以登录系统，或到原办理平台提出异议；异议处理期间，退出暂停，由另一名工作人员处理；"
    "也可以依法申请行政复议或者提起行政诉讼。"
)


def active(person: Person) -> Recognition | None:
    return person.recognitions.filter(status=Recognition.Status.ACTIVE).first()


def open_recognition(
    user: User, person: Person, *, agency: Agency, area: str, category: str, rules: Policy
) -> Recognition:
    """Put a person on the register, pointing to the stay before (四(三)). Call inside the transaction of the act."""
    refuse(user, person)
    former = person.recognitions.order_by("-recognised_on", "-id").first()
    recognition = Recognition.objects.create(
        person=person,
        number=f"pending-{person.pk}",
        agency=agency,
        area=area,
        category=category,
        recognised_on=clock.today(),
        recognised_by_name=user.name,
        region=registry.region_of(area).code,
        scheme=rules.scheme,
        policy=rules.code,
        former=former,
    )
    recognition.number = f"R{agency.code}-{clock.today().year}-{recognition.pk:06d}"
    recognition.save(update_fields=["number"])
    payload = {
        "recognition": recognition.number,
        "category": category,
        "former": former.number if former else None,
        "state": set_by([recognition]),
    }
    history.append(person.file, user.actor, "recognised", payload, area)
    return recognition


@transaction.atomic
def end(user: User, pk: int, *, version: int, ground: str, on: date, evidence: str) -> Recognition:
    """End a recognition on a ground of 三 that the file bears on that day, but for 三(六). The person is told.

    Raises `WrongState` where a proposal waits, naming it, and `GuardNotMet` (`needs_investigation`, `ground_not_borne`).
    """
    sheet, _ = enter(user, "end", pk, version)
    recognition = sheet.recognition
    errors = [*wrong_ground(ground), *wrong_day(recognition, on)]
    errors += too_long("evidence", evidence, "请写明依据：哪项事实、来自哪里、哪一天。", "依据")
    if errors:
        raise BadInput("有内容需要改正。", errors)
    end_where_borne(user, recognition, ground=ground, on=on, evidence=evidence.strip())
    return recognition


def end_where_borne(user: User, recognition: Recognition, *, ground: str, on: date, evidence: str) -> None:
    """End it if the file bears the ground on that day without anything that this user recorded by hand."""
    if ground == DISQUALIFIED:
        raise needs_investigation()
    found = bearing(recognition, ground, on, user)
    if not found.borne:
        raise found.refusal()
    close(user, recognition, ground=ground, case=found.case, on=on, evidence=evidence, basis=found.basis)


def needs_investigation() -> GuardNotMet:
    return GuardNotMet(NEEDS_INVESTIGATION, [("ground", NEEDS_INVESTIGATION)], code="needs_investigation")


def wrong_ground(ground: str) -> list[tuple[str, str]]:
    grounds = exit_grounds()
    return [] if ground in grounds else [("ground", f"退出情形应为下列之一：{'、'.join(grounds)}。")]


def wrong_day(recognition: Recognition, on: date) -> list[tuple[str, str]]:
    if recognition.recognised_on <= on <= clock.today():
        return []
    return [("on", "退出日期不能早于认定日期，也不能晚于今天。")]


def too_long(field: str, text: str, missing: str, label: str, longest: int = LONGEST_REASON) -> list[tuple[str, str]]:
    """The error of a text that has to be written and must fit."""
    if not text.strip():
        return [(field, missing)]
    if len(text) > longest:
        return [(field, f"{label}最多{longest}字，现在有{len(text)}个字，请写短一些。")]
    return []


def close(
    user: User,
    recognition: Recognition,
    *,
    ground: str,
    case: str,
    on: date,
    evidence: str,
    basis: list[dict[str, Any]],
    annulled: bool = False,
) -> None:
    """Write an end and tell the person why, on which fact, from which source, and how to be heard.

    The end of an annulled recognition is the day it began. Proposals that still wait need no decision any more.
    """
    recognition.status = Recognition.Status.ENDED
    recognition.ground, recognition.case, recognition.annulled = ground, case, annulled
    recognition.ended_on, recognition.evidence, recognition.basis = on, evidence, basis
    recognition.ended_by, recognition.ended_by_name, recognition.decided_on = user.username, user.name, clock.today()
    recognition.version += 1
    recognition.save()
    payload = {
        "recognition": recognition.number, "ground": ground, "case": case, "on": on, "evidence": evidence,
        "basis": basis, "version": recognition.version, "state": set_by([recognition]),
    }  # fmt: skip
    action = "annulled" if annulled else "ended"
    history.append(recognition.file, user.actor, action, payload, recognition.area)
    _lapse_what_waits(user, recognition)
    order_exit_notice(recognition)
    tell(recognition.person, "认定取消告知" if annulled else "就业困难人员身份退出告知", message_of_end(recognition))


def message_of_end(recognition: Recognition) -> str:
    """Why, under which clause, on which fact from which source, and how to be heard."""
    said = held_of(recognition)
    assert said is not None
    assert recognition.ended_on is not None
    facts = "".join(
        f"认定的事实：{fact_label(one['name'])}：{in_words(one['name'], one['value'])}"
        f"（{source_in_words(one)}，{date.fromisoformat(one['observed_on']):%Y年%-m月%-d日}）。"
        for one in recognition.basis or ()
    )
    day = f"{recognition.ended_on:%Y年%-m月%-d日}"
    what = f"您的就业困难人员身份自{day}起退出。"
    if recognition.annulled:
        what = f"您{day}的就业困难人员认定已取消，自认定之日起不作数，已享受的补贴等款项依法追回。"
    return (
        f"{recognition.person.name}：{what}情形：{said.title}（吉人社发〔2022〕10号 {said.clause}）。{facts}"
        f"依据：{recognition.evidence.rstrip('。')}。决定机构：{recognition.agency.name}。{HEARD}"
    )


def _lapse_what_waits(user: User, recognition: Recognition) -> None:
    for proposal in recognition.proposals.filter(status=ExitProposal.Status.OPEN):
        proposal.status, proposal.decided_on = ExitProposal.Status.LAPSED, clock.today()
        proposal.save(update_fields=["status", "decided_on"])
        payload = {
            "recognition": recognition.number,
            "ground": proposal.ground,
            "proposal": proposal.pk,
            "state": set_by([proposal]),
        }
        history.append(recognition.file, user.actor, "exit_proposal_lapsed", payload, recognition.area)


def touch(recognition: Recognition) -> int:
    """Something about a stay that goes on has changed: a page of before is out of date. Returns the version."""
    if recognition.status == Recognition.Status.ACTIVE:
        recognition.version += 1
        recognition.save(update_fields=["version"])
    return recognition.version
