"""Two files that are one person, one file that is two people: put right by two people, undoable, nothing lost (四(一) 一人一册).

Rows are moved, never copied or deleted: what points at one file points at the other afterwards, and the change keeps
which rows it moved, so that undoing moves back exactly these. Whatever model points at a person moves along.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.people.changes import FileChange
from jiuyuan.people.models import Fact, KnownFacts, Person
from jiuyuan.people.services import refresh_known, register
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState

Kind, Status = FileChange.Kind, FileChange.Status

# What is derived or belongs to the change itself stays where it is.
_STAYS = (KnownFacts, FileChange)


@transaction.atomic
def request_merge(user: User, kept: int, other: int, reason: str, *, difference_seen: bool = False) -> FileChange:
    """Ask that `other` be merged into `kept`: the same person under a number that was typed wrongly once.

    Two whose sex or birth date differ are merged only by somebody who was shown it (`difference_seen`).
    """
    target, source = _visible(user, kept), _visible(user, other)
    if target.pk == source.pk:
        raise BadInput("两份档案是同一份。", [("other", "请选择另一份档案。")])
    _may_change_files(user, source, target)
    _refuse_unseen_difference(source, target, difference_seen)
    return _request(user, Kind.MERGE, source, target, {}, reason)


@transaction.atomic
def request_split(
    user: User, mixed: int, *, name: str, id_number: str, phone: str, items: Mapping[str, Sequence[int]], reason: str
) -> FileChange:
    """Ask that some rows of a file go to another person, who is registered with their own number.

    `items` names the rows by model label: `{"people.fact": [4, 5], "applications.application": [9]}`.
    """
    source = _visible(user, mixed)
    _may_change_files(user, source)
    known = {label(relation) for relation in movable()}
    if not any(items.values()) or set(items) - known:
        raise BadInput("请选择要分出的内容。", [("items", "请至少选择一条属于另一个人的记录。")])
    for relation in movable():
        wanted = set(items.get(label(relation), ()))
        own = set(rows_of(relation, source).values_list("pk", flat=True))
        if wanted - own:
            raise BadInput("有的记录不在这份档案中。", [("items", "请重新打开档案，再选择要分出的记录。")])
    target = register(
        user.actor, name=name, id_number=id_number, phone=phone, address=source.address, agency=source.agency
    )
    if target.pk == source.pk:
        raise BadInput("号码是同一个人的。", [("id_number", "请填另一个人的身份证号码。")])
    return _request(user, Kind.SPLIT, source, target, {key: list(value) for key, value in items.items()}, reason)


@transaction.atomic
def confirm(user: User, pk: int, *, difference_seen: bool = False) -> FileChange:
    """A second person confirms, and the rows move."""
    change = _change(user, pk, Status.REQUESTED, "这项更正已经办过了。")
    _must_be_another(user, change)
    if change.kind == Kind.MERGE:
        _refuse_unseen_difference(change.source, change.target, difference_seen)
    moving = change.items if change.kind == Kind.SPLIT else None
    change.items, again = _move(change.source, change.target, moving)
    if change.kind == Kind.MERGE:
        change.source.merged_into = change.target
        change.source.save(update_fields=["merged_into"])
    change.status, change.confirmed_by, change.confirmed_by_name = Status.DONE, user.username, user.name
    change.confirmed_at = clock.now()
    change.save()
    _record(user, change, f"{change.kind}_confirmed", again=again)
    return change


def _must_be_another(user: User, change: FileChange) -> None:
    requester = User.objects.filter(username=change.requested_by).first()
    people = (change.source, change.target)
    refuse(user, *people, acted_before=[requester], same_eyes="是您提出的，须由另一人确认。")


def why_not_confirm(user: User, change: FileChange) -> str:
    """Why this user may not confirm, as the page says it beforehand; empty where they may."""
    try:
        _must_be_another(user, change)
    except GuardNotMet as refusal:
        return refusal.title
    return ""


@transaction.atomic
def undo(user: User, pk: int, reason: str) -> FileChange:
    """Move back exactly the rows that were moved."""
    change = _change(user, pk, Status.DONE, "这项更正还没有办，或已经撤销。")
    refuse(user, change.source, change.target)
    if not reason.strip():
        raise BadInput("请写明理由。", [("reason", "请写明为什么撤销。")])
    _, again = _move(change.target, change.source, change.items)
    if change.kind == Kind.MERGE:
        change.source.merged_into = None
        change.source.save(update_fields=["merged_into"])
    change.status = Status.UNDONE
    change.save(update_fields=["status"])
    _record(user, change, f"{change.kind}_undone", reason=reason.strip(), again=again)
    return change


def movable() -> list[models.ManyToOneRel]:
    """Every way in which something points at a person, whatever app it belongs to."""
    return [
        relation
        for relation in Person._meta.related_objects
        if isinstance(relation, models.ManyToOneRel)
        and not isinstance(relation, models.OneToOneRel)
        and relation.related_model not in (Person, *_STAYS)
    ]


def label(relation: models.ManyToOneRel) -> str:
    return str(relation.related_model._meta.label_lower)


def rows_of(relation: models.ManyToOneRel, person: Person) -> "models.QuerySet[Any]":
    """The rows of one kind that point at a person."""
    return relation.related_model._base_manager.filter(**{relation.field.name: person.pk})


def _move(
    source: Person, target: Person, items: Mapping[str, Sequence[int]] | None
) -> tuple[dict[str, list[int]], list[list[int | None]]]:
    """Returns what was moved, and by fact what it now gives way to. Raises `GuardNotMet` where the other file has its own open case or recognition."""
    moved: dict[str, list[int]] = {}
    try:
        with transaction.atomic():
            for relation in movable():
                rows = rows_of(relation, source)
                if items is not None:
                    rows = rows.filter(pk__in=items.get(label(relation), ()))
                if keys := list(rows.order_by("pk").values_list("pk", flat=True)):
                    moved[label(relation)] = keys
                    rows.update(**{relation.field.name: target.pk})
    except IntegrityError:
        raise GuardNotMet("两份档案各有正在办理的申请或在册的认定，请先办结或撤回其中一份。") from None
    again = [*_keep_to_the_number(source), *_keep_to_the_number(target)]
    refresh_known(source)
    refresh_known(target)
    return moved, again


def _keep_to_the_number(person: Person) -> Iterator[list[int | None]]:
    """Birth date and sex are those of the person's own number; those that came from the other number give way."""
    for name, value in (("birth_date", person.birth_date.isoformat()), ("sex", person.sex)):
        facts = list(Fact.objects.unscoped().filter(person=person, name=name, evidence="居民身份证号码").order_by("pk"))
        own = next((fact for fact in facts if fact.value == value), None)
        for fact in facts:
            gives_way = own if own is not None and fact.value != value else None
            if fact.superseded_by_id != (gives_way.pk if gives_way else None):
                fact.superseded_by = gives_way
                fact.save(update_fields=["superseded_by"])
                yield [fact.pk, fact.superseded_by_id]


