"""What schemes ask that stands on nobody's file: the register, posts, courses and ventures know it (`money/known.py`).

Where nothing says, it is unknown.
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
