"""The workflows of drawn cases and of findings, which the office has to answer (五(三))."""

from typing import Any

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.vacancy_inputs import NUMBER
from jiuyuan.labels import texts
from jiuyuan.oversight.inspection_workflow import locked_inspection, ordering_office
from jiuyuan.oversight.models import INSPECTORS, InspectedCase, Inspection, InspectionFinding
from jiuyuan.oversight.populations import CHECKLISTS, model_of
from jiuyuan.people.models import Person
from jiuyuan.procedures import own_matter
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.refusals import BadInput
from jiuyuan.rules import calendar
from jiuyuan.wording import say

Said = dict[str, Any]
_OFFICE = frozenset({Role.CLERK, Role.REVIEWER})
_LONGEST_SILENCE = 60
_LOOKED_AT = (
    Need("in_order", "没有问题的各项", "checklist", required=False, hint="逐项核对，没有问题的打勾。"),
    Need("words", "核查情况", required=False, hint="有一项没有打勾的，要写明查到了什么。"),
)

CHECKING = Procedure(
    tuple(State(code, label) for code, label in texts(InspectedCase.Status)),
    (
        Transition(
            "check", "核查", frozenset(), ("checked",), INSPECTORS, while_in=frozenset({"drawn"}), whose="ordering_office",
            needs=(Need("place", "第几件", "number"), *_LOOKED_AT), record="inspected_case_checked", done="核查了一件", result="已核查。",
        ),
        Transition(
            "check_again", "重新核查", frozenset({"checked"}), ("checked",), INSPECTORS, whose="ordering_office", needs=_LOOKED_AT,
            effect="look", record="inspected_case_checked_again", done="重新核查了一件", result="已核查。",
        ),
    ),
)  # fmt: skip

ANSWERING = Procedure(
    tuple(State(code, label, final=code == "closed") for code, label in texts(InspectionFinding.Status)),
    (
        Transition(
            "raise", "提出问题", frozenset(), ("raised",), INSPECTORS, while_in=frozenset({"checked"}), whose="ordering_office",
            needs=(
                Need("to", "由谁答复", "office"),
                Need("problem", "问题", empty="请写明哪一项有问题、依据是什么。"),
                Need("due_on", "答复期限", "date", ahead=True, workday=True),
                Need("silence_days", "几个工作日没有意见视为认可", "working_days", hint="收到答复以后，检查机构在这几天里没有提意见的，答复视为认可。"),
            ),
            record="finding_raised", done="提出了问题", result="已发给答复机构的负责人。",
        ),
        Transition(
            "answer", "答复", frozenset({"raised"}), ("answered",), _OFFICE, clause="就业促进法六十", whose="head_of_office", guards=("has_a_head",),
            needs=(
                Need("put_right", "已经改正", "yes_no"),
                Need("reply", "答复", empty="请写明查了什么、怎样改的；不认可的写明理由。"),
            ),
            record="finding_answered", done="答复了检查发现的问题", result="已答复。", emphasis="main",
        ),
        Transition(
            "correct", "认可改正", frozenset({"answered"}), ("corrected",), INSPECTORS, clause="就业促进法六十", whose="ordering_office", effect="decide",
            needs=(Need("opinion", "意见", required=False, longest=400),), record="finding_corrected", done="认可了改正",
            result="已认可。",
        ),
        Transition(
            "confirm", "问题成立", frozenset({"answered"}), ("confirmed",), INSPECTORS, whose="ordering_office", effect="decide",
            needs=(Need("opinion", "意见", longest=400, empty="请写明为什么问题成立、要怎样处理。"),), record="finding_confirmed",
            done="确认问题成立", result="已确认。",
        ),
        Transition(
            "accept", "视为认可", frozenset({"answered"}), ("closed",), frozenset(), machines=frozenset({"night"}),
            record="finding_accepted", done="检查机构到期没有意见，答复视为认可",
        ),
        Transition(
            "close", "了结", frozenset({"corrected", "confirmed"}), ("closed",), INSPECTORS, clause="就业促进法六十", whose="ordering_office",
            record="finding_closed", done="了结了问题", result="已了结。", emphasis="main",
        ),
    ),
)  # fmt: skip


