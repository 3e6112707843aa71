"""The workflow of a plan (四(二)), one per person: findings become measures, agreed, followed up and renewed."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import helped
from jiuyuan.assistance.helped import Helped, Said
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import ANSWERS, Ability, Interview, Kind, Measure, Plan
from jiuyuan.characters import READABLE
from jiuyuan.labels import texts
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import as_text
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import BadInput
from jiuyuan.rules.calendar import add_months
from jiuyuan.wording import say

_CLERK = frozenset({Role.CLERK})
_AGREES = frozenset({Role.CLERK, Role.APPLICANT})
_OPEN = frozenset({"draft", "active"})
MOST_MEASURES = 12
# Agreement online is recorded only by the person's own act.
_AGREED_BEFORE_STAFF = tuple(one for one in texts(Plan.Agreed) if one[0] != Plan.Agreed.ONLINE)
_CONTENT = (
    Need("helper", "帮扶人", "helper", hint="常住地平台的经办人；离开时由单位移交给别人。"),
    Need("goal", "目标", longest=400, empty="请写明目标，例如：三个月内到离家近的岗位就业。"),
    Need("measures", "措施", "measures", empty="请至少写一项措施：做什么，到哪天。"),
    Need("reasons", "没有对应措施的理由", "reasons", required=False),
)  # fmt: skip
_GUARDS = ("was_interviewed", "helper_is_of_the_area", "each_ability_is_answered")

TABLE = Procedure(
    tuple(State(code, label, final=code in ("replaced", "ended")) for code, label in texts(Plan.Status)),
    (
        Transition(
            "plan", "制定帮扶计划", frozenset(), ("draft",), _CLERK, needs=_CONTENT, effect="write",
            while_in=frozenset({"active"}), consequence=True, record="plan_made", done="制定了帮扶计划",
            result="计划已写好，请本人看过同意。", message="{agency}为您制定了帮扶计划，请在“我的帮扶”里看看，同意后就开始。",
            title="您的帮扶计划",
        ),
        Transition(
            "agree", "本人同意", frozenset({"draft"}), ("active",), _AGREES,
            needs=(
                Need("how", "怎样同意的", "choice", choices=_AGREED_BEFORE_STAFF, roles=_CLERK),
            ),
            guards=_GUARDS, emphasis="main", record="plan_agreed", done="本人同意了帮扶计划", result="计划开始了。",
        ),
        Transition(
            "start_unsigned", "没有同意也开始", frozenset({"draft"}), ("active",), _CLERK,
            needs=(Need("reason", "理由", longest=400, empty="请写明为什么没有同意，例如：三次联系不上，先介绍岗位。"),),
            guards=_GUARDS, record="plan_started_unsigned", done="没有本人同意就开始了帮扶计划",
            lead="页面和打印件上都会写明没有本人同意。", result="计划开始了，处处写明没有本人同意。",
        ),
        Transition(
            "review", "检查进展", frozenset({"active"}), ("active",), _CLERK,
            needs=(
                Need("result", "结果", longest=400, empty="请写明进展，例如：已介绍2个岗位，培训下周开班。"),
                Need("next_on", "下次检查", "date", ahead=True),
            ),
            record="plan_reviewed", done="检查了帮扶计划的进展", result="已记录。",
        ),
        Transition(
            "replace", "换一份新计划", _OPEN, ("replaced",), _CLERK, needs=_CONTENT,
            record="plan_replaced", done="换了新的帮扶计划", result="新计划已写好，旧的留存。",
            lead="情况变了就写一份新的。旧计划留着，写明由哪一份代替。",
        ),
        Transition(
            "hand_over", "移交给别的帮扶人", _OPEN, ("draft", "active"), _CLERK | {Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE},
            needs=(Need("helper", "新的帮扶人", "helper"),), record="plan_handed_over", done="移交了帮扶计划",
            result="已移交。", message="您的帮扶人换成了{helper}，电话{phone}。", title="您的帮扶人换了",
        ),
        Transition(
            "end", "结束计划", _OPEN, ("ended",), _CLERK,
            needs=(Need("result", "结果", longest=400, empty="请写明结果，例如：已稳定就业6个月。"),),
            machines=frozenset({"night"}), record="plan_ended", done="结束了帮扶计划", result="计划已结束。", emphasis="grave",
        ),
    ),
)  # fmt: skip


class PlanOf(Helped):
    model = Plan
    twice = "这个人刚刚有了一份帮扶计划，一个人只有一份，请重新打开看看。"

    @cached_property
    def interview(self) -> Interview | None:
        """The latest interview, unless it is too old."""
        rows = Interview.objects.unscoped().filter(recognition=self.recognition, status=Interview.Status.HELD)
        found: Interview | None = rows.order_by("-on", "-pk").first()
        months = self.limit("needs_valid_months")
        return found if found and add_months(found.on, months) >= self.today else None

    @cached_property
    def measures(self) -> list[Measure]:
        return list(self.subject.measures.all()) if self.subject is not None and self.subject.pk else []

    @cached_property
    def helpers(self) -> list[tuple[str, str]]:
        """The possible helpers: active clerks of the person's platform, the user first."""
        here = User.objects.filter(role=Role.CLERK, agency=self.person.agency, is_active=True).order_by("name", "pk")
        found = [one for one in here if one.in_use]
        found.sort(key=lambda one: self.user is None or one.pk != self.user.pk)
        return [(one.username, one.name) for one in found] or [("", say("常住地平台还没有在用的经办人"))]

    @property
    def others_who_help(self) -> list[tuple[str, str]]:
        """The possible helpers other than the present one."""
        return [one for one in self.helpers if one[0] and one[0] != self.subject.helper.username]

    def is_of_the_area(self, helper: User) -> bool:
        """Whether an account is active at the person's platform or community."""
        return helper.in_use and helper.agency is not None and self.person.area.startswith(helper.agency.path)

    def choices(self, need: Need) -> Choices:
        return tuple(self.helpers) if need.kind == "helper" else need.choices


