"""Parsing of single spreadsheet cells: numbers that were text, and dates in every notation."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from jiuyuan import blanks, characters, sums
from jiuyuan.people import id_numbers
from jiuyuan.people.id_numbers import IdNumber
from jiuyuan.refusals import BadInput
from jiuyuan.spreadsheets.cells import FIRST_DAY, Cell, day_of_moment
from jiuyuan.wording import say

_FORMULA_TEXT = re.compile(r'="?(.*?)"?')
_PLAIN = re.compile(r"[0-9]{17}[0-9X]")
_FLOAT = re.compile(r"([0-9])(?:\.([0-9]+))?[Ee]\+?([0-9]{2})")
_MANY_ZEROS = re.compile(r"[1-9][0-9]{14}000")
_DIGITS = re.compile(r"[0-9][0-9-]{7,}")
_WRITTEN = re.compile(
    r"([0-9]{4})\s*(?:[-/.年])\s*([0-9]{1,2})\s*(?:[-/.月])\s*([0-9]{1,2})\s*[日号]?(?:[T\s]+(?:上午|下午)?\s*[0-9:.]+)?|([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?"
)
_ZONED = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?) ?(?:(Z|UTC|GMT)|([+-][0-9]{2}):?([0-9]{2})?)"
)
_MONTH = re.compile(r"([0-9]{4})\s*(?:[-/.年])\s*([0-9]{1,2})\s*月?|((?:19|20)[0-9]{2})(0[1-9]|1[0-2])")
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")


class UnreadableCell(ValueError):
    """What is wrong with a cell and how to correct it, in Chinese, without the column name."""


def text(cell: Cell) -> str:
    """The plain text of a cell, without invisible characters, full-width forms, padding,
    or the apostrophe or formula that protects a number.
    """
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    plain = characters.real(characters.visible(cell)).strip().lstrip("'’‘`").strip()
    if plain.startswith("=") and (match := _FORMULA_TEXT.fullmatch(plain)):
        plain = match[1]
    return plain


def said(cell: Cell) -> str:
    """The plain text of a cell; empty for any notation of "nothing"."""
    plain = text(cell)
    return "" if blanks.is_blank(plain) else plain


def nothing(cell: Cell, zero: bool = False) -> bool:
    """Whether a cell says "none"; with `zero` also a zero, for columns of dates and phone numbers."""
    return blanks.key(text(cell)) in (blanks.NO_DAY if zero else blanks.NOTHING)


def no_sum(cell: Cell) -> bool:
    """Whether a cell has no amount. Failed formulas and question marks do not count: they have to be checked."""
    return blanks.key(text(cell)) in blanks.NO_SUM


def id_number(cell: Cell, today: date) -> IdNumber:
    """Parse an ID number. Raises `Unreadable`; the message never contains the number."""
    number = cell if isinstance(cell, str) and _PLAIN.fullmatch(cell) else text(cell)
    if match := _FLOAT.fullmatch(number):
        number = _undone(match)
    number = re.sub(r"\.0+$", "", number)
    try:
        return id_numbers.parse(number, today)
    except BadInput as refusal:
        if _MANY_ZEROS.fullmatch(number):
            raise UnreadableCell(say(_LOST)) from None
        message = refusal.errors[0][1].replace("请对照证件", "请对照原表")
        raise UnreadableCell(_DIGITS.sub("所写的", message)) from None


_LOST = "身份证号码被表格软件改成了数字，后几位已经丢失；请把这一列的格式设为“文本”后重新导出。"


def may_have_lost_digits(number: str) -> bool:
    """Whether a number ends as if rounded by a spreadsheet, even if its check digit is correct."""
    return number.endswith("000")


def _undone(match: "re.Match[str]") -> str:
    digits = match[1] + (match[2] or "")
    if len(digits) == int(match[3]) + 1:
        return digits
    raise UnreadableCell(say(_LOST))


def day(cell: Cell, first_day: date = FIRST_DAY) -> date:
    """Parse a date in any notation that departments use; `first_day` is the epoch of plain numbers.

    Raises `Unreadable`.
    """
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else _written_day(characters.with_one_dash(text(cell)), first_day)


@lru_cache(maxsize=100_000)
def _written_day(written: str, first_day: date) -> date:
    if match := _WRITTEN.fullmatch(written):
        year, month, number = (int(part) for part in match.groups() if part is not None)
        try:
            return date(year, month, number)
        except ValueError:
            raise UnreadableCell(say("“{written}”这一天不存在，请改正。", written=written)) from None
    if match := _ZONED.fullmatch(written):
        zone = "+00:00" if match[3] else f"{match[4]}:{match[5] or '00'}"
        try:
            return day_of_moment(f"{match[1]}T{match[2]}{zone}")
        except (ValueError, OverflowError):
            raise UnreadableCell(say("“{written}”这个时间不存在，请改正。", written=written)) from None
    if match := _SERIAL.fullmatch(written):
        return first_day + timedelta(days=int(match[1]))
    raise UnreadableCell(
        say("“{written}”不是日期，请写成2026-03-02、2026/3/2、20260302或2026年3月2日。", written=written[:20])
    )


def last_of_month(cell: Cell) -> date | None:
    """The last day of the month if a cell names a month without a day, else None."""
    if cell is None or isinstance(cell, date) or not (match := _MONTH.fullmatch(characters.with_one_dash(text(cell)))):
        return None
    year, month = (int(part) for part in match.groups() if part is not None)
    if not (1 <= month <= 12 and year):
        return None
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) if year < 9999 else None


def amount(cell: Cell) -> float:
    """Parse an amount in yuan: `￥1,880元/月`, `0.2万`. Raises `Unreadable`."""
    found = sums.yuan(written := text(cell))
    if found is None:
        raise UnreadableCell(say("“{written}”不是金额，请写成1880或1880.50，单位是元。", written=written[:20]))
    return round(float(found), 2)
