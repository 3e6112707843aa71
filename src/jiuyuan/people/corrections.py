"""Corrections requested by a person: requested, decided, answered, recorded (个人信息保护法 45–46)."""

from collections.abc import Mapping
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, Right, Role
from jiuyuan.people.about import About, visible_person
from jiuyuan.people.correspondence import tell
from jiuyuan.people.identity import IDENTITY, put_right
from jiuyuan.people.models import CorrectionRequest, Person, Source
from jiuyuan.people.services import record_facts
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.facts import FACTS, fact_label
from jiuyuan.wording import for_record, say

_HEARD = "不同意这个答复的，可以再次提出。也可以依法申请行政复议、提起行政诉讼。"
_KEEP = RIGHTS[Right.RECORD_FACTS]

_LAW = "个人信息保护法 46"
_TRANSITIONS = (
    Transition(
        "ask",
        "请求更正",
        frozenset(),
        ("asked",),
        _KEEP | {Role.APPLICANT},
        clause=_LAW,
        needs=(
            Need(
                "what", "要更正的一项", "recordable",
                empty="请选择要更正的一项。姓名、身份证号码有误的，请带身份证到窗口办理。",
            ),
            Need("wanted", "应改为", longest=200, empty="请写明应当是什么，最多200字。"),
            Need("reason", "理由", longest=400, empty="请写明为什么不对、有什么凭据，最多400字。"),
        ),
        not_yours="更正由本人提出，或由经办人按本人的请求登记。",
        done="本人请求更正",
        record="correction_asked",
    ),
    Transition(
        "answer",
        "答复更正请求",
        frozenset({"asked"}),
        ("granted", "refused"),
        _KEEP,
        clause=_LAW,
        needs=(
            Need("granted", "是否更正", "yes_no"),
            Need(
                "answer", "答复", longest=400, empty="请写明答复，最多400字：怎样核实、为什么同意或不同意。"
            ),
            Need("value", "更正后的内容", "fact", required=False, only_if=("granted", True)),
            Need(
                "source", "凭什么更正", "choice", required=False, only_if=("granted", True),
                choices=tuple((str(source), str(source.label)) for source in Source),
                empty="请选择凭什么更正：哪个部门的数据、哪种核查。",
            ),
            Need("department", "部门", required=False, only_if=("granted", True), longest=40),
        ),
        not_yours="更正请求由经办人和复核人答复。",
        done="答复更正请求",
        record="correction_answered",
        title="更正请求的答复", letter=NO_LETTER,
        told_if=(
            ("granted", True, "{name}：您请求更正“{label}”，已更正。理由：{answer}" + _HEARD),
            ("granted", False, "{name}：您请求更正“{label}”，没有更正。理由：{answer}" + _HEARD),
        ),
    ),
)  # fmt: skip


def label_of(what: str) -> str:
    """The label of what should be corrected."""
    return IDENTITY.get(what) or fact_label(what)


def choices_at_the_window() -> list[tuple[str, str]]:
    """What can be corrected at the window; as the card is present, also name and ID number."""
    return [*IDENTITY.items(), *choices()]


def choices() -> list[tuple[str, str]]:
    """What a person can ask to have corrected, with labels."""
    return [(name, fact.label) for name, fact in FACTS.items() if fact.recordable]


class CorrectionContext(About):
    def must_say(self, need: Need) -> bool:
        return need.name == "value"

    def move(self, final: bool) -> None:
        if final:
            self.subject.granted = self.target == "granted"

    def payload(
        self, transition: Transition, said: dict[str, Any], more: dict[str, Any], moved: bool
    ) -> dict[str, Any]:
        left_out = ("what", "value", "source", "department")
        return {"what": self.subject.what, **{name: value for name, value in said.items() if name not in left_out}}

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        tell(self.person, code, {"name": self.person.name, "label": say(label_of(self.subject.what)), **said})


def _ask(context: CorrectionContext, said: dict[str, Any]) -> None:
    """A request with the same words as an open one creates no second one."""
    person = context.person
    if waiting := person.correction_requests.filter(granted=None, **said).first():
        context.nothing(waiting)
        return
    days = registry.region_of(person.area).limit("correction_working_days", on=context.today)
    due = calendar.add_workdays(context.today, days).day
    context.subject = CorrectionRequest(person=person, **said, asked_on=context.today, due_on=due)


def _answer(context: CorrectionContext, said: dict[str, Any]) -> None:
    """If granted, record the value from a source that can know it; it settles contradicting facts."""
    request, user = context.subject, context.user
    assert user is not None
    if said["granted"] and request.what in IDENTITY:
        put_right(
            user.actor, context.person, request.what, str(said["value"]), for_record("{asked_on}本人请求更正，已核对证件", asked_on=request.asked_on)
        )  # fmt: skip
    elif said["granted"]:
        record_facts(
            user.actor,
            context.person,
            {request.what: said["value"]},
            source=said.get("source", Source.DOCUMENT),
            department=said.get("department", ""),
            evidence=for_record(
                "{asked_on}本人请求更正，经核实：{answer}", asked_on=request.asked_on, answer=said["answer"]
            )[:400],
            settlement=said["answer"],
        )
    request.answer = said["answer"]
    sign(context, request, "answered")
    context.go_to("granted" if said["granted"] else "refused")


def _door(user: User | None, key: Any, transition: Transition) -> CorrectionContext:
    if transition.begins:
        return CorrectionContext(None, user, visible_person(user, key))
    request = locked(in_sight(CorrectionRequest, user).select_related("person__account"), key, "没有这项更正请求。")
    return _hold(request, user)


def _hold(row: Person | CorrectionRequest, user: User | None) -> CorrectionContext:
    return CorrectionContext(None, user, row) if isinstance(row, Person) else CorrectionContext(row, user, row.person)


def _recordable(context: CorrectionContext, need: Need, raw: Any) -> str:
    at_the_window = context.user is not None and context.user.role != Role.APPLICANT
    if raw not in dict(choices_at_the_window() if at_the_window else choices()):
        raise ValueError(need.empty)
    return str(raw)


def _fact(context: CorrectionContext, need: Need, raw: Any) -> Any:
    return raw


CORRECTION = register(
    Workflow(
        "correction",
        "这项更正请求",
        CorrectionRequest,
        _door,
        _hold,
        Vocabulary(
            {"ask": _ask, "answer": _answer}, kinds={"recordable": NeedKind(_recordable), "fact": NeedKind(_fact)}
        ),
    )
)
CORRECTION.add(
    Procedure(
        (
            State("asked", "待答复"),
            State("granted", "已更正", final=True),
            State("refused", "没有更正", final=True),
        ),
        _TRANSITIONS,
    )
)
