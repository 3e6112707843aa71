"""Writes to a case between transitions: creation, facts, form, papers. One transaction each."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import agents, carried, door
from jiuyuan.applications.admission import check_new, ordered, refuse_second
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import NOT_OURS, Application, Channel, Material
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.history.state import set_by
from jiuyuan.people import files
from jiuyuan.people import services as people
from jiuyuan.people.contact import clean_phone, plain_address
from jiuyuan.people.models import Document, Source
from jiuyuan.procedures import own_matter
from jiuyuan.procedures.engine import refuse_older
from jiuyuan.procedures.reading import as_kept
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, WrongState
from jiuyuan.regions import registry
from jiuyuan.regions.questions import Questions
from jiuyuan.rules.possible_days import why_impossible
from jiuyuan.wording import for_record, say

_MAY_CREATE = frozenset({Role.APPLICANT, Role.CHANNEL, Role.CLERK})
_USUAL_CHANNEL = {Role.APPLICANT: Channel.PORTAL, Role.CHANNEL: Channel.HALL, Role.CLERK: Channel.WINDOW}
_LONGEST_DETAIL = 400


@transaction.atomic
def create(
    user: User,
    *,
    name: str,
    id_number: str,
    phone: str,
    address: str = "",
    platform: str,
    categories: Sequence[str],
    facts: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    household: Sequence[Mapping[str, str]] | None = None,
    agent: Mapping[str, str] | None = None,
    channel: str | None = None,
    listed: Sequence[Mapping[str, Any]] = (),
) -> Application:
    """Create an application (二(一)).

    `agent`: who fills it in for the person. `listed`: statements of others about the person, in the form of
    `carried.state`. Raises `BadInput` with every wrong field, `Conflict` if there is an application already.
    """
    if Role(user.role) not in _MAY_CREATE:
        raise NotForRole(say("申请由本人、办理渠道或基层经办人填写，您的角色不能新建。"))
    channel = channel or _USUAL_CHANNEL[Role(user.role)]
    agency, rules = check_new(user, platform, categories, channel)
    cleaned = _clean_details(dict(details or {}), registry.questions_of(agency.path))
    own = user if user.role == Role.APPLICANT else None
    person = people.register(
        user.actor, name=name, id_number=id_number, phone=phone, address=address, agency=agency, account=own
    )
    refuse_second(user, person)
    own_matter.refuse(user, person)
    now = clock.now()
    application = Application(
        number=f"pending-{person.pk}",
        person=person,
        agency=agency,
        area=agency.path,
        channel=channel,
        channel_account=user if user.role == Role.CHANNEL else None,
        region=registry.region_of(agency.path).code,
        scheme=rules.scheme,
        policy=rules.code,
        categories=ordered(rules, categories),
        details=cleaned,
        created_at=now,
        sort_on=NOT_OURS,
    )
    carried.contact(user.actor, application, clean_phone(phone), plain_address(address))
    if household:
        carried.name_household(user.actor, application, household)
    if facts:
        listed = [{"values": facts, "source": Source.DECLARED, "evidence": for_record("申请时填报")}, *listed]
    for said in listed:
        carried.state(user.actor, application, **said)
    try:
        with moving(Application), transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError:
        raise Conflict(say("这个人已有正在办理的申请。")) from None
    application.number = f"{agency.code}-{clock.today().year}-{application.pk:06d}"
    application.save(update_fields=["number"])
    named = agents.name(application, agent) if agent else {}
    _record(application, user.actor, "create", {"categories": application.categories, "channel": channel}, named)
    return application


def _record(
    application: Application,
    actor: Actor,
    action: str,
    payload: Mapping[str, Any],
    beside: Mapping[str, Any] | None = None,
) -> None:
    history.append(
        application.file, actor, action, payload, application.area, set_by([application]) | dict(beside or {})
    )


@transaction.atomic
def save(
    user: User,
    number: str,
    *,
    version: int | None = None,
    facts: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    contact: Mapping[str, str] | None = None,
    household: Sequence[Mapping[str, str]] | None = None,
    categories: Sequence[str] | None = None,
    platform: str | None = None,
    agent: Mapping[str, str] | None = None,
    source: str = Source.DECLARED,
    department: str = "",
    evidence: str = "",
    settlement: str = "",
    material: int | None = None,
    observed_on: date | None = None,
) -> Application:
    """Save the input of one page of an open case: one lock, one version, one act; nothing if nothing changed.

    - `source` and the following parameters: where the facts come from. Applicants can only declare or commit.
    - `material`: the paper of this case that shows them; `observed_on`: the day of the source.
    - `platform`: another platform for a draft.
    - `agent`: who fills it in for the person; an empty mapping for nobody.
    """
    application = open_for_change(user, number, version)
    before, fields = {"categories": application.categories, "details": application.details}, []
    beside: dict[str, Any] = {}
    if platform is not None and _moved(user, application, platform):
        fields.append("platform")
        contact = contact or {}
    if categories is not None:
        rules = registry.policy(application.policy)
        check_new(user, application.agency.code, categories, application.channel, rules)
        application.categories = ordered(rules, categories)
    if details is not None:
        application.details = _clean_details(
            {**application.details, **details}, registry.questions_of(application.area)
        )
    fields += [name for name, value in before.items() if getattr(application, name) != value]
    if contact is not None and _reach(user, application, contact):
        fields.append("contact")
    if user.is_staff_member and source != Source.DECLARED:
        Case(application, user).needs_the_file()
    if household is not None and carried.name_household(user.actor, application, household):
        fields.append("household")
    if agent is not None and (beside := agents.name(application, agent)):
        fields.append("agent")
    names = []
    if facts is not None:
        document = _shown_by(user, application, facts, source, material, observed_on)
        own_words = source == Source.DECLARED or not user.is_staff_member
        if settlement and not user.is_staff_member:
            raise NotForRole(say("来源互相矛盾的，由工作人员写明以哪个为准；您认为记录不对的，可以提出异议。"))
        if own_words and not settlement and (document is None or carried.keeps(application)):
            names = carried.state(user.actor, application, facts, source=source, evidence=evidence)
        else:
            recorded = people.record_facts(
                user.actor,
                application.person,
                facts,
                source=source,
                evidence=evidence,
                department=department,
                document=document,
                observed_on=observed_on,
                settlement=settlement,
            )
            names = [fact.name for fact in recorded]
    said = ({"fields": fields} if fields else {}) | ({"names": names, "source": source} if names else {})
    if said:
        _changed(application, user, "form" if fields else "facts", said, beside)
    return application


def _moved(user: User, application: Application, platform: str) -> bool:
    """Move a draft to the platform where the person lives. Returns whether it changed."""
    if application.submitted_on is not None:
        raise WrongState(say("提交以后不能改办理平台，要换地方办的，请撤回后重新申请。"), status=application.status)
    agency, rules = check_new(user, platform, application.categories, application.channel)
    if agency.pk == application.agency_id:
        return False
    application.agency, application.area = agency, agency.path
    application.region, application.scheme = registry.region_of(agency.path).code, rules.scheme
    application.policy, application.categories = rules.code, ordered(rules, application.categories)
    said = {"residence_division": agency.code}
    carried.state(user.actor, application, said, source=Source.DECLARED, evidence=for_record("申请时填报"))
    return True


def _reach(user: User, application: Application, contact: Mapping[str, str]) -> bool:
    """Update the phone and address. Returns whether they changed."""
    person, there = application.person, carried.of(application)
    said = people.checked(
        name=person.name,
        id_number=person.id_number,
        phone=contact.get("phone", there.get("phone", person.phone)),
        address=contact.get("address", there.get("address", person.address)),
    )
    return carried.contact(user.actor, application, said.phone, said.address)


def _shown_by(
    user: User,
    application: Application,
    facts: Mapping[str, Any],
    source: str,
    material: int | None,
    observed_on: date | None,
) -> Document | None:
    """The document that shows these facts.

    Raises `NotForRole`, or `BadInput` if they cannot come from this source.
    """
    if user.role in (Role.APPLICANT, Role.CHANNEL) and source not in (Source.DECLARED, Source.COMMITMENT):
        raise NotForRole(say("申请人只能填报或书面承诺，部门数据和核查结果由工作人员登记。"))
    if not facts:
        raise BadInput(say("没有要登记的内容。"), [("facts", say("请至少填写一项。"))])
    if observed_on and observed_on > clock.today():
        raise BadInput(say("有内容需要改正。"), [("observed_on", say("查得日期不能晚于今天。"))])
    if not material:
        return None
    shown_by = application.materials.filter(pk=material, removed_at=None).first()
    if shown_by is None:
        raise BadInput(say("有内容需要改正。"), [("material", say("这份申请没有这份材料，请重新选择。"))])
    return shown_by.document


@transaction.atomic
def dispute_fact(user: User, number: str, name: str, evidence: str, *, version: int | None = None) -> Application:
    """Record that the person disputes a fact, with their evidence.

    Applicants may do so while the case is open: a wrong record is often found only when the office checks.
    """
    application = open_for_change(user, number, version, applicant_anytime=True)
    Case(application, user).needs_the_file()
    people.dispute(user.actor, application.person, name, evidence)
    _changed(application, user, "dispute", {"name": name, "evidence": evidence})
    return application


@transaction.atomic
def add_material(user: User, number: str, kind: str, content: bytes | None, file_name: str, part: str = "") -> Material:
    """Add a document to an open case. Each is an act of its own, so a good picture is kept when another is refused.

    Applicants may until the case is accepted, to add what they did not have at hand. `part`: which side or page
    (`policy.PARTS`). Raises `BadInput` for `kind`, `file` or `part`.
    """
    application = open_for_change(user, number, None, adding=True)
    content = files.given(kind, content, part)
    same = application.materials.filter(kind=kind, removed_at=None, document__sha256=sha256(content).hexdigest())
    if there := same.first():
        return there  # sent twice
    document = people.add_document(user.actor, application.person, kind, content, file_name, part)
    material = Material.objects.create(application=application, document=document, kind=kind)
    _changed(application, user, "material", {"kind": kind, "sha256": document.sha256})
    return material


@transaction.atomic
def use_again(user: User, number: str, document: int) -> Material:
    """Add a document that the person's file already has; adding it twice has no effect. Raises `NotFound`."""
    application = open_for_change(user, number, None, adding=True)
    found = Document.objects.visible_to(user).filter(pk=document, person=application.person).first()
    if found is None:
        raise NotFound(say("没有这份材料。"))
    if there := application.materials.filter(document=found, removed_at=None).first():
        return there
    material = Material.objects.create(application=application, document=found, kind=found.kind)
    _changed(application, user, "material", {"kind": found.kind, "sha256": found.sha256})
    return material


