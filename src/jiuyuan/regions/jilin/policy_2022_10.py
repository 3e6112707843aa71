"""吉林省: 关于做好就业困难人员认定帮扶工作的通知 (吉人社发〔2022〕10号), clause by clause. To be read beside the notice."""

from datetime import date
from pathlib import Path

from jiuyuan.regions.jilin.places import DIVISIONS
from jiuyuan.rules.facts import (
    able_to_work,
    assistance_ends_on,
    assistance_granted,
    assisted_employment,
    business_registered,
    company_office_held,
    contracted_land_fully_lost,
    deceased,
    degree_domestic,
    degree_full_time,
    degree_level,
    disability_certificate,
    disqualification_confirmed,
    enrolled_in_school,
    ever_employed,
    ever_insured,
    fraud_found,
    hukou_division,
    hukou_kind,
    imprisoned,
    in_labour_relationship,
    in_military_service,
    income_stable,
    insured_by_employer,
    laid_off_from_state_enterprise,
    land_requisition_level,
    left_school_on,
    monthly_income,
    moved_out_of_province,
    other_exclusion,
    receives_pension,
    registered_unemployed,
    registration_cancelled,
    unemployed_since,
    urban_minimum_allowance,
    urban_resident,
    wants_work,
    withdrew,
    zero_employment_family,
)
from jiuyuan.rules.logic import all_of, any_of, none_of
from jiuyuan.rules.parameters import Wages
from jiuyuan.rules.policy import Base, Category, Exclusion, Exit, MaterialRequirement, Policy
from jiuyuan.rules.words import (
    aged,
    earns_minimum_wage,
    lasted,
    no,
    one_of,
    over,
    recorded,
    refused,
    retired,
    within,
    yes,
)

# 城镇户籍（原则上按户口簿首页住址为准，下同）及城镇常住人员
URBAN = any_of(one_of(hukou_kind, "urban"), yes(urban_resident))

WAGES = Wages(Path(__file__).with_name("minimum_wage.toml"))

