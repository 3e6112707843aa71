"""The columns set by an act, stored in its payload. Replaying the acts gives what the tables should contain.

A deleted row is null. Models recorded in this way derive from `Recorded`. Short codes, dates and numbers are
stored as they are; texts and personal data as keyed hashes, so that the record has no more plain text than
before.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection, models

from jiuyuan import masking
from jiuyuan.encryption import BlindIndexField, index_under, keyed_hash
from jiuyuan.history import stored
from jiuyuan.history.services import moment
from jiuyuan.history.stored import UnreadableColumn
from jiuyuan.wording import say

_SHORT = 40


class Recorded(models.Model):
    """A model whose instances remember the values read, so that acts can state what they set.

    `unrecorded`: columns that change without an act.
    """

    unrecorded: ClassVar[frozenset[str]] = frozenset()
    _as_read: dict[str, Any] | None = None

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        row = super().from_db(db, field_names, values, **more)
        row._as_read = dict(zip(field_names, values, strict=True))
        return row


def set_by(rows: Iterable[Recorded]) -> dict[str, dict[str, Any]]:
    """The columns that differ from the values read, by row; all columns of a new row. Call it after saving."""
    state = {}
    for row in rows:
        now = {name: row.__dict__[name] for name in columns_of(type(row)) if name in row.__dict__}
        read = row._as_read
        changed = now if read is None else {n: v for n, v in now.items() if n not in read or read[n] != v}
        if changed:
            state[key_of(row)] = {name: kept(row, name, value) for name, value in changed.items()}
        row._as_read = now
    return state


def key_of(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


@cache
def columns_of(model: type[Recorded]) -> tuple[str, ...]:
    """The recorded columns, by attribute name."""
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname not in model.unrecorded
    )


def kept(row: Recorded, name: str, value: Any) -> Any:
    """A value in the format of the record."""
    return stated(type(row), row.pk, name, value)


def stated(model: type[Recorded], pk: int, name: str, value: Any) -> Any:
    """Like `kept`, for a row written without an instance."""
    column = model._meta.get_field(name)
    if isinstance(value, str) and isinstance(column, models.DateField):
        value = column.to_python(value)
    if isinstance(column, BlindIndexField) and isinstance(value, str):
        value = index_under(value, 1)  # the record stays valid when the key is rotated
    if value is None or value == "" or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _in_the_clear(model, name):
        return masking.text(str(value))
    content = (
        str(value) if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    )
    return keyed_hash("state", f"{model._meta.label_lower}:{pk}:{name}:{content}")[:32]


def stated_row(model: type[Recorded], pk: int, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Like `set_by`, for a row written without an instance."""
    return {f"{model._meta.label_lower}:{pk}": {name: stated(model, pk, name, value) for name, value in values.items()}}


@cache
def _in_the_clear(model: type[Recorded], name: str) -> bool:
    column = model._meta.get_field(name)
    return bool(getattr(column, "choices", None)) or (getattr(column, "max_length", None) or _SHORT + 1) <= _SHORT


@dataclass(frozen=True, slots=True)
class PastAct:
    """An entry of the record, for replay."""

    id: int
    file: str
    seq: int
    day: date
    actor: str
    action: str
    payload: dict[str, Any]


def acts_of(files: Sequence[str], faults: list[str]) -> dict[str, list[PastAct]]:
    """The acts of these files, oldest first. Unreadable ones are added to `faults`."""
    acts: dict[str, list[PastAct]] = {file: [] for file in files}
    if not files:
        return acts
    where = f"file IN ({', '.join(['%s'] * len(files))})"
    columns = ("id", "file", "seq", "at", "actor", "action", "payload")
    for row in stored.rows("history_entry", columns, where=where, order=["file", "seq"], given=list(files)):
        try:
            payload = row.json("payload")
            if not isinstance(payload, dict):
                raise UnreadableColumn("payload")
            act = PastAct(
                row.number("id"),
                row.text("file"),
                row.number("seq"),
                date.fromisoformat(moment(row.moment("at"))[:10]),
                row.text("actor"),
                row.text("action"),
                payload,
            )
        except UnreadableColumn as column:
            faults.append(
                say(
                    "案卷 {shown}：第 {shown_2} 条的 {column} 读不懂，不能重放。",
                    shown=row.shown("file"),
                    shown_2=row.shown("seq"),
                    column=column,
                )
            )
            continue
        acts[act.file].append(act)
    return acts


def one_without_other(one: str, other: str) -> list[str]:
    """The texts selected by the first query but not by the second, sorted."""
    with connection.cursor() as cursor:
        cursor.execute(f"{one} EXCEPT {other} ORDER BY 1", [])
        return [str(name) for (name,) in cursor.fetchall()]


