"""What may be done to a case. One action, one transaction: lock, check the table and its guards, write, record."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import details as form_details
from jiuyuan.applications import guards, transitions
from jiuyuan.applications.beginning import check_new, ordered, refuse_second
from jiuyuan.applications.case import Case
from jiuyuan.applications.checks import CHECKS
from jiuyuan.applications.effects import EFFECTS, new_batch
from jiuyuan.applications.inputs import read_inputs
from jiuyuan.applications.models import NOT_OURS, OPEN, Application, Batch, Channel, Material, Status
from jiuyuan.applications.needs import Transition
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.history.state import Recorded, set_by
from jiuyuan.people import own_matter
from jiuyuan.people import services as people
from jiuyuan.people.models import Document, Source
from jiuyuan.people.queries import refuse_own_file
from jiuyuan.people.telling import tell
from jiuyuan.refusals import (
    BadInput,
    Conflict,
    GuardNotMet,
    LoginNeeded,
    NotForRole,
    NotFound,
    OlderVersion,
    WrongState,
)
from jiuyuan.rules import policy

#: The version of a case that nobody had to look at first: a run, a demonstration, the public.
UNSEEN = object()
PUBLIC = Actor("public", "公众", "public")
_MAY_CREATE = frozenset({Role.APPLICANT, Role.CHANNEL, Role.CLERK})
_USUAL_CHANNEL = {Role.APPLICANT: Channel.PORTAL, Role.CHANNEL: Channel.HALL, Role.CLERK: Channel.WINDOW}
_EDITABLE_BY_APPLICANT = frozenset({Status.DRAFT, Status.CORRECTION})


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
        categories=ordered(categories),
        details=cleaned,
        created_at=now,
        sort_on=NOT_OURS,
    )
    try:
        with transaction.atomic():
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


@transaction.atomic
def perform(
    user: User | None, number: str, action: str, inputs: Mapping[str, Any] | None = None, *, version: object = UNSEEN
) -> Application:
    """Do one action of the table. `user` None is the public, which may only object.

    `version` is that of the case as it was seen; `UNSEEN` where there was nothing to see. Raises in this order
    `LoginNeeded`, `NotFound`, `NotForRole`, `WrongState`; `OwnMatter`, `SameEyes`, `HolderUnknown`; `OlderVersion`,
    `BadInput`, `GuardNotMet`.
    """
    transition = transitions.BY_ACTION.get(action)
    if user is None and not (transition and transition.public):
        raise LoginNeeded("请先登录。")
    if transition is None:
        raise NotFound(f"没有“{action}”这个动作。")
    application = _locked(user, number, transition)
    _check_role_and_state(user, application, transition)
    case = Case(application, user)
    if refusal := guards.hands_off(case, transition):
        raise refusal
    if version is not UNSEEN:
        _check_version(application, version)
    cleaned = read_inputs(case, transition, inputs or {})
    if unmet := [refusal for _, refusal in guards.unmet(case, transition)]:
        raise _together(unmet)
    if check := CHECKS.get(action):
        check(case, cleaned)
    before = application.status
    payload = EFFECTS[action](case, cleaned)
    application.version += 1
    assert application.status in transition.targets
    application.save()
    # Who objects need not say who they are, even logged in; what they say of themselves stays with the objection.
    actor = PUBLIC if user is None or transition.public else user.actor
    said = payload if transition.public else {**cleaned, **{n: v for n, v in payload.items() if n != "why"}}
    moved = {"to": application.status, "clause": transition.clause} if before != application.status else {}
    _record(application, actor, action, {**moved, **said}, *case.written)
    _tell(case, transition, {**cleaned, **payload})
    return application


def unmet_guards(case: Case, transition: Transition) -> list[str]:
    """Why the transition cannot be done now, in sentences; empty where it can."""
    return [refusal.title for _, refusal in guards.unmet(case, transition)]


def _together(refusals: Sequence[GuardNotMet]) -> GuardNotMet:
    """Everything that stands in the way, in one refusal with the code of the first."""
    first = refusals[0]
    if len(refusals) > 1:
        title = "；".join(refusal.title.rstrip("。") for refusal in refusals) + "。"
        return GuardNotMet(title, first.errors, code=first.code, **first.details)
    return first


def _check_version(application: Application, version: object) -> None:
    if version == application.version and not isinstance(version, bool):
        return
    if isinstance(version, int) and not isinstance(version, bool):
        raise OlderVersion(
            f"这份申请刚刚被别人改动（您看到的是第{version}版，现在是第{application.version}版），请重新打开后再办。",
            version=application.version,
        )
    raise BadInput("有内容需要填写或改正。", [("version", "请写明您看到的是第几版：申请中的 version，整数。")])


def _locked(user: User | None, number: str, transition: Transition) -> Application:
    """The row, locked, as far as this user may see it; a case on public notice is there for everyone."""
    own = Application.objects.visible_to(user) if user else Application.objects.unscoped().none()
    seen = Application.objects.unscoped() if transition.public else own
    rows = seen.select_related("person__account", "agency", "endorsed_by").select_for_update(of=("self",))
    application = rows.filter(number=number).first()
    shown = application is not None and (not transition.public or application.status == Status.PUBLISHING)
    if application is None or not (shown or own.filter(pk=application.pk).exists()):
        raise NotFound("没有这份申请。")
    return application


def _check_role_and_state(user: User | None, application: Application, transition: Transition) -> None:
    role = Role(user.role) if user else None
    if role is not None and role not in transition.roles:
        raise NotForRole(f"“{transition.label}”不属于您的职责，由{_names(transition.roles)}办理。")
    if application.status not in transition.sources:
        allowed = [t.action for t in transitions.from_state(application.status, role)]
        state = Status(application.status).label
        raise WrongState(
            f"这份申请现在是“{state}”，不能{transition.label}。", status=application.status, actions=allowed
        )


def _names(roles: frozenset[Role]) -> str:
    return "、".join(role.label for role in Role if role in roles)


def _record(
    application: Application, actor: Actor, action: str, payload: Mapping[str, Any], *written: Recorded
) -> None:
    history.append(application.file, actor, action, payload, application.area, set_by([application, *written]))


def _tell(case: Case, transition: Transition, said: Mapping[str, Any]) -> None:
    message = transition.message_for(said)
    if not message:
        return
    application, person = case.application, case.person
    words: dict[str, Any] = {"number": application.number, "agency": application.agency.name, "today": case.today}
    words |= {"due_on": application.due_on, **said}
    words = {name: _in_words(value) for name, value in words.items()}
    tell(person, f"就业困难人员认定：{transition.label}", message.format(**words), file=application.file)


def _in_words(value: Any) -> Any:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list):
        return "；".join(str(item).rstrip("。；") for item in value)
    return value.rstrip("。；") if isinstance(value, str) else value


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
    application = open_for_change(user, number, version, Right.RECORD_FACTS, applicant_in=OPEN)
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
        application.categories = ordered(categories)
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
    user: User, number: str, version: int | None, right: Right, applicant_in: Collection[str] = _EDITABLE_BY_APPLICANT
) -> Application:
    """The case, locked, where this user may change what is on it today; `applicant_in`: the states in which they apply."""
    rows = Application.objects.visible_to(user).select_related("person__account", "agency")
    application = rows.select_for_update(of=("self",)).filter(number=number).first()
    if application is None:
        raise NotFound("没有这份申请。")
    applying = user.role in (Role.APPLICANT, Role.CHANNEL)
    if not (applying or user.may(right)):
        raise NotForRole("您的角色只能查看，不能改动这份申请。")
    allowed = applicant_in if applying else OPEN
    if application.status not in allowed:
        actions = [t.action for t in transitions.from_state(application.status, Role(user.role))]
        state = Status(application.status).label
        raise WrongState(f"这份申请现在是“{state}”，内容不能改动。", status=application.status, actions=actions)
    own_matter.refuse(user, application.person)
    if version is not None:
        _check_version(application, version)
    return application


def _changed(application: Application, user: User, action: str, payload: Mapping[str, Any]) -> None:
    application.version += 1
    application.save()
    _record(application, user.actor, action, payload)


@transaction.atomic
def report_batch(user: User, numbers: Sequence[str]) -> Batch:
    """Report several endorsed cases as one numbered batch (二(二)): all of them or none."""
    if user.role != Role.CLERK or user.agency is None:
        raise NotForRole("汇总上报由基层经办人办理。")
    if not numbers:
        raise BadInput("没有选择申请。", [("numbers", "请至少选择一份初审通过的申请。")])
    batch = new_batch(user)
    for number in dict.fromkeys(numbers):
        perform(user, number, "report", {"batch": batch})
    return batch


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
