"""Shared by several schemes of 吉林省: the register condition, exclusions, term and papers."""

from datetime import date

from jiuyuan.rules.facts import FactDefinition, deceased, imprisoned, receives_pension
from jiuyuan.rules.logic import any_of
from jiuyuan.rules.policy import Category, MaterialRequirement
from jiuyuan.rules.scheme import Against, Term
from jiuyuan.rules.scheme_facts import on_register
from jiuyuan.rules.words import retired, yes

NOTICE = "吉人社发〔2022〕10号"
NOTICE_SINCE = date(2022, 5, 10)

#: Conditions that other places use and auditors check, where no text of 吉林省 was found.
PRACTICE = "各地通行的条件"

HARD_TO_EMPLOY = Category("on_register", "在册就业困难人员", "四(三)", yes(on_register))
PENSIONER = Against(
    "pension", "已领取基本养老保险待遇或达到法定退休年龄", "三(一)", any_of(yes(receives_pension), retired())
)
GONE = Against("gone", "死亡或被判刑收监执行", "三(三)、三(四)", any_of(yes(deceased), yes(imprisoned)))

# 财社〔2023〕181号 as quoted (M): 最长不超过3年. The extension and the day on which it is decided come from one
# general text (M). How months are counted, and whether schemes share one limit, was not found for 吉林省.
THREE_YEARS = Term(36, 5, "财社〔2023〕181号：最长不超过3年；初次核定时距法定退休年龄不足5年的可延长至退休", "M")

ID_CARD = MaterialRequirement(("id_card",), "财社〔2023〕181号", "正反两面，姓名、号码和有效期要清楚。")

#: Facts from the office's registers and from claims, not from the person's file.
unemployment_registered_since = FactDefinition(
    "unemployment_registered_since", "date", "失业登记日期", since="{day}登记失业", origin="question",
)  # fmt: skip
lifted_from_poverty = FactDefinition(
    "lifted_from_poverty", "boolean", "是否脱贫人口", yes="属于脱贫人口", no="不属于脱贫人口", origin="question",
)  # fmt: skip
graduating_this_year = FactDefinition(
    "graduating_this_year", "boolean", "是否毕业年度内高校毕业生", yes="是毕业年度内高校毕业生", no="不是毕业年度内高校毕业生", origin="question",
)  # fmt: skip
