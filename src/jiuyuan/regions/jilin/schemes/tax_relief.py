"""重点群体创业就业税收优惠.

The tax office grants it; the employment office makes the entry in the 《就业创业证》. Recognition is neither
sufficient nor necessary: each group in `who` has its own condition, such as half a year of registered unemployment.
"""

from datetime import date

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.facts import registered_unemployed, urban_minimum_allowance, zero_employment_family
from jiuyuan.rules.logic import all_of
from jiuyuan.rules.policy import Category
from jiuyuan.rules.scheme import Amount, Scheme
from jiuyuan.rules.words import lasted, yes

_SOURCE = "财政部等公告2023年第15号"

TAX_RELIEF = Scheme(
    code="tax_relief",
    title="自主创业税收优惠",
    plain="自己办个体户的，三年里少交税。我们在《就业创业证》上注明，税务局给您减。",
    document=_SOURCE,
    clause=_SOURCE,
    certainty="M",
    since=date(2023, 1, 1),
    until=date(2027, 12, 31),
    who=(
        Category("half_year", "登记失业半年以上", _SOURCE,
                 all_of(yes(registered_unemployed), lasted(of.unemployment_registered_since, months=6))),
        Category("zero_employment", "零就业家庭的登记失业人员", _SOURCE,
                 all_of(yes(registered_unemployed), yes(zero_employment_family))),
        Category("allowance", "享受城市低保家庭的登记失业人员", _SOURCE,
                 all_of(yes(registered_unemployed), yes(urban_minimum_allowance))),
        Category("poverty", "脱贫人口", _SOURCE, yes(of.lifted_from_poverty)),
        Category("graduating", "毕业年度内高校毕业生", _SOURCE, yes(of.graduating_this_year)),
    ),
    exclusions=(of.GONE,),
    facts=(of.unemployment_registered_since, of.lifted_from_poverty, of.graduating_this_year),
    gives="entry",
    paid_to="nobody",
    payer="税务部门",
    counted="nothing",
    amounts=(
        Amount("每户每年最多减免", 20000, f"{_SOURCE}，2023年1月1日至2027年12月31日，自办照当月起36个月", "M"),
        Amount("本省可以上浮到多少", None, "", "?"),
    ),
    materials=(of.ID_CARD,),
    unpublished=("本省可以上浮到多少",),
)  # fmt: skip
