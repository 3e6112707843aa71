"""The workflow of a measure in a plan: begun, completed by its result, or given up with a reason."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.helped import Said, UnderPlan, holds_under_plan, recognition_of
from jiuyuan.assistance.models import Kind, Measure
from jiuyuan.labels import texts
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NOTHING, Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.wording import say

_CLERK = frozenset({Role.CLERK})
_GOES_ON = frozenset({"planned", "under_way"})
#: Kinds without a table for their results, which are described in words.
IN_WORDS = frozenset({Kind.GUIDANCE, Kind.OTHER})

TABLE = Procedure(
    tuple(State(code, label, final=code in ("done", "dropped")) for code, label in texts(Measure.Status)),
    (
        Transition(
            "set", "列入计划", frozenset(), ("planned",), frozenset(), consequence=True, stated_elsewhere=True,
        ),
        Transition(
            "start", "开始", frozenset({"planned"}), ("under_way",), _CLERK, consequence=True, effect=NOTHING,
            blocks=("plan_goes_on",), record="measure_started", done="开始了一项措施", result="已开始。",
        ),
        Transition(
            "finish", "完成", _GOES_ON, ("done",), _CLERK, consequence=True,
            needs=(Need("result", "结果", longest=400, empty="请写明结果，例如：做了一次职业指导，改了简历。"),),
            blocks=("plan_goes_on",), guards=("ends_in_words",), record="measure_finished", done="完成了一项措施",
            result="已完成。",
        ),
        Transition(
            "drop", "不再进行", _GOES_ON, ("dropped",), _CLERK,
            needs=(Need("reason", "理由", longest=400, empty="请写明理由，例如：本人改变主意，不想创业了。"),),
            blocks=("plan_goes_on",), record="measure_dropped", done="不再进行一项措施", result="已记录。",
        ),
    ),
)  # fmt: skip


class MeasureOf(UnderPlan):
    model = Measure


def _plan_goes_on(context: MeasureOf) -> str | None:
    return None if context.plan.open else say("这份计划已经结束或换了新的，措施不能再办。")


def _ends_in_words(context: MeasureOf) -> str | None:
    kind = context.subject.kind
    if kind in IN_WORDS:
        return None
    return say(
        "“{label}”的结果由岗位、培训、创业、公益性岗位或政策申请的办理得出，不用在这里填。", label=Kind(kind).label
    )


def _set(context: MeasureOf, said: Said) -> Said:
    context.subject = Measure(plan=context.plan, version=0, **said)
    return {}


def _finish(context: MeasureOf, said: Said) -> Said:
    context.subject.result, context.subject.ended_on = said["result"], context.today
    return {}


def _drop(context: MeasureOf, said: Said) -> Said:
    context.subject.result, context.subject.ended_on = said["reason"], context.today
    return {}


def _door(user: User | None, pk: Any, transition: Transition) -> MeasureOf:
    """Find a measure by its key. It begins with its plan, so the door creates none."""
    recognition = recognition_of(
        Measure, user, None if transition.begins else pk, "没有这项措施。", "plan__recognition"
    )
    measure = Measure.objects.unscoped().select_related("plan__helper").select_for_update(of=("self",)).get(pk=key(pk))
    measure.plan.recognition = recognition
    return MeasureOf(measure.plan, user, measure)


MEASURE = register(
    Workflow(
        "measure", "这项措施", Measure, _door, holds_under_plan(MeasureOf),
        Vocabulary(
            {"set": _set, "finish": _finish, "drop": _drop},
            guards={
                guard.name: guard
                for guard in (
                    Guard("plan_goes_on", "plan_over", _plan_goes_on),
                    Guard("ends_in_words", "result_elsewhere", _ends_in_words),
                )
            },
        ),
        things="measures", hangs_on="plan", named_there="measures",
    )
)  # fmt: skip
MEASURE.add(TABLE)
