"""公益性岗位补贴, including the post's social insurance."""

from jiuyuan.regions.jilin.schemes import conditions as of
from jiuyuan.rules.policy import Base
from jiuyuan.rules.scheme import Amount, Scheme
from jiuyuan.rules.scheme_facts import on_public_post, on_register
from jiuyuan.rules.words import yes

PUBLIC_POST = Scheme(
    code="public_post",
    title="公益性岗位补贴和社会保险补贴",
    plain="在公益性岗位干活的，岗位补贴和社保补贴补给单位。",
    document="人社部发〔2019〕124号、财社〔2023〕181号",
    clause=f"{of.NOTICE} 四(三)",
    certainty="M",
    since=of.NOTICE_SINCE,
    who=(of.HARD_TO_EMPLOY,),
    base=(Base("on_post", "在公益性岗位上岗", "人社部发〔2019〕124号", yes(on_public_post)),),
    exclusions=(of.PENSIONER, of.GONE),
    facts=(on_register, on_public_post),
    paid_to="employer",
    payer="就业补助资金",
    counted="months",
    term=of.THREE_YEARS,
    # The national text sets the subsidy by the local minimum wage. 吉林省's own figure (吉人社联〔2022〕90号) was
    # not available.
    amounts=(
        Amount("岗位补贴的标准", None, "财社〔2023〕181号（转引）：参照当地最低工资标准执行；本省的标准没有查到", "M"),
        Amount("社会保险补贴的标准", None, "", "?"),
    ),
    sum_limit="post_subsidy_month",
    materials=(of.ID_CARD,),
    exclusive_with=("flexible_insurance", "employer_insurance"),
    ends_assistance=True,
    unpublished=("岗位补贴的标准", "社会保险补贴的标准", "申请的时间", "需要的材料", "是否公示"),
)  # fmt: skip
