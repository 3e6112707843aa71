"""The workflow of notices about unclaimed rights: neutral words, once per scheme,
and never again on request (政策找人).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import nightly
from jiuyuan.labels import texts
from jiuyuan.money.models import SchemeNotice, UnclaimedScheme
from jiuyuan.people.about import About
from jiuyuan.people.correspondence import is_dead, tell
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.doors import in_sight, parent_key
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Guard, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import Refusal
from jiuyuan.regions import registry
from jiuyuan.wording import say

#: The maximum number of notices per night; the rest follow in later nights.
_MOST_A_NIGHT = 500

TABLE = Procedure(
    tuple(State(code, label, final=code == "silenced") for code, label in texts(SchemeNotice.Status)),
    (
        Transition(
            "tell", "告诉本人", frozenset(), ("told",), frozenset({Role.CLERK}), machines=frozenset({"night"}),
            guards=("wants_to_hear", "not_told_yet"), record="scheme_told", done="告诉本人有一项服务与其有关", result="已告诉本人。",
            lead="只说“有一项服务与您有关”，不写是哪一项、为什么。", title="有一项服务与您有关",
            message="有一项服务与您有关。登录以后打开“我能享受什么”就能看到；想让人帮着看的，请打电话给{agency}。不想再收到这样的消息，也在那一页说。",
        ),
        Transition(
            "silence", "不再联系", frozenset({"told"}), ("silenced",), frozenset({Role.CLERK, Role.APPLICANT}),
            record="scheme_silenced", done="本人不想再收到这类消息", result="记下了，以后不再联系。", letter=NO_LETTER,
        ),
    ),
)  # fmt: skip


class NoticeOf(About):
    """The context of a notice; `found` is the nightly result, None for an existing notice."""

    twice = "刚刚已经告诉过本人。"

    def __init__(self, subject: SchemeNotice | None, user: User | None, found: UnclaimedScheme | None) -> None:
        super().__init__(subject, user, _person(subject, found))
        self.found = found

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        tell(self.person, code, {**said, "agency": self.person.agency.name})


def _person(subject: SchemeNotice | None, found: UnclaimedScheme | None) -> Person:
    if subject is not None:
        return subject.person
    assert found is not None
    return found.recognition.person


def _wants_to_hear(context: NoticeOf) -> str | None:
    if is_dead(context.person):
        return say("档案上记载本人已经去世，不再联系。")
    silenced = SchemeNotice.objects.unscoped().filter(person=context.person, status=SchemeNotice.Status.SILENCED)
    return say("本人说过不想再收到这类消息，不再联系。") if silenced.exists() else None


def _not_told_yet(context: NoticeOf) -> str | None:
    if context.found is None:
        return None
    told = SchemeNotice.objects.unscoped().filter(person=context.person, scheme=context.found.scheme).first()
    return say("{day:date}已经告诉过本人，一项政策只说一次。", day=told.told_on) if told else None


def _tell(context: NoticeOf, _said: dict[str, Any]) -> None:
    assert context.found is not None
    person = context.person
    context.subject = SchemeNotice(
        person=person, scheme=context.found.scheme, area=person.area, told_on=context.today
    )  # fmt: skip


def _silence(context: NoticeOf, _said: dict[str, Any]) -> None:
    context.subject.silenced_on = context.today


def _door(user: User | None, pk: Any, transition: Transition) -> NoticeOf:
    """Find a notice by its key; for a new one the nightly result. Locks the person."""
    model: Any = UnclaimedScheme if transition.begins else SchemeNotice
    rows = in_sight(model, user)
    way = "recognition__person" if transition.begins else "person"
    found = parent_key(rows, pk, way, "没有这条筛查结果，可能已经重新筛查。" if transition.begins else "没有这次告知。")
    Person.objects.unscoped().select_for_update(of=("self",)).get(pk=found)
    row = model.objects.unscoped().select_related(f"{way}__agency", f"{way}__account").get(pk=key(pk))
    return _hold(row, user)


def _hold(row: Any, user: User | None) -> NoticeOf:
    return NoticeOf(None, user, row) if isinstance(row, UnclaimedScheme) else NoticeOf(row, user, None)


SCHEME_NOTICE = register(
    Workflow(
        "scheme_notice", "这次告知", SchemeNotice, _door, _hold,
        Vocabulary(
            {"tell": _tell, "silence": _silence},
            guards={
                guard.name: guard
                for guard in (
                    Guard("wants_to_hear", "not_to_be_contacted", _wants_to_hear),
                    Guard("not_told_yet", "told_already", _not_told_yet),
                )
            },
        ),
        things="scheme_notices",
    )
)  # fmt: skip
SCHEME_NOTICE.add(TABLE)


def tell_found(day: date) -> int:
    """Notify people found by the nightly run who can claim themselves and were not notified yet. Returns how many."""
    own = {
        one.code for region in registry.regions() for one in registry.schemes_of(region.path, day) if one.paid_to != "employer"
    }  # fmt: skip
    told = SchemeNotice.objects.unscoped()
    rows = UnclaimedScheme.objects.unscoped().filter(scheme__in=own)
    known = set(told.values_list("person", "scheme"))
    silenced = set(told.filter(status=SchemeNotice.Status.SILENCED).values_list("person", flat=True))
    count = 0
    for pk, person, scheme in rows.order_by("pk").values_list("pk", "recognition__person", "scheme").iterator():
        if count == _MOST_A_NIGHT:
            break
        if (person, scheme) in known or person in silenced:
            continue
        try:
            engine.act(None, SCHEME_NOTICE, pk, "tell", machine="night")
        except Refusal:
            continue  # dead, or notified meanwhile
        count += 1
    return count


nightly.also("告知有政策的人", "scheme_notices", tell_found)
