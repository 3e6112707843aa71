"""灵活就业社会保险补贴: for people in flexible employment who pay their own insurance."""

from fractions import Fraction

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.facts import business_registered, company_office_held, insured_by_employer
from jiuyuan.rules.logic import any_of
from jiuyuan.rules.policy import Base
from jiuyuan.rules.scheme import Against, Amount, Scheme
from jiuyuan.rules.scheme_facts import flexible_registered, on_register, pays_flexible_pension
from jiuyuan.rules.words import yes

FLEXIBLE_INSURANCE = Scheme(
    code="flexible_insurance",
    title="灵活就业社会保险补贴",
    plain="自己打零工、做点小活，自己交社保的，交了以后补一部分。",
    document="财社〔2023〕181号",
    clause=f"{of.NOTICE} 四(三)",
    certainty="M",
    since=of.NOTICE_SINCE,
    who=(of.HARD_TO_EMPLOY,),
    base=(
        Base("flexible_registered", "已办理灵活就业登记", of.PRACTICE, yes(flexible_registered)),
        Base("pays_flexible_pension", "以灵活就业身份缴费", of.PRACTICE, yes(pays_flexible_pension)),
    ),
    # Months with an employer's insurance or a business licence are not months of flexible employment (G.2, 3 and 4).
    exclusions=(
        Against("insured", "由用人单位参加社会保险", of.PRACTICE, yes(insured_by_employer)),
        Against("business", "从事经营或在其他单位任职", of.PRACTICE,
                  any_of(yes(business_registered), yes(company_office_held))),
        of.PENSIONER,
        of.GONE,
    ),
    facts=(on_register, flexible_registered, pays_flexible_pension),
    paid_to="person",
    payer="就业补助资金",
    counted="months",
    term=of.THREE_YEARS,
    amounts=(
        Amount("最高不超过实际缴费的", Fraction(2, 3), "财社〔2023〕181号（转引）", "M", unit=""),
        Amount("本省的补贴比例", None, "", "?", unit=""),
        Amount("本省的缴费基数上限", None, "", "?"),
    ),
    sum_limit="flexible_insurance_subsidy_month",
    materials=(of.ID_CARD,),
    exclusive_with=("employer_insurance", "public_post"),
    ends_assistance=True,
    unpublished=("享受的具体条件", "本省的补贴比例", "本省的缴费基数上限", "申请的时间", "需要的材料", "是否公示"),
)  # fmt: skip
