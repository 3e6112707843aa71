"""How an application moves in 云中市: the street decides alone, and nothing is put up in public."""

from jiuyuan.agencies.roles import Role
from jiuyuan.procedures.table import NO_LETTER, Need, Procedure, State, Step, Transition

_CLERK = frozenset({Role.CLERK})
_APPLYING = frozenset({Role.APPLICANT, Role.CLERK})

_SIGNED = (
    Need("signature", "签名", "signature", required=False, roles=frozenset({Role.APPLICANT})),
    Need("consent", "同意核实", "consent", required=False, roles=frozenset({Role.APPLICANT}), empty="请打勾。"),
)
STATES = (
    State("draft", "草稿", step="submit", title="还没有提交", text="填好并签名提交后，街道才能看到。", theirs=True),
    State("submitted", "待受理", step="accept", title="已提交，等街道受理", text="{agency}看过材料后受理。"),
    State("accepted", "审查中", step="recognise", title="街道正在审查", text="{agency}正在审查。{due}"),
    State("recognised", "已认定", final=True, title="您已被认定", text="{recognised}"),
    State("rejected", "不予认定", final=True, refused=True, title="不符合条件", text="{reason}"),
    State("withdrawn", "已撤回", final=True, title="已撤回", text="{withdrawn}"),
)  # fmt: skip

TRANSITIONS = (
    Transition(
        "submit", "提交申请", frozenset({"draft"}), ("submitted",), _APPLYING, "第四条", needs=_SIGNED,
        guards=("form_complete", "materials_complete"), message="您的申请（{number}）已交到{agency}。",
        done="提交了申请", emphasis="main",
    ),
    Transition(
        "accept", "受理", frozenset({"submitted"}), ("accepted",), _CLERK, "第五条",
        message="您的申请（{number}）已受理，{due_on:date}前审查完。", done="受理", emphasis="main", bulk=True, letter="receipt",
    ),
    Transition(
        "recognise", "审查认定", frozenset({"accepted"}), ("recognised",), _CLERK, "第五条",
        needs=(
            Need("opinion", "审查意见", longest=200),
            Need("category", "录入的类别", "category", also=("entry",)),
        ),
        guards=("no_contradiction", "no_dispute", "eligible", "verified"),
        message="您已被认定为就业援助对象（{number}）。", done="审查认定", emphasis="main", letter=NO_LETTER,
    ),
    Transition(
        "refuse", "不予认定", frozenset({"accepted"}), ("rejected",), _CLERK, "第五条",
        needs=(
            Need("clauses", "不符合的条款", "clauses", of="failing"),
            Need("reason", "说明", longest=200),
        ),
        guards=("a_clause_fails",), effect="first_review_fail",
        message="您的申请（{number}）不符合条件：{why}。", done="不予认定", emphasis="grave", letter="rejected",
    ),
    Transition(
        "withdraw", "撤回申请", frozenset({"draft", "submitted", "accepted"}), ("withdrawn",), _APPLYING, "第四条",
        message="您的申请（{number}）已撤回。", done="撤回了申请", emphasis="grave", letter=NO_LETTER,
    ),
)  # fmt: skip

STEPS = (
    Step("submit", "提交申请", "提交申请", first_round=True),
    Step("accept", "受理", "受理", first_round=True),
    Step("recognise", "审查认定", "街道审查认定"),
)
PROCEDURES = {
    "application": Procedure(
        STATES, TRANSITIONS, region="somewhere", steps=STEPS,
        afterwards=("街道在{recognition_working_days}个工作日内审查完。",), outcome="正式结果由街道审查认定。",
    ),
}  # fmt: skip
