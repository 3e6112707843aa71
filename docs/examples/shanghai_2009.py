"""上海市: 关于加强就业援助稳定就业局势若干意见 (沪人社就〔2009〕13号), part 一, as another region would write its policy.

In force from 2009 until the office declared it void on 2010-09-02; taken as the example because its text is public and differs in
everything that can differ: a man's age (45), six months of unemployment for everybody, an allowance received for three months,
other categories, no exclusions, and facts that the schema does not have.

    jiuyuan decide --policy docs/examples/shanghai_2009.py people.jsonl
"""

from datetime import date

from jiuyuan.rules.facts import (
    FactDefinition,
    able_to_work,
    birth_date,
    hukou_division,
    registered_unemployed,
    unemployed_since,
    wants_work,
    zero_employment_family,
)
from jiuyuan.rules.logic import all_of, any_of, none_of
from jiuyuan.rules.policy import Base, Category, MaterialRequirement, Policy
from jiuyuan.rules.words import aged, lasted, one_of, retired, within, yes

# What Shanghai asks and the schema does not know: name, kind, label, and how it is asked and said.
low_income_rural_family = FactDefinition(
    "low_income_rural_family", "boolean", "是否农村低收入家庭成员", "您的家庭是否为农村低收入家庭？",
    yes="属于农村低收入家庭", no="不属于农村低收入家庭",
)  # fmt: skip
allowance_since = FactDefinition(
    "allowance_since", "date", "享受低保起始日期", "您的家庭从哪一天起连续享受最低生活保障？", since="自{day}起连续享受最低生活保障",
)  # fmt: skip
assessed_disability = FactDefinition(
    "assessed_disability", "choice", "残疾鉴定结论", "劳动能力或残疾鉴定的结论是什么？",
    choices={"moderate": "经鉴定为中度残疾", "partial": "经鉴定部分丧失劳动能力", "none": "没有这样的鉴定结论"},
)  # fmt: skip
land_allowance_ended = FactDefinition(
    "land_allowance_ended", "boolean", "征地生活费补贴是否已期满", "您被征地后的生活费补贴是否已经领取期满？",
    yes="被征地并领取生活费补贴期满", no="没有领取征地生活费补贴或尚未期满",
)  # fmt: skip
special_hardship = FactDefinition(
    "special_hardship", "boolean", "是否刑释解教等有特殊困难人员", "您是否属于刑释解教等有特殊困难的人员？",
    yes="属于刑释解教等有特殊困难的人员", no="不属于有特殊困难的人员",
)  # fmt: skip

POLICY = Policy(
    code="shanghai-2009",
    title="关于加强就业援助稳定就业局势若干意见",
    document="沪人社就〔2009〕13号",
    effective_on=date(2009, 1, 1),
    # “就业困难人员”主要是指本市法定劳动年龄段内的失业……人员中有一定劳动能力且就业愿望迫切……
    base=(
        Base("shanghai_hukou", "具有本市户籍", "一", within(hukou_division, "31", "上海市")),
        Base("working_age", "法定劳动年龄段内", "一", all_of(aged(16), none_of(retired()))),
        Base("able_to_work", "有一定劳动能力", "一", yes(able_to_work)),
        Base("wants_work", "就业愿望迫切", "一", yes(wants_work)),
        # ……连续处于实际失业状态6个月以上的下列人员
        Base(
            "unemployed", "连续处于实际失业状态6个月以上", "一",
            all_of(yes(registered_unemployed), lasted(unemployed_since, months=6)),
        ),
    ),
    categories=(
        # (一)大龄失业、协保人员(男性年满45周岁、女性年满40周岁)
        Category("older", "大龄失业、协保人员", "一(一)", aged(women=40, men=45)),
        # (二)城镇零就业家庭成员
        Category("zero_employment_family", "城镇零就业家庭成员", "一(二)", yes(zero_employment_family)),
        # (三)农村低收入家庭成员
        Category("rural_low_income", "农村低收入家庭成员", "一(三)", yes(low_income_rural_family)),
        # (四)连续享受最低生活保障3个月以上的家庭成员
        Category(
            "minimum_allowance", "连续享受最低生活保障的家庭成员", "一(四)", lasted(allowance_since, months=3),
            materials=(MaterialRequirement(("minimum_allowance_certificate",), "一(四)", "享受待遇的起止时间要清楚。"),),
        ),
        # (五)经鉴定为中度残疾或部分丧失劳动能力的人员
        Category(
            "disabled", "中度残疾或部分丧失劳动能力人员", "一(五)", one_of(assessed_disability, "moderate", "partial"),
            materials=(MaterialRequirement(("disability_certificate",), "一(五)", "鉴定结论和日期要清楚。"),),
        ),
        # (六)被征地并领取生活费补贴期满后仍难以实现就业的人员
        # (七)刑释解教人员等有特殊困难的其他人员
        Category("land_or_hardship", "征地补贴期满或有特殊困难人员", "一(六)(七)", any_of(
            yes(land_allowance_ended), yes(special_hardship),
        )),
    ),
    exclusions=(),
    materials=(MaterialRequirement(("id_card",), "一", "正反两面要清楚。"),),
    questions=(hukou_division, birth_date, registered_unemployed, unemployed_since),
    facts=(low_income_rural_family, allowance_since, assessed_disability, land_allowance_ended, special_hardship),
)  # fmt: skip
