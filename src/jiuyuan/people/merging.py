"""Merges two files of one person, and splits one file of two people: requested and confirmed by two users, undoable.

Rows are moved, never copied or deleted (四(一) 一人一册). Every row that points to a person moves, from any app,
and the change stores which, so that undoing moves exactly these back. If both files have something that a person
can have only once (`twice` of a model), one stays in the closed file, where the nightly run finds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, Right
from jiuyuan.history import services as history
from jiuyuan.people.about import visible_person
from jiuyuan.people.fact_writer import refresh_known
from jiuyuan.people.models import Fact, FileChange, KnownFacts, Person
from jiuyuan.people.services import register
from jiuyuan.procedures import own_matter
from jiuyuan.procedures import registry as procedures
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Need, NeedKind, OtherEyes, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet
from jiuyuan.wording import in_words, say

# Derived rows, and those of the change itself, are not moved.
_STAYS = (KnownFacts, FileChange)


def movable() -> list[models.ManyToOneRel]:
    """Every relation to a person, from any app."""
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
    """The rows of a relation that point to this person."""
    return relation.related_model._base_manager.filter(**{relation.field.name: person.pk})


def separable(relation: models.ManyToOneRel, person: Person) -> "models.QuerySet[Any]":
    """The rows that may be split off. Rows that belong to another row move with it; paid claims stay."""
    rows = rows_of(relation, person)
    for name in _owners(relation.related_model):
        rows = rows.filter(**{name: None})
    for child, name in _pins(relation.related_model):
        rows = rows.exclude(pk__in=child._base_manager.filter(**{f"{name}__person": person}).values(name))
    return rows


def _owners(model: type[models.Model]) -> tuple[str, ...]:
    """The fields of a model that name the person's row to which it belongs."""
    return getattr(model, "moves_with", ())


