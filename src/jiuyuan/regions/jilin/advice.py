"""吉林省: what somebody can do who does not qualify yet, and where else there is help. For the self-check, in everyday words."""

from jiuyuan.regions.region import Advice

#: Yes-or-no facts that are easily put right: after this, they are as the conditions want them.
CURABLE = {
    "registered_unemployed": Advice(
        "先办失业登记，办好再来申请",
        "带身份证到您住的街道（乡镇）或社区就业窗口，当场就能办；也可以在吉林智慧人社的网上大厅、手机APP里办。不收费。",
    ),
}
#: What to do where a fact stands in the way, by the fact.
REMEDIES = {
    "insured_by_employer": Advice(
        "单位在给您交社保，现在不能认定",
        "已经离开单位的，请单位办停保，停了再申请。单位不肯办的，也可以先申请，把情况写清楚，由工作人员核实。",
    ),
    "in_labour_relationship": Advice(
        "您现在有单位，不能认定",
        "已经不在单位干了的，请单位开解除（终止）劳动关系证明，办了失业登记再申请。",
    ),
    "business_registered": Advice(
        "您名下有营业执照，现在不能认定",
        "已经不干了的，先到市场监管部门注销，再来申请。不是您本人办的，可以申请，并说明“不是我办的”，由工作人员核实。",
    ),
    "company_office_held": Advice(
        "您在公司里有职务，现在不能认定",
        "只是挂名、或者不是您本人办的，先请公司到市场监管部门变更；办不了的，可以申请并说明情况，由工作人员核实。",
    ),
    "hukou_division": Advice(
        "户口不在吉林省，要到户口所在地问",
        "这项认定只给吉林省户口的人办。您户口所在的地方也有类似的帮扶，打当地的12333问。",
    ),
}
OTHER_HELP = (
    Advice("失业登记", "不管能不能认定，都可以办。登记以后有招聘信息、职业指导和免费培训。到街道（乡镇）就业窗口。"),
    Advice("失业保险金", "单位给您交过1年以上失业保险、不是自己辞职的，可以领。打12333问。"),
    Advice("低保", "家里收入低、过日子困难的，到街道（乡镇）民政窗口申请。"),
    Advice("残联", "有残疾的，可以办残疾人证，残联也帮着找工作、办培训。到县（市、区）残联。"),
)
