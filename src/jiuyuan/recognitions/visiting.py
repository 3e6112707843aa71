"""Visits at home (四(一) 入户调查): taken along, brought back as drafts, made facts when a clerk confirms them online.

Nothing that was written down offline changes the register by itself: what stands may have changed meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.history.state import set_by
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import services as people
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, Person, Source
from jiuyuan.procedures.own_matter import is_own_matter, refuse
from jiuyuan.recognitions.models import Investigation, InvestigationEvidence, Visit, VisitPhoto
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, OlderVersion, OwnMatter, WrongState
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS, in_order
from jiuyuan.rules.possible_days import why_impossible

Status = Visit.Status

MOST_TAKEN_ALONG = 100
MOST_PHOTOS = 6
_LONGEST_WORDS = 2000
TAKE, BESIDE, SETTLE, LEAVE = "take", "beside", "settle", "leave"


@dataclass(frozen=True)
class Brought:
    """What a device or a form sends about one visit. `found` and `seen` hold facts in JSON form.

    Without `seen`, nothing was taken along, and what stands when the visit is written down takes its place.
    """

    uid: str
    person: int
    visited_on: str
    nobody_home: bool = False
    place: str = ""
    found: Mapping[str, Any] | None = None
    seen: Mapping[str, Any] | None = None
    remarks: str = ""
    wanted: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that a visit found, beside what stands today. Several `conflicts` are told to whoever confirms."""

    name: str
    found: Any
    standing: Standing | None
    conflicts: tuple[str, ...]


def taken_along(user: User, keys: Sequence[int]) -> list[tuple[Person, dict[str, Any]]]:
    """Whom a clerk takes along, each with what is answered today; every look is recorded. Raises `BadInput`, `NotForRole`.

    Whoever is not in the clerk's area is left out, as if they were not there.
    """
    _refuse_others(user)
    if not keys:
        raise BadInput("没有选人。", [("person", "请先在“入户走访”里勾选要走访的人。")])
    if len(set(keys)) > MOST_TAKEN_ALONG:
        raise BadInput("人太多。", [("person", f"一次最多带走{MOST_TAKEN_ALONG}人，请分次走访。")])
    rows = Person.objects.visible_to(user).filter(pk__in=keys, merged_into=None).order_by("address", "pk")
    found = list(rows)
    refuse(user)
    if any(is_own_matter(user, person) for person in found):
        raise OwnMatter("要走访的人中有您本人或您申报的亲属，须由其他人员走访，请去掉后再带走。")
    recorded = Fact.objects.unscoped().filter(person__in=found, name__in=in_order("findable"))
    by_person: dict[int, list[Fact]] = {person.pk: [] for person in found}
    for fact in recorded:
        by_person[fact.person_id].append(fact)
    for person in found:
        history.looked(user.actor, person.file, "带走走访名单", person.area, unmasked=True)
    return [(person, _answers(by_person[person.pk])) for person in found]


def _answers(recorded: Iterable[Fact]) -> dict[str, Any]:
    return standing_facts.values(standing_facts.standing(recorded))


def receive(user: User, brought: Brought, photos: Sequence[tuple[str, bytes]] = ()) -> Visit:
    """Keep a visit as a draft, once: sent again, the one that is there is given back. `photos`: file name and content.

    Raises `NotForRole`, `NotFound` for somebody outside the area, `BadInput` naming each wrong field.
    """
    _refuse_others(user)
    uid = _uid(brought.uid)
    if (there := _there(user, uid)) is not None:
        return there
    person = Person.objects.visible_to(user).select_related("merged_into").filter(pk=brought.person).first()
    if person is None:
        raise NotFound("这个人不在您的辖区，或已迁走。草稿没有收下，请抄给现在的常住地平台。")
    person = person.merged_into or person
    refuse(user, person)
    values = _checked(brought, photos)
    seen = _answers(person.facts.all()) if brought.seen is None else brought.seen
    values["seen"] = {name: value for name, value in seen.items() if name in FACTS and FACTS[name].findable}
    try:
        with transaction.atomic():
            visit = Visit(uid=uid, person=person, by=user, by_name=user.name, received_at=clock.now(), **values)
            visit.save(force_insert=True)
            for name, content in photos:
                document = people.add_document(user.actor, person, "site_visit_photo", content, name)
                VisitPhoto.objects.create(visit=visit, document=document)
            _record(visit, user, "visit_received", {"visited_on": visit.visited_on, "names": list(visit.found)})
    except IntegrityError:  # the same one, sent twice at once
        if (there := _there(user, uid)) is None:
            raise
        return there
    return visit


