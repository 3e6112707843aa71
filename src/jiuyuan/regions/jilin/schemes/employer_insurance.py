"""用人单位社会保险补贴: for employers that hire a recognised person and insure them."""

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.facts import in_labour_relationship, insured_by_employer
from jiuyuan.rules.policy import Base
from jiuyuan.rules.scheme import Against, Amount, Scheme
from jiuyuan.rules.scheme_facts import on_public_post, on_register
from jiuyuan.rules.words import yes

EMPLOYER_INSURANCE = Scheme(
    code="employer_insurance",
    title="用人单位社会保险补贴",
    plain="单位招了您、给您交社保的，补贴给单位。您不用申请，单位来申请。",
    document="财社〔2023〕181号",
    clause=f"{of.NOTICE} 四(三)",
    certainty="M",
    since=of.NOTICE_SINCE,
    who=(of.HARD_TO_EMPLOY,),
    base=(
        Base("hired", "与用人单位签订劳动合同", of.PRACTICE, yes(in_labour_relationship)),
        Base("insured", "由用人单位参加社会保险", of.PRACTICE, yes(insured_by_employer)),
    ),
    exclusions=(
        Against("on_post", "在公益性岗位上岗，按公益性岗位补贴", of.PRACTICE, yes(on_public_post)),
        of.PENSIONER,
        of.GONE,
    ),
    facts=(on_register, on_public_post),
    paid_to="employer",
    payer="就业补助资金",
    counted="months",
    term=of.THREE_YEARS,
    amounts=(
        Amount("本省的补贴比例", None, "", "?", unit=""),
        Amount("本省的缴费基数上限", None, "", "?"),
    ),
    sum_limit="employer_insurance_subsidy_month",
    materials=(of.ID_CARD,),
    exclusive_with=("flexible_insurance", "public_post"),
    ends_assistance=True,
    unpublished=("享受的具体条件", "本省的补贴比例", "本省的缴费基数上限", "劳动合同的期限", "申请的时间", "需要的材料", "是否公示"),
)  # fmt: skip
