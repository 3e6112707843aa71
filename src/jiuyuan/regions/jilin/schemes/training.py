"""职业培训补贴, for a course that ends with a certificate.

The only figures found for 吉林省 expired on 2021-12-31 (D).
"""

from datetime import date

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.policy import Base
from jiuyuan.rules.scheme import Amount, Scheme
from jiuyuan.rules.scheme_facts import course_certified, on_register
from jiuyuan.rules.words import yes

_FORMER = "吉人社联〔2020〕59号，执行至2021年12月31日"
_OVER = date(2021, 12, 31)

TRAINING = Scheme(
    code="training",
    title="职业培训补贴",
    plain="参加政府补贴的培训，考试合格拿到证书，学费由政府补。",
    document="吉人社规〔2024〕3号",
    clause=f"{of.NOTICE} 四(三)",
    certainty="H",
    since=date(2024, 9, 6),
    who=(of.HARD_TO_EMPLOY,),
    base=(Base("certified", "培训合格并取得证书", "吉人社规〔2024〕3号", yes(course_certified)),),
    exclusions=(of.PENSIONER, of.GONE),
    facts=(on_register, course_certified),
    paid_to="employer",
    payer="就业补助资金、失业保险基金、专账结余",
    counted="once",
    amounts=(
        Amount("初级", 800, f"{_FORMER}，60课时", "H", until=_OVER),
        Amount("中级", 1500, f"{_FORMER}，110课时", "H", until=_OVER),
        Amount("高级", 2000, f"{_FORMER}，150课时", "H", until=_OVER),
        Amount("现行的补贴标准", None, "", "?", since=date(2022, 1, 1)),
    ),
    sum_limit="training_subsidy_once",
    materials=(of.ID_CARD,),
    unpublished=("现行的补贴标准", "一年可以享受几次", "申请的时间", "需要的材料", "是否公示"),
)  # fmt: skip