Row = TypeVar("Row", bound=models.Model)
# `InvalidTag` and `LookupError`: bytes not encrypted with our keys, or not for this column.
_NOT_WHAT_IT_SHOULD_BE = (ValueError, TypeError, ArithmeticError, DatabaseError, LookupError, InvalidTag)


def readable(rows: "models.QuerySet[Row]", faults: list[str]) -> list[Row]:
    """The rows of a query. Those with unreadable values are added to `faults`."""
    try:
        return list(rows)
    except _NOT_WHAT_IT_SHOULD_BE:
        name, found = rows.model._meta.verbose_name, []
        for pk in rows.values_list("pk", flat=True):
            try:
                found.append(rows.model._base_manager.get(pk=pk))
            except _NOT_WHAT_IT_SHOULD_BE:
                faults.append(say("{name} {pk}：表中的内容读不懂。", name=name, pk=pk))
        return found


@dataclass
class Replayed:
    """The result of replaying acts: rows by key, the fully stated ones, and the acts older than stated rows."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    unstated: Counter[str] = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)
    uncompared: int = 0


# By action, the models of the rows it creates; an act may change rows of any recorded model.
Makes = Mapping[str, Sequence[type[Recorded]]]


def replay(
    acts: Iterable[PastAct], makes: Makes, known: Callable[[str], bool], into: Replayed, faults: list[str]
) -> None:
    """Apply what each act set to `into`, in order. Undeclared acts are added to `faults`."""
    for act in acts:
        if not known(act.action):
            faults.append(
                say(
                    "案卷 {file}：第 {seq} 条是系统不认识的动作“{action}”，不能重放。",
                    file=act.file,
                    seq=act.seq,
                    action=act.action,
                )
            )
            continue
        state = act.payload.get("state")
        if not isinstance(state, dict):
            into.unstated.update(model._meta.label_lower for model in makes.get(act.action, ()))
            continue
        made = {model._meta.label_lower for model in makes.get(act.action, ())}
        for key, values in state.items():
            if values is None:  # the act deleted the row
                into.rows.pop(key, None)
                into.whole.discard(key)
                continue
            if key not in into.rows and key.partition(":")[0] in made:
                into.whole.add(key)
            into.rows.setdefault(key, {}).update(values)
            into.files[key] = act.file


def differences(
    replayed: Replayed,
    rows: Iterable[Recorded],
    named: Callable[[Recorded], str],
    moved: Callable[[Recorded, str, Any], bool] = lambda row, name, value: False,
) -> Iterator[str]:
    """Yield the differences between a table's rows and the replayed ones, and remove the compared ones from
    `replayed`.

    `moved` says whether a column's difference is explained elsewhere in the record.
    """
    for row in rows:
        key = key_of(row)
        left = replayed.rows.pop(key, None)
        if left is None:
            if replayed.unstated[row._meta.label_lower] > 0:
                replayed.unstated[row._meta.label_lower] -= 1
                replayed.uncompared += 1
            else:
                yield say("{row}：记录中没有这一行，是在记录之外加进去的。", row=named(row))
            continue
        for name, value in left.items():
            if name not in row.__dict__ or name in row.unrecorded:
                continue
            found = kept(row, name, row.__dict__[name])
            if found != value and not moved(row, name, value):
                yield say(
                    "{row}：{label}与记录不符{both}。",
                    row=named(row),
                    label=_label(row, name),
                    both=_both(type(row), name, value, found),
                )
        if key not in replayed.whole:
            replayed.uncompared += 1


def missing(replayed: Replayed, models_: Iterable[type[Recorded]]) -> Iterator[str]:
    """Yield the rows that acts created but the tables lack. Call it after `differences` of all of them."""
    names = {model._meta.label_lower: model._meta.verbose_name for model in models_}
    for key in replayed.rows:
        label, _, pk = key.partition(":")
        if label in names:
            yield say(
                "{label} {pk}（案卷 {key}）：记录中有，表中已没有这一行。",
                label=names[label],
                pk=pk,
                key=replayed.files[key],
            )


def _label(row: Recorded, name: str) -> str:
    return f"“{row._meta.get_field(name).verbose_name}”"  # type: ignore[union-attr]


def _both(model: type[Recorded], name: str, recorded: Any, found: Any) -> str:
    text = isinstance(recorded, str) and isinstance(found, str)
    if text and not (_in_the_clear(model, name) or isinstance(model._meta.get_field(name), models.DateField)):
        return ""
    return say("（记录：{recorded}，表中：{found}）", recorded=_shown(recorded), found=_shown(found))


def _shown(value: Any) -> str:
    return say("空") if value in (None, "") else str(value)
