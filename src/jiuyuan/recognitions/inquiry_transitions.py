"""The table of an investigation (三(六) 经查实): opened, evidence, finding in words, hearing,
decision by another person.
"""

from jiuyuan.labels import texts
from jiuyuan.procedures.table import NO_LETTER, Need, OwnPage, Procedure, State, Transition
from jiuyuan.recognitions.models import Investigation
from jiuyuan.recognitions.transitions import CLERK, DECIDE, KEEP, LONGEST_WORDS, OFFICES, PERSON, reason

LONGEST_DECISION = 1000
_UNDECIDED = frozenset({"open", "found", "told"})
_INVESTIGATE = f"调查{OFFICES}"
_DECIDED = "调查已经决定。"
_OUTCOMES = tuple(texts(Investigation.Outcome))

INVESTIGATION = Procedure(
    (
        State("open", "调查中"), State("found", "待告知本人"), State("told", "已告知，听取陈述"),
        State("decided", "已决定", final=True),
    ),
    (
        Transition(
            "investigate", "开始调查", frozenset(), ("open",), KEEP, machines=frozenset({"night"}),
            needs=(reason("起因", "请写明为什么需要调查：谁反映的、哪条记录。", "谁反映的、哪条记录、哪一天。", name="cause",
                          longest=LONGEST_WORDS),),
            while_in=frozenset({"active"}), not_now="这条认定已经退出，不用再调查。", blocks=("no_investigation",), record="investigation_opened", done="开始调查",
            not_yours=_INVESTIGATE, lead="有人反映、记录有疑问，或认定办错了的，先查清；查实以前仍然在册。", result="调查已经开始。",
        ),
        Transition(
            "evidence", "登记证据", _UNDECIDED, tuple(sorted(_UNDECIDED)), KEEP,
            needs=(
                reason("说明", "请写明看到什么、谁说的、哪一天。", "看到什么、谁说的、哪一天。", name="note",
                       longest=LONGEST_WORDS),
                Need("place", "地点", hint="实地查看时写清地址。", required=False, longest=200),
                Need("file", "照片或材料", "file", "JPEG、PNG、HEIC、WebP或PDF，不超过10MB。", required=False, of="other"),
            ),
            record="investigation_evidence", done="登记调查证据", not_yours=_INVESTIGATE, not_now=_DECIDED,
            result="证据已登记。",
        ),
        Transition(
            "find", "写调查结论", frozenset({"open", "found"}), ("found",), KEEP,
            needs=(
                Need("holds", "查实不再符合条件，或弄虚作假？", "yes_no", choices=(("true", "属实"), ("false", "不属实")),
                     empty="请选择属实或不属实。"),
                Need("fraud", "是否弄虚作假、骗取认定？", "yes_no", empty="请选择是或否。"),
                reason("结论", "请写明怎样核查、查到什么。", "怎样核查、查到什么。会告知本人，也会写进退出告知书。",
                       name="finding", longest=LONGEST_WORDS),
            ),
            # Older findings do not say whether the suspicion holds, so they are made again.
            blocks=("no_finding",), record="investigation_found", done="写明调查结论", not_yours=_INVESTIGATE,
            not_now="结论已经写明；要改结论，先由复核人退回。", emphasis="main",
            lead="结论写明后告知本人、听取陈述，再由另一人决定。", result="结论已写明，接下来告知本人。",
        ),
        Transition(
            "tell", "告知本人", frozenset({"found"}), ("told",), KEEP,
            needs=(
                reason("告知方式", "请写明怎样告知本人，例如：当面送达、邮寄、电话。", "例如：当面送达、邮寄、电话。", name="how",
                       longest=200),
                reason("告知凭据", "请写明告知的凭据，例如：本人签收的回执、邮寄单号、录音编号。",
                       "例如：本人签收的回执、邮寄单号、录音编号。", name="proof", longest=200),
            ),
            blocks=("finding_holds_or_not",), record="investigation_told", done="把调查结论告知本人",
            not_yours=f"告知{OFFICES}", not_now="要先写明调查结论，告知只做一次。", emphasis="main", title="调查结论告知",
            message=(
                "{name}：{opened:date}对您的就业困难人员身份开始调查。起因：{cause}。调查结论（{found:date}）：{result}，{finding}。"
                "调查机构：{inquirer}。依据{document} {clause}，结论由另一名工作人员决定。您可以在{until:date}以前登录系统，"
                "或到原办理平台陈述意见、提交凭据；决定以前您仍然在册。"
            ),
            lead="把结论告知本人，记下怎样告知和凭据；本人可以陈述。", result="已告知本人，等本人陈述。",
        ),
        Transition(
            "respond", "本人陈述", frozenset({"told"}), ("told",), CLERK | PERSON,
            needs=(reason("本人的陈述", "请写明您的意见和凭据。", "照本人签字的书面陈述写。", name="words",
                          longest=LONGEST_WORDS),),
            blocks=("no_response",), record="investigation_responded", done="登记本人陈述",
            title="您的陈述已登记",
            message=(
                "{name}：{inquirer}登记了您对{opened:date}开始的调查的陈述：{words}。如果不是您提出的，或者写得不对，"
                "请登录系统查看，马上联系{inquirer}。要在作出决定以前。"
            ),
            not_yours="陈述由本人提出，或由基层经办人按本人签字的书面陈述登记。", not_now="还没有告知本人，告知以后再陈述。",
            lead="须有本人签字的书面陈述或陈述笔录。", result="本人的陈述已登记。",
            own_page=OwnPage(
                "words", "您对调查结论有什么意见？", "写清实际情况和凭据；凭据可以带到原办理平台提交。", "请写明您的意见和凭据。",
                "提交意见", "已收到您的意见。决定由另一名工作人员作出，结果会在这里告诉您。", "现在没有等您陈述意见的调查。",
            ),
        ),
        Transition(
            "send_back", "退回重查", frozenset({"found", "told"}), ("open",), DECIDE,
            needs=(reason("理由", "请写明还要查清什么。", "核对了什么、为什么这样决定。"),),
            record="investigation_sent_back", done="退回重查", not_yours="退回由县（市、区）复核人办理。",
            not_now="还没有写明结论，没有可以退回的。", lead="写明还要查清什么；重新写明结论后要再告知本人。",
            result="已退回重查。",
        ),
        Transition(
            "decide", "对调查作决定", frozenset({"found", "told"}), ("decided",), DECIDE,
            needs=(
                Need("outcome", "处理", "choice", choices=_OUTCOMES),
                reason("理由", "请写明决定的理由。", "为什么这样处理。写在退出告知书结论的前面。", longest=LONGEST_DECISION),
            ),
            blocks=("no_objection",), guards=("told_and_heard",), before="another_than_found", record="investigation_decided", done="对调查作出决定",
            not_yours="调查结论由县（市、区）复核人决定。", not_now="要先写明调查结论，再由另一人决定。", emphasis="grave",
            title="调查处理结果", letter=NO_LETTER,
            message=(
                "{name}：{opened:date}开始的调查（{document} {clause}）已经结束。{result}调查结论：{finding}。处理：{what}。"
                "理由：{because}。{heard:run}"
            ),
            lead="处理要与结论一致。“确认退出”随即退出身份；“取消认定”自认定之日起不作数；“更正记录”之后请到人员档案更正有关事实。",
            result="已作出决定。",
        ),
        Transition(
            "hand_over", "移交追回", frozenset({"decided"}), ("decided",), frozenset(), consequence=True,
            record="recovery_handed_over", done="移交追回",
        ),
        Transition(
            "call_off", "不再追回", frozenset({"decided"}), ("decided",), frozenset(), consequence=True,
            record="recovery_called_off", done="异议成立，不再追回",
        ),
    ),
)  # fmt: skip