def _request(
    user: User, kind: str, source: Person, target: Person, items: dict[str, list[int]], reason: str
) -> FileChange:
    _may_change_files(user, source, target)
    if not reason.strip():
        raise BadInput("请写明理由。", [("reason", "请写明怎样发现、凭什么认定。")])
    if source.merged_into_id or target.merged_into_id:
        raise Conflict("其中一份档案已经合并到别的档案。")
    if FileChange.objects.unscoped().filter(source=source, status=Status.REQUESTED).exists():
        raise Conflict("这份档案已有待确认的合并或拆分。")
    change = FileChange.objects.create(
        kind=kind,
        source=source,
        target=target,
        items=items,
        reason=reason.strip(),
        requested_by=user.username,
        requested_by_name=user.name,
        requested_at=clock.now(),
    )
    _record(user, change, f"{kind}_requested", reason=change.reason)
    return change


def differences(one: Person, other: Person) -> list[tuple[str, str, str]]:
    """What two files say differently that belongs to one body: label, and the value in each."""
    compared = [
        ("性别", one.get_sex_display(), other.get_sex_display()),
        ("出生日期", f"{one.birth_date:%Y年%-m月%-d日}", f"{other.birth_date:%Y年%-m月%-d日}"),
    ]
    return [row for row in compared if row[1] != row[2]]


def _refuse_unseen_difference(source: Person, target: Person, seen: bool) -> None:
    if seen or not (found := differences(source, target)):
        return
    said = "；".join(f"{label}：{source.name}{one}，{target.name}{two}" for label, one, two in found)
    title = f"两份档案不像同一个人（{said}）。确实是同一个人、号码曾经输错的，请核对身份证后确认这一差别。"
    raise GuardNotMet(
        title, [("difference_seen", title)], code="files_differ", differences=[list(row) for row in found]
    )


def _may_change_files(user: User, *people: Person) -> None:
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole("合并和拆分档案由基层经办人或县级复核人提出。")
    refuse(user, *people)


def _visible(user: User, pk: int) -> Person:
    person = (
        Person.objects.visible_to(user).select_related("agency").select_for_update(of=("self",)).filter(pk=pk).first()
    )
    if person is None:
        raise NotFound("没有这个人的档案。")
    return person


def _change(user: User, pk: int, status: str, otherwise: str) -> FileChange:
    rows = FileChange.objects.visible_to(user).select_related("source__agency", "target__agency")
    change = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if change is None:
        raise NotFound("没有这项更正。")
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole("合并和拆分档案由基层经办人或县级复核人办理。")
    if change.status != status:
        raise WrongState(otherwise, status=change.status, actions=[])
    return change


def _record(user: User, change: FileChange, action: str, **said: object) -> None:
    for person in (change.source, change.target):
        payload = {"from": change.source_id, "to": change.target_id, "rows": change.items, **said}
        history.append(person.file, user.actor, action, payload, person.area)
