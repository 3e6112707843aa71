"""Home visits (四(一) 入户调查): taken along, brought back as drafts, and turned into facts when a clerk confirms
them online.

Nothing noted offline changes the register by itself, because the facts may have changed meanwhile.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.own_matter import is_own_matter, refuse
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions.models import Investigation, Visit
from jiuyuan.refusals import BadInput, Conflict, NotForRole, OwnMatter
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS, in_order
from jiuyuan.rules.possible_days import why_impossible
from jiuyuan.wording import say

Status = Visit.Status

MOST_TAKEN_ALONG = 100
MOST_PHOTOS = 6
_LONGEST_WORDS = 2000
HOW = TAKE, BESIDE, SETTLE, LEAVE = "take", "beside", "settle", "leave"


@dataclass(frozen=True)
class Brought:
    """A visit as sent by a device or form. `found` and `seen` have facts as JSON values.

    Without `seen` nothing was taken along; the facts at the time of sending are used instead.
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
    help: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class BroughtHelp:
    """What happens to the notes on assistance of a visit.

    `wrong`: errors by name; `take`: apply everything except what is left out, and return the names of what was
    applied.
    """

    wrong: Callable[[Mapping[str, Any]], list[tuple[str, str]]]
    take: Callable[[User, Visit, Collection[str]], list[str]]


#: Filled at start by the assistance app (`assistance.visit_help`).
HELP: list[BroughtHelp] = []


@dataclass(frozen=True)
class Finding:
    """A finding of a visit, beside what is known today. `conflicts` are shown to the clerk who confirms."""

    name: str
    found: Any
    standing: Standing | None
    conflicts: tuple[str, ...]


def taken_along(user: User, keys: Sequence[int]) -> list[tuple[Person, dict[str, Any]]]:
    """The people a clerk takes along, each with today's facts. Every look is recorded. Raises `BadInput`,
    `NotForRole`.

    People outside the clerk's area are left out silently.
    """
    _refuse_others(user)
    if not keys:
        raise BadInput(say("没有选人。"), [("person", say("请先在“入户走访”里勾选要走访的人。"))])
    if len(set(keys)) > MOST_TAKEN_ALONG:
        raise BadInput(
            say("人太多。"),
            [("person", say("一次最多带走{most_taken_along}人，请分次走访。", most_taken_along=MOST_TAKEN_ALONG))],
        )
    rows = Person.objects.visible_to(user).filter(pk__in=keys, merged_into=None).order_by("address", "pk")
    found = list(rows)
    refuse(user)
    if any(is_own_matter(user, person) for person in found):
        raise OwnMatter(say("要走访的人中有您本人或您申报的亲属，须由其他人员走访，请去掉后再带走。"))
    recorded = Fact.objects.unscoped().filter(person__in=found, name__in=in_order("findable"))
    by_person: dict[int, list[Fact]] = {person.pk: [] for person in found}
    for fact in recorded:
        by_person[fact.person_id].append(fact)
    for person in found:
        history.looked(user.actor, person.file, "带走走访名单", person.area, unmasked=True)
    return [(person, answers(by_person[person.pk])) for person in found]


def answers(recorded: Iterable[Fact]) -> dict[str, Any]:
    return standing_facts.values(standing_facts.standing(recorded))


def receive(user: User, brought: Brought, photos: Sequence[tuple[str, bytes]] = ()) -> Visit:
    """Store a visit as a draft; sent again, the existing one is returned. `photos`: file name and content.

    Raises `NotForRole`, `NotFound` for a person outside the area, `BadInput` with each wrong field.
    """
    _refuse_others(user)
    uid = _uid(brought.uid)
    if (there := _there(user, uid)) is not None:
        return there
    carried = {"uid": uid, "brought": brought, "photos": photos}
    try:
        with transaction.atomic():
            visit: Visit = engine.act(user, WORKFLOWS["visit"], brought.person, "receive", carried=carried)
    except IntegrityError:  # sent twice at the same time
        if (there := _there(user, uid)) is None:
            raise
        return there
    return visit


def _there(user: User, uid: UUID) -> Visit | None:
    """The visit if it was already received, even if the person has moved out of the area since."""
    visit: Visit | None = Visit.objects.unscoped().filter(uid=uid).first()
    if visit is not None and visit.by_id != user.pk:
        raise Conflict(say("这个走访编号已由别人用过，请重新登记。"))
    return visit


