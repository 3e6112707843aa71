"""The sentences of a letter that an office may reword: those of the template, never the contents of fields."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from jiuyuan.printing.glyphs import missing
from jiuyuan.printing.typesetting import said_in
from jiuyuan.wording import say

LONGEST = 400
_FIELD = re.compile(r"\{\w+\}")
#: Words of decisions and rights: a reworded sentence has to keep them.
_KEPT = (
    "受理", "补正", "不符合", "不予认定", "不予受理", "被认定为就业困难人员", "不再列入就业困难人员", "取消这次认定", "依法追回",
    "没有通过", "复核未通过", "异议", "异议成立", "退回", "查阅、复制", "提出更正", "再次申请", "重新申请", "不是最后的结论", "仍然在册",
    "陈述和申辩", "强制执行", "行政强制法第五十三条、第五十四条", "公示期", "决定",
    "一次性告知", "署名或者不署名", "仅为姓名、性别和隐去中间数字的身份证号码", "没有经手", "另一名工作人员", "办结期限不变", "无需重新填写",
    "当面说明", "没有说明的", "只说明出具当日", "自行终止",
)  # fmt: skip


@cache
def sentences(template: Path) -> tuple[str, ...]:
    """The full sentences of a template, in order, without titles, labels and results."""
    return tuple(text for text in said_in(template) if "。" in text or text.endswith("："))


def wrong_with(original: str, own: str) -> str:
    """Why a rewording is not allowed; empty if it is."""
    if len(own) > LONGEST:
        return say("最多{longest}字，现在有{count}字", longest=LONGEST, count=len(own))
    given, asked = Counter(_FIELD.findall(own)), Counter(_FIELD.findall(original))
    if left := sorted(asked - given):
        return say("少了{left}，这是决定里的内容，不能去掉", left=left)
    if more := sorted(given - asked):
        return say("多了{more}，这一句里没有这项内容", more=more)
    if "{" in _FIELD.sub("", own) or "}" in _FIELD.sub("", own):
        return say("花括号只用在原有的内容上")
    if lost := [words for words in _KEPT if words in original and words not in own]:
        return say("少了“{lost}”，这几个字要保留", lost=lost)
    if glyphs := missing(own):
        return say("“{glyphs:run}”印不出来", glyphs=glyphs)
    return ""