def _was_interviewed(context: PlanOf) -> str | None:
    if context.interview is not None:
        return None
    months = context.limit("needs_valid_months")
    return say("还没有访谈，或者上次访谈已经过了{months}个月，请先谈一次再定计划。", months=months)


def _helper_is_of_the_area(context: PlanOf) -> str | None:
    helper = context.subject.helper
    if context.is_of_the_area(helper):
        return None
    return say("帮扶人{name}不在这个人的常住地平台，或者账号已停用，请移交给常住地的经办人。", name=helper.name)


def _each_ability_is_answered(context: PlanOf) -> str | None:
    interview = context.interview
    if interview is None:
        return None
    kinds = {measure.kind for measure in context.measures}
    open_ones = [
        f"{Ability(each).label}（{Kind(ANSWERS[each]).label}）"
        for each in interview.ability
        if ANSWERS[each] not in kinds and not context.subject.reasons.get(each)
    ]
    return (
        say("还没有对应的措施，也没有写明理由：{open_ones}。请换一份补上。", open_ones=open_ones) if open_ones else None
    )


def _helper(context: Context, need: Need, raw: Any) -> User:
    found = User.objects.select_related("agency").filter(username=str(raw).strip(), role=Role.CLERK).first()
    if found is None or not found.in_use:
        raise ValueError(say("没有这个在用的经办人账号，请从列出的人中选。"))
    return found


def _measures(context: Context, need: Need, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list | tuple) or not raw:
        raise ValueError(need.empty)
    if len(raw) > MOST_MEASURES:
        raise ValueError(say("措施最多{most_measures}项，请合并。", most_measures=MOST_MEASURES))
    return [_measure(context, place, each) for place, each in enumerate(raw, 1)]


def _measure(context: Context, place: int, raw: Any) -> dict[str, Any]:
    given = raw if isinstance(raw, Mapping) else {}
    kind, what = given.get("kind"), str(given.get("what") or "").strip()
    if kind not in Kind.values:
        raise ValueError(say("第{place}项措施请选种类：{labels}。", place=place, labels=Kind.labels))
    if not what or len(what) > 200:
        raise ValueError(say("第{place}项措施请写明内容，最多200字。", place=place))
    due = given.get("due_on")
    try:
        due_on = due if isinstance(due, date) else date.fromisoformat(str(due))
    except ValueError:
        raise ValueError(say("第{place}项措施的期限请写成2026-03-02这样的日期。", place=place)) from None
    if due_on < context.today:
        raise ValueError(say("第{place}项措施的期限不能早于今天。", place=place))
    return {"kind": kind, "what": what, "due_on": due_on}


