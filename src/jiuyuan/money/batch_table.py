"""The transitions of a payment batch (四(三)): frozen, signed by two or three people, sent to finance,
settled by the results.
"""

from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.money.models import PaymentBatch
from jiuyuan.procedures.table import Need, Procedure, State, Transition

_FINANCE, _SIGNS = frozenset({Role.FINANCE}), frozenset({Role.FINANCE, Role.REVIEWER})
_ON, _AFTER = ("signed", "sent", "settled"), ("sent", "settled")
_REF = Need("ref", "发放编号", longest=60, empty="请填写名单上的发放编号。")

TABLE = Procedure(
    tuple(State(code, label, final=code == "withdrawn") for code, label in texts(PaymentBatch.Status)),
    (
        Transition(
            "make", "编制发放批次", frozenset(), ("frozen",), _FINANCE,
            needs=(
                Need("scheme", "哪项政策", "paid_scheme"),
                Need("period", "发到哪个月", "period", longest=20, hint="列入到这个月为止、已审定还没有发放的。"),
                Need("rate", "没有公布标准的，每月（次）发多少元", "yuan", required=False, hint="省级公布了标准的，不用填。"),
                Need("rate_source", "这个标准的依据", longest=120, required=False, empty="请写明文件名和文号：没有依据的，不能发。"),
            ),
            record="payment_batch_made", done="编制了发放批次", result="名单已冻结，等签批。",
            lead="名单按审定的申请一次生成，生成以后不能增减。缺银行账户、没有标准的不列入，写明有几人。",
        ),
        Transition(
            "sign", "签批", frozenset({"frozen"}), ("frozen", "signed"), _SIGNS, before="signed_already", emphasis="main",
            guards=("as_frozen", "none_lost"), record="payment_batch_signed", done="签批了发放批次", result="已签批。",
            lead="签批的是冻结的名单：人数、金额和校验值见下。须由不同的人签批。",
        ),
        Transition(
            "publish", "公示发放名单", frozenset(_ON), _ON, _FINANCE, blocks=("not_posted",),
            record="payment_batch_published", done="公示了发放名单", result="已公示，到期自动撤下。",
            lead="公示姓名、打码的身份证号码、政策、金额和月份。不公示银行账户、电话、住址和身份类别。",
        ),
        Transition(
            "take_down", "撤下公示", frozenset(_ON), _ON, _FINANCE, blocks=("posted",),
            record="payment_batch_taken_down", done="撤下了发放名单的公示", result="已撤下。",
        ),
        Transition(
            "send", "交财政发放", frozenset({"signed"}), ("sent",), _FINANCE, guards=("as_frozen", "none_lost"), emphasis="main",
            record="payment_batch_sent", done="把发放批次交给财政", result="已登记，可以下载发放表。",
            lead="登记以后才能下载发放表；再下载，还是同一份名单。",
        ),
        Transition(
            "read_result", "读入发放结果", frozenset({"sent", "settled"}), ("sent", "settled"), _FINANCE,
            needs=(Need("file", "银行或财政返回的结果", "result_file", empty="请选择结果文件。"),), emphasis="main",
            record="payment_result_read", done="读入了发放结果", result="已读入，没有采用的行见下。",
            lead="按“发放编号”对上名单，结果写“成功”或“退回”，退回的写原因。不认识、重复、改动过或者差一分钱的行不采用，逐行说明。",
        ),
        Transition(
            "report_return", "登记退票", frozenset(_AFTER), _AFTER, _FINANCE,
            needs=(_REF, Need("reason", "银行退回的原因", longest=200, empty="请写明银行说的原因。")),
            record="payment_return_reported", done="登记了退票", result="已登记，等另一人确认。",
            lead="结果已经是“已发放”、后来又被银行退回的，在这里登记；由另一人确认以后，申请回到“发放被退回”，改好账户可以再发。",
        ),
        Transition(
            "confirm_return", "确认退票", frozenset(_AFTER), _AFTER, _SIGNS, needs=(_REF,),
            record="payment_return_confirmed", done="确认了退票", result="已确认，已告知本人。",
        ),
        Transition(
            "withdraw", "撤销批次", frozenset({"frozen", "signed"}), ("withdrawn",), _FINANCE,
            needs=(Need("reason", "理由", longest=400, empty="请写明为什么撤销。"),), emphasis="grave",
            record="payment_batch_withdrawn", done="撤销了发放批次", result="已撤销，其中的申请回到“待发放”。",
        ),
    ),
)  # fmt: skip