def _there(user: User, uid: UUID) -> Visit | None:
    """The visit that was already received. Whoever sent it gets it back even where the person has moved meanwhile."""
    visit: Visit | None = Visit.objects.unscoped().filter(uid=uid).first()
    if visit is not None and visit.by_id != user.pk:
        raise Conflict("这个走访编号已由别人用过，请重新登记。")
    return visit


def findings(visit: Visit) -> list[Finding]:
    """What the visit found beside what stands now, in the order of the questions."""
    names = [name for name in in_order("findable") if name in visit.found]
    known = standing_facts.standing(visit.person.facts.all())
    return [_finding(name, visit.found[name], known.get(name), visit.seen.get(name)) for name in names]


def _finding(name: str, found: Any, now: Standing | None, seen: Any) -> Finding:
    conflicts = []
    if now is not None and now.value != found:
        if now.disputed:
            conflicts.append("本人对现有记录有异议")
        elif now.contradicted:
            conflicts.append("现有来源互相矛盾")
        elif now.verified:
            conflicts.append("与已核实的记录不一致")
        if now.value != seen:
            conflicts.append("从准备走访到现在，记录有过变动")
    return Finding(name, found, now, tuple(conflicts))


def stand(visit: Visit) -> int:
    """The last fact of the person: what somebody saw when they decided. A later one means that they saw less."""
    last: int | None = visit.person.facts.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


@transaction.atomic
def confirm(
    user: User,
    pk: int,
    *,
    choices: Mapping[str, str],
    settlement: str = "",
    stood: int,
    as_evidence: bool = False,
) -> Visit:
    """Make what the visit found facts, one by one: `take` or `leave`; where it conflicts, `beside` what stands (until
    somebody settles it), `settle` it in words, or `leave`.

    `stood` is what `stand` gave when the page was shown. `as_evidence` also puts it to the open investigation.
    Raises `NotFound`, `NotForRole`, `WrongState`, `Conflict`, `BadInput`.
    """
    visit = _to_decide(user, pk)
    if stood != stand(visit):
        raise OlderVersion("这个人的记录刚刚有变动，请对照新的记录再确认。")
    chosen = _chosen(visit, choices, settlement)
    first = visit.photos.select_related("document").first()
    who = f"{visit.by_name}入户走访" + (f"（{visit.place}）" if visit.place else "")
    shared: dict[str, Any] = {
        "source": Source.SITE_VISIT,
        "evidence": who[:400],
        "document": first.document if first else None,
        "observed_on": visit.visited_on,
    }
    taken = {name: visit.found[name] for name, how in chosen.items() if how in (TAKE, BESIDE)}
    settled = {name: visit.found[name] for name, how in chosen.items() if how == SETTLE}
    if taken:
        people.record_facts(user.actor, visit.person, taken, **shared)
    if settled:
        people.record_facts(user.actor, visit.person, settled, settlement=settlement, **shared)
    visit.taken = [name for name in chosen if name in taken or name in settled]
    if as_evidence:
        _give_as_evidence(visit, user)
    return _decided(visit, user, Status.CONFIRMED, "visit_confirmed", {"names": visit.taken})


@transaction.atomic
def discard(user: User, pk: int, reason: str) -> Visit:
    """Keep the visit but take nothing from it. Raises `NotFound`, `NotForRole`, `WrongState`, `BadInput`."""
    visit = _to_decide(user, pk)
    if not reason.strip():
        raise BadInput("请写明原因。", [("reason", "请写明为什么不采用，例如：走错了门；与另一份走访重复。")])
    if len(reason) > 400:
        raise BadInput("原因太长。", [("reason", f"最多400个字，现在有{len(reason)}个字，请写短一些。")])
    visit.reason = reason.strip()
    return _decided(visit, user, Status.DISCARDED, "visit_discarded", {"reason": visit.reason})


def open_investigation_of(person: Person) -> Investigation | None:
    """The investigation for which a visit can be evidence."""
    rows = Investigation.objects.unscoped().filter(recognition__person=person)
    found: Investigation | None = rows.exclude(status=Investigation.Status.DECIDED).first()
    return found


def _refuse_others(user: User) -> None:
    if not user.may(Right.VISIT):
        raise NotForRole("入户走访由基层经办人办理，您的角色不能办理。")


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput("走访编号有误。", [("uid", "走访编号有误，请重新打开这一页再登记。")]) from None