def _reasons(_context: Context, _need: Need, raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping) or set(raw) - set(Ability.values):
        raise ValueError(say("理由请按就业能力分别写。"))
    return {name: text[:400] for name, each in raw.items() if (text := str(each or "").strip())}


def _as_measures(_need: Need) -> Said:
    """The JSON Schema of measures."""
    row = {
        "kind": {"enum": list(Kind.values)}, "due_on": {"type": "string", "format": "date"},
        "what": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": READABLE},
    }  # fmt: skip
    one = {"type": "object", "properties": row, "required": list(row), "additionalProperties": False}
    return {"type": "array", "minItems": 1, "maxItems": MOST_MEASURES, "items": one}


def _as_reasons(_need: Need) -> Said:
    """The JSON Schema of reasons by ability."""
    words = {"type": "string", "maxLength": 400, "pattern": READABLE}
    return {"type": "object", "properties": dict.fromkeys(Ability.values, words), "additionalProperties": False}


def _write(context: PlanOf, said: Said) -> Said:
    """Save the plan, whose key the measures need, then the measures. `former`: the plan it replaces."""
    plan = context.subject = Plan(
        recognition=context.recognition,
        helper=said["helper"],
        goal=said["goal"],
        reasons=said.get("reasons", {}),
        made_on=context.today,
        former=said.get("former"),
        version=0,
    )
    context.save()
    for each in said["measures"]:
        engine.follow(context, MEASURE, plan, "set", each)
    return {"helper": plan.helper.username, "measures": len(said["measures"])}


def _agree(context: PlanOf, said: Said) -> Said:
    plan = context.subject
    own = context.user is not None and context.user.role == Role.APPLICANT
    plan.agreed_on, plan.agreed_how = context.today, Plan.Agreed.ONLINE if own else said["how"]
    return {"how": Plan.Agreed(plan.agreed_how).label}


def _start_unsigned(context: PlanOf, said: Said) -> Said:
    context.subject.agreed_on, context.subject.unsigned_because = context.today, said["reason"]
    return {}


def _review(context: PlanOf, said: Said) -> Said:
    plan = context.subject
    plan.reviewed_on, plan.result, plan.next_on = context.today, said["result"], said["next_on"]
    return {"next_on": said["next_on"]}


def _replace(context: PlanOf, said: Said) -> Said:
    """Set the old plan aside first, because a constraint allows one per person."""
    plan = context.subject
    plan.status = Plan.Status.REPLACED
    plan.save()
    new = engine.follow(context, PLAN, context.recognition, "plan", {**said, "former": plan})
    return {"by": new.pk}


def _can_take_it(context: PlanOf, said: Said) -> None:
    helper: User = said["helper"]
    if not context.is_of_the_area(helper):
        why = say("{name}不在这个人的常住地平台，请移交给常住地的经办人。", name=helper.name)
        raise BadInput(say("有内容需要改正。"), [("helper", why)])


def _hand_over(context: PlanOf, said: Said) -> Said:
    helper: User = said["helper"]
    context.subject.helper = helper
    context.words = {"helper": helper.name, "phone": helper.agency.phone if helper.agency else ""}
    return {"helper": helper.username}


def _end(context: PlanOf, said: Said) -> Said:
    context.subject.ended_on, context.subject.result = context.today, said["result"]
    return {}


PLAN = register(
    Workflow(
        "plan", "这份计划", Plan, helped.door(PlanOf, "没有这份计划。"), helped.holds(PlanOf),
        Vocabulary(
            {
                "write": _write, "agree": _agree, "start_unsigned": _start_unsigned, "review": _review,
                "replace": _replace, "hand_over": _hand_over, "end": _end,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("was_interviewed", "no_interview", _was_interviewed, "先谈一次"),
                    Guard("helper_is_of_the_area", "helper_elsewhere", _helper_is_of_the_area, "移交给常住地的经办人"),
                    Guard("each_ability_is_answered", "ability_unanswered", _each_ability_is_answered, "补上对应的措施"),
                )
            },
            checks={"hand_over": _can_take_it},
            kinds={
                "helper": NeedKind(_helper, "choice", as_text), "measures": NeedKind(_measures, schema=_as_measures),
                "reasons": NeedKind(_reasons, schema=_as_reasons),
            },
        ),
        things="plans", hangs_on="recognition", named_there="plans",
    )
)  # fmt: skip
PLAN.add(TABLE)
