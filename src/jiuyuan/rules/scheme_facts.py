"""The facts that schemes use beside the schema's; absent means unknown.

Most are not in a person's file: the register, posts, courses and ventures know them (`money/known.py`). Those in
`ON_FILE` come from departments' files.
"""

from jiuyuan.rules.facts import FactDefinition

on_register = FactDefinition(
    "on_register", "boolean", "是否在册就业困难人员", yes="是在册就业困难人员", no="现在不是在册就业困难人员", origin="question",
)  # fmt: skip
on_public_post = FactDefinition(
    "on_public_post", "boolean", "是否在公益性岗位上岗", yes="在公益性岗位上岗", no="不在公益性岗位上岗", origin="question",
)  # fmt: skip
in_subsidised_course = FactDefinition(
    "in_subsidised_course", "boolean", "是否正在参加政府补贴的培训",
    yes="正在参加政府补贴的培训", no="没有在参加政府补贴的培训", origin="question",
)  # fmt: skip
course_certified = FactDefinition(
    "course_certified", "boolean", "是否培训合格并取得证书", yes="培训合格，取得了证书", no="没有取得培训的证书", origin="question",
)  # fmt: skip
recognised_at_start = FactDefinition(
    "recognised_at_start", "boolean", "办照那天是否在册", yes="办照那天是在册就业困难人员", no="办照那天不是在册就业困难人员", origin="question",
)  # fmt: skip
business_since = FactDefinition(
    "business_since", "date", "营业执照登记日期", since="营业执照{day}登记", origin="question",
)  # fmt: skip

flexible_registered = FactDefinition(
    "flexible_registered", "boolean", "是否办理了灵活就业登记", "办理了灵活就业登记吗？",
    yes="已办理灵活就业登记", no="没有办理灵活就业登记", known_to=("public_employment",), from_age=16,
)  # fmt: skip
pays_flexible_pension = FactDefinition(
    "pays_flexible_pension", "boolean", "是否以灵活就业身份缴纳养老保险", "养老保险是以灵活就业身份自己缴的吗？",
    yes="以灵活就业身份缴纳养老保险", no="没有以灵活就业身份缴纳养老保险", known_to=("social_insurance",), from_age=16,
)  # fmt: skip
first_business = FactDefinition(
    "first_business", "boolean", "是否首次以本人身份创办", "是第一次用自己的身份办营业执照吗？",
    yes="首次以本人身份创办", no="不是首次创办", known_to=("market_regulation",), lasting=True, from_age=16,
)  # fmt: skip
ON_FILE = (flexible_registered, pays_flexible_pension, first_business)
