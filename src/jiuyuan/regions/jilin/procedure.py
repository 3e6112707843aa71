"""How an application moves in 吉林省 (二): first review by the platform, public notice, review by the county.

`applications.workflow` defines the guards and effects named here.
"""

from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.printing.form import LONGEST_OPINION
from jiuyuan.procedures.table import NO_LETTER, Choices, Need, Procedure, Transition
from jiuyuan.regions.jilin.states import STATES, STEPS

_CLERK = frozenset({Role.CLERK})
_REVIEWER = frozenset({Role.REVIEWER})
_APPLYING = frozenset({Role.APPLICANT, Role.CHANNEL, Role.CLERK})
_WITHOUT_PAPER = _APPLYING - {Role.CLERK}
_ANYONE = frozenset(Role)

# Opinions must fit their cell of the form in readable type; a refusal also has to leave room for the clauses that
# fail.
_ON_THE_FORM = LONGEST_OPINION
_BESIDE_CLAUSES = LONGEST_OPINION - 80

_REQUEST = Need(
    "request", "本人签字的书面请求", "material", "先把签字的请求扫描上传，种类选“本人签字的书面请求”。", roles=_CLERK, of="signed_request"
)  # fmt: skip

_SIGNED = (
    Need(
        "signature", "签名", "signature", "本人的姓名，和身份证上一样；登记了代办人的，也可以是代办人的姓名。没有的，收到本人签字的承诺以后才能受理。",
        required=False, longest=80, roles=_WITHOUT_PAPER,
    ),
    Need(
        "consent", "同意核实", "consent", "本人看过承诺书，同意向有关部门核实。", required=False, roles=_WITHOUT_PAPER,
        empty="请打勾。没有您的同意，我们不能向别的部门核实，也就不能认定；不同意网上核实的，可以到窗口办理。",
    ),
)  # fmt: skip
_MISSING = Need(
    "missing", "需补正的内容", "missing", "一行写一项，一次写全；写明是哪份材料、哪一栏，申请人一点就到那一页。",
    ("items", "corrections", "reason", "text"),
)  # fmt: skip
_CORRECT_BY = Need("correct_by", "补正期限", "date", "不填的，按默认天数计算；只能更长。", required=False, ahead=True)
_PLATFORM = Need(
    "platform", "应向哪里申请", "platform", "申请人常住地的街道（乡镇），写名称或区划代码。", only_if=("ground", "wrong_place")
)  # fmt: skip
_REPORT = Transition(
    "report", "汇总上报", frozenset({"endorsed"}), ("reported",), _CLERK, "二(二)", done="汇总上报", emphasis="main", bulk=True,
    title="材料已送县（市、区）复核",
    message="您的申请（{number}）已上报县（市、区）公共就业服务机构复核。",
)  # fmt: skip
_RECALL = Transition(
    "recall", "撤回上报", frozenset({"reported"}), ("endorsed",), _CLERK, "二(二)",
    guards=("no_open_special_case", "batch_unopened"), done="县（市、区）打开之前撤回上报",
)  # fmt: skip
_REOPEN = Transition(
    "reopen", "重新办理", frozenset({"returned"}), ("accepted",), _CLERK, "二(三)",
    needs=(Need("corrected", "改正了什么", hint="对照退回的原因写。", also=("reason", "opinion", "text")),),
    title="申请正在重新办理", message="您的申请（{number}）按复核意见重新办理，还是在{due_on:date}前办完。",
    done="按退回意见重新办理，期限继续计算", emphasis="main",
)  # fmt: skip
_TAKE_BACK = Transition(
    "take_back", "收回刚才的办理", frozenset({"accepted", "correction"}), ("submitted",), _CLERK, "二(二)",
    needs=(Need("reason", "为什么收回", hint="例如：点错了人。", also=("text",), longest=200),),
    whose="did_it_just_now", guards=("nothing_followed",), done="收回了刚才的办理",
)  # fmt: skip

#: Why an application is not accepted at all (二(二)).
DECLINE_GROUNDS: Choices = (
    ("wrong_place", "常住地不在本平台辖区"),
    ("already_open", "已有正在办理的申请，或已在册"),
    ("identity_not_proven", "不能证明是本人申请"),
    ("not_completed", "期满没有补正"),
    ("clause", "已核实的事实不符合条件"),
)

_OPEN = frozenset(state.code for state in STATES if not state.final)


def _reason(label: str, hint: str, name: str = "reason", **more: object) -> Need:
    also = tuple(other for other in ("reason", "opinion", "text") if other != name)
    return Need(name, label, hint=hint, also=also, **more)  # type: ignore[arg-type]


