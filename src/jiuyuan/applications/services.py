"""What is written on a case between its transitions: the application itself, facts, form, papers. One action, one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import details as form_details
from jiuyuan.applications.admission import check_new, ordered, refuse_second
from jiuyuan.applications.models import NOT_OURS, Application, Channel, Material
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.history.state import set_by
from jiuyuan.people import services as people
from jiuyuan.people.models import Document, Source
from jiuyuan.people.queries import refuse_own_file
from jiuyuan.procedures import own_matter
from jiuyuan.procedures.engine import refuse_older
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, WrongState
from jiuyuan.rules import policy

_MAY_CREATE = frozenset({Role.APPLICANT, Role.CHANNEL, Role.CLERK})
_USUAL_CHANNEL = {Role.APPLICANT: Channel.PORTAL, Role.CHANNEL: Channel.HALL, Role.CLERK: Channel.WINDOW}


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
    channel: str | None = None,
    source: str = Source.DECLARED,
) -> Application:
    """Begin an application (二(一)). Raises `BadInput` for all wrong fields, `Conflict` where there is one already."""
    if Role(user.role) not in _MAY_CREATE:
        raise NotForRole("申请由本人、办理渠道或基层经办人填写，您的角色不能新建。")
    channel = channel or _USUAL_CHANNEL[Role(user.role)]
    agency = check_new(user, platform, categories, channel)
    cleaned = form_details.clean(dict(details or {}))
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
        categories=ordered(agency, categories),
        details=cleaned,
        created_at=now,
        sort_on=NOT_OURS,
    )
    try:
        with moving(Application), transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError:
        raise Conflict("这个人已有正在办理的申请。") from None
    application.number = f"{agency.code}-{clock.today().year}-{application.pk:06d}"
    application.save(update_fields=["number"])
    _record(application, user.actor, "create", {"categories": application.categories, "channel": channel})
    if household:
        people.set_household(user.actor, person, household)
    if facts:
        people.record_facts(user.actor, person, facts, source=source, evidence="申请时填报")
    return application


def _record(application: Application, actor: Actor, action: str, payload: Mapping[str, Any]) -> None:
    history.append(application.file, actor, action, payload, application.area, set_by([application]))


@transaction.atomic
def record_facts(
    user: User,
    number: str,
    values: Mapping[str, Any],
    *,
    source: str,
    evidence: str = "",
    department: str = "",
    settlement: str = "",
    material: int | None = None,
    observed_on: date | None = None,
    version: int | None = None,
) -> Application:
    """Record facts from a source on a case that is open. An applicant declares or commits, nothing else.

    `material` is the paper of this case that shows them, `observed_on` the day on which the source said so.
    """
    application = open_for_change(user, number, version, Right.RECORD_FACTS)
    if user.role in (Role.APPLICANT, Role.CHANNEL) and source not in (Source.DECLARED, Source.COMMITMENT):
        raise NotForRole("申请人只能填报或书面承诺，部门数据和核查结果由工作人员登记。")
    if not values:
        raise BadInput("没有要登记的内容。", [("facts", "请至少填写一项。")])
    if observed_on and observed_on > clock.today():
        raise BadInput("有内容需要改正。", [("observed_on", "查得日期不能晚于今天。")])
    shown_by = application.materials.filter(pk=material, removed_at=None).first() if material else None
    if material and shown_by is None:
        raise BadInput("有内容需要改正。", [("material", "这份申请没有这份材料，请重新选择。")])
    recorded = people.record_facts(
        user.actor,
        application.person,
        values,
        source=source,
        evidence=evidence,
        department=department,
        document=shown_by.document if shown_by else None,
        observed_on=observed_on,
        settlement=settlement,
    )
    _changed(application, user, "facts", {"names": [fact.name for fact in recorded], "source": source})
    return application


@transaction.atomic
def dispute_fact(user: User, number: str, name: str, evidence: str, *, version: int | None = None) -> Application:
    """The person disputes a record; the clerk or the applicant writes it down with its evidence.

    The applicant may as long as the case is open: the record often turns up only when the office checks.
    """
    application = open_for_change(user, number, version, Right.RECORD_FACTS, applicant_anytime=True)
    people.dispute(user.actor, application.person, name, evidence)
    _changed(application, user, "dispute", {"name": name, "evidence": evidence})
    return application


@transaction.atomic
def update_form(
    user: User,
    number: str,
    *,
    categories: Sequence[str] | None = None,
    details: Mapping[str, Any] | None = None,
    contact: Mapping[str, str] | None = None,
    household: Sequence[Mapping[str, str]] | None = None,
    version: int | None = None,
) -> Application:
    """Change what the form says, before it is submitted or while it is corrected; staff may until it is decided."""
    application = open_for_change(user, number, version, Right.RECORD_FACTS)
    changed = []
    if categories is not None:
        check_new(user, application.agency.code, categories, application.channel)
        application.categories = ordered(application.agency, categories)
        changed.append("categories")
    if details is not None:
        application.details = form_details.clean({**application.details, **details})
        changed.append("details")
    if contact is not None:
        people.register(
            user.actor,
            name=application.person.name,
            id_number=application.person.id_number,
            phone=contact.get("phone", application.person.phone),
            address=contact.get("address", application.person.address),
            agency=application.agency,
        )
        application.person.refresh_from_db()
        changed.append("contact")
    if household is not None:
        people.set_household(user.actor, application.person, household)
        changed.append("household")
    _changed(application, user, "form", {"fields": changed})
    return application


@transaction.atomic
def add_material(user: User, number: str, kind: str, content: bytes, file_name: str) -> Material:
    """Hand in a document for a case that is open. Raises `BadInput` for `kind` or `file`."""
    application = open_for_change(user, number, None, Right.RECORD_FACTS)
    if kind not in policy.MATERIALS:
        raise BadInput("材料种类有误。", [("kind", f"材料种类应为{'、'.join(policy.MATERIALS)}之一。")])
    same = application.materials.filter(kind=kind, removed_at=None, document__sha256=sha256(content).hexdigest())
    if there := same.first():
        return there  # sent twice
    document = people.add_document(user.actor, application.person, kind, content, file_name)
    material = Material.objects.create(application=application, document=document, kind=kind)
    _changed(application, user, "material", {"kind": kind, "sha256": document.sha256})
    return material


@transaction.atomic
def remove_material(user: User, number: str, material: int) -> Application:
    """Take a document off the case; the document itself stays on the person's file."""
    application = open_for_change(user, number, None, Right.RECORD_FACTS)
    found = application.materials.filter(pk=material, removed_at=None).first()
    if found is None:
        raise NotFound("没有这份材料。")
    found.removed_at = clock.now()
    found.save(update_fields=["removed_at"])
    _changed(application, user, "material_removed", {"kind": found.kind})
    return application


