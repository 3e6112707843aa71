"""The transitions of an employer's claim by link (四(三)): requested by a clerk, submitted once,
turned into claims by a clerk.
"""

from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.money.models import EmployerClaim
from jiuyuan.procedures.table import Need, Procedure, State, Transition

_CLERK = frozenset({Role.CLERK})
_LINK = "生成一个链接，发给单位。单位不用账号，输入发到确认过的电话上的验证码，填本单位的人和收款账户，申报一次就作废；链接后面没有任何人的信息。"

TABLE = Procedure(
    tuple(
        State(code, label, final=code in ("taken_over", "withdrawn")) for code, label in texts(EmployerClaim.Status)
    ),
    (
        Transition(
            "ask", "请单位申报补贴", frozenset(), ("asked",), _CLERK,
            needs=(
                Need("employer", "单位名称", longest=120, hint="营业执照上的名称。"),
                Need("credit_code", "统一社会信用代码", longest=18, hint="18位，在营业执照上。"),
                Need("scheme", "哪项政策", "scheme"),
                Need("from", "从哪个月", "month"),
                Need("to", "到哪个月", "month"),
                Need("phone", "单位电话", "mobile", hint="单位申报的人用的手机号码，验证码只发到这里。"),
                Need("how", "怎样确认的", longest=200, empty="请写明怎样确认的，例如：按合同上的座机打过去，人事说是这个号码。"),
            ),
            lead=_LINK, record="employer_claim_asked", done="请单位申报补贴", result="链接已生成。",
        ),
        Transition(
            "renew", "重新生成链接", frozenset({"asked"}), ("asked",), _CLERK, lead=_LINK, effect="renew",
            record="employer_claim_link_made", done="重新生成了单位申报的链接", result="链接已生成，以前的作废。",
        ),
        Transition(
            "hand_in", "单位申报", frozenset({"asked"}), ("handed_in",), frozenset(),
            needs=(
                Need("people", "本单位的人", "people", longest=20_000),
                Need("number", "收款账号", longest=40), Need("holder", "户名", longest=120),
                Need("bank", "开户银行", longest=80),
            ),
            public=True, record="employer_claim_handed_in", done="单位申报了补贴",
        ),
        Transition(
            "take_over", "登记申请", frozenset({"handed_in"}), ("taken_over",), _CLERK, emphasis="main",
            record="employer_claim_taken_over", done="按单位申报登记了补贴申请", result="已逐人登记，每人的结果都写明了。",
            lead="逐人登记为单位的申请并提交核对。辖区里没有档案的、姓名不一致的、不能申请的，写明原因，不登记。",
        ),
        Transition(
            "withdraw", "撤销", frozenset({"asked", "handed_in"}), ("withdrawn",), _CLERK,
            needs=(Need("reason", "理由", longest=400, empty="请写明理由，例如：单位报错了月份，重新申报。"),),
            record="employer_claim_withdrawn", done="撤销了单位申报", result="已撤销，链接作废。",
        ),
    ),
)  # fmt: skip