def findings(visit: Visit) -> list[Finding]:
    """The findings beside what is known now, in the order of the questions."""
    names = [name for name in in_order("findable") if name in visit.found]
    known = standing_facts.standing(visit.person.facts.all())
    return [_finding(name, visit.found[name], known.get(name), visit.seen.get(name)) for name in names]


def _finding(name: str, found: Any, now: Standing | None, seen: Any) -> Finding:
    conflicts = []
    if now is not None and now.value != found:
        if now.disputed:
            conflicts.append(say("本人对现有记录有异议"))
        elif now.contradicted:
            conflicts.append(say("现有来源互相矛盾"))
        elif now.verified:
            conflicts.append(say("与已核实的记录不一致"))
        if now.value != seen:
            conflicts.append(say("从准备走访到现在，记录有过变动"))
    return Finding(name, found, now, tuple(conflicts))


def stand(visit: Visit) -> int:
    """The key of the person's latest fact, as a version: a later fact means that the user saw less."""
    last: int | None = visit.person.facts.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def open_investigation_of(person: Person) -> Investigation | None:
    """The open investigation for which a visit can be evidence."""
    rows = Investigation.objects.unscoped().filter(recognition__person=person)
    found: Investigation | None = rows.exclude(status=Investigation.Status.DECIDED).first()
    return found


def _refuse_others(user: User) -> None:
    if not user.may(Right.VISIT):
        raise NotForRole(say("入户走访由基层经办人办理，您的角色不能办理。"))


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(say("走访编号有误。"), [("uid", say("走访编号有误，请重新打开这一页再登记。"))]) from None


def checked(brought: Brought, photos: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    errors: list[tuple[str, str]] = []
    try:
        visited_on = date.fromisoformat(brought.visited_on)
    except ValueError:
        visited_on = clock.today()
        errors.append(("visited_on", say("走访日期请写成2026-03-02这样的日期。")))
    if visited_on > clock.today():
        errors.append(("visited_on", say("走访日期不能晚于今天，请核对手机的日期。")))
    elif why := why_impossible("visited_on", visited_on, today=clock.today()):
        errors.append(("visited_on", say("走访日期：{why}，请核对手机的日期。", why=why)))
    found = {name: value for name, value in (brought.found or {}).items() if value is not None}
    if brought.nobody_home and found:
        errors.append(("nobody_home", say("家中无人时问不到情况：请去掉“家中无人”，或清空所填的回答。")))
    errors += [(name, say("走访不能查明这一项。")) for name in found if not (name in FACTS and FACTS[name].findable)]
    if not errors:
        errors += _unreadable(found)
    helped = dict(brought.help or {})
    if brought.nobody_home and helped:
        errors.append(("nobody_home", say("家中无人时问不到情况：请去掉“家中无人”，或清空所填的回答。")))
    errors += [one for brings in HELP for one in brings.wrong(helped)]
    texts = {"place": (brought.place, 200), "remarks": (brought.remarks, _LONGEST_WORDS),
             "wanted": (brought.wanted, _LONGEST_WORDS)}  # fmt: skip
    for field, (text, longest) in texts.items():
        if len(text) > longest:
            errors.append(
                (field, say("最多{longest}个字，现在有{count}个字，请写短一些。", longest=longest, count=len(text)))
            )
    if len(photos) > MOST_PHOTOS:
        errors.append(("photos", say("一次走访最多{most_photos}张照片，请去掉几张。", most_photos=MOST_PHOTOS)))
    if not (brought.nobody_home or found or helped or brought.remarks.strip() or brought.wanted.strip() or photos):
        errors.append(("remarks", say("什么都没有填：请至少回答一项，或写明情况，或勾选“家中无人”。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return {
        "visited_on": visited_on,
        "nobody_home": brought.nobody_home,
        "place": brought.place.strip(),
        "found": found,
        "remarks": brought.remarks.strip(),
        "wanted": brought.wanted.strip(),
        "help": helped,
    }


def _unreadable(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        rule_facts.parse({**found, "as_of": clock.today().isoformat()})
    except rule_facts.Invalid as invalid:
        return [(name, message.replace(f"（{name}）", "")) for name, message in invalid.errors]
    return []
