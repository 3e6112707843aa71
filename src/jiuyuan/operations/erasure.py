"""Nightly erasure of what the law no longer lets an office keep (个人信息保护法 19, 47), by kind, with a hash in the
record.

The limits `keep_…_months` set how long each kind is kept, by place and day; without a value nothing of the kind
is erased. People with anything open are left alone (`open_matters`). The record, cases, decisions and facts are
archives (档案法) and stay.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Length

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import nightly
from jiuyuan.applications.models import Agent, Lead, Objection
from jiuyuan.encryption import keyed_hash
from jiuyuan.history import services as history
from jiuyuan.history.state import Recorded, key_of, set_by
from jiuyuan.notifications.models import Message, Withheld
from jiuyuan.operations import runs
from jiuyuan.operations.open_matters import ERASED, quiet
from jiuyuan.people import documents
from jiuyuan.people.models import Document, HouseholdMember, Person
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.parameters import Figure
from jiuyuan.wording import spoken

_AT_ONCE, _LOCKED = 500, 50
_NOTHING_SEALED = 29  # bytes of an encrypted empty text: version, nonce, tag


@dataclass(frozen=True)
class ErasureDue:
    """Rows of a kind to erase: what ended before `before`, in `areas`, or everywhere if that is empty."""

    before: datetime
    areas: tuple[str, ...] = ()

    def within(self, column: str) -> Q:
        return Q(**{f"{column}__in": self.areas}) if self.areas else Q()


@spoken("label", "what", "since")
@dataclass(frozen=True)
class ErasedKind:
    """A kind of data to erase: the model, its columns, and the date from which months count.

    `erase` returns how many rows.
    """

    name: str
    label: str
    what: str
    since: str
    erase: Callable[["ErasedKind", ErasureDue], int]

    @property
    def limit(self) -> str:
        return f"keep_{self.name}_months"


def erase_due(day: date) -> int:
    """Erase everything due on a day. Returns how many rows; safe to repeat after a kill."""
    figures = {kind.name: sum(kind.erase(kind, due) for due in due_on(kind, day)) for kind in KINDS}
    done = {name: count for name, count in figures.items() if count}
    if done:
        with runs.recorded(runs.Kind.ERASURE) as kept:
            kept |= done
    return sum(done.values())


def due_on(kind: ErasedKind, day: date) -> Iterator[ErasureDue]:
    """Yield one entry for each retention period that is set, with its places."""
    areas: dict[int, list[str]] = defaultdict(list)
    everywhere = _places(kind)
    for area in everywhere:
        if figure := figure_of(kind, area, day):
            areas[figure.value].append(area)
    for months, found in areas.items():
        before = datetime.combine(add_months(day, -months), time(), clock.CHINA)
        yield ErasureDue(before, () if len(found) == len(everywhere) else tuple(found))


def lengths_of(kind: ErasedKind, day: date) -> list[tuple[Figure, int]]:
    """Each retention period set for a kind, with its source and the number of agencies."""
    figures = (figure_of(kind, area, day) for area in _places(kind))
    return sorted(Counter(figure for figure in figures if figure).items(), key=lambda row: -row[1])


def _places(kind: ErasedKind) -> list[str]:
    """The paths of all agencies; empty if the limit is set nowhere."""
    known = {limit.name for region in registry.regions() for limit in registry.region_of(region.path).limits()}
    return list(Agency.objects.order_by("path").values_list("path", flat=True)) if kind.limit in known else []


def figure_of(kind: ErasedKind, area: str, day: date) -> Figure | None:
    """The retention period in months at a place, with its source; None if it is not set or not yet in force."""
    try:
        figure = registry.region_of(area).limit_figure(kind.limit, on=day)
    except KeyError:
        return None
    return figure if figure.effective_on <= day and figure.value > 0 else None


def _papers(kind: ErasedKind, due: ErasureDue) -> int:
    rows = Document.objects.unscoped().filter(due.within("person__area"), added_at__lt=due.before)
    return _of_the_quiet(due, rows.exclude(stored_as=None), "person", partial(_one_persons_papers, kind))


def _one_persons_papers(kind: ErasedKind, person: Person) -> int:
    rows = list(Document.objects.unscoped().filter(person=person).exclude(stored_as=None).select_for_update())
    names = [row.stored_as for row in rows]
    _record(kind, person.file, person.area, {key_of(row): {"stored_as": None, ERASED: row.sha256} for row in rows})
    Document.objects.unscoped().filter(pk__in=[row.pk for row in rows]).update(stored_as=None, file_name="")
    for name in names:  # last: if the transaction fails afterwards, the next night repeats it
        documents.remove(name)
    return len(rows)


def _messages(kind: ErasedKind, due: ErasureDue) -> int:
    done = 0
    for model in (Message, Withheld):
        rows = model.objects.unscoped().filter(created_at__lt=due.before, about__startswith="person:")
        keys = (int(about.partition(":")[2]) for about in rows.order_by().values_list("about", flat=True).distinct())
        for some in _chunks(keys):
            people = Person.objects.unscoped().filter(due.within("area"), pk__in=some)
            done += _each(due, list(people.values_list("pk", flat=True)), partial(_one_persons_messages, kind, model))
    return done


def _one_persons_messages(kind: ErasedKind, model: type[Message | Withheld], person: Person) -> int:
    rows = list(model.objects.unscoped().filter(about=person.file).order_by("pk"))
    said = {key_of(row): {ERASED: _hash(row, "code", "fields", "sent_title", "sent_body", "phone")} for row in rows}
    _record(kind, person.file, person.area, said)
    model.objects.unscoped().filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _household(kind: ErasedKind, due: ErasureDue) -> int:
    rows = HouseholdMember.objects.unscoped().filter(due.within("person__area")).exclude(name="")
    return _of_the_quiet(due, rows, "person", partial(_one_persons_household, kind))


def _one_persons_household(kind: ErasedKind, person: Person) -> int:
    rows = list(HouseholdMember.objects.unscoped().filter(person=person).exclude(name="").select_for_update())
    said = {key_of(row): {ERASED: _hash(row, "name", "id_number", "state")} for row in rows}
    _record(kind, person.file, person.area, said)
    for row in rows:
        row.name, row.id_number, row.id_index, row.state = "", None, "", ""
        row.save(update_fields=["name", "id_number", "id_index", "state"])
    return len(rows)


def _agents(kind: ErasedKind, due: ErasureDue) -> int:
    rows = Agent.objects.unscoped().filter(
        due.within("application__area"), application__finished_on__lt=due.before.date()
    )
    blank = {"name": "", "id_number": "", "phone": ""}
    return _blanked(kind, rows.exclude(name="").select_related("application"), blank, lambda row: row.application)


def _objectors(kind: ErasedKind, due: ErasureDue) -> int:
    rows = Objection.objects.unscoped().filter(
        due.within("notice__application__area"),
        settled_on__lt=due.before.date(),
        notice__application__finished_on__lt=due.before.date(),
    )
    named = rows.annotate(size=Length("contact")).filter(~Q(name="") | Q(size__gt=_NOTHING_SEALED))
    blank = {"name": "", "contact": ""}
    return _blanked(kind, named.select_related("notice__application"), blank, lambda row: row.notice.application)


def _leads(kind: ErasedKind, due: ErasureDue) -> int:
    rows = Lead.objects.unscoped().filter(due.within("area"), extract__at__lt=due.before).exclude(name="")
    rows = rows.exclude(status=Lead.Status.NEW).exclude(calls__called_at__gte=due.before)
    words = dict.fromkeys(("name", "id_number", "closed_because"), "")
    blank: dict[str, Any] = {**words, "phone": None, "facts": {}, "answers": {}, "missing": []}

    def also(row: Lead) -> None:
        row.id_index = f"{ERASED}:{row.pk}"  # unique, so not the same for all
        row.calls.update(note="")

    return _blanked(kind, rows, blank, lambda row: row, also)


def _blanked(
    kind: ErasedKind,
    rows: "models.QuerySet[Any]",
    blank: dict[str, Any],
    subject: Callable[[Any], Any],
    also: Callable[[Any], None] = lambda row: None,
) -> int:
    """Blank these columns of each row, and record it in its subject's file."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for some in _chunks(iter(keys)):
        with transaction.atomic():
            for row in rows.filter(pk__in=some).select_for_update(of=("self",)).order_by("pk"):
                was = _hash(row, *blank)
                also(row)
                for name, nothing in blank.items():
                    setattr(row, name, nothing)
                row.save(update_fields=[*blank, *(("id_index",) if hasattr(row, "id_index") else ())])
                whose = subject(row)
                _record(kind, whose.file, whose.area, _with_hash(row, was))
    return len(keys)


