"""The workflow of a home visit (四(一)): a draft that a clerk confirms, as facts, or discards online."""

from collections.abc import Mapping
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, Right
from jiuyuan.history import services as history
from jiuyuan.history.state import set_by
from jiuyuan.labels import texts
from jiuyuan.people import services as people
from jiuyuan.people.models import Person, Source
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.models import InvestigationEvidence, Visit, VisitPhoto
from jiuyuan.recognitions.visiting import (
    BESIDE,
    HELP,
    HOW,
    LEAVE,
    SETTLE,
    TAKE,
    answers,
    checked,
    findings,
    open_investigation_of,
    stand,
)
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

Said = dict[str, Any]
_CLERK = RIGHTS[Right.VISIT]
_NOT_YOURS = "入户走访由基层经办人办理，您的角色不能办理。"
_DONE_WITH = "这次走访已经处理过了，不能再办。"


class AtHome(Context):
    """A visit to a person, on the register or not.

    Its version is the state of the person's facts when it was reviewed.
    """

    outdated = "这个人的记录刚刚有变动，请对照新的记录再确认。"

    def __init__(self, visit: Visit | None, user: User | None, person: Person) -> None:
        super().__init__(visit, user)
        self.person = person

    @property
    def area(self) -> str:
        return str(self.person.area)

    @property
    def concerned(self) -> list[Person]:
        return [self.person]

    @property
    def version(self) -> int:
        return stand(self.subject)

    @property
    def versioned(self) -> "AtHome | None":
        return self if self.subject is not None else None

    def save(self) -> None:
        self.subject.save()

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        visit = self.subject
        return {"visit": str(visit.uid), "visited_on": visit.visited_on, **more}

    def record(self, transition: Transition, payload: Mapping[str, Any]) -> None:
        """Record the act in the person's file.

        The columns of a visit are not stated: its findings become facts or nothing.
        """
        history.append(self.person.file, self.actor, transition.record, payload, self.person.area)


TABLE = Procedure(
    tuple(State(code, label, final=code != Visit.Status.DRAFT) for code, label in texts(Visit.Status)),
    (
        Transition(
            "receive", "登记走访", frozenset(), ("draft",), _CLERK, record="visit_received", done="收到入户走访",
            not_yours=_NOT_YOURS,
        ),
        Transition(
            "confirm", "确认走访所见", frozenset({"draft"}), ("confirmed",), _CLERK,
            needs=(
                Need("choices", "是否采用", "choices", required=False),
                Need("settlement", "采纳说明", required=False),
                Need("as_evidence", "作为调查的证据", "yes_no", required=False),
                Need("leave", "不采用的帮扶记录", "names", required=False),
            ),
            record="visit_confirmed", done="确认入户走访所见", not_yours=_NOT_YOURS, not_now=_DONE_WITH,
        ),
        Transition(
            "discard", "不采用", frozenset({"draft"}), ("discarded",), _CLERK,
            needs=(
                Need("reason", "原因", longest=400, empty="请写明为什么不采用，例如：走错了门；与另一份走访重复。"),
            ),
            record="visit_discarded", done="入户走访未采用", not_yours=_NOT_YOURS, not_now=_DONE_WITH,
        ),
    ),
)  # fmt: skip


def _door(user: User | None, key: Any, transition: Transition) -> AtHome:
    """Find a visit by its key; for a new one, the person visited."""
    if transition.begins:
        rows = in_sight(Person, user)
        person: Person | None = rows.select_related("merged_into").filter(pk=key).first()
        if person is None:
            raise NotFound(say("这个人不在您的辖区，或已迁走。草稿没有收下，请抄给现在的常住地平台。"))
        return AtHome(None, user, person.merged_into or person)
    visit = locked(in_sight(Visit, user).select_related("person"), key, "没有这次走访。")
    return AtHome(visit, user, visit.person)


def _hold(row: Any, user: User | None) -> AtHome:
    return AtHome(row, user, row.person) if isinstance(row, Visit) else AtHome(None, user, row)


def _is_readable(home: AtHome, said: Said) -> None:
    said["values"] = checked(home.carried["brought"], home.carried["photos"])


def _receive(home: AtHome, said: Said) -> Said:
    assert home.user is not None
    brought, values = home.carried["brought"], said.pop("values")
    seen = answers(home.person.facts.all()) if brought.seen is None else brought.seen
    values["seen"] = {name: value for name, value in seen.items() if name in FACTS and FACTS[name].findable}
    visit = home.subject = Visit(
        uid=home.carried["uid"],
        person=home.person,
        **by(home, Visit),
        received_at=clock.now(),
        **values,
    )
    visit.save(force_insert=True)
    for name, content in home.carried["photos"]:
        document = people.add_document(home.actor, home.person, "site_visit_photo", content, name)
        VisitPhoto.objects.create(visit=visit, document=document)
    return {"names": list(visit.found)}


