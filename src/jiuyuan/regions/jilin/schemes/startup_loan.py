"""创业担保贷款: a referral to the guarantee fund and the bank, which decide."""

from datetime import date

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.facts import business_registered
from jiuyuan.rules.policy import Base, Category
from jiuyuan.rules.scheme import Amount, Scheme
from jiuyuan.rules.scheme_facts import on_register, recognised_at_start
from jiuyuan.rules.words import yes

STARTUP_LOAN = Scheme(
    code="startup_loan",
    title="创业担保贷款",
    plain="自己干缺本钱的，政府担保、帮着付利息，向银行贷款。贷不贷由担保机构和银行定，我们给您推荐。",
    document="吉林省创业担保贷款实施办法（2025年12月10日）、财金〔2023〕75号、人社部发〔2025〕5号",
    clause=f"{of.NOTICE} 四(三)",
    certainty="M",
    since=date(2025, 12, 10),
    who=(
        of.HARD_TO_EMPLOY,
        Category("recognised_at_start", "办照那天在册", "四(三)", yes(recognised_at_start)),
    ),
    base=(Base("business", "有自己的营业执照", "四(三)", yes(business_registered)),),
    exclusions=(of.PENSIONER, of.GONE),
    facts=(on_register, recognised_at_start),
    gives="referral",
    paid_to="nobody",
    payer="担保基金、经办银行，财政贴息",
    counted="nothing",
    amounts=(
        Amount("最多可以贷多少", None, "", "?"),
        Amount("最长贷几年", None, "", "?", unit="年"),
    ),
    materials=(of.ID_CARD,),
    unpublished=("最多可以贷多少", "最长贷几年", "需要的材料"),
)  # fmt: skip