POLICY = Policy(
    code="jilin-2022-10",
    title="关于做好就业困难人员认定帮扶工作的通知",
    document="吉人社发〔2022〕10号",
    effective_on=date(2022, 5, 10),
    # 一(一) 凡具有本省户籍，法定劳动年龄内、有劳动能力和就业意愿的登记失业人员……
    base=(
        Base("jilin_hukou", "具有本省户籍", "一(一)", within(hukou_division, "22", "吉林省"), "户口在吉林省"),
        Base("working_age", "法定劳动年龄内", "一(一)", all_of(aged(16), none_of(retired())), "满16岁，没到退休年龄"),
        Base("able_to_work", "有劳动能力", "一(一)", yes(able_to_work), "能干活"),
        Base("wants_work", "有就业意愿", "一(一)", yes(wants_work), "愿意找工作"),
        Base("registered_unemployed", "登记失业", "一(一)", yes(registered_unemployed), "办了失业登记"),
    ),
    # ……符合下列情形之一的，可申请认定就业困难人员
    categories=(
        # 1.下岗失业人员。指原国有（含厂办大集体）企业下岗失业人员。
        Category(
            "laid_off", "下岗失业人员", "一(一)1",
            plain="原来在国有企业或厂办大集体企业，下岗失业了。",
            when=yes(laid_off_from_state_enterprise),
            materials=(MaterialRequirement(
                ("labour_termination",), "二(一)1", "单位名称和公章、本人姓名、解除或终止劳动关系的日期要清楚。",
                {"labour_termination": "解除（终止）劳动关系证明或其他可证明下岗失业人员身份的凭证"}),),
        ),
        # 2.大龄失业人员。……女性年满40周岁、男性年满50周岁且失业6个月以上人员。
        Category(
            "older", "大龄失业人员", "一(一)2",
            plain="女满40岁、男满50岁，城镇户籍或常住城镇，失业满6个月。",
            when=all_of(URBAN, aged(women=40, men=50), lasted(unemployed_since, months=6)),
        ),
        # 3.残疾失业人员。……持有《中华人民共和国残疾人证》的失业人员。
        Category(
            "disabled", "残疾失业人员", "一(一)3",
            plain="有残疾人证，城镇户籍或常住城镇。",
            when=all_of(URBAN, yes(disability_certificate)),
            materials=(MaterialRequirement(
                ("disability_certificate",), "二(一)2", "姓名、证号、残疾类别和等级、有效期要清楚。"),),
        ),
        # 4.零就业家庭成员。指经各级公共就业服务机构认定的零就业家庭失业人员。
        Category(
            "zero_employment_family", "零就业家庭成员", "一(一)4",
            plain="全家没有人就业，家庭已被认定为零就业家庭。",
            when=yes(zero_employment_family),
        ),
        # 5.低保失业人员。……正在享受城镇最低生活保障待遇且连续失业1年以上人员。
        Category(
            "minimum_allowance", "低保失业人员", "一(一)5",
            plain="正在领城镇低保，连续失业满1年，城镇户籍或常住城镇。",
            when=all_of(URBAN, yes(urban_minimum_allowance), lasted(unemployed_since, years=1)),
            materials=(MaterialRequirement(
                ("minimum_allowance_certificate",), "二(一)3", "民政部门的公章、本人姓名、享受待遇的时间要清楚。"),),
        ),
        # 6.失地农民。指依法被县级以上（含县级）政府实施统一征地后，完全失去原承包耕地的农民。
        Category(
            "landless_farmer", "失地农民", "一(一)6",
            plain="承包的地被县级以上政府统一征走，一点不剩。",
            when=all_of(
                one_of(land_requisition_level, "state", "province", "prefecture", "county"),
                yes(contracted_land_fully_lost),
            ),
            materials=(MaterialRequirement(
                ("land_requisition_agreement",), "二(一)4", "征地单位和公章、承包人姓名、征地面积和日期要清楚。",
                {"land_requisition_agreement": "土地被征用协议书或相关证明"}),),
        ),
        # 7.就业困难高校毕业生。离校2年及以上未就业（从未有过就业经历和社会保险缴费记录）的国内全日制普通高等学校毕业生……
        Category(
            "graduate", "就业困难高校毕业生", "一(一)7",
            plain="大专以上全日制毕业满2年，从没工作过，也没交过社保。",
            when=all_of(
                lasted(left_school_on, years=2),
                no(ever_employed),
                no(ever_insured),
                yes(degree_domestic),
                yes(degree_full_time),
                one_of(degree_level, "junior_college", "bachelor", "postgraduate"),
            ),
            materials=(MaterialRequirement(
                ("diploma",), "二(一)5", "学校名称和公章、姓名、学历层次、毕业日期要清楚。",
                {"diploma": "毕业证等证明材料"}),),
        ),
    ),
    # 一(二) 申请人符合下列情形之一的，不予认定就业困难人员
    exclusions=(
        # 1.已与用人单位建立劳动关系或在用人单位参加社会保险的；（灵活就业人员自己缴费的不在此列）
        Exclusion(
            "employed", "已与用人单位建立劳动关系或在用人单位参加社会保险", "一(二)1",
            when=any_of(yes(in_labour_relationship), yes(insured_by_employer)),
            plain="有单位，或者单位在给您交社保。自己交的不算。",
        ),
        # 2.从事个体经营、创办企业并已领取营业执照或办理法定登记手续，在其他单位担任……等职务的；
        Exclusion(
            "business", "从事经营或在其他单位任职", "一(二)2",
            when=any_of(yes(business_registered), yes(company_office_held)),
            plain="名下有营业执照，或者在公司里有职务，包括挂名的。",
        ),
        # 3.从事一定的经济活动，有稳定收入且月收入不低于当地最低工资标准的；
        Exclusion(
            "income", "有稳定收入且月收入不低于当地最低工资标准", "一(二)3",
            when=all_of(yes(income_stable), earns_minimum_wage(monthly_income, WAGES)),
            plain="靠干活，每个月都有收入，而且不比当地的最低工资少。",
        ),
        # 4.不予认定就业困难人员的其他情形。
        Exclusion(
            "other", "不予认定的其他情形", "一(二)4", when=recorded(other_exclusion),
            plain="规定里的其他情形。有的话，会告诉您是哪一种。",
        ),
    ),
    # 三 ……对已认定的就业困难人员出现下列情形之一的，取消其就业困难人员身份
    exits=(
        Exit(
            "pension_or_retirement", "已享受基本养老保险待遇或达到法定退休年龄", "三(一)",
            when=any_of(yes(receives_pension), retired()),
            cases={"receives_pension": "已享受基本养老保险待遇", "retirement_age": "达到法定退休年龄"},
        ),
        Exit(
            "assistance_expired", "享受就业援助政策期满", "三(二)",
            when=all_of(yes(assistance_granted), over(assistance_ends_on, "就业援助政策")),
        ),
        Exit(
            "left_scope", "入学、服兵役、死亡、移居境（省）外", "三(三)",
            when=any_of(yes(enrolled_in_school), yes(in_military_service), yes(deceased), yes(moved_out_of_province)),
            cases={"deceased": "死亡", "enrolled_in_school": "入学", "in_military_service": "服兵役", "moved_out_of_province": "移居境（省）外"},
        ),
        Exit("imprisoned", "被判刑收监执行", "三(四)", when=yes(imprisoned)),
        Exit(
            "withdrew_or_refused", "本人申请退出或半年内拒绝公共就业服务3次以上", "三(五)",
            when=any_of(yes(withdrew), refused(times=3, months=6)),
            cases={"withdrew": "本人申请退出援助", "refused": "半年内拒绝接受公共就业服务3次以上"},
        ),
        Exit(
            "disqualified", "经查实不再符合条件或弄虚作假", "三(六)",
            when=any_of(yes(fraud_found), yes(disqualification_confirmed)),
            cases={
                "fraud_found": "经查实弄虚作假，骗取就业困难人员身份认定",
                "disqualification_confirmed": "经查实不再符合就业困难人员条件",
                "annulled": "提供虚假资料，不符合认定条件，取消认定",
            },
        ),
        Exit("registration_cancelled", "失业登记被注销的其他情形", "三(七)", when=yes(registration_cancelled)),
    ),
    # 公益性岗位或享受补贴的就业正是援助本身，不因此启动核查
    excused=(yes(assisted_employment), ("registered_unemployed", "employed")),
    # 二(一) ……提供有效的居民身份证、户口簿（或城镇居住证明）
    materials=(
        MaterialRequirement(("id_card",), "二(一)", "正反两面，姓名、号码和有效期要清楚，四角不要切掉。"),
        MaterialRequirement(
            ("hukou_book", "urban_residence_certificate"), "二(一)", "户口簿拍首页（住址）和本人页；居住证明要有公章和日期。"),
    ),
    county=DIVISIONS.county,
)  # fmt: skip