def open_for_change(
    user: User, number: str, version: int | None, right: Right, *, applicant_anytime: bool = False
) -> Application:
    """The case, locked, where this user may change what is on it today: staff while it is open, the applicant while it
    waits for them, or `applicant_anytime`."""
    rows = Application.objects.visible_to(user).select_related("person__account", "agency")
    application = rows.select_for_update(of=("self",)).filter(number=number).first()
    if application is None:
        raise NotFound("没有这份申请。")
    applying = user.role in (Role.APPLICANT, Role.CHANNEL)
    if not (applying or user.may(right)):
        raise NotForRole("您的角色只能查看，不能改动这份申请。")
    procedure = APPLICATION.of(application.region)
    theirs = applicant_anytime or procedure.by_state[application.status].theirs
    if not application.is_open or (applying and not theirs):
        actions = [t.action for t in procedure.from_state(application.status, Role(user.role))]
        state = procedure.label(application.status)
        raise WrongState(f"这份申请现在是“{state}”，内容不能改动。", status=application.status, actions=actions)
    own_matter.refuse(user, application.person)
    if version is not None:
        refuse_older(APPLICATION.noun, application, version)
    return application


def _changed(application: Application, user: User, action: str, payload: Mapping[str, Any]) -> None:
    application.version += 1
    application.save()
    _record(application, user.actor, action, payload)


def document_of(user: User, number: str, material: int) -> Document:
    """A material's document, for somebody who may see the case. A look at somebody else's is recorded."""
    application = Application.objects.visible_to(user).filter(number=number).first()
    found = application and application.materials.select_related("document").filter(pk=material).first()
    if not (application and found):
        raise NotFound("没有这份材料。")
    if user.role != Role.APPLICANT:
        refuse_own_file(user, application.person)
        what = f"材料：{policy.MATERIALS[found.kind]}"
        history.looked(user.actor, application.file, what, application.area, unmasked=True)
    return found.document