class OfCase(Context):
    """The context of a drawn case; `subject` is None until it was inspected."""

    about: Any = None
    #: The position in the draw for which a page asks, before inspection.
    place: int | None = None

    def __init__(self, subject: InspectedCase | None, user: User | None, inspection: Inspection) -> None:
        super().__init__(subject, user)
        self.inspection = inspection

    @property
    def area(self) -> str:
        return str(self.inspection.area)

    @property
    def concerned(self) -> list[Person]:
        """Before inspection this is checked when the case is known (`_is_drawn_and_not_seen_yet`)."""
        return [self.subject.person] if self.subject is not None else []

    @property
    def around(self) -> str:
        return str(self.inspection.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.inspection

    def choices(self, need: Need) -> Choices:
        return CHECKLISTS[self.inspection.kind] if need.kind == "checklist" else need.choices

    def suggested(self, transition: Transition) -> Said:
        row = self.subject
        return {"place": self.place} if row is None else {"in_order": row.in_order, "words": row.words}

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        return super().payload(transition, {}, more, moved)


class OfFinding(Context):
    """The context of a finding; `subject` is None until it is raised. Its parent is the inspected case."""

    def __init__(self, subject: InspectionFinding | None, user: User | None, inspected: InspectedCase) -> None:
        super().__init__(subject, user)
        self.inspected = inspected

    @property
    def inspection(self) -> Inspection:
        return self.inspected.inspection

    @property
    def area(self) -> str:
        return str(self.inspected.about.area)

    @property
    def concerned(self) -> list[Concerned]:
        return [self.inspected.person]

    @property
    def around(self) -> str:
        return str(self.inspected.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.inspected

    @property
    def offices(self) -> dict[str, Agency]:
        """The offices whose head may be asked: of the person's place, of the handling office, of the county above."""
        own, handled = self.inspected.person.agency, self.inspected.about.agency
        return {one.code: one for one in (own, handled, own.ancestor(Agency.Level.COUNTY)) if one is not None}

    def choices(self, need: Need) -> Choices:
        if need.kind == "office":
            return tuple((code, one.name) for code, one in self.offices.items())
        return need.choices

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        words: Said = {name: said[name] for name in ("problem", "reply", "opinion") if name in said}
        return super().payload(transition, words, more, moved)


def _check(context: OfCase, said: Said) -> Said:
    place, opaque = said["place"], context.inspection.population.drawn[said["place"] - 1][0]
    column = "application" if context.about._meta.model_name == "application" else "recognition"
    context.subject = InspectedCase(
        inspection=context.inspection, place=place, key=opaque, **{column: context.about}, in_order=said.get("in_order", []),
        words=said.get("words", ""), **by(context, InspectedCase, "checked"),
    )  # fmt: skip
    return {"place": place}


def _look(context: OfCase, said: Said) -> Said:
    context.subject.in_order, context.subject.words = said.get("in_order", []), said.get("words", "")
    sign(context, context.subject, "checked")
    return {"place": context.subject.place}


def _says_what_is_wrong(context: OfCase, said: Said) -> None:
    left = [label for code, label in CHECKLISTS[context.inspection.kind] if code not in said.get("in_order", [])]
    if left and not said.get("words"):
        why = say("没有打勾的：{points}。请写明查到了什么。", points=left)
        raise BadInput(say("有内容需要填写或改正。"), [("words", why)])


def _is_drawn_and_not_seen_yet(context: OfCase, said: Said) -> None:
    """Determine the case, which must be drawn and not inspected yet. Raises `OwnMatter`."""
    drawn, place = context.inspection.population.drawn, said["place"]
    if not place <= len(drawn):
        raise BadInput(say("有内容需要改正。"), [("place", say("只抽了{count}件。", count=len(drawn)))])
    if context.inspection.cases.filter(place=place).exists():
        raise BadInput(say("有内容需要改正。"), [("place", say("这一件已经核查过，要改的请重新核查。"))])
    rows = model_of(context.inspection.kind).objects.unscoped().select_related("person")
    context.about = rows.get(pk=drawn[place - 1][2])
    if context.user is not None:
        own_matter.refuse(context.user, context.about.person)
    _says_what_is_wrong(context, said)


def _raise(context: OfFinding, said: Said) -> None:
    context.subject = InspectionFinding(
        inspected=context.inspected, area=context.area, agency=context.offices[said["to"]], problem=said["problem"],
        due_on=said["due_on"], silence_days=said["silence_days"], **by(context, InspectionFinding, "raised"),
    )  # fmt: skip


def _answer(context: OfFinding, said: Said) -> None:
    finding = context.subject
    finding.answer, finding.put_right, finding.answered_for = (
        said["reply"],
        said["put_right"],
        finding.agency.responsible,
    )
    finding.review_by = calendar.add_workdays(context.today, finding.silence_days).day
    sign(context, finding, "answered")


def _decide(context: OfFinding, said: Said) -> None:
    context.subject.opinion = said.get("opinion", "")
    sign(context, context.subject, "decided")


def _accept(context: OfFinding, _said: Said) -> None:
    context.subject.in_silence, context.subject.closed_on = True, context.today


def _close(context: OfFinding, _said: Said) -> None:
    context.subject.closed_on = context.today


def _has_a_head(context: OfFinding) -> str | None:
    agency = context.subject.agency
    return (
        None
        if agency.responsible
        else say("{office}还没有登记负责人，请先由上级在机构资料里登记。", office=agency.name)
    )


def _head_of_office(context: OfFinding) -> str:
    """The head has to answer; without an account there, a colleague enters the signed answer."""
    agency, user = context.subject.agency, context.user
    if user is None or user.agency_id != agency.pk:
        return say("由{office}的负责人答复。", office=agency.name)
    heads = [one for one in User.objects.filter(agency=agency, name=agency.responsible, role__in=_OFFICE) if one.in_use]
    if heads and user not in heads:
        return say("由{office}的负责人{name}答复。", office=agency.name, name=agency.responsible)
    return ""


def _office(context: OfFinding, need: Need, raw: Any) -> str:
    if str(raw) not in context.offices:
        raise ValueError(say("请选择由谁答复。"))
    return str(raw)


def _working_days(_context: Context, need: Need, raw: Any) -> int:
    found = NUMBER.read(_context, need, raw)
    if found > _LONGEST_SILENCE:
        raise ValueError(say("{label}最多{most}天。", label=need.label, most=_LONGEST_SILENCE))
    return int(found)


def _checklist(context: OfCase, need: Need, raw: Any) -> list[str]:
    given, known = raw if isinstance(raw, list | tuple) else [raw], dict(context.choices(need))
    if any(not isinstance(code, str) or code not in known for code in given):
        raise ValueError(say("{label}只能从这些里选：{names}。", label=need.label, names=list(known)))
    return [code for code in known if code in given]


def _door_to_case(user: User | None, pk: Any, transition: Transition) -> OfCase:
    if transition.begins:
        return OfCase(None, user, locked_inspection(user, pk))
    row = _inspected(user, pk)
    return OfCase(row, user, row.inspection)


def _inspected(user: User | None, pk: Any) -> InspectedCase:
    rows = in_sight(InspectedCase, user)
    rows = rows.select_related("inspection__agency", "application__person", "recognition__person")
    found = locked(rows, pk, "没有这件抽查的案件。")
    return found


def _door_to_finding(user: User | None, pk: Any, transition: Transition) -> OfFinding:
    if transition.begins:
        return OfFinding(None, user, _inspected(user, pk))
    found = locked(in_sight(InspectionFinding, user), pk, "没有这个问题。")
    return OfFinding(found, user, found.inspected)


def _hold_case(row: Any, user: User | None) -> OfCase:
    return OfCase(row, user, row.inspection) if isinstance(row, InspectedCase) else OfCase(None, user, row)


def _hold_finding(row: Any, user: User | None) -> OfFinding:
    return OfFinding(row, user, row.inspected) if isinstance(row, InspectionFinding) else OfFinding(None, user, row)


_CODES = list(dict.fromkeys(code for points in CHECKLISTS.values() for code, _ in points))
_KINDS = {
    "number": NUMBER,
    "checklist": NeedKind(
        _checklist, "many", lambda need: {"type": "array", "uniqueItems": True, "items": {"enum": _CODES}}
    ),
    "office": NeedKind(_office, "choice", lambda need: {"type": "string", "minLength": 1, "maxLength": 20}),
    "working_days": NeedKind(
        _working_days, "number", lambda need: {"type": "integer", "minimum": 1, "maximum": _LONGEST_SILENCE}
    ),
}
INSPECTED_CASE = register(
    Workflow(
        "inspected_case", "这件抽查的案件", InspectedCase, _door_to_case, _hold_case,
        Vocabulary(
            {"check": _check, "look": _look},
            checks={"check": _is_drawn_and_not_seen_yet, "look": _says_what_is_wrong},
            whose={"ordering_office": ordering_office},
            kinds=_KINDS,
        ),
        things="inspected_cases", hangs_on="inspection", named_there="cases",
    )
)  # fmt: skip
INSPECTED_CASE.add(CHECKING)
FINDING = register(
    Workflow(
        "finding", "这个问题", InspectionFinding, _door_to_finding, _hold_finding,
        Vocabulary(
            {"raise": _raise, "answer": _answer, "decide": _decide, "accept": _accept, "close": _close},
            guards={"has_a_head": Guard("has_a_head", "office_without_head", _has_a_head)},
            whose={"ordering_office": ordering_office, "head_of_office": _head_of_office},
            kinds=_KINDS,
        ),
        things="findings", hangs_on="inspected_case", named_there="findings",
    )
)  # fmt: skip
FINDING.add(ANSWERING)