def _chosen(home: AtHome, said: Said) -> None:
    """Require a valid decision on each finding. Raises `BadInput` for every one without."""
    visit, choices, settlement = home.subject, said.get("choices", {}), said.get("settlement", "")
    errors, chosen = [], {}
    for finding in findings(visit):
        may = (BESIDE, SETTLE, LEAVE) if finding.conflicts else (TAKE, LEAVE)
        chosen[finding.name] = choices.get(finding.name, "")
        if chosen[finding.name] not in may:
            errors.append((finding.name, say("请选择“{label}”是否采用。", label=say(FACTS[finding.name].label))))
    if SETTLE in chosen.values() and not settlement:
        errors.append(("settlement", say("以走访所见为准的，请写明为什么，另一来源错在哪里。")))
    if said.get("as_evidence") and not errors and open_investigation_of(visit.person) is None:
        raise BadInput(say("没有正在进行的调查。"), [("as_evidence", say("没有正在进行的调查，不能作为证据。"))])
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    said["chosen"] = chosen


def _confirm(home: AtHome, said: Said) -> Said:
    """Make the findings facts, each by its decision.

    `take` or `leave`; for conflicts `beside` (keep both until somebody settles it), `settle` (in words) or
    `leave`.
    """
    visit, chosen = home.subject, said["chosen"]
    first = visit.photos.select_related("document").first()
    who = say("{by_name}入户走访", by_name=visit.by_name) + (f"（{visit.place}）" if visit.place else "")
    shared: dict[str, Any] = {
        "source": Source.SITE_VISIT,
        "evidence": who[:400],
        "document": first.document if first else None,
        "observed_on": visit.visited_on,
    }
    taken = {name: visit.found[name] for name, how in chosen.items() if how in (TAKE, BESIDE)}
    settled = {name: visit.found[name] for name, how in chosen.items() if how == SETTLE}
    if taken:
        people.record_facts(home.actor, visit.person, taken, **shared)
    if settled:
        people.record_facts(home.actor, visit.person, settled, settlement=said["settlement"], **shared)
    visit.taken = [name for name in chosen if name in taken or name in settled]
    if said.get("as_evidence"):
        _give_as_evidence(home)
    assert home.user is not None
    visit.helped = [name for brings in HELP for name in brings.take(home.user, visit, said.get("leave", ()))]
    return _decided(home, {"names": visit.taken})


def _give_as_evidence(home: AtHome) -> None:
    visit = home.subject
    investigation = open_investigation_of(visit.person)
    assert investigation is not None
    found = [f"{FACTS[name].label}：{_in_words(value)}" for name, value in visit.found.items()]
    note = "；".join(part for part in (*found, visit.remarks) if part) or say("家中无人。")
    photos = [photo.document for photo in visit.photos.select_related("document")]
    given = [
        InvestigationEvidence.objects.create(
            investigation=investigation,
            note=note,
            place=visit.place,
            document=document,
            gathered_on=visit.visited_on,
            gathered_by=visit.by,
            gathered_by_name=visit.by_name,
        )
        for document in photos or (None,)
    ]
    said = {
        "visit": str(visit.uid), "investigation": investigation.pk, "note": note, "place": visit.place,
        "state": set_by(given),
    }  # fmt: skip
    history.append(home.person.file, home.actor, "investigation_evidence", said, home.person.area)


def _discard(home: AtHome, said: Said) -> Said:
    """Keep the visit but adopt nothing from it."""
    home.subject.reason = said["reason"]
    return _decided(home, dict(said))


def _decided(home: AtHome, said: Said) -> Said:
    sign(home, home.subject, "decided")
    return said


def _in_words(value: Any) -> str:
    return (say("是") if value else say("否")) if isinstance(value, bool) else say("{value}元", value=value)


def _choices(_home: AtHome, _need: Need, raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise ValueError(say("请逐项选择是否采用。"))
    return {str(name): str(how) for name, how in raw.items()}


def _names(_home: AtHome, _need: Need, raw: Any) -> list[str]:
    if not isinstance(raw, list | tuple):
        raise ValueError(say("请列出不采用的帮扶记录。"))
    return [str(name) for name in raw]


_NAMES = {"type": "array", "items": {"type": "string", "maxLength": 60}}
_HOW = {"type": "object", "additionalProperties": {"enum": [*HOW]}}
VISIT = register(
    Workflow(
        "visit", "这次走访", Visit, _door, _hold,
        Vocabulary(
            {"receive": _receive, "confirm": _confirm, "discard": _discard},
            checks={"receive": _is_readable, "confirm": _chosen},
            kinds={
                "choices": NeedKind(_choices, schema=lambda need: _HOW),
                "names": NeedKind(_names, schema=lambda need: _NAMES),
            },
        ),
        things="visits",
    )
)  # fmt: skip
VISIT.add(TABLE)
