"""云中市: 云中市就业援助办法 (云人规〔2020〕1号), which there is not."""

from datetime import date

from jiuyuan.rules.facts import (
    FactDefinition,
    able_to_work,
    deceased,
    disqualification_confirmed,
    fraud_found,
    in_labour_relationship,
    registered_unemployed,
    unemployed_since,
    wants_work,
    withdrew,
)
from jiuyuan.rules.logic import any_of
from jiuyuan.rules.policy import Base, Category, Exclusion, Exit, MaterialRequirement, Policy
from jiuyuan.rules.words import aged, lasted, retired, yes

left_fishing = FactDefinition(
    "left_fishing", "boolean", "是否退捕渔民", "您是不是退捕渔民？", "以渔业部门的名册为准。",
    yes="属于退捕渔民", no="不属于退捕渔民", asked=1, findable=20, department="civil_affairs",
    known_to=("declared", "civil_affairs", "site_visit", "commitment", "boat_given_up"),
)  # fmt: skip

POLICY = Policy(
    code="somewhere-2020-1",
    title="云中市就业援助办法",
    document="云人规〔2020〕1号",
    effective_on=date(2020, 1, 1),
    scheme="employment_aid",
    base=(
        Base("of_working_age", "年满16周岁", "第三条", aged(16)),
        Base("fit", "有劳动能力和就业愿望", "第三条", yes(able_to_work)),
        Base("willing", "愿意就业", "第三条", yes(wants_work)),
        Base("without_work", "办理失业登记", "第三条", yes(registered_unemployed)),
    ),
    categories=(
        Category(
            "left_fishing", "退捕渔民", "第四条(一)", plain="退捕上岸的渔民。", when=yes(left_fishing),
            materials=(
                MaterialRequirement(
                    ("boat_given_up",), "第四条(一)", "船名和注销日期要清楚。", {"boat_given_up": "渔船注销证明"}
                ),
            ),
        ),
        Category(
            "long_unemployed", "连续失业一年以上", "第四条(二)", plain="连续失业满一年。",
            when=lasted(unemployed_since, years=1),
        ),
    ),
    exclusions=(Exclusion("at_work", "已与用人单位建立劳动关系", "第六条", when=yes(in_labour_relationship)),),
    exits=(
        Exit("retired", "达到法定退休年龄", "第九条(一)", when=retired()),
        Exit("asked_to_leave", "本人申请退出", "第九条(二)", when=yes(withdrew)),
        Exit("died", "死亡", "第九条(三)", when=yes(deceased)),
        Exit(
            "disqualified", "经查实不再符合条件", "第九条(四)",
            when=any_of(yes(fraud_found), yes(disqualification_confirmed)),
            cases={"fraud_found": "弄虚作假", "disqualification_confirmed": "不再符合条件", "annulled": "取消认定"},
        ),
    ),
    materials=(MaterialRequirement(("id_card",), "第四条", "正反两面，姓名、号码和有效期要清楚。"),),
    facts=(left_fishing,),
)  # fmt: skip