@transaction.atomic
def remove_material(user: User, number: str, material: int) -> Application:
    """Remove a document from the case; it stays in the person's file."""
    application = open_for_change(user, number, None)
    found = application.materials.filter(pk=material, removed_at=None).first()
    if found is None:
        raise NotFound(say("没有这份材料。"))
    found.removed_at = clock.now()
    found.save(update_fields=["removed_at"])
    _changed(application, user, "material_removed", {"kind": found.kind})
    return application


def takes_papers(application: Application) -> bool:
    """Whether the applicant may still add papers: while the case waits for them, and until it is accepted."""
    accepting = APPLICATION.of(application.region).by_action.get("accept")
    return application.state.theirs or (accepting is not None and application.status in accepting.sources)


def open_for_change(
    user: User, number: str, version: int | None, *, applicant_anytime: bool = False, adding: bool = False
) -> Application:
    """Return the case, locked, if this user may change its data today.

    Staff may while it is open; applicants while it waits for them, or always with `applicant_anytime`; with
    `adding`, as long as papers are taken.
    """
    application = door.case(user, number, lock=True).application
    applying = user.role in (Role.APPLICANT, Role.CHANNEL)
    if not (applying or user.may(Right.RECORD_FACTS)):
        raise NotForRole(say("您的角色只能查看，不能改动这份申请。"))
    procedure = APPLICATION.of(application.region)
    theirs = applicant_anytime or procedure.by_state[application.status].theirs
    theirs = theirs or (adding and takes_papers(application))
    if not application.is_open or (applying and not theirs):
        actions = [t.action for t in procedure.from_state(application.status, Role(user.role))]
        state = procedure.label(application.status)
        raise WrongState(
            say("这份申请现在是“{state}”，内容不能改动。", state=state), status=application.status, actions=actions
        )
    own_matter.refuse(user, application.person)
    if version is not None:
        refuse_older(APPLICATION.noun, application, version)
    return application


