"""Input of vacancies beyond text, dates and choices: employers, amounts, places, occupations, lists of codes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as WrongNumber

from jiuyuan.agencies.models import Division
from jiuyuan.agencies.queries import place_refused, places_meant
from jiuyuan.assistance import occupations
from jiuyuan.characters import READABLE
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import as_text, whole_between
from jiuyuan.procedures.table import Need, NeedKind
from jiuyuan.wording import say

_MOST = 1_000_000
_LEAST_CODE, _LONGEST_NAME = 18, 120


@dataclass(frozen=True)
class Named:
    """An employer as given, with a valid code."""

    name: str
    credit_code: str


def _employer(_context: Context, need: Need, raw: Any) -> Named:
    given = raw if isinstance(raw, Mapping) else {}
    name, code = str(given.get("name") or "").strip(), str(given.get("credit_code") or "").strip().upper()
    if not name or len(name) > _LONGEST_NAME:
        raise ValueError(say("请填写营业执照上的单位名称，最多{longest_name}字。", longest_name=_LONGEST_NAME))
    if not code:
        raise ValueError(say("请填写统一社会信用代码，18位，在营业执照上。"))
    try:
        code = uscc.validate(code)
    except WrongNumber:
        said = (
            say("现在是{count}位", count=len(code))
            if len(code) != _LEAST_CODE
            else say("最后一位校验码对不上，请逐位核对")
        )
        raise ValueError(say("统一社会信用代码应为18位，{said}。", said=said)) from None
    return Named(name, code)


def _as_employer(_need: Need) -> dict[str, Any]:
    words = {"type": "string", "minLength": 1, "pattern": READABLE}
    return {
        "type": "object",
        "properties": {
            "name": {**words, "maxLength": _LONGEST_NAME},
            "credit_code": {**words, "minLength": _LEAST_CODE, "maxLength": _LEAST_CODE},
        },
        "required": ["name", "credit_code"],
        "additionalProperties": False,
    }


def _number(_context: Context, need: Need, raw: Any) -> int:
    if (found := whole_between(raw, 1, _MOST)) is None:
        raise ValueError(say("{label}请填大于0的整数，例如3。", label=need.label))
    return found


def _division(context: Context, need: Need, raw: Any) -> Division:
    """Parse a division by code or name."""
    text = str(raw).strip()
    meant = [text] if text.isdigit() else places_meant(text, context.user.area if context.user else "")
    if len(meant) > 1:
        raise ValueError(place_refused(text, meant))
    found = Division.objects.filter(code__in=meant).first()
    if found is None:
        raise ValueError(say("请写到县（市、区）或街道（乡镇）；重名的请写上所在的市。"))
    return found


def _occupation(_context: Context, need: Need, raw: Any) -> str:
    found = occupations.read(str(raw))
    if not found:
        raise ValueError(say("职业分类大典里没有这个职业，请从列出的职业中选，或者留空。"))
    return found


def _many(_context: Context, need: Need, raw: Any) -> list[str]:
    given, known = raw if isinstance(raw, list | tuple) else [raw], dict(need.choices)
    if any(not isinstance(code, str) or code not in known for code in given):
        names = "、".join(f"{code}（{label}）" for code, label in need.choices)
        raise ValueError(say("{label}只能从这些里选：{names}。", label=need.label, names=names))
    return [code for code in known if code in given]


def _as_many(need: Need) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": [code for code, _ in need.choices]}}


MANY = NeedKind(_many, "many", _as_many)
NUMBER = NeedKind(_number, "number", lambda need: {"type": "integer", "minimum": 1, "maximum": _MOST})
OCCUPATION = NeedKind(_occupation, "occupation", as_text)
EMPLOYER = NeedKind(_employer, schema=_as_employer)


def _mobile(_context: Context, need: Need, raw: Any) -> str:
    number = re.sub(r"[\s-]", "", str(raw))
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        raise ValueError(say("{label}请填11位手机号码。", label=need.label))
    return number


#: The phone number to which a link's code is sent.
MOBILE = NeedKind(_mobile)
KINDS: Mapping[str, NeedKind] = {
    "employer": EMPLOYER,
    "number": NUMBER,
    "division": NeedKind(_division, "place", lambda need: {"type": "string", "minLength": 1, "maxLength": 80}),
    "occupation": OCCUPATION,
    "many": MANY,
}