def _checked(brought: Brought, photos: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    errors: list[tuple[str, str]] = []
    try:
        visited_on = date.fromisoformat(brought.visited_on)
    except ValueError:
        visited_on = clock.today()
        errors.append(("visited_on", "走访日期请写成2026-03-02这样的日期。"))
    if visited_on > clock.today():
        errors.append(("visited_on", "走访日期不能晚于今天，请核对手机的日期。"))
    elif why := why_impossible("visited_on", visited_on, today=clock.today()):
        errors.append(("visited_on", f"走访日期：{why}，请核对手机的日期。"))
    found = {name: value for name, value in (brought.found or {}).items() if value is not None}
    if brought.nobody_home and found:
        errors.append(("nobody_home", "家中无人时问不到情况：请去掉“家中无人”，或清空所填的回答。"))
    errors += [(name, "走访不能查明这一项。") for name in found if not (name in FACTS and FACTS[name].findable)]
    if not errors:
        errors += _unreadable(found)
    texts = {"place": (brought.place, 200), "remarks": (brought.remarks, _LONGEST_WORDS),
             "wanted": (brought.wanted, _LONGEST_WORDS)}  # fmt: skip
    for field, (text, longest) in texts.items():
        if len(text) > longest:
            errors.append((field, f"最多{longest}个字，现在有{len(text)}个字，请写短一些。"))
    if len(photos) > MOST_PHOTOS:
        errors.append(("photos", f"一次走访最多{MOST_PHOTOS}张照片，请去掉几张。"))
    if not (brought.nobody_home or found or brought.remarks.strip() or brought.wanted.strip() or photos):
        errors.append(("remarks", "什么都没有填：请至少回答一项，或写明情况，或勾选“家中无人”。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    return {
        "visited_on": visited_on,
        "nobody_home": brought.nobody_home,
        "place": brought.place.strip(),
        "found": found,
        "remarks": brought.remarks.strip(),
        "wanted": brought.wanted.strip(),
    }


def _unreadable(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        rule_facts.parse({**found, "as_of": clock.today().isoformat()})
    except rule_facts.Invalid as invalid:
        return [(name, message.replace(f"（{name}）", "")) for name, message in invalid.errors]
    return []


def _chosen(visit: Visit, choices: Mapping[str, str], settlement: str) -> dict[str, str]:
    """How each finding is decided. Raises `BadInput` for every one that is not, or not so that it can be."""
    errors, chosen = [], {}
    for finding in findings(visit):
        may = (BESIDE, SETTLE, LEAVE) if finding.conflicts else (TAKE, LEAVE)
        chosen[finding.name] = choices.get(finding.name, "")
        if chosen[finding.name] not in may:
            errors.append((finding.name, f"请选择“{rule_facts.FACTS[finding.name].label}”是否采用。"))
    if SETTLE in chosen.values() and not settlement.strip():
        errors.append(("settlement", "以走访所见为准的，请写明为什么，另一来源错在哪里。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    return chosen


def _to_decide(user: User, pk: int) -> Visit:
    rows = Visit.objects.visible_to(user).select_related("person").select_for_update(of=("self",))
    visit: Visit | None = rows.filter(pk=pk).first()
    if visit is None:
        raise NotFound("没有这次走访。")
    _refuse_others(user)
    if visit.status != Status.DRAFT:
        raise WrongState(f"这次走访{visit.get_status_display()}，不能再办。", status=visit.status, actions=[])
    refuse(user, visit.person)
    return visit


def _decided(visit: Visit, user: User, status: str, action: str, said: dict[str, Any]) -> Visit:
    visit.status, visit.decided_by_name, visit.decided_at = status, user.name, clock.now()
    visit.save(update_fields=["status", "decided_by_name", "decided_at", "reason", "taken"])
    _record(visit, user, action, {"visited_on": visit.visited_on, **said})
    return visit


def _give_as_evidence(visit: Visit, user: User) -> None:
    investigation = open_investigation_of(visit.person)
    if investigation is None:
        raise BadInput("没有正在进行的调查。", [("as_evidence", "没有正在进行的调查，不能作为证据。")])
    found = [f"{rule_facts.FACTS[name].label}：{_in_words(value)}" for name, value in visit.found.items()]
    note = "；".join(part for part in (*found, visit.remarks) if part) or "家中无人。"
    photos = [photo.document for photo in visit.photos.select_related("document")]
    given = [
        InvestigationEvidence.objects.create(
            investigation=investigation,
            note=note,
            place=visit.place,
            document=document,
            gathered_on=visit.visited_on,
            gathered_by_name=visit.by_name,
        )
        for document in photos or (None,)
    ]
    said = {"investigation": investigation.pk, "note": note, "place": visit.place, "state": set_by(given)}
    _record(visit, user, "investigation_evidence", said)


def _in_words(value: Any) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else f"{value}元"


def _record(visit: Visit, user: User, action: str, payload: dict[str, Any]) -> None:
    said = {"visit": str(visit.uid), **payload}
    history.append(visit.person.file, user.actor, action, said, visit.person.area)