def _with_hash(row: Recorded, was: str) -> dict[str, dict[str, Any]]:
    [(key, values)] = set_by([row]).items()
    return {key: values | {ERASED: was}}


def _of_the_quiet(due: ErasureDue, rows: "models.QuerySet[Any]", way: str, erase: Callable[[Person], int]) -> int:
    keys = rows.order_by(way).values_list(way, flat=True).distinct().iterator()
    return sum(_each(due, some, erase) for some in _chunks(keys))


def _each(due: ErasureDue, people: Sequence[int], erase: Callable[[Person], int]) -> int:
    found = sorted(quiet(people, due.before))
    done = 0
    for some in (found[at : at + _LOCKED] for at in range(0, len(found), _LOCKED)):
        with transaction.atomic():
            rows = Person.objects.unscoped().filter(pk__in=some).order_by("pk").select_for_update()
            locked = {person.pk: person for person in rows}
            # Checked again, now that the lock keeps anything new from beginning.
            done += sum(erase(locked[key]) for key in sorted(quiet(locked, due.before)))
    return done


def _record(kind: ErasedKind, file: str, area: str, state: dict[str, dict[str, Any]]) -> None:
    if state:
        said = {"kind": kind.name, "count": len(state)}
        history.append(file, history.MACHINES["night"], ERASED, said, area, state)


def _hash(row: models.Model, *columns: str) -> str:
    """A keyed hash, because a plain one of so short a text could be guessed."""
    content = {name: getattr(row, name) for name in columns}
    return keyed_hash(ERASED, f"{key_of(row)}:{json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)}")


def _chunks(keys: Iterator[int]) -> Iterator[list[int]]:
    while some := list(islice(keys, _AT_ONCE)):
        yield some


KINDS = (
    ErasedKind(
        "papers", "材料原件", "照片和PDF的内容、原文件名；种类、大小和校验值留着", "本人最后一件事办完之后", _papers
    ),
    ErasedKind("messages", "发给本人的消息", "标题、正文和手机号码", "本人最后一件事办完之后", _messages),
    ErasedKind("household", "家庭成员", "姓名、身份证号码和就业状况", "本人最后一件事办完之后", _household),
    ErasedKind("agents", "代办人", "姓名、身份证号码和电话", "申请办结之后", _agents),
    ErasedKind("objectors", "提出异议的人", "姓名和联系方式；异议和核查结果留着", "异议处理、申请办结之后", _objectors),
    ErasedKind("leads", "联系过的待申请人员", "姓名、身份证号码、电话、事实和通话记录", "最后一次联系之后", _leads),
)
nightly.also("清除到期资料", "erased", erase_due)
