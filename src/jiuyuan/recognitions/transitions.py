"""The tables of the register (三): recognition, exit proposal, exit objection.

`recognitions.workflow` defines the names used here.
"""

from jiuyuan.agencies.roles import RIGHTS, Right, Role
from jiuyuan.procedures.table import NO_LETTER, Need, OwnPage, Procedure, State, Transition

KEEP, DECIDE = RIGHTS[Right.PROPOSE_EXITS], RIGHTS[Right.DECIDE_EXITS]
PERSON, CLERK = frozenset({Role.APPLICANT}), frozenset({Role.CLERK})
NOBODY = frozenset[Role]()
LONGEST_REASON, LONGEST_WORDS = 400, 2000
OFFICES = "由基层经办人或县级复核人办理，您的角色不能办理。"

_COUNTY_DECIDES = "退出由县（市、区）复核人决定，您的角色不能办理。"
_ENDED = "这条认定已经退出。"
_DONE_WITH = "这条退出建议已经处理过了。"
_TOLD_OF_THE_END = (
    "{name}：{what}情形：{held}（{document} {clause}）。{facts:run}依据：{because}。决定机构：{agency}。{heard:run}"
)


def reason(label: str, empty: str, hint: str = "", *, name: str = "reason", longest: int = LONGEST_REASON) -> Need:
    """A required text of limited length."""
    return Need(name, label, hint=hint, longest=longest, empty=empty)


_GROUND = Need("ground", "退出情形", "ground")
_BASIS = "请写明依据：哪项事实、来自哪里、哪一天。"
_WHY = reason("理由", "请写明理由。", "核对了什么、为什么这样决定。")

_AGAIN = reason(
    "理由", "请写明重新核对了什么、为什么这样决定。", "重新核对了什么、哪一天、结果怎样；会写进给本人的消息。"
)

RECOGNITION = Procedure(
    (State("active", "在册"), State("ended", "已退出")),
    (
        Transition(
            "open", "认定", frozenset(), ("active",), NOBODY, consequence=True, record="recognised",
            done="认定为就业困难人员",
        ),
        Transition(
            "carry_over", "按原政策保留资格", frozenset(), ("active",), NOBODY, machines=frozenset({"worker"}),
            record="carried_over", done="由以前的认定名册转入",
        ),
        Transition(
            "end", "直接退出", frozenset({"active"}), ("ended",), DECIDE,
            needs=(
                _GROUND,
                Need("on", "退出日期", "date"),
                reason("依据", _BASIS, "哪项事实、来自哪里、哪一天；会写进给本人的退出告知书。", name="evidence"),
            ),
            blocks=("no_objection", "no_proposal"),
            title="就业困难人员身份退出告知", message=_TOLD_OF_THE_END, letter="exit", record="ended", done="退出就业困难人员",
            not_yours=_COUNTY_DECIDES, not_now=_ENDED, emphasis="grave", result="已退出。", looked_at_again=True,
            lead="只用于档案中已有来源的事实已经成立的退出情形；身份随即退出。",
        ),
        Transition(
            "close", "退出", frozenset({"active"}), ("ended",), NOBODY, consequence=True,
            title="就业困难人员身份退出告知", message=_TOLD_OF_THE_END, letter="exit", record="ended", done="退出就业困难人员", not_now=_ENDED,
        ),
        Transition(
            "annul", "取消认定", frozenset({"active", "ended"}), ("ended",), NOBODY, consequence=True, effect="close",
            title="认定取消告知", message=_TOLD_OF_THE_END, letter="annulment", record="annulled", done="取消认定",
        ),
        Transition(
            "restore", "恢复在册", frozenset({"ended"}), ("active",), DECIDE, needs=(_AGAIN,),
            blocks=("basis_withdrawn", "not_recognised_again"), before="another_than_before", record="restored",
            done="退出所据的数据撤回后，恢复在册", not_yours=_COUNTY_DECIDES, not_now="这条认定还在册。", emphasis="main",
            title="您恢复在册了",
            message="{name}：您{day:date}退出就业困难人员，所依据的数据撤回了。重新核对后，您恢复在册。理由：{because}。决定机构：{agency}。",
            result="已恢复在册，本人会收到通知。", lead="退出所据的数据已经撤回。重新核对后，退出不成立的，恢复在册。",
        ),
        Transition(
            "stand_by", "重新核对，决定不变", frozenset({"active", "ended"}), ("active", "ended"), DECIDE, needs=(_AGAIN,),
            blocks=("basis_withdrawn",), before="another_than_before", record="looked_at_again",
            done="所据的数据撤回后重新核对，决定不变", not_yours=_COUNTY_DECIDES, title="重新核对的结果",
            message=(
                "{name}：您{day:date}退出就业困难人员，所依据的数据撤回了。重新核对后，退出决定（{document} {clause}）不变。理由：{because}。决定机构：{agency}。{heard:run}"
            ),
            result="已记下，预警不再显示。", lead="所据的数据已经撤回。有别的来源说明的，写明是什么、哪一天。",
        ),
        Transition(
            "suspend", "暂停退出", frozenset({"ended"}), ("active",), NOBODY, consequence=True, stated_elsewhere=True,
        ),
        Transition(
            "reinstate", "恢复退出", frozenset({"active"}), ("ended",), NOBODY, consequence=True, stated_elsewhere=True,
        ),
    ),
)  # fmt: skip

