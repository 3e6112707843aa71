"""一次性创业补贴. Starting a business ends the recognition, so the right is decided as of the day of the licence."""

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.facts import business_registered
from jiuyuan.rules.policy import Base, Category
from jiuyuan.rules.scheme import Amount, Scheme
from jiuyuan.rules.scheme_facts import business_since, first_business, recognised_at_start
from jiuyuan.rules.words import lasted, yes

STARTUP = Scheme(
    code="startup",
    title="一次性创业补贴",
    plain="在册时自己办了营业执照，第一次当老板，干满一年的，给一次补贴。退出以后也可以申请。",
    document="就业补助资金一次性创业补贴（本省文件没有查到，条件按长春市的做法）",
    clause=f"{of.NOTICE} 四(三)",
    certainty="M",
    since=of.NOTICE_SINCE,
    who=(Category("recognised_at_start", "办照那天在册", "四(三)", yes(recognised_at_start)),),
    base=(
        Base("business", "有自己的营业执照", "四(三)", yes(business_registered)),
        Base("first_business", "首次以本人身份创办小微企业或从事个体经营", "四(三)", yes(first_business)),
        Base("traded", "正常经营满1年", "四(三)", lasted(business_since, years=1)),
    ),
    exclusions=(of.PENSIONER, of.GONE),
    facts=(recognised_at_start, business_since, first_business),
    paid_to="person",
    payer="就业补助资金",
    counted="once",
    amounts=(Amount("补贴的金额", None, "", "?"),),
    sum_limit="startup_subsidy_once",
    materials=(of.ID_CARD,),
    unpublished=("补贴的金额", "申请的时间", "需要的材料", "是否公示"),
)  # fmt: skip
