"""The workflow of a venture (四(二)): idea, advice, training, loan, licence, and checks after half a year and a
year.

Registering a business ends the recognition, by a finding; start-up subsidies are claimed afterwards, by the
recognition of that day. The person is told beforehand.
"""

from datetime import date
from functools import cached_property

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.helped import Said, UnderPlan, door_from_plan, holds_under_plan
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Kind, Measure, Venture
from jiuyuan.assistance.vacancy_inputs import EMPLOYER, MANY, NUMBER, Named
from jiuyuan.assistance.work_facts import after, verified, verify_work
from jiuyuan.labels import texts
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput
from jiuyuan.rules.calendar import add_months
from jiuyuan.wording import for_record, say

_CLERK = frozenset({Role.CLERK})
_BEFORE = ("idea", "advised", "trained", "loan_referred")
#: After how many months it is checked again, by state (contract: assistance).
ALIVE_AFTER = {Venture.Status.REGISTERED: 6, Venture.Status.ALIVE_HALF_YEAR: 12}

TABLE = Procedure(
    tuple(State(code, label, final=code == "ended") for code, label in texts(Venture.Status)),
    (
        Transition(
            "begin", "登记创业想法", frozenset(), ("idea",), _CLERK,
            needs=(Need("idea", "想做什么", longest=200, empty="请写明想做什么，例如：在小区门口开早餐店。"),),
            while_in=frozenset({"active"}), blocks=("still_on_the_register",), record="venture_begun", done="登记了创业想法",
            result="已登记。",
        ),
        Transition(
            "advise", "登记创业指导", frozenset(_BEFORE), _BEFORE, _CLERK,
            needs=(
                Need("on", "哪天", "date"),
                Need("services", "做了什么", "many", choices=tuple(texts(Venture.Service))),
            ),
            emphasis="main", record="venture_advised", done="做了创业指导", result="已登记。",
        ),
        Transition(
            "train", "登记创业培训", frozenset({"idea", "advised", "trained"}), ("trained",), _CLERK,
            needs=(
                Need("on", "哪天结业", "date"),
                Need("what", "什么培训", longest=200, empty="请写明什么培训、谁办的、证书编号。"),
            ),
            record="venture_trained", done="参加了创业培训", result="已登记。",
        ),
        Transition(
            "refer_loan", "推荐创业担保贷款", frozenset(_BEFORE), ("loan_referred",), _CLERK,
            needs=(Need("bank", "银行", longest=120), Need("sum", "金额（元）", "number")),
            record="venture_loan_referred", done="推荐了创业担保贷款", result="已登记。批不批由银行决定。",
        ),
        Transition(
            "explain", "告知办照的后果", frozenset(_BEFORE), _BEFORE, _CLERK, record="venture_explained",
            done="告知本人办营业执照意味着什么", result="已告知。", title="办营业执照以前请先看",
            lead="办照以前必须告诉本人：认定会退出，政策办照以后再申请。",
            message="办了营业执照，就不再是认定的就业困难人员。个体工商户、公司都算。核实以后，由工作人员办理退出。创业的扶持政策按办照那天的认定给您。办照以后再申请，不会因为退出就没有。想好了再去办，不清楚的请找{agency}。",
        ),
        Transition(
            "register", "登记营业执照", frozenset(_BEFORE), ("registered",), _CLERK,
            needs=(
                Need("business", "营业执照", "business", empty="请填写营业执照上的名称和统一社会信用代码。"),
                Need("on", "执照上的登记日期", "date"),
            ),
            guards=("was_told",), emphasis="main", record="venture_registered", done="本人办了营业执照",
            lead="就业情况还要核实，核实后由人办理退出。扶持政策按登记那天的认定申请。",
            result="已登记。请核实市场监管的登记，核实后由人办理退出；扶持政策按登记那天的认定申请。",
            title="恭喜您开业", message="您的“{business}”{on:date}办了营业执照。创业的扶持政策现在可以申请，请找{agency}。",
        ),
        Transition(
            "confirm_alive", "查看经营情况", frozenset(ALIVE_AFTER), ("alive_half_year", "alive_year"), _CLERK,
            needs=(Need("how", "怎样查看的", longest=200, empty="请写明怎样查看的，例如：到店看过，正在营业。"),),
            guards=("long_enough",), emphasis="main", record="venture_alive", done="查看了，还在经营", result="已登记。",
        ),
        verify_work(("registered", "alive_half_year", "alive_year"), "market_regulation", "taxation"),
        Transition(
            "end", "结束创业", frozenset({*_BEFORE, *ALIVE_AFTER}), ("ended",), _CLERK,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：改变主意；经营不下去，已注销。"),),
            emphasis="grave", record="venture_ended", done="创业结束了", result="已记录。",
        ),
    ),
)  # fmt: skip


