"""The one table of how a case moves (二). Buttons, API, permissions, history, tests and the diagram read it.

A transition says from where, who, what it needs to be told, which guards must hold, and the clause. It does nothing:
`services` does.
"""

from dataclasses import dataclass
from typing import Literal

from jiuyuan.agencies.roles import Role
from jiuyuan.applications import guards
from jiuyuan.applications.guards import Guard
from jiuyuan.applications.models import OPEN, Status
from jiuyuan.printing.form import LONGEST_OPINION

Kind = Literal["text", "list", "yes_no", "category", "date"]


@dataclass(frozen=True)
class Need:
    """Something the actor says with the action. `also` are other names under which a program may send it."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    also: tuple[str, ...] = ()
    required: bool = True
    longest: int = 1000
    roles: frozenset[Role] | None = None

    def asked_of(self, role: Role) -> bool:
        return self.roles is None or role in self.roles


@dataclass(frozen=True)
class Transition:
    """One line of the table. An empty `message` tells the applicant nothing; `{…}` are filled by the service.

    `public`: anyone may, without a login, on what everyone can see.
    """

    action: str
    label: str
    sources: frozenset[Status]
    targets: tuple[Status, ...]
    roles: frozenset[Role]
    clause: str
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    message: str = ""
    done: str = ""
    emphasis: Literal["main", "plain", "grave"] = "plain"
    public: bool = False


_CLERK = frozenset({Role.CLERK})
_REVIEWER = frozenset({Role.REVIEWER})
_APPLYING = frozenset({Role.APPLICANT, Role.CHANNEL, Role.CLERK})
_ANYONE = frozenset(Role)


# What stands in a cell of the form must fit it in readable type.
_ON_THE_FORM = LONGEST_OPINION


def _reason(label: str, hint: str, name: str = "reason", **more: object) -> Need:
    also = tuple(other for other in ("reason", "opinion", "text") if other != name)
    return Need(name, label, hint=hint, also=also, **more)  # type: ignore[arg-type]


TABLE: tuple[Transition, ...] = (
    Transition(
        "submit",
        "提交申请",
        frozenset({Status.DRAFT, Status.CORRECTION}),
        (Status.SUBMITTED,),
        _APPLYING,
        "二(一)",
        guards=(guards.FORM_COMPLETE, guards.MATERIALS_COMPLETE),
        message="您的申请已提交，编号{number}，由{agency}办理。受理后会告知您办结日期。",
        done="提交了申请",
        emphasis="main",
    ),
    Transition(
        "ask_correction",
        "要求补正",
        frozenset({Status.SUBMITTED}),
        (Status.CORRECTION,),
        _CLERK,
        "二(二)",
        needs=(
            Need(
                "missing", "需补正的内容", "list", "一行写一项，一次写全。", ("items", "corrections", "reason", "text")
            ),
        ),
        guards=(guards.NOT_ONES_OWN,),
        message="您的申请（{number}）需要补正：{missing}。请改好后重新提交，其他内容不用再填。",
        done="要求一次补正",
    ),
    Transition(
        "decline",
        "不予受理",
        frozenset({Status.SUBMITTED}),
        (Status.DECLINED,),
        _CLERK,
        "二(二)",
        needs=(_reason("不予受理的原因", "写给申请人看，说清原因和可以怎么办。"),),
        guards=(guards.NOT_ONES_OWN,),
        message="您的申请（{number}）不予受理：{reason}。如有疑问，请联系{agency}。",
        done="不予受理",
        emphasis="grave",
    ),
    Transition(
        "accept",
        "受理",
        frozenset({Status.SUBMITTED}),
        (Status.ACCEPTED,),
        _CLERK,
        "二(四)",
        guards=(guards.NOT_ONES_OWN,),
        message="您的申请（{number}）已于{today}受理，应在{due_on}前办结。",
        done="受理，开始计算10个工作日",
        emphasis="main",
    ),
    Transition(
        "first_review_pass",
        "初审通过并公示",
        frozenset({Status.ACCEPTED}),
        (Status.PUBLISHING,),
        _CLERK,
        "二(二)",
        needs=(_reason("初审说明", "可不写。", "opinion", required=False),),
        guards=(
            guards.NOT_ONES_OWN,
            guards.NO_CONTRADICTION,
            guards.NO_OPEN_SPECIAL_CASE,
            guards.ELIGIBLE,
            guards.VERIFIED,
        ),
        message="您的申请（{number}）初审符合条件，自{posted_on}起公示，到{ends_on}结束。",
        done="初审通过，开始公示",
        emphasis="main",
    ),
    Transition(
        "first_review_fail",
        "初审不符合",
        frozenset({Status.ACCEPTED}),
        (Status.REJECTED,),
        _CLERK,
        "二(二)",
        needs=(
            _reason("不符合的原因", "写在认定表上并告知申请人：哪一条、哪项事实、来自哪里。", longest=_ON_THE_FORM),
        ),
        guards=(guards.NOT_ONES_OWN, guards.NO_OPEN_SPECIAL_CASE, guards.NOT_ON_A_DISPUTED_FACT_ALONE),
        message="您的申请（{number}）经初审不符合认定条件：{reason}。如有异议，可向{agency}提出。",
        done="初审不符合",
        emphasis="grave",
    ),
    Transition(
        "raise_special_case",
        "按特殊情况上报",
        frozenset({Status.ACCEPTED, Status.REPORTED}),
        (Status.ACCEPTED, Status.REPORTED),
        _CLERK | _REVIEWER,
        "一(三)",
        needs=(_reason("需要研究的问题", "写清哪一条难以判断、为什么。", "question"),),
        guards=(guards.NOT_ONES_OWN, guards.NO_OPEN_SPECIAL_CASE),
        done="按特殊情况报县级研究",
    ),
    Transition(
        "settle_special_case",
        "研究特殊情况",
        frozenset({Status.ACCEPTED, Status.REPORTED}),
        (Status.ACCEPTED, Status.REPORTED),
        _REVIEWER,
        "一(三)",
        needs=(
            Need("granted", "是否按符合条件办理", "yes_no"),
            _reason("书面理由", "两名复核人各写各的理由，意见一致才算数。", "ground"),
        ),
        guards=(guards.NOT_ONES_OWN, guards.OPEN_SPECIAL_CASE, guards.NOT_TWICE_ON_A_SPECIAL_CASE),
        done="对特殊情况提出研究意见",
        emphasis="main",
    ),
    Transition(
        "object",
        "提出异议",
        frozenset({Status.PUBLISHING}),
        (Status.PUBLISHING,),
        _ANYONE,
        "二(二)",
        needs=(
            _reason("异议的理由", "请写明您知道的情况；不必留姓名。", "ground"),
            Need("name", "您的姓名", hint="可不填。", required=False, longest=80),
            Need("contact", "联系方式", hint="可不填；填了，处理结果会告诉您。", required=False, longest=120),
        ),
        guards=(guards.NOTICE_RUNNING,),
        done="有人对公示提出异议",
        public=True,
    ),
    Transition(
        "settle_objection",
        "处理异议",
        frozenset({Status.PUBLISHING}),
        (Status.PUBLISHING, Status.REJECTED),
        _CLERK,
        "二(二)",
        needs=(
            Need("upheld", "异议是否成立", "yes_no"),
            _reason("核查结果", "怎样核查、查到什么。", "finding", longest=_ON_THE_FORM),
        ),
        guards=(guards.NOT_ONES_OWN, guards.OPEN_OBJECTION),
        done="处理了异议",
        emphasis="main",
    ),
    Transition(
        "endorse",
        "签署初审意见并盖章",
        frozenset({Status.PUBLISHING}),
        (Status.ENDORSED,),
        _CLERK,
        "二(二)",
        needs=(_reason("初审意见", "写在认定表上。", "opinion", longest=_ON_THE_FORM),),
        guards=(guards.NOT_ONES_OWN, guards.NOTICE_OVER, guards.NO_OPEN_OBJECTION),
        message="您的申请（{number}）公示期满无异议，初审通过，将上报县（市、区）复核。",
        done="签署初审意见，加盖电子印章",
        emphasis="main",
    ),
    Transition(
        "report",
        "汇总上报",
        frozenset({Status.ENDORSED}),
        (Status.REPORTED,),
        _CLERK,
        "二(二)",
        guards=(guards.NOT_ONES_OWN,),
        message="您的申请（{number}）已上报县（市、区）公共就业服务机构复核。",
        done="汇总上报",
        emphasis="main",
    ),
    Transition(
        "recognise",
        "认定",
        frozenset({Status.REPORTED}),
        (Status.RECOGNISED,),
        _REVIEWER,
        "二(三)",
        needs=(
            _reason("复核意见", "写在认定表上。", "opinion", longest=_ON_THE_FORM),
            Need("category", "录入《就业创业证》的类别", "category", also=("entry",)),
        ),
        guards=(
            guards.NOT_ONES_OWN,
            guards.NOT_BOTH_ENDORSED_AND_RECOGNISED,
            guards.NO_CONTRADICTION,
            guards.NO_OPEN_SPECIAL_CASE,
            guards.ELIGIBLE,
        ),
        message="您已被认定为就业困难人员（{number}）。可以到{agency}了解帮扶政策和服务。",
        done="复核认定",
        emphasis="main",
    ),
    Transition(
        "return",
        "复核退回",
        frozenset({Status.REPORTED}),
        (Status.RETURNED,),
        _REVIEWER,
        "二(三)",
        needs=(_reason("退回的原因", "写在认定表上，说清缺什么、哪里不对。", longest=_ON_THE_FORM),),
        guards=(guards.NOT_ONES_OWN, guards.NO_OPEN_SPECIAL_CASE),
        done="复核退回",
    ),
    Transition(
        "reopen",
        "重新办理",
        frozenset({Status.RETURNED}),
        (Status.ACCEPTED,),
        _CLERK,
        "二(三)",
        needs=(_reason("改正了什么", "对照退回的原因写。", "corrected"),),
        guards=(guards.NOT_ONES_OWN,),
        message="您的申请（{number}）按复核意见重新办理，办结日期不变，仍是{due_on}。",
        done="按退回意见重新办理，期限继续计算",
        emphasis="main",
    ),
    Transition(
        "reject",
        "不予认定并告知",
        frozenset({Status.RETURNED}),
        (Status.REJECTED,),
        _CLERK,
        "二(三)",
        needs=(
            _reason("不予认定的原因", "写给申请人看。", longest=_ON_THE_FORM),
            Need("told_how", "怎样告知", hint="例如：电话、当面、短信。", required=False),
            Need("told_on", "告知日期", "date", required=False),
        ),
        guards=(guards.NOT_ONES_OWN, guards.NOT_ON_A_DISPUTED_FACT_ALONE),
        message="您的申请（{number}）复核未通过：{reason}。如有异议，可向{agency}提出。",
        done="复核未通过，已告知申请人",
        emphasis="grave",
    ),
    Transition(
        "withdraw",
        "撤回申请",
        OPEN,
        (Status.WITHDRAWN,),
        _APPLYING,
        "二(一)",
        needs=(_reason("撤回的原因", "按申请人签字的书面请求办理，写明日期。", roles=_CLERK),),
        message="您的申请（{number}）已撤回。以后需要时可以重新申请。",
        done="撤回了申请",
        emphasis="grave",
    ),
)

BY_ACTION = {transition.action: transition for transition in TABLE}


def from_state(status: str, role: Role | None = None) -> tuple[Transition, ...]:
    """What the table allows in a state, for one role where given."""
    return tuple(t for t in TABLE if status in t.sources and (role is None or role in t.roles))
