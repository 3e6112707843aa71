"""The workflow of a target: given to an office, broken down below it, published (就业促进法 58)."""

from typing import Any

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight.figures import definitions as _definitions  # noqa: F401  # the indicators that the table offers
from jiuyuan.oversight.figures.registry import FIGURES
from jiuyuan.oversight.models import Target
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import whole_between
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry as regions
from jiuyuan.wording import say

Said = dict[str, Any]
_SETTERS = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE})
_CLAUSE = "就业促进法五十八"
_MOST, _YEARS = 10_000_000, (2000, 2100)
#: The possible indicators: yearly events of which more are wanted.
INDICATORS: Choices = tuple(
    {one.code: (one.code, one.__dict__["label"]) for one in FIGURES.values() if one.aim}.values()
)
_VALUE = (
    Need("value", "目标数（人）", "people", empty="请写明多少人。"),
    Need("responsible", "责任人", longest=80, empty="请写明由谁负责，红色的数旁边显示这个人。"),
)
_WHY = Need(
    "why",
    "上级目标的合计不等的说明",
    required=False,
    longest=400,
    hint="上级的目标已经公布、各部分加起来不再与它相等的，写明为什么。",
)

TABLE = Procedure(
    tuple(State(code, label, final=code == Target.Status.WITHDRAWN) for code, label in texts(Target.Status)),
    (
        Transition(
            "set", "下达目标", frozenset(), ("draft",), _SETTERS, _CLAUSE,
            needs=(
                Need("agency", "给哪个机构", "office_below"),
                Need("year", "年度", "year"),
                Need("indicator", "指标", "choice", choices=INDICATORS),
                *_VALUE,
            ),
            record="target_set", done="下达了目标", result="已下达。",
            lead="下级各机构的目标加起来应当等于本机构的目标；不相等的，公布时要写明为什么。",
        ),
        Transition(
            "change", "修改目标", frozenset({"draft"}), ("draft",), _SETTERS, _CLAUSE, needs=(*_VALUE, _WHY),
            whose="setting_office",
            record="target_changed", done="改了目标", result="已修改。",
        ),
        Transition(
            "publish", "公布目标", frozenset({"draft"}), ("published",), _SETTERS, _CLAUSE,
            needs=(Need("why", "合计不等的说明", required=False, longest=400, empty="各部分加起来与总数不相等，请写明为什么。"),),
            whose="own_or_setting_office", record="target_published", done="公布了目标", result="已公布。", emphasis="main",
        ),
        Transition(
            "withdraw", "撤回目标", frozenset({"draft", "published"}), ("withdrawn",), _SETTERS, _CLAUSE,
            needs=(Need("reason", "撤回的理由", longest=400), _WHY), whose="setting_office",
            record="target_withdrawn", done="撤回了目标", result="已撤回，可以重新下达。",
        ),
        Transition(
            "explain", "说明合计不等", frozenset({"published"}), ("published",), frozenset(), _CLAUSE, consequence=True,
            record="target_explained", done="说明了合计为什么不等",
        ),
    ),
)  # fmt: skip


class OfTarget(Context):
    """The context of a target, which is locked, or of a new one; it is nobody's own matter."""

    twice = "这个机构这一年的这个指标已经有目标，请修改或者先撤回。"

    @property
    def concerned(self) -> list[Concerned]:
        return []

    @property
    def offices(self) -> dict[str, Agency]:
        """The offices to which the user's office gives targets: those directly below,
        and for the topmost one itself.
        """
        own = self.user.agency if self.user is not None else None
        if own is None:
            return {}
        below = {one.code: one for one in own.children.filter(closed_on=None)}
        return below if own.parent_id else {own.code: own, **below}

    def choices(self, need: Need) -> Choices:
        if need.kind == "office_below":
            return tuple((code, one.name) for code, one in self.offices.items())
        return need.choices

    def suggested(self, transition: Transition) -> Said:
        if transition.action == "change":
            return {"value": self.subject.value, "responsible": self.subject.responsible}
        return {"year": self.today.year} if transition.begins else {}

    def must_say(self, need: Need) -> bool:
        return need is not _WHY and need.name == "why" and difference(self.subject) != 0

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        words: Said = {name: said[name] for name in ("why", "reason") if name in said}
        return super().payload(transition, words, more, moved)

    def heard(self, transition: Transition) -> tuple[str, ...]:
        return ()


def parts(target: Target) -> list[Target]:
    """The targets given to the offices directly below for the same year and indicator."""
    rows = Target.objects.unscoped().filter(agency__parent=target.agency, year=target.year, indicator=target.indicator)
    return list(rows.exclude(status=Target.Status.WITHDRAWN).select_related("agency", "set_by").order_by("area"))