PROPOSAL = Procedure(
    (
        State("open", "待决定"), State("confirmed", "已退出", final=True), State("dismissed", "不退出", final=True),
        State("lapsed", "不再需要决定", final=True), State("taken_back", "已撤回", final=True),
    ),
    (
        Transition(
            "propose", "提出退出", frozenset(), ("open",), KEEP | PERSON, machines=frozenset({"night"}),
            needs=(
                _GROUND,
                Need("on", "退出日期", "date", "不填就是决定的那一天。", required=False),
                reason("依据", _BASIS, "哪项事实、来自哪里、哪一天。"),
                Need(
                    "request", "本人签字的书面申请", "paper", "本人申请退出援助的，附上书面申请；其他情形不附。",
                    required=False, of="signed_request",
                ),
            ),
            while_in=frozenset({"active"}), not_now=_ENDED, record="exit_proposed", done="提出退出", not_yours=f"退出建议{OFFICES}",
            lead="由另一名县（市、区）复核人决定；决定之前仍然在册。", result="已提出，等另一名复核人决定。",
            own_page=OwnPage(
                "reason", "为什么要退出？", "退出以后，帮扶和补贴就停了；以后又失业了，可以重新申请。", "请写一句为什么退出。", "申请退出",
                "已收到您的退出申请，由县（市、区）的工作人员办理；办理以前您仍然在册，可以撤回。", "现在不能申请退出。",
            ),
        ),
        Transition(
            "confirm", "确认退出", frozenset({"open"}), ("confirmed",), DECIDE,
            needs=(
                reason("理由", "请写明决定的理由。", "核对了什么、为什么这样决定。"),
                Need("on", "退出日期", "date", "不填就是今天。", required=False),
            ),
            blocks=("on_the_register", "no_objection"), before="another_decides", record="exit_proposal_confirmed",
            done="采纳退出建议", not_yours=_COUNTY_DECIDES, not_now=_DONE_WITH, emphasis="grave", result="已退出。",
            lead="确认后身份随即退出。事实还不能说明这一情形的，先由另一人登记有来源的事实或材料。",
        ),
        Transition(
            "dismiss", "不退出", frozenset({"open"}), ("dismissed",), DECIDE, needs=(_WHY,), before="another_decides",
            record="exit_proposal_dismissed", done="不采纳退出建议", title="退出申请的处理结果", letter=NO_LETTER,
            message=(
                "{name}：您{day:date}退出就业援助的申请（{document} {clause}）没有同意，您继续在册。理由：{because}。"
                "决定机构：{agency}。可以再次申请退出。{heard:run}"
            ), not_yours=_COUNTY_DECIDES, not_now=_DONE_WITH,
            lead="继续在册，理由留在案卷里。", result="已决定不退出，继续在册。",
        ),
        Transition(
            "take_back", "撤回退出建议", frozenset({"open"}), ("taken_back",), KEEP | PERSON, needs=(_WHY,),
            whose="who_proposed", record="exit_proposal_taken_back", done="撤回退出建议",
            not_yours="退出建议由提出的人撤回。", not_now=_DONE_WITH, result="退出建议已撤回。",
        ),
        Transition(
            "lapse", "退出建议失效", frozenset({"open"}), ("lapsed",), NOBODY, machines=frozenset({"night"}),
            consequence=True, record="exit_proposal_lapsed", done="退出建议失效",
        ),
    ),
)  # fmt: skip

OBJECTION = Procedure(
    (State("open", "待处理"), State("settled", "已处理", final=True)),
    (
        Transition(
            "object", "登记本人的异议", frozenset(), ("open",), CLERK | PERSON,
            needs=(
                reason(
                    "异议理由", "请写明为什么不应退出，有什么凭据。", "照本人签字的书面请求写：为什么不应退出，有什么凭据。",
                    longest=LONGEST_WORDS,
                ),
            ),
            while_in=frozenset({"ended"}), not_now="这条认定还在册，没有可以提出异议的退出。",
            blocks=("not_objected_to", "not_recognised_again"), record="exit_objected",
            done="对退出提出异议", not_yours="异议由本人提出，或由基层经办人按本人签字的请求登记。",
            title="对退出的异议已登记",
            message=(
                "{name}：{writer}按您签字的请求，登记了您对{day:date}就业困难人员身份退出的异议：{words}。处理期间退出暂停，由另一名工作人员处理。"
                "如果不是您提出的，请马上联系{agency}。"
            ),
            lead="须有本人签字的书面请求。登记后退出暂停，由没有经手这次退出的复核人处理。",
            result="异议已登记，退出暂停，等另一名复核人处理。",
            own_page=OwnPage(
                "reason", "为什么您不应退出？", "写清实际情况和凭据，例如：领的是遗属补助，有社保局的通知书。",
                "请写明为什么不应退出，有什么凭据。", "提出异议", "已收到您的异议。处理期间退出暂停，您仍然在册；结果会在这里告诉您。",
                "现在没有可以提出异议的退出。",
            ),
        ),
        Transition(
            "settle", "处理异议", frozenset({"open"}), ("settled",), DECIDE,
            needs=(
                Need("upheld", "异议是否成立？", "yes_no", choices=(
                    ("true", "成立，继续在册"), ("false", "不成立，退出决定不变"),
                ), empty="请选择异议成立或不成立。"),
                reason(
                    "处理意见", "请写明怎样核查、查到什么、为什么这样处理。", "怎样核查、查到什么、为什么这样处理。",
                    name="finding", longest=LONGEST_WORDS,
                ),
            ),
            before="no_part_in_it", record="exit_objection_decided", done="对退出异议作出决定",
            not_yours="对退出的异议由县（市、区）复核人处理。", not_now="这条异议已经处理过了。",
            title="对退出的异议的处理结果", letter="objection_outcome",
            message="{name}：您对{day:date}就业困难人员身份退出（{what}）的异议{result}。理由：{because}。{how:run}",
            result="已处理，本人会收到通知。",
        ),
    ),
)  # fmt: skip
