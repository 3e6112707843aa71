"""The states of an application in 吉林省, as described to staff and to the person,
and the steps of the progress line (二).
"""

from jiuyuan.procedures.table import State, Step

STATES: tuple[State, ...] = (
    State("draft", "草稿", step="submit", title="还没有提交", text="填好并签名提交后，工作人员才能看到。", theirs=True),
    State(
        "submitted", "待受理", step="accept",
        title="已提交，等待受理", text="{agency}看过材料后受理，受理后{recognition_working_days}个工作日内办完。",
    ),
    State(
        "correction", "待补正", step="submit", note="待补正",
        title="要补正几处，改好再提交", text="只改下面这几处，其他内容不用再填。{until}", theirs=True,
    ),
    State("declined", "不予受理", final=True, refused=True, title="没有受理", text="{reason}"),
    State("accepted", "已受理", step="first_review_pass", title="正在初审", text="{agency}正在核实您填的情况。{due}"),
    State("publishing", "公示中", step="endorse", title="正在公示", text="{notice}"),
    State("endorsed", "初审通过", step="report", title="初审通过，准备上报", text="{agency}将上报县（市、区）复核。{due}"),
    State("reported", "待复核", step="recognise", title="县（市、区）正在复核", text="{due}"),
    State("recognised", "已认定", final=True, title="您已被认定为就业困难人员", text="{recognised}"),
    State(
        "returned", "复核退回", step="first_review_pass", note="复核退回，待重新办理",
        title="复核退回，要补充或改正", text="{reason}{agency}核实后会重新办理，不用您重新申请。{due}",
    ),
    State("rejected", "初审不符合", final=True, refused=True, title="不符合认定条件", text="{reason}"),
    State("withdrawn", "已撤回", final=True, title="已撤回", text="{withdrawn}"),
)  # fmt: skip

STEPS: tuple[Step, ...] = (
    Step("submit", "提交申请", "提交申请", first_round=True),
    Step("accept", "受理", "受理", first_round=True),
    Step("first_review_pass", "初审公示", "初审"),
    Step("endorse", "签署初审意见", "公示{notice_working_days}个工作日，写初审意见"),
    Step("report", "汇总上报", "上报县（市、区）"),
    Step("recognise", "复核认定", "县（市、区）复核认定"),
)
