"""The transitions of a recovery, as data (五(三); 行政强制法 53–54)."""

from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight.models import Recovery
from jiuyuan.procedures.table import NO_LETTER, Need, Procedure, State, Transition

_REVIEWER = frozenset({Role.REVIEWER})
_OWING = frozenset({"served", "urged", "to_court"})
_REASON = Need("reason", "理由")

TABLE = Procedure(
    tuple(State(code, label, final=code in ("settled", "quashed")) for code, label in texts(Recovery.Status)),
    (
        Transition(
            "find", "追回多领的补贴", frozenset(), ("found",), _REVIEWER,
            needs=(
                Need("why", "起因", "choice", choices=tuple(texts(Recovery.Why))),
                Need("doubt", "疑点的编号", "key", only_if=("why", "doubt")),
                Need("of_finding", "检查发现的问题的编号", "key", only_if=("why", "finding")),
                Need("facts", "事实", hint="哪些情况、查到的来源和日期。"),
                Need("law", "依据", longest=400, hint="法律、文件和条款。"),
                Need("months", "每月多领多少", "sums", hint="一行一个月，例如：2026-01 500.00"),
                Need("paid_by", "凭什么知道这些月份发过", required=False, longest=200, hint="系统里没有发放记录的月份才填：哪个部门的哪份发放表。"),
            ),
            record="recovery_found", done="认定要追回", result="已登记，告知本人以后才能决定。",
        ),
        Transition(
            "intend", "告知本人拟追回", frozenset({"found"}), ("intended",), _REVIEWER,
            needs=(Need("speak_by", "陈述和申辩的期限", "date", ahead=True),),
            title="拟追回补贴告知",
            message="{name}：经查，您有{sum}元补贴可能多领了（{months}）。事实：{facts}依据：{law}。您有权陈述和申辩，{speak_by:date}以前请到{agency}说明，或者来电、来信。说明不会加重处理。",
            record="recovery_intended", done="告知本人拟追回", result="已告知本人。", emphasis="main",
        ),
        Transition(
            "speak", "陈述和申辩", frozenset({"intended"}), ("intended",), frozenset({Role.APPLICANT}),
            needs=(Need("words", "您的陈述和申辩", longest=2000, empty="请写下您要说明的。"),),
            record="recovery_spoken", done="本人网上陈述申辩", result="已记下。工作人员看过再决定，说明不会加重处理。",
            not_now="这件事已经听取过，或者已经有了决定。",
        ),
        Transition(
            "hear", "登记陈述申辩", frozenset({"intended"}), ("heard",), _REVIEWER, clause="财政违法行为处罚处分条例 14",
            needs=(
                Need("spoke", "本人说明了", "yes_no"),
                Need("words", "本人的陈述和申辩", only_if=("spoke", True)),
                Need("months", "听取以后每月多领多少", "sums", required=False, hint="有更正的才填，每个月都写，一行一个月；不再认定的月份不写。"),
            ),
            record="recovery_heard", done="听取了陈述申辩", result="已登记。", emphasis="main",
        ),
        Transition(
            "decide", "决定责令退回", frozenset({"heard"}), ("decided",), _REVIEWER, before="found",
            needs=(
                Need("reason", "决定的理由", hint="写明本人的意见为什么采纳、为什么没有采纳。"),
                Need("number", "文号", longest=60),
                Need("pay_by", "退回期限", "date", ahead=True),
                Need("account", "退回到哪个账户", longest=200),
                Need("remedies", "救济途径", "list", required=False, longest=400, hint="复议机关和60日、法院和6个月、网上办理的途径，一行一条。"),
            ),
            record="recovery_decided", done="决定责令退回", result="已决定，决定书正在盖章，送达以后生效。", emphasis="main",
        ),
        Transition(
            "serve", "登记送达", frozenset({"decided"}), ("served",), _REVIEWER, guards=("names_remedies", "decision_sealed"),
            needs=(
                Need("how", "怎样送达", "choice", choices=tuple(texts(Recovery.How))),
                Need("on", "送达日期", "date"),
                Need("proof", "送达凭据", longest=200, hint="回执、邮件号、网上签收记录。"),
            ),
            title="责令退回补贴",
            message="{name}：{agency}决定责令您退回{sum}元，请在{pay_by:date}以前退到：{account}。{heard:run}",
            record="recovery_served", done="送达了决定", result="已送达。", emphasis="main",
        ),
        Transition(
            "pay", "登记退回", _OWING, ("served", "urged", "to_court", "settled"), _REVIEWER,
            needs=(
                Need("amount", "金额（元）", "yuan"),
                Need("on", "退回日期", "date"),
                Need("proof", "凭据", longest=200),
            ),
            record="recovery_paid", done="登记了退回的款项", result="已登记。", emphasis="main",
        ),
        Transition(
            "correct", "更正金额", frozenset({"decided", *_OWING}), ("decided", "served", "urged", "to_court", "settled"), _REVIEWER, before="decided",
            needs=(Need("months", "每月多领多少", "sums", hint="每个月都写，一行一个月；不再认定的月份不写。"), _REASON),
            title="责令退回的金额有更正", message="{name}：{agency}把要退回的金额更正为{sum}元，已退回{paid}元。原因：{reason}。", letter=NO_LETTER,
            record="recovery_corrected", done="更正了要退回的金额", result="已更正。",
        ),
        Transition(
            "urge", "催告", frozenset({"served"}), ("urged",), _REVIEWER, guards=("overdue",),
            clause="行政强制法 54", title="催告", message="{name}：还有{outstanding}元没有退回，已过{pay_by:date}的期限。请在收到催告之日起十日内退回；您有权陈述和申辩。过了这十日还不退回的，{agency}将依法申请人民法院强制执行。",
            record="recovery_urged", done="催告", result="已催告。",
        ),
        Transition(
            "to_court", "申请法院强制执行", frozenset({"urged"}), ("to_court",), _REVIEWER, guards=("ten_days_after_urging",),
            needs=(Need("court", "法院和案号", longest=200),), clause="行政强制法 53、54", record="recovery_taken_to_court",
            done="申请法院强制执行", result="已登记。",
        ),
        Transition(
            "quash", "撤销", frozenset({"found", "intended", "heard", "decided", *_OWING}), ("quashed",), _REVIEWER, before="decided",
            needs=(_REASON,), title="不再追回", message="{name}：{agency}撤销了对您的追回。原因：{reason}。已经退回的{paid}元会还给您。", letter=NO_LETTER,
            record="recovery_quashed", done="撤销了追回", result="已撤销。", emphasis="grave",
        ),
    ),
)  # fmt: skip