def _clauses(hint: str, **more: Any) -> Need:
    return Need("clauses", "不符合的条款", "clauses", hint, of="failing", **more)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "submit",
        "提交申请",
        frozenset({"draft", "correction"}),
        ("submitted",),
        _APPLYING,
        "二(一)",
        needs=_SIGNED,
        guards=("form_complete", "materials_complete"),
        title="申请已经提交",
        message="您的申请已提交，编号{number}，由{agency}办理。受理后会告诉您哪天办完。",
        done="提交了申请",
        emphasis="main",
    ),
    Transition(
        "ask_correction",
        "要求补正",
        frozenset({"submitted"}),
        ("correction",),
        _CLERK,
        "二(二)",
        needs=(_MISSING, _CORRECT_BY),
        title="申请要补正，请改好再提交",
        message="您的申请（{number}）需要补正：{missing}。请在{correct_by:date}前改好并重新提交，其他内容不用再填。",
        letter="correction",
        done="要求一次补正",
        bulk=True,
    ),
    Transition(
        "decline",
        "不予受理",
        frozenset({"submitted", "correction"}),
        ("declined",),
        _CLERK,
        "二(二)",
        needs=(
            Need("ground", "不予受理的情形", "choice", choices=DECLINE_GROUNDS),
            _PLATFORM,
            _clauses("只能选按已核实的事实不符合的。", only_if=("ground", "clause")),
            _reason("不予受理的原因", "写给申请人看，说清原因和可以怎么办。"),
        ),
        guards=("correction_over",),
        title="申请没有受理",
        message="您的申请（{number}）不予受理：{why}。{heard:run}",
        letter="declined",
        done="不予受理",
        emphasis="grave",
    ),
    Transition(
        "accept",
        "受理",
        frozenset({"submitted"}),
        ("accepted",),
        _CLERK,
        "二(四)",
        guards=("signed",),
        title="申请已经受理",
        message="您的申请（{number}）已于{today:date}受理，应在{due_on:date}前办完。",
        letter="receipt",
        done="受理，开始计算10个工作日",
        emphasis="main",
        bulk=True,
    ),
    Transition(
        "first_review_pass",
        "初审通过并公示",
        frozenset({"accepted"}),
        ("publishing",),
        _CLERK,
        "二(二)",
        needs=(_reason("初审说明", "", "opinion", required=False),),
        guards=(
            "no_open_special_case",
            "not_settled_against",
            "no_contradiction",
            "no_family_at_work",
            "no_dispute",
            "eligible",
            "verified",
        ),
        title="初审符合条件，正在公示",
        message="您的申请（{number}）初审符合条件，自{posted_on:date}起公示，到{ends_on:date}结束。",
        done="初审通过，开始公示",
        emphasis="main",
    ),
    Transition(
        "first_review_fail",
        "初审不符合",
        frozenset({"accepted"}),
        ("rejected",),
        _CLERK,
        "二(二)",
        needs=(
            _clauses("按已核实的事实不符合的条款；条款、事实和来源由系统写在认定表和告知书上。"),
            _reason("说明", "写在认定表上并告知申请人：情况怎样改变后可以再申请。", longest=_BESIDE_CLAUSES),
        ),
        guards=("no_open_special_case", "a_clause_fails"),
        title="申请没有通过初审",
        message="您的申请（{number}）经初审不符合认定条件：{why}。{heard:run}",
        letter="rejected",
        done="初审不符合",
        emphasis="grave",
    ),
    Transition(
        "raise_special_case",
        "按特殊情况上报",
        frozenset({"accepted", "publishing", "reported"}),
        ("accepted", "publishing", "reported"),
        _CLERK | _REVIEWER,
        "一(三)",
        needs=(
            _reason("需要研究的问题", "写清哪一条难以判断、为什么。", "question"),
            Need("clauses", "有疑问的条款", "clauses", of="any"),
        ),
        guards=("no_open_special_case",),
        done="按特殊情况报县级研究",
    ),
    Transition(
        "settle_special_case",
        "研究特殊情况",
        frozenset({"accepted", "publishing", "reported"}),
        ("accepted", "publishing", "reported"),
        _REVIEWER,
        "一(三)",
        needs=(
            Need("granted", "是否按符合条件办理", "yes_no"),
            _reason("书面理由", "两名复核人各写各的理由，意见一致才算数。", "ground"),
        ),
        guards=("open_special_case",),
        before="another_voice",
        done="对特殊情况提出研究意见",
        emphasis="main",
    ),
    Transition(
        "object",
        "提出异议",
        frozenset({"publishing"}),
        ("publishing",),
        _ANYONE,
        "二(二)",
        needs=(
            _reason("异议的理由", "请写明您知道的情况；不必留姓名。", "ground"),
            Need("name", "您的姓名", hint="可不填。", required=False, longest=80),
            Need(
                "contact", "联系方式", hint="可不填；填了，处理结果会告诉您。", required=False, shortest=5, longest=120
            ),
        ),
        guards=("notice_running",),
        done="有人对公示提出异议",
        public=True,
    ),
    Transition(
        "settle_objection",
        "处理异议",
        frozenset({"publishing"}),
        ("publishing", "rejected"),
        _CLERK,
        "二(二)",
        needs=(
            Need("objection", "哪一条异议", "objection", "只有一条没有处理时可不选。", required=False),
            Need("upheld", "异议是否成立", "yes_no"),
            _clauses(
                "异议成立的，选核查后不符合的条款；先把核查结果登记为事实，系统才知道哪一条不符合。",
                only_if=("upheld", True),
            ),
            _reason("核查结果", "怎样核查、查到什么。", "finding", longest=_BESIDE_CLAUSES),
        ),
        guards=("no_open_special_case", "open_objection"),
        title="有人对您的申请提出异议，经查成立",
        told_if=(
            (
                "upheld",
                True,
                "公示期间有人对您的申请（{number}）提出异议，经核查成立，不予认定：{why}。{heard:run}",
            ),
        ),
        letter="objection_upheld",
        done="处理了异议",
        ending="异议成立，不予认定",
        emphasis="main",
    ),
    Transition(
        "endorse",
        "签署初审意见并盖章",
        frozenset({"publishing"}),
        ("endorsed",),
        _CLERK,
        "二(二)",
        needs=(_reason("初审意见", "写在认定表上。", "opinion", longest=_ON_THE_FORM),),
        guards=("notice_over", "no_open_objection", "no_open_special_case"),
        title="公示期满，没有异议",
        message="您的申请（{number}）公示期满无异议，初审通过。接下来由县（市、区）复核。",
        done="签署初审意见，加盖电子印章",
        emphasis="main",
        bulk=True,
    ),
    _REPORT,
    _RECALL,
    _TAKE_BACK,
    Transition(
        "recognise",
        "认定",
        frozenset({"reported"}),
        ("recognised",),
        _REVIEWER,
        "二(三)",
        needs=(
            _reason("复核意见", "写在认定表上。", "opinion", longest=_ON_THE_FORM),
            Need("category", "录入《就业创业证》的类别", "category", also=("entry",)),
        ),
        guards=(
            "no_open_special_case",
            "not_settled_against",
            "no_contradiction",
            "no_family_at_work",
            "no_dispute",
            "eligible",
            "verified",
        ),
        before="another_recognises",
        title="您已被认定为就业困难人员",
        message="您已被认定为就业困难人员（{number}）。可以到{agency}了解帮扶政策和服务。",
        letter=("proof", "entry"),
        done="复核认定",
        emphasis="main",
        bulk=True,
    ),
    Transition(
        "return",
        "复核退回",
        frozenset({"reported"}),
        ("returned",),
        _REVIEWER,
        "二(三)",
        needs=(
            _clauses("复审未通过的，选不符合的条款；只是要补充、改正的，不选。", required=False),
            _reason("退回的原因", "写在认定表上，说清缺什么、哪里不对。", longest=_BESIDE_CLAUSES),
        ),
        guards=("no_open_special_case",),
        title="申请被复核退回",
        message="您的申请（{number}）被复核退回，要补充或改正：{why}。{agency}核实后会重新办理，不用您重新申请。{heard:run}",
        told_if=(
            (
                "clauses",
                None,
                "您的申请（{number}）复核没有通过：{why}。{agency}会把正式结果告诉您。{heard:run}",
            ),
        ),
        letter="returned",
        done="复核退回",
        bulk=True,
    ),
    _REOPEN,
    Transition(
        "reject",
        "不予认定并告知",
        frozenset({"returned"}),
        ("rejected",),
        _CLERK,
        "二(三)",
        needs=(
            Need("told_how", "怎样告知", hint="例如：电话、当面、邮寄。", longest=200),
            Need("told_on", "告知日期", "date"),
        ),
        guards=("returned_as_failing",),
        title="复核没有通过",
        message="您的申请（{number}）复核未通过，不予认定：{why}。{heard:run}",
        letter="not_passed",
        done="复核未通过，已告知申请人",
        ending="复核未通过",
        emphasis="grave",
    ),
    Transition(
        "withdraw",
        "撤回申请",
        _OPEN,
        ("withdrawn",),
        _APPLYING,
        "二(一)",
        needs=(
            _REQUEST,
            _reason("撤回的原因", "可不写。", roles=_CLERK, required=False),
        ),
        title="申请已经撤回",
        message="您的申请（{number}）已撤回。以后需要时可以重新申请。",
        told_if=(
            (
                "request",
                None,
                "您的申请（{number}）已由{agency}按您签字的书面请求撤回。如果不是您提出的，请马上联系{agency}。"
                "以后需要时可以重新申请。",
            ),
        ),
        letter=NO_LETTER,
        done="撤回了申请",
        emphasis="grave",
    ),
)

PROCEDURES = {
    "application": Procedure(
        STATES, TRANSITIONS, region="jilin", steps=STEPS,
        afterwards=(
            "工作人员看材料。缺什么会一次告诉您；齐全就受理，并给您受理通知书。",
            "受理后核实情况，在您住的地方公示{notice_working_days}个工作日。只公示姓名、性别和隐去中间数字的身份证号码。",
            "县（市、区）复核认定。从受理到办完，不超过{recognition_working_days}个工作日。",
        ),
        outcome="正式结果要由街道（乡镇）核实、公示，再由县（市、区）认定。",
    ),
}  # fmt: skip