class VentureOf(UnderPlan):
    """The context of a venture; `plan` is the one under which it began."""

    model = Venture
    twice = "这个人刚刚登记了一个创业想法，一次只办一个，请重新打开看看。"

    @cached_property
    def looked_at_on(self) -> date | None:
        """When it is checked next; None if nothing is registered or a year is over."""
        months = ALIVE_AFTER.get(self.subject.status) if self.subject is not None else None
        return add_months(self.subject.registered_on, months) if months else None


def _still_on_the_register(context: VentureOf) -> str | None:
    on_it = context.recognition.status == Recognition.Status.ACTIVE
    return None if on_it else say("这个人已经不在册，不再登记创业想法。")


def _was_told(context: VentureOf) -> str | None:
    if context.subject.told_on is not None:
        return None
    return say("还没有告知本人办照意味着什么：认定会退出，政策办照以后再申请。请先告知，再登记。")


def _long_enough(context: VentureOf) -> str | None:
    on = context.looked_at_on
    return None if on is None or on <= context.today else say("{day:date}起才到时候，到时再看。", day=on)


def _begin(context: VentureOf, said: Said) -> Said:
    context.subject = Venture(
        recognition=context.recognition, plan=context.plan, idea=said["idea"], begun_on=context.today, version=0
    )
    return {}


def _advise(context: VentureOf, said: Said) -> Said:
    venture, services = context.subject, said["services"]
    venture.advice = [*venture.advice, {"on": said["on"].isoformat(), "services": services}]
    if venture.status == Venture.Status.IDEA:
        context.go_to("advised")
    return {"on": said["on"], "services": services}


def _train(context: VentureOf, said: Said) -> None:
    context.subject.trained_on, context.subject.trained_in = said["on"], said["what"]


def _refer_loan(context: VentureOf, said: Said) -> None:
    venture = context.subject
    venture.bank, venture.loan, venture.loan_on = said["bank"], said["sum"], context.today


def _explain(context: VentureOf, _said: Said) -> None:
    context.subject.told_on = context.today


def _was_recognised(context: VentureOf, said: Said) -> None:
    if said["on"] < context.recognition.recognised_on:
        why = say(
            "早于认定那天（{day:date}）。认定以前就有营业执照的，请先核实认定。", day=context.recognition.recognised_on
        )
        raise BadInput(say("有内容需要改正。"), [("on", why)])


def _register(context: VentureOf, said: Said) -> Said:
    venture, named = context.subject, said["business"]
    assert isinstance(named, Named)
    venture.business_name, venture.business_code = named.name, named.credit_code
    venture.registered_on = said["on"]
    context.words = {"business": named.name}
    return {"on": said["on"]}


def _confirm_alive(context: VentureOf, said: Said) -> Said:
    venture = context.subject
    half = venture.status == Venture.Status.REGISTERED
    venture.alive_on, venture.alive_how = context.today, said["how"]
    context.go_to("alive_half_year" if half else "alive_year")
    return {"months": ALIVE_AFTER[venture.status]}


def _end(context: VentureOf, said: Said) -> None:
    context.subject.reason, context.subject.ended_on = said["reason"], context.today


def _carry_the_plan_on(context: VentureOf, _said: Said) -> None:
    """Begin the plan's measure with the idea, and complete it with the licence."""
    venture = context.subject
    if not context.plan.open:
        return
    rows = Measure.objects.unscoped().filter(plan=context.plan, kind=Kind.START_UP, status__in=["planned", "under_way"])
    for measure in rows.select_for_update().order_by("pk"):
        measure.plan = context.plan
        if venture.status == Venture.Status.REGISTERED:
            said = for_record("{business}，{day:date}办了营业执照", business=str(venture), day=venture.registered_on)
            engine.follow(context, MEASURE, measure, "finish", {"result": said})
        elif measure.status == Measure.Status.PLANNED:
            engine.follow(context, MEASURE, measure, "start")


VENTURE = register(
    Workflow(
        "venture", "这次创业", Venture,
        door_from_plan(VentureOf, "没有这次创业。"), holds_under_plan(VentureOf),
        Vocabulary(
            {
                "begin": _begin, "advise": _advise, "train": _train, "refer_loan": _refer_loan, "explain": _explain,
                "register": _register, "confirm_alive": _confirm_alive, "end": _end,
                "verify_work": verified("venture"),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("still_on_the_register", "not_on_the_register", _still_on_the_register),
                    Guard("was_told", "not_told", _was_told, "先告知办照的后果"),
                    Guard("long_enough", "too_early", _long_enough, waits=True),
                )
            },
            checks={"register": _was_recognised, "verify_work": after(lambda venture: venture.registered_on)},
            after={"begin": _carry_the_plan_on, "register": _carry_the_plan_on},
            kinds={"number": NUMBER, "many": MANY, "business": EMPLOYER},
        ),
        things="ventures", hangs_on="plan", named_there="ventures",
    )
)  # fmt: skip
VENTURE.add(TABLE)
