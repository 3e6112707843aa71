"""培训期间的生活费补贴, including 交通费."""

from datetime import date

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.policy import Base
from jiuyuan.rules.scheme import Amount, Scheme
from jiuyuan.rules.scheme_facts import in_subsidised_course, on_register
from jiuyuan.rules.words import yes

TRAINING_LIVING = Scheme(
    code="training_living",
    title="培训生活费补贴",
    plain="参加政府补贴的培训时，吃饭、坐车的钱补一部分。",
    document="吉人社规〔2024〕3号",
    clause=f"{of.NOTICE} 四(三)",
    certainty="H",
    since=date(2024, 9, 6),
    who=(of.HARD_TO_EMPLOY,),
    base=(Base("in_course", "正在参加政府补贴的培训", "吉人社规〔2024〕3号", yes(in_subsidised_course)),),
    exclusions=(of.PENSIONER, of.GONE),
    facts=(on_register, in_subsidised_course),
    paid_to="person",
    payer="就业补助资金、失业保险基金、专账结余",
    counted="once",
    amounts=(Amount("每天的标准", None, "", "?"),),
    sum_limit="training_living_subsidy_once",
    materials=(of.ID_CARD,),
    unpublished=("每天的标准", "最多补几天", "申请的时间", "需要的材料", "是否公示"),
)  # fmt: skip