def _changed(
    application: Application,
    user: User,
    action: str,
    payload: Mapping[str, Any],
    beside: Mapping[str, Any] | None = None,
) -> None:
    """Record a change. `beside`: the columns that the act set in other rows."""
    application.version += 1
    application.save()
    _record(application, user.actor, action, payload, beside)


def _clean_details(values: dict[str, Any], questions: Questions) -> dict[str, str]:
    """Trim the form's columns that do not affect the decision, by name.

    Raises `BadInput` for unknown names and texts that are too long.
    """
    errors, known = [], questions.by_name
    for name, value in values.items():
        if name not in known:
            errors.append((name, say("认定表没有这一栏。")))
        elif value is not None and (not isinstance(value, str) or len(value) > _LONGEST_DETAIL):
            errors.append(
                (name, say("“{label}”请填文字，最多{longest}字。", label=known[name].label, longest=_LONGEST_DETAIL))
            )
        elif known[name].day and value and (why := _why_no_day(value.strip())):
            errors.append((name, say("“{label}”：{why}，请核对年月日。", label=known[name].label, why=why)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    kept = {name: as_kept(value) for name, value in values.items() if value}
    return {name: value for name, value in kept.items() if value}


def _why_no_day(text: str) -> str | None:
    """Why a date in a form column is impossible; None if it is possible or is not a date,
    which is printed unchanged.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return why_impossible("contract_ended_on", day, today=clock.today())
