"""浙江省: 浙人社发〔2025〕59号, as far as a copy shows it: who is hard to employ, and the age limits by day.

The copy (M) ends before places, notice, limits, exclusions and exits, so they are missing here, as are categories
that it does not describe. The first day in 2025, and the first of January for the rise in women's age, are
assumptions (D).
"""

from datetime import date

from jiuyuan.rules.facts import (
    FactDefinition,
    able_to_work,
    birth_date,
    disability_certificate,
    registered_unemployed,
    sex,
    urban_minimum_allowance,
    wants_work,
    zero_employment_family,
)
from jiuyuan.rules.logic import all_of, any_of, none_of
from jiuyuan.rules.policy import Base, Category, MaterialRequirement, Policy
from jiuyuan.rules.words import Rising, aged, lasted, retired, yes

# 女性年满45周岁，自2025年起每3年提高1周岁，至47周岁
WOMEN = Rising(45, since=date(2025, 1, 1), every=3, most=47)

registered_in_province = FactDefinition(
    "registered_in_province", "boolean", "是否在省内登记失业", "您是在浙江省内办理的失业登记吗？",
    yes="在省内登记失业", no="没有在省内登记失业",
)  # fmt: skip
registered_since = FactDefinition(
    "registered_since", "date", "登记失业日期", "您是哪一天登记失业的？", since="自{day}起登记失业",
)  # fmt: skip
benefit_since = FactDefinition(
    "benefit_since", "date", "领取失业保险金起始日期", "您从哪一天起连续领取失业保险金？", since="自{day}起连续领取失业保险金",
)  # fmt: skip
allowance_margin = FactDefinition(
    "allowance_margin", "boolean", "是否低保边缘家庭成员", "您的家庭是不是低保边缘家庭？",
    yes="属于低保边缘家庭", no="不属于低保边缘家庭",
)  # fmt: skip
destitute_support = FactDefinition(
    "destitute_support", "boolean", "是否特困供养人员", "您是不是特困供养人员？", yes="属于特困供养人员", no="不属于特困供养人员",
)  # fmt: skip

POLICY = Policy(
    code="zhejiang-2025-59",
    title="就业困难人员认定",
    document="浙人社发〔2025〕59号",
    effective_on=date(2025, 1, 1),
    # 在省内登记失业，不限户籍
    base=(
        Base("registered_in_province", "在省内登记失业", "一", all_of(yes(registered_unemployed), yes(registered_in_province))),
        Base("working_age", "法定劳动年龄内", "一", all_of(aged(16), none_of(retired()))),
        Base("able_to_work", "有劳动能力", "一", yes(able_to_work)),
        Base("wants_work", "有就业意愿", "一", yes(wants_work)),
    ),
    categories=(
        # 女性年满45周岁、男性年满55周岁，登记失业6个月以上
        Category(
            "older", "大龄失业人员", "一",
            when=all_of(aged(women=WOMEN, men=55), lasted(registered_since, months=6)),
        ),
        # 持证残疾人，特困供养人员除外
        Category(
            "disabled", "残疾失业人员", "一",
            when=all_of(yes(disability_certificate), none_of(yes(destitute_support))),
            materials=(MaterialRequirement(("disability_certificate",), "一", "姓名、证号、残疾类别和等级、有效期要清楚。"),),
        ),
        # 低保、低保边缘家庭成员
        Category(
            "low_income", "低保或低保边缘家庭的失业人员", "一",
            when=any_of(yes(urban_minimum_allowance), yes(allowance_margin)),
            materials=(MaterialRequirement(("minimum_allowance_certificate",), "一", "民政部门的公章、本人姓名要清楚。"),),
        ),
        Category("zero_employment_family", "零就业家庭成员", "一", when=yes(zero_employment_family)),
        # 长期失业：连续领取失业保险金6个月以上
        Category("long_unemployed", "长期失业人员", "一", when=lasted(benefit_since, months=6)),
    ),
    exclusions=(),
    materials=(MaterialRequirement(("id_card",), "一", "正反两面，姓名、号码和有效期要清楚。"),),
    questions=(registered_unemployed, registered_in_province, birth_date, sex),
    facts=(registered_in_province, registered_since, benefit_since, allowance_margin, destitute_support),
)  # fmt: skip