def difference(target: Target, together: int | None = None) -> int:
    """The sum of the parts minus the whole; 0 for an office without parts. `together`: the sum if known."""
    if together == target.value or not target.agency.children.filter(closed_on=None).exists():
        return 0
    if together is None:
        together = sum(one.value for one in parts(target))
    return together - target.value


def _set(context: OfTarget, said: Said) -> Said:
    user = context.user
    assert user is not None
    assert user.agency is not None
    agency = context.offices[said["agency"]]
    context.subject = Target(
        agency=agency, area=agency.path, region=regions.region_of(agency.path).code, year=said["year"], indicator=said["indicator"],
        value=said["value"], responsible=said["responsible"], setting_agency=user.agency, **by(context, Target, "set"),
    )  # fmt: skip
    return {"agency": agency.code}


def _explain_above(context: OfTarget, more: int, said: Said) -> None:
    """Require a reason if a change by `more` makes the published target above differ from its parts.

    Raises `BadInput` for `why`.
    """
    part = context.subject
    rows = Target.objects.unscoped().filter(
        agency=part.agency.parent_id, year=part.year, indicator=part.indicator, status=Target.Status.PUBLISHED
    )
    whole = rows.select_for_update(of=("self",)).select_related("agency").first()
    if whole is None or not more or not (differs := difference(whole) + more):
        return
    if not (why := said.get("why")):
        sentence = say(
            "{office}的目标已经公布为{value}，这样各部分加起来是{sum}，相差{differs}，请写明为什么。",
            office=whole.agency.name, value=whole.value, sum=whole.value + differs, differs=abs(differs),
        )  # fmt: skip
        raise BadInput(say("有内容需要填写。"), [("why", sentence)])
    engine.follow(context, TARGET, whole, "explain", {"why": why})


def _explain(context: OfTarget, said: Said) -> None:
    context.subject.why = said["why"]


def _change(context: OfTarget, said: Said) -> None:
    _explain_above(context, said["value"] - context.subject.value, said)
    context.subject.value, context.subject.responsible = said["value"], said["responsible"]


def _publish(context: OfTarget, said: Said) -> None:
    context.subject.why = said.get("why", "")
    sign(context, context.subject, "published")


def _withdraw(context: OfTarget, said: Said) -> None:
    _explain_above(context, -context.subject.value, said)
    context.subject.reason = said["reason"]


def _offices(context: OfTarget, *wanted: Agency) -> str:
    user = context.user
    if user is not None and user.agency_id in {one.pk for one in wanted}:
        return ""
    return say("由{office}办理。", office=[one.name for one in dict.fromkeys(wanted)])


def _setting_office(context: OfTarget) -> str:
    return _offices(context, context.subject.setting_agency)


def _own_or_setting_office(context: OfTarget) -> str:
    return _offices(context, context.subject.agency, context.subject.setting_agency)


def _office_below(context: OfTarget, need: Need, raw: Any) -> str:
    if str(raw) not in context.offices:
        raise ValueError(say("请选择本机构直接的下级。"))
    return str(raw)


def _number(raw: Any, least: int, most: int, sentence: str) -> int:
    if (found := whole_between(raw, least, most)) is None:
        raise ValueError(sentence)
    return found


def _year(context: OfTarget, need: Need, raw: Any) -> int:
    return _number(raw, *_YEARS, say("请写成2026这样的年份。"))


def _people(context: OfTarget, need: Need, raw: Any) -> int:
    return _number(raw, 0, _MOST, say("请写多少人，用数字。"))


def _door(user: User | None, given: Any, transition: Transition) -> OfTarget:
    if transition.begins:
        return OfTarget(None, user)
    target = locked(in_sight(Target, user).select_related("agency", "setting_agency"), given, "没有这项目标。")
    return hold(target, user)


def hold(target: Target | None, user: User | None) -> OfTarget:
    """The context of a loaded target, or of a new one."""
    return OfTarget(target, user)


TARGET = register(
    Workflow(
        "target", "这项目标", Target, _door, hold,
        Vocabulary(
            {"set": _set, "change": _change, "publish": _publish, "withdraw": _withdraw, "explain": _explain},
            whose={"setting_office": _setting_office, "own_or_setting_office": _own_or_setting_office},
            kinds={
                "office_below": NeedKind(_office_below, "choice", lambda need: {"type": "string", "pattern": "^[0-9A-Z]{2,20}$"}),
                "year": NeedKind(_year, "number", lambda need: {"type": "integer", "minimum": _YEARS[0], "maximum": _YEARS[1]}),
                "people": NeedKind(_people, "number", lambda need: {"type": "integer", "minimum": 0, "maximum": _MOST}),
            },
        ),
        things="targets",
    )
)  # fmt: skip
TARGET.add(TABLE)
