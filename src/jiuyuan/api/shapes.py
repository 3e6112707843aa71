"""A case in the API. Personal numbers are masked unless requested in full."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import PlainSerializer

from jiuyuan.agencies.models import Agency, User
from jiuyuan.api import case_people
from jiuyuan.api.case_people import AgentShape, MemberShape, SignatureShape
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, Material, Objection, PublicNotice, SpecialCase
from jiuyuan.applications.public import NEUTRAL
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.clock import CHINA
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, Source
from jiuyuan.procedures import engine
from jiuyuan.regions import registry
from jiuyuan.rules.departments import code_of
from jiuyuan.rules.facts import fact_label
from jiuyuan.wording import say

#: A time in China's time zone, with its offset.
Moment = Annotated[datetime, PlainSerializer(lambda at: at.astimezone(CHINA).isoformat(timespec="seconds"))]


class PlaceShape(Schema):
    code: str
    name: str


class NoticeShape(Schema):
    posted_on: date
    ends_on: date
    taken_down_on: date | None
    result: str


class FactShape(Schema):
    """One recorded fact. `superseded`: a later or better source stands in its place."""

    id: int
    name: str
    label: str
    value: Any
    source: str
    source_label: str
    department: str
    evidence: str
    observed_on: date
    recorded_at: Moment
    recorded_by: str
    recorded_by_name: str
    verified: bool
    superseded: bool
    superseded_by: int | None
    settlement: str
    disputed: bool
    dispute: str
    contradiction: bool


class MaterialShape(Schema):
    id: int
    kind: str
    label: str
    pages: int
    content_type: str
    size: int
    file_name: str
    added_at: Moment


class MissingMaterialShape(Schema):
    any_of: list[str]
    label: str
    clause: str
    shows: str


class ActShape(Schema):
    seq: int
    at: Moment
    actor: str
    actor_name: str
    role: str
    action: str
    hash: str


class VoiceShape(Schema):
    reviewer: str
    granted: bool
    ground: str
    given_on: date


class SpecialCaseShape(Schema):
    """Settled when two reviewers agree: `granted` is null until then."""

    question: str
    clauses: list[str]
    raised_by: str
    raised_on: date
    granted: bool | None
    settled_on: date | None
    opinions: list[VoiceShape]


class ObjectionShape(Schema):
    id: int
    ground: str
    name: str
    contact: str
    made_at: Moment
    upheld: bool | None
    finding: str
    settled_on: date | None


class FactBehindShape(Schema):
    name: str
    value: Any
    source: str
    department: str
    observed_on: date


class FailingShape(Schema):
    """A clause on which the person can be refused today; of a refused case, one on which they were."""

    clause: str
    code: str
    title: str
    reason: str
    facts: list[FactBehindShape]


class CaseInList(Schema):
    number: str
    status: str
    status_label: str
    version: int
    name: str
    id_number: str
    platform: PlaceShape
    channel: str
    categories: list[str]
    due_on: date | None
    due_state: str
    days_left: int | None
    overdue: bool
    submitted_on: date | None


class CaseShape(CaseInList):
    round: int
    sex: str
    birth_date: date
    phone: str
    address: str
    details: dict[str, str]
    actions: list[str]
    blocked: dict[str, str]
    created_at: Moment
    accepted_on: date | None
    finished_on: date | None
    corrections: list[str]
    correction_pages: list[str]
    correct_by: date | None
    notice: NoticeShape | None
    decision: dict[str, Any] | None
    household: list[MemberShape]
    agent: AgentShape | None
    signed: SignatureShape | None
    family_contradiction: list[str]
    failing: list[FailingShape]
    unverified: list[str]
    facts: list[FactShape]
    materials: list[MaterialShape]
    missing_materials: list[MissingMaterialShape]
    special_case: SpecialCaseShape | None
    objections: list[ObjectionShape] | None
    batch: str | None
    recognition: str | None
    history: list[ActShape]


class CaseOnNotice(Schema):
    """What anyone may know of a case on public notice (二(二))."""

    number: str
    status: str
    name: str
    sex: str
    id_number: str
    category: str
    platform: PlaceShape
    notice: NoticeShape
    how_to_object: str


class CaseObjectedTo(CaseOnNotice):
    """`objection`: the number by which the objector asks about it; empty for anything else."""

    objection: str = ""


def case_in_list(application: Application) -> CaseInList:
    return CaseInList(**_row(Case(application, None)))


def case_in_full(case: Case, *, unmask: bool = False) -> CaseShape:
    """Everything that `case.user` may see of the case."""
    application, person, user = case.application, case.person, case.user
    assert user is not None
    offers = engine.offered(APPLICATION, case)
    return CaseShape(
        **_row(case, unmask),
        round=application.round,
        sex=person.sex,
        birth_date=person.birth_date,
        phone=case.phone if unmask else case.masked_phone,
        address=case.address,
        details=application.details,
        actions=[offer.transition.action for offer in offers],
        blocked={o.transition.action: "".join(o.reasons) for o in offers if not o.possible},
        created_at=application.created_at,
        accepted_on=application.accepted_on,
        finished_on=application.finished_on,
        corrections=application.corrections,
        correction_pages=application.correction_pages,
        correct_by=application.correct_by,
        household=case_people.household(case, unmask=unmask),
        agent=case_people.agent(case, unmask=unmask),
        signed=case_people.signature(case),
        family_contradiction=case.family_contradiction,
        failing=[FailingShape(**clause) for clause in (case.failing if application.is_open else _refused_on(case))],
        notice=notice(case.notice) if case.notice else None,
        decision=case.answer,
        unverified=case.unverified,
        facts=facts(case.known),
        materials=[material(item) for item in case.materials],
        missing_materials=[
            MissingMaterialShape(any_of=list(m.any_of), label=m.label, clause=m.clause, shows=m.shows)
            for m in case.missing_materials
        ],
        special_case=special_case(case.special_cases[-1]) if case.special_cases else None,
        objections=objections(user, case),
        batch=application.batch.number if application.batch else None,
        recognition=application.recognition.number if application.recognition else None,
        history=[
            ActShape(
                seq=e.seq, at=e.at, actor=e.actor, actor_name=e.actor_name, role=e.role, action=e.action, hash=e.hash
            )
            for e in case.acts
        ],
    )


def _refused_on(case: Case) -> list[dict[str, Any]]:
    refusal = case.decisions[-1].refusal if case.decisions else {}
    return list(refusal.get("clauses", ()))


def case_on_notice(row: PublicNotice) -> CaseOnNotice:
    application = row.application
    person = application.person
    return CaseOnNotice(
        number=application.number,
        status=application.status,
        name=person.name,
        sex=person.get_sex_display(),
        id_number=person.masked_id_number,
        category=say(NEUTRAL),
        platform=place(application.agency),
        notice=notice(row),
        how_to_object=say(
            "POST /api/v1/applications/{number}/object，写明 ground（理由）；不必留姓名。", number=application.number
        ),
    )


def _row(case: Case, unmask: bool = False) -> dict[str, Any]:
    application, person = case.application, case.person
    return {
        "number": application.number,
        "status": application.status,
        "status_label": application.state.label,
        "version": application.version,
        "name": person.name,
        "id_number": person.id_number if unmask else person.masked_id_number,
        "platform": place(application.agency),
        "channel": application.channel,
        "categories": application.categories,
        "due_on": application.due_on,
        "due_state": application.due_state,
        "days_left": case.days_left,
        "overdue": case.overdue,
        "submitted_on": application.submitted_on,
    }


def place(agency: Agency) -> PlaceShape:
    return PlaceShape(code=agency.code, name=agency.name)


def notice(row: PublicNotice) -> NoticeShape:
    return NoticeShape(posted_on=row.posted_on, ends_on=row.ends_on, taken_down_on=row.taken_down_on, result=row.result)


def facts(known: dict[str, Standing]) -> list[FactShape]:
    every = [(fact, standing) for standing in known.values() for fact in standing.facts]
    accounts = User.objects.in_bulk({fact.recorded_by_id for fact, _ in every if fact.recorded_by_id})
    return [_fact(fact, standing, accounts.get(fact.recorded_by_id)) for fact, standing in every]


def _fact(fact: Fact, standing: Standing, account: User | None) -> FactShape:
    return FactShape(
        id=fact.pk,
        name=fact.name,
        label=say(fact_label(fact.name)),
        value=fact.value,
        source=fact.source,
        source_label=Source(fact.source).label,
        department=code_of(fact.department),
        evidence=fact.evidence,
        observed_on=fact.observed_on,
        recorded_at=fact.recorded_at,
        recorded_by=account.username if account else "",
        recorded_by_name=fact.recorded_by_name,
        verified=fact.verified,
        superseded=fact.superseded_by_id is not None,
        superseded_by=fact.superseded_by_id,
        settlement=fact.settlement,
        disputed=fact.disputed,
        dispute=fact.dispute,
        contradiction=standing.contradicted and fact.superseded_by_id is None,
    )


def material(item: Material) -> MaterialShape:
    document = item.document
    return MaterialShape(
        id=item.pk,
        kind=item.kind,
        label=registry.materials()[item.kind],
        pages=document.pages,
        content_type=document.content_type,
        size=document.size,
        file_name=document.file_name,
        added_at=document.added_at,
    )


def special_case(item: SpecialCase) -> SpecialCaseShape:
    return SpecialCaseShape(
        question=item.question,
        clauses=item.clauses,
        raised_by=item.raised_by_name,
        raised_on=item.raised_on,
        granted=item.granted,
        settled_on=item.settled_on,
        opinions=[
            VoiceShape(reviewer=o.reviewer_name, granted=o.granted, ground=o.ground, given_on=o.given_on)
            for o in item.opinions.all()
        ],
    )


def objections(user: User, case: Case) -> list[ObjectionShape] | None:
    """The objections, for staff; None for applicants and channels, who do not learn who objected."""
    if not user.is_staff_member:
        return None
    rows = Objection.objects.visible_to(user).filter(notice__application=case.application)
    return [
        ObjectionShape(
            id=o.pk,
            ground=o.ground,
            name=o.name,
            contact=o.contact,
            made_at=o.made_at,
            upheld=o.upheld,
            finding=o.finding,
            settled_on=o.settled_on,
        )
        for o in rows.order_by("id")
    ]