def _pins(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """The models that keep this model's rows in their file, each with the field that refers to them."""
    found = [(relation.related_model, name) for relation in movable() for name in _pinned_by(relation.related_model)]
    return [(child, name) for child, name in found if child._meta.get_field(name).related_model is model]


def _pinned_by(model: type[models.Model]) -> tuple[str, ...]:
    return getattr(model, "pins", ())


def _named_by(model: type[models.Model], column: str) -> str:
    named = model._meta.get_field(column).related_model
    assert named is not None
    return str(named._meta.label_lower)


def _whole(items: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Add the rows that belong to these. Raises `GuardNotMet` if one was paid and its payment stays behind."""
    whole = {name: list(keys) for name, keys in items.items()}
    for relation in movable():
        model, name = relation.related_model, label(relation)
        for owner in _owners(model):
            keys = whole.get(_named_by(model, owner), [])
            theirs = model._base_manager.filter(**{f"{owner}__in": keys}).order_by("pk").values_list("pk", flat=True)
            if not _pinned_by(model) and (more := sorted({*whole.get(name, ()), *theirs})):
                whole[name] = more
        for pinned in _pinned_by(model):
            keys = whole.get(_named_by(model, pinned), [])
            stays = model._base_manager.filter(**{f"{pinned}__in": keys}).exclude(pk__in=whole.get(name, ()))
            if stays.exists():
                raise GuardNotMet(say("其中有已经列入发放的补贴申请或者收款账户，不能再移到另一份档案。"), code="paid")
    return whole


def _move(
    source: Person, target: Person, items: Mapping[str, Sequence[int]] | None
) -> tuple[dict[str, list[int]], list[list[int | None]]]:
    """Move rows, all by default. Returns the moved rows, and for facts what now supersedes them.

    Raises `GuardNotMet` if the other file has its own open case or recognition, or a payment would stay behind.
    """
    both = Person.objects.unscoped().filter(pk__in=[source.pk, target.pk])
    list(both.select_for_update().order_by("pk").values_list("pk"))
    moved: dict[str, list[int]] = {}
    if items is not None:
        items = _whole(items)
    try:
        with transaction.atomic():
            for relation in movable():
                rows = rows_of(relation, source)
                if items is not None:
                    rows = rows.filter(pk__in=items.get(label(relation), ()))
                elif twice := getattr(relation.related_model, "twice", None):
                    rows = rows.exclude(pk__in=twice(source, target))
                if keys := list(rows.order_by("pk").values_list("pk", flat=True)):
                    moved[label(relation)] = keys
                    rows.update(**{relation.field.name: target.pk})
    except IntegrityError:
        raise GuardNotMet(
            say("两份档案各有正在办理的申请、在册的认定，或者同一个月的补贴申请，请先办结或撤回其中一份。")
        ) from None
    again = [*_keep_to_the_number(source), *_keep_to_the_number(target)]
    refresh_known(source)
    refresh_known(target)
    return moved, again


def _keep_to_the_number(person: Person) -> Iterator[list[int | None]]:
    """Supersede birth dates and sexes derived from another ID number than the person's own."""
    for name, value in (("birth_date", person.birth_date.isoformat()), ("sex", person.sex)):
        facts = list(Fact.objects.unscoped().filter(person=person, name=name, evidence="居民身份证号码").order_by("pk"))
        own = next((fact for fact in facts if fact.value == value), None)
        for fact in facts:
            gives_way = own if own is not None and fact.value != value else None
            if fact.superseded_by_id != (gives_way.pk if gives_way else None):
                fact.superseded_by = gives_way
                fact.save(update_fields=["superseded_by"])
                yield [fact.pk, fact.superseded_by_id]


def differences(one: Person, other: Person) -> list[tuple[str, str, str]]:
    """The differences between two files in attributes that cannot change: label, and the value in each."""
    compared = [
        (say("性别"), one.get_sex_display(), other.get_sex_display()),
        (say("出生日期"), in_words(one.birth_date), in_words(other.birth_date)),
    ]
    return [row for row in compared if row[1] != row[2]]


def _refuse_unseen_difference(source: Person, target: Person, seen: bool) -> None:
    if seen or not (found := differences(source, target)):
        return
    said = "；".join(f"{label}：{source.name}{one}，{target.name}{two}" for label, one, two in found)
    title = say(
        "两份档案不像同一个人（{said}）。确实是同一个人、号码曾经输错的，请核对身份证后确认这一差别。", said=said
    )
    raise GuardNotMet(
        title, [("difference_seen", title)], code="files_differ", differences=[list(row) for row in found]
    )


class FileChangeContext(Context):
    """The context of a merge or split: rows move from `source` to `target`.

    Before the request, `person` is the file shown.
    """

    def __init__(self, change: FileChange | None, user: User | None, person: Person | None = None) -> None:
        super().__init__(change, user)
        self.person = person

    @property
    def concerned(self) -> list[Concerned]:
        change = self.subject
        return [change.source, change.target] if change else [self.person] if self.person else []

    @property
    def versioned(self) -> None:
        return None

    def record(self, transition: Transition, payload: Mapping[str, Any]) -> None:
        """Record the act in both files."""
        change = self.subject
        action = transition.record.replace(FileChange.Kind.MERGE, change.kind)
        for person in (change.source, change.target):
            said = {"from": change.source_id, "to": change.target_id, "rows": change.items, **payload}
            history.append(person.file, self.actor, action, said, person.area)

    def payload(
        self, transition: Transition, said: dict[str, Any], more: dict[str, Any], moved: bool
    ) -> dict[str, Any]:
        return {**({"reason": said["reason"]} if "reason" in said else {}), **more}


def _request_merge(context: FileChangeContext, said: dict[str, Any]) -> None:
    """Request that `other` be merged into this file: the same person, once registered with a mistyped number."""
    assert context.person is not None
    _request(context, FileChange.Kind.MERGE, said["other"], context.person, {}, said["reason"])


def _request_split(context: FileChangeContext, said: dict[str, Any]) -> None:
    """Request that rows of this file move to another person, registered with their own number."""
    source = context.person
    assert context.user is not None
    assert source is not None
    target = register(
        context.user.actor,
        name=said["name"],
        id_number=said["id_number"],
        phone=said["phone"],
        address=source.address,
        agency=source.agency,
    )
    if target.pk == source.pk:
        raise BadInput(say("号码是同一个人的。"), [("id_number", say("请填另一个人的身份证号码。"))])
    own_matter.refuse(context.user, target)
    _request(context, FileChange.Kind.SPLIT, source, target, said["items"], said["reason"])


def _request(
    context: FileChangeContext, kind: str, source: Person, target: Person, items: dict[str, list[int]], reason: str
) -> None:
    if source.merged_into_id or target.merged_into_id:
        raise Conflict(say("其中一份档案已经合并到别的档案。"))
    if FileChange.objects.unscoped().filter(source=source, status="requested").exists():
        raise Conflict(say("这份档案已有待确认的合并或拆分。"))
    assert context.user is not None
    context.subject = FileChange(
        kind=kind,
        source=source,
        target=target,
        items=items,
        reason=reason,
        **by(context, FileChange, "requested"),
    )


def _confirm(context: FileChangeContext, _said: dict[str, Any]) -> dict[str, Any]:
    """Confirm as a second person, and move the rows."""
    change, user = context.subject, context.user
    assert user is not None
    merge = change.kind == FileChange.Kind.MERGE
    change.items, again = _move(change.source, change.target, None if merge else change.items)
    if merge:
        change.source.merged_into = change.target
        change.source.save(update_fields=["merged_into"])
    sign(context, change, "confirmed")
    return {"again": again}


def _undo(context: FileChangeContext, _said: dict[str, Any]) -> dict[str, Any]:
    """Move back exactly the rows that were moved."""
    change = context.subject
    _, again = _move(change.target, change.source, change.items)
    if change.kind == FileChange.Kind.MERGE:
        change.source.merged_into = None
        change.source.save(update_fields=["merged_into"])
    return {"again": again}


def _two_files(context: FileChangeContext, said: dict[str, Any]) -> None:
    """Require confirmation of a merge by somebody who saw that sex or birth date differ."""
    assert context.user is not None
    assert context.person is not None
    own_matter.refuse(context.user, said["other"])
    if said["other"].pk == context.person.pk:
        raise BadInput(say("两份档案是同一份。"), [("other", say("请选择另一份档案。"))])
    _refuse_unseen_difference(said["other"], context.person, said.get("difference_seen", False))


def _still_alike(context: FileChangeContext, said: dict[str, Any]) -> None:
    if context.subject.kind == FileChange.Kind.MERGE:
        change = context.subject
        _refuse_unseen_difference(change.source, change.target, said.get("difference_seen", False))


def _other(context: FileChangeContext, _need: Need, raw: Any) -> Person:
    return visible_person(context.user, key(raw))


def _items(context: FileChangeContext, _need: Need, raw: Any) -> dict[str, list[int]]:
    """Parse rows of this file by model label: `{"people.fact": [4, 5], "applications.application": [9]}`."""
    known = {label(relation): relation for relation in movable()}
    if not isinstance(raw, Mapping) or not any(raw.values()) or set(raw) - set(known):
        raise ValueError(say("请至少选择一条属于另一个人的记录。"))
    assert context.person is not None
    for name, wanted in raw.items():
        own = set(separable(known[name], context.person).values_list("pk", flat=True))
        if set(wanted) - own:
            raise ValueError(say("请重新打开档案，再选择要分出的记录。"))
    return {name: list(wanted) for name, wanted in raw.items()}


def _door(user: User | None, pk: Any, transition: Transition) -> FileChangeContext:
    if transition.begins:
        return FileChangeContext(None, user, visible_person(user, pk))
    change = locked(in_sight(FileChange, user).select_related("source__agency", "target__agency"), pk, "没有这项更正。")
    return FileChangeContext(change, user)


def _hold(row: Person | FileChange, user: User | None) -> FileChangeContext:
    return FileChangeContext(None, user, row) if isinstance(row, Person) else FileChangeContext(row, user)


_KEEP = RIGHTS[Right.RECORD_FACTS]
_ASKED_BY = "合并和拆分档案由基层经办人或县级复核人提出。"
_DONE_BY = "合并和拆分档案由基层经办人或县级复核人办理。"
_REASON = Need("reason", "理由", longest=400, empty="请写明怎样发现、凭什么认定。")
_SEEN = Need("difference_seen", "已核对差别", "yes_no", required=False)
FILE_CHANGE = procedures.register(
    Workflow(
        "file_change",
        "这项更正",
        FileChange,
        _door,
        _hold,
        Vocabulary(
            {"request_merge": _request_merge, "request_split": _request_split, "confirm": _confirm, "undo": _undo},
            checks={"request_merge": _two_files, "confirm": _still_alike},
            before={
                "another_confirms": OtherEyes(
                    lambda context: [context.subject.requested_by],
                    "是您提出的，须由另一人确认。",
                )
            },
            kinds={"person": NeedKind(_other), "rows": NeedKind(_items)},
        ),
    )
)
FILE_CHANGE.add(
    Procedure(
        (State("requested", "待确认"), State("done", "已办"), State("undone", "已撤销", final=True)),
        (
            Transition(
                "request_merge", "提出合并", frozenset(), ("requested",), _KEEP,
                needs=(Need("other", "另一份档案", "person", empty="请选择另一份档案。"), _REASON, _SEEN),
                not_yours=_ASKED_BY, record="merge_requested", done="提出合并档案",
            ),
            Transition(
                "request_split", "提出拆分", frozenset(), ("requested",), _KEEP,
                needs=(
                    Need("items", "要分出的记录", "rows", empty="请至少选择一条属于另一个人的记录。"),
                    Need("name", "另一个人的姓名"), Need("id_number", "另一个人的身份证号码"),
                    Need("phone", "另一个人的联系电话"), _REASON,
                ),
                not_yours=_ASKED_BY, record="split_requested", done="提出拆分档案",
            ),
            Transition(
                "confirm", "确认", frozenset({"requested"}), ("done",), _KEEP, needs=(_SEEN,),
                before="another_confirms", not_yours=_DONE_BY, record="merge_confirmed", done="合并档案",
            ),
            Transition(
                "undo", "撤销", frozenset({"done"}), ("undone",), _KEEP,
                needs=(Need("reason", "理由", longest=400, empty="请写明为什么撤销。"),),
                not_yours=_DONE_BY, record="merge_undone", done="撤销合并",
            ),
        ),
    )
)  # fmt: skip
