"""吉林省: what people can do who do not qualify yet, and other help. For the self-check, in everyday words."""

from jiuyuan.regions.region import Advice

#: Yes-or-no facts that are easy to change, each with what to do; then they are as the conditions require.
CURABLE = {
    "registered_unemployed": Advice(
        "先办失业登记，办好再来申请",
        "带身份证到您住的街道（乡镇）或社区就业窗口，当场就能办；也可以在吉林智慧人社的网上大厅、手机APP里办。不收费。",
    ),
}
#: What to do if a fact stands in the way, by fact.
REMEDIES = {
    "insured_by_employer": Advice(
        "单位在给您交社保，现在不能认定",
        "已经离开单位的，请单位办停保，停了再申请。单位不肯办的，也可以先申请，把情况写清楚，由工作人员核实。",
    ),
    "in_labour_relationship": Advice(
        "您现在有单位，不能认定",
        "已经不在单位干了的，请单位开解除劳动关系的证明。办了失业登记再申请。",
    ),
    "business_registered": Advice(
        "您名下有营业执照，现在不能认定",
        "已经不干了的，先到市场监督管理部门注销，再来申请。不是您本人办的，可以申请，并说明“不是我办的”，由工作人员核实。",
    ),
    "company_office_held": Advice(
        "您在公司里有职务，现在不能认定",
        "只是挂名、或者不是您本人办的，先请公司到市场监督管理部门变更；办不了的，可以申请并说明情况，由工作人员核实。",
    ),
    "hukou_division": Advice(
        "户口不在吉林省，要到户口所在地问",
        "这项认定只给吉林省户口的人办。您户口所在的地方也有类似的帮扶，打当地的12333问。",
    ),
}
OTHER_HELP = (
    Advice(
        "失业登记",
        "没有工作、没到退休年龄的，都可以办。登记以后有招聘信息、职业指导和免费培训。到街道（乡镇）就业窗口。",
    ),
    Advice("失业保险金", "单位给您交过1年以上失业保险、不是自己辞职的，可以领。到了退休年龄的不能领。打12333问。"),
    Advice("养老金", "到了退休年龄的，去社保窗口问怎样领。交的年数不够的，问怎样接着交。打12333问。"),
    Advice("低保", "家里收入低、过日子困难的，到街道（乡镇）民政窗口申请。"),
    Advice("残联", "有残疾的，可以办残疾人证，残联也帮着找工作、办培训。到县（市、区）残联。"),
)

#: What recognised people get (四(二)).
WHAT_ONE_GETS = (
    Advice("岗位信息", "能找工作的，至少给您3个岗位。"),
    Advice("免费培训", "缺技能的，免费学一门。"),
    Advice("创业服务", "想自己干的，帮您办、给政策扶持。"),
    Advice("公益性岗位", "实在难找到工作的，安排公益性岗位。"),
)
#: How long it lasts (三; 财社〔2023〕181号, see `schemes.conditions.THREE_YEARS`).
HOW_LONG = "认定一直有效，到找到工作、退休等情形为止。各项补贴最长3年；开始领时离退休不到5年的，可以领到退休。"
#: The steps from application to decision (二).
HOW_IT_GOES = (
    Advice("您申请", "在手机上填表、拍照；也可以到常住地的街道（乡镇）、社区窗口。"),
    Advice("受理", "工作人员看材料。缺什么一次告诉您；齐全就受理，给您受理通知书。"),
    Advice("公示", "核实以后，在您住的地方公示3个工作日。只写姓名、性别和隐去一段的身份证号码。"),
    Advice("认定", "县（市、区）复核认定。从受理那天起，10个工作日办完。"),
)
#: What ends a recognition (三), in document order and everyday words.
WHAT_ENDS_IT = (
    "领养老金了，或者到了退休年龄",
    "就业援助政策享受期满",
    "入学、当兵、去世、搬到外省或境外",
    "被判刑收监",
    "自己申请退出，或者半年内3次以上不接受公共就业服务",
    "查实不符合条件，或者弄虚作假",
    "失业登记被注销的其他情形",
)
DUTIES = (
    Advice("找到工作了，告诉我们", "上班、办了营业执照、有了稳定收入，都请马上说。"),
    Advice("接受就业服务", "给您介绍岗位、培训时，请去看看。半年内3次以上不接受，认定会结束。"),
    Advice("电话、住址变了要改", "在“我的账号”里改，不然收不到通知。"),
    Advice("有人上门、打电话了解情况，请如实说", "弄虚作假的，取消认定，领过的补贴要退。"),
)
