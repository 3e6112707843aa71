"""Resident ID numbers: parsing, validation messages, and what they imply.

The division code is that of the day of issue. Older people have codes that no current list has, so it is not
checked.
"""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn.ric import calc_check_digit

from jiuyuan import characters
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

_OLDEST = 120
_WRITTEN_OUT = re.compile(r"[0-9]{17}[0-9X]")
_SEXES = ("女", "男")  # by the parity of the last digit but one: even, odd
_BETWEEN = re.compile(r"[\s·.\-'‘’`\"“”]")
_X = str.maketrans("×ХΧ✕✖╳⨉✗✘", "XXXXXXXXX")  # characters typed for X, including Cyrillic and Greek letters


@dataclass(frozen=True)
class IdNumber:
    """A valid ID number. `number` has 18 characters; a 15-digit number is completed with century and check digit."""

    number: str
    birth_date: date
    sex: str


def parse(text: str, today: date) -> IdNumber:
    """Parse a typed number: full-width digits, spaces, a small x, or 15 digits of an old card.

    Raises `BadInput` for the field `id_number`.
    """
    number = as_on_the_card(text)
    if not number:
        raise _bad(say("请填写身份证号码。"))
    if not _WRITTEN_OUT.fullmatch(number):
        raise _bad(
            say(
                "身份证号码应为18位（旧证15位），前17位是数字，末位是数字或X；现在填的是{count}位，请对照证件改正。",
                count=len(number),
            )
        )
    try:
        birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _bad(
            say("身份证号码第7至14位是出生日期，{number}这一天不存在，请对照证件改正。", number=number[6:14])
        ) from None
    if birth_date > today or today.year - birth_date.year > _OLDEST:
        raise _bad(say("身份证号码中的出生日期{birth_date:%Y-%m-%d}不可能，请对照证件改正。", birth_date=birth_date))
    if calc_check_digit(number) != number[17]:
        raise _bad(say("身份证号码不对，可能有一位输错了，请对照证件逐位核对。"))
    return IdNumber(number, birth_date, "male" if int(number[16]) % 2 else "female")


def as_on_the_card(text: str) -> str:
    """Normalise to 18 characters without checking; anything else is returned as it is."""
    if _WRITTEN_OUT.fullmatch(text or ""):
        return text
    written = characters.with_one_dash(characters.real(characters.visible(text or "")))
    number = _BETWEEN.sub("", written).upper().translate(_X)
    if re.fullmatch(r"[0-9]{15}", number):
        number = number[:6] + "19" + number[6:]
        number += calc_check_digit(number + "0")
    return number


def sex_of(number: str) -> str:
    """男 or 女 by an 18-character number; empty for anything else."""
    return _SEXES[int(number[16]) % 2] if _WRITTEN_OUT.fullmatch(number) else ""


def grouped(number: str) -> str:
    """Grouped for reading aloud: division, birth date, the rest."""
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def _bad(message: str) -> BadInput:
    return BadInput(say("身份证号码有误。"), [("id_number", message)])
