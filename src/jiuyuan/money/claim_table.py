"""The transitions of a claim (四(三)): claimed, checked by a clerk, reviewed, published, approved, paid;
three people act.
"""

from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.money.models import Claim
from jiuyuan.procedures.table import NO_LETTER, NOTHING, Need, Procedure, State, Transition

_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_NOBODY: frozenset[Role] = frozenset()
_OURS = _CLERK | {Role.APPLICANT}
_BEFORE_MONEY = ("submitted", "checked", "reviewed", "published", "approved")
_WORDS = {
    "draft": ("还没有提交", "点“提交”以后才开始办。"),
    "submitted": ("已经提交", "{agency}正在核对，不用您做什么。"),
    "checked": ("核对好了", "正在由县里复核。"),
    "reviewed": ("复核好了", "下一步公示。"),
    "published": ("正在公示", "公示到{until:date}，没有问题就审定。"),
    "approved": ("同意了", "等着发放。"),
    "in_batch": ("正在发放", "钱正在拨付。"),
    "paid": ("发了", "钱已经发放，请查收。"),
    "payment_returned": ("钱退回来了", "请打电话给{agency}，核对银行卡。"),
    "closed": ("办完了", "已经办结。"),
    "refused": ("没有同意", "理由：{reason}。不同意的，可以看通知里写的办法。"),
    "withdrawn": ("撤回了", "这次申请已经撤回，以后还可以再申请。"),
}

TABLE = Procedure(
    tuple(
        State(
            code, label, final=code in ("closed", "refused", "withdrawn"), title=_WORDS[code][0], text=_WORDS[code][1],
            theirs=code == "draft", refused=code == "refused",
        )
        for code, label in texts(Claim.Status)
    ),
    (
        Transition(
            "claim", "申请", frozenset(), ("draft",), _OURS,
            needs=(
                Need("scheme", "哪项政策", "scheme"),
                Need("from", "从哪个月", "month", required=False, hint="一次性的政策不用填。"),
                Need("to", "到哪个月", "month", required=False),
            ),
            guards=("alive",), record="claim_made", done="填写了政策申请", result="已填好，核对以后提交。",
        ),
        Transition(
            "submit", "提交", frozenset({"draft"}), ("submitted",), _OURS, guards=("alive",), emphasis="main",
            record="claim_submitted", done="提交了政策申请", result="已提交。",
        ),
        Transition(
            "check", "核对", frozenset({"submitted"}), ("checked",), _CLERK, emphasis="main", record="claim_checked",
            done="核对了政策申请", lead="系统逐月核对，查不到的写“查不到”。不符合的月份停发并写明原因，其余月份照办。",
            result="已核对，等另一人复核。",
        ),
        Transition(
            "review", "复核通过", frozenset({"checked"}), ("reviewed",), _REVIEWER,
            needs=(
                Need(
                    "ground", "查不到的事项为什么可以通过", required=False, longest=400,
                    empty="有查不到的事项。请写明另外怎样核实的，例如：看了缴费凭证原件。",
                ),
            ),
            guards=("alive", "a_line_left"), before="another_than_checked", emphasis="main", record="claim_reviewed",
            done="复核了政策申请", result="已复核，下一步公示。",
        ),
        Transition(
            "send_back", "退回重新核对", frozenset({"checked", "reviewed", "published"}), ("submitted",), _REVIEWER,
            needs=(Need("reason", "原因", longest=400, empty="请写明哪里要重新核对。"),), record="claim_sent_back",
            done="退回重新核对", result="已退回。",
        ),
        Transition(
            "publish", "公示", frozenset({"reviewed"}), ("published",), _REVIEWER, emphasis="main", record="claim_published",
            done="公示了政策申请", result="已公示。",
            lead="公示姓名、打码的号码、政策、金额和月份，不公示银行卡、电话、住址和身份类别。",
        ),
        Transition(
            "approve", "审定", frozenset({"published"}), ("approved", "closed"), _REVIEWER,
            guards=("alive", "notice_over", "a_line_left", "still_holds"), before="another_than_before", emphasis="main",
            record="claim_approved", done="审定了政策申请", result="已审定。", title="政策申请同意了", letter=NO_LETTER,
            message="您申请的{scheme_title}（{claimed}）已经同意。{stopped}有疑问的，请找{agency}。",
        ),
        Transition(
            "refuse", "不予支持", frozenset({*_BEFORE_MONEY, "payment_returned"}), ("refused",), _REVIEWER,
            needs=(
                Need("reason", "理由", longest=400, empty="请写明理由：哪个月、哪一条不符合，凭什么。"),
                Need("clause", "依据的条款", longest=200, empty="请写明依据的文件和条款。"),
            ),
            emphasis="grave", record="claim_refused", done="对政策申请不予支持", result="已决定，已告知本人。",
            looked_at_again=True, letter=NO_LETTER, title="政策申请没有同意",
            message="您申请的{scheme_title}（{claimed}）不予支持。理由：{reason}。依据：{clause}。{heard:run}",
        ),
        Transition(
            "withdraw", "撤回申请", frozenset({"draft", *_BEFORE_MONEY, "payment_returned"}), ("withdrawn",), _OURS,
            needs=(
                Need("reason", "原因", longest=400, roles=_CLERK, empty="请写明本人怎么说的，例如：本人不想办了。"),
            ),
            record="claim_withdrawn", done="撤回了政策申请", result="已撤回，以后还可以再申请。", letter=NO_LETTER,
        ),
        Transition(
            "confirm_account", "银行账户没有错", frozenset({"payment_returned"}), ("approved",), _OURS,
            needs=(
                Need("reason", "怎样核对的", longest=400, empty="请写明怎样核对的，例如：问过银行，是系统维护，账号没有错。"),
            ),
            guards=("alive",), emphasis="main", record="claim_account_confirmed", done="确认了银行账户没有错",
            lead="账户填错了的，不要点这里，请更正银行账户，更正以后自动再发。", result="已确认，下一批再发。",
        ),
        Transition(
            "put_in_batch", "列入发放", frozenset({"approved", "payment_returned"}), ("in_batch",), _NOBODY, consequence=True,
            record="claim_in_batch", done="列入了发放批次",
        ),
        Transition(
            "take_out_of_batch", "移出发放", frozenset({"in_batch"}), ("approved",), _NOBODY, consequence=True,
            record="claim_out_of_batch", done="移出了发放批次",
        ),
        Transition(
            "pay", "发放", frozenset({"in_batch"}), ("paid",), _NOBODY, consequence=True, record="claim_paid", done="发放了补贴",
        ),
        Transition(
            "return_payment", "发放被退回", frozenset({"in_batch", "paid"}), ("payment_returned",), _NOBODY, consequence=True,
            record="claim_payment_returned", done="补贴发放被退回",
        ),
        Transition(
            "close", "办结", frozenset({"paid", "payment_returned"}), ("closed",), _NOBODY, consequence=True, effect=NOTHING,
            record="claim_closed", done="补贴申请办结",
        ),
    ),
)  # fmt: skip
