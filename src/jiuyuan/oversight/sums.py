"""Parses sums of money from forms and programs into cents, single or by month."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from jiuyuan.procedures.table import Need, NeedKind
from jiuyuan.rules.calendar import month_in_words, month_of
from jiuyuan.wording import say

_MOST, _MOST_MONTHS, _FIRST_YEAR, _MONTHS = 10**12, 600, 2000, 12
_LINE = re.compile(r"([0-9]{4})-([0-9]{2})[\s:：,，]+([0-9]{1,9}(?:\.[0-9]{1,2})?)")
_YUAN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")


def yuan(cents: int) -> str:
    """Format cents for letters: 1234.50."""
    return f"{cents // 100}.{cents % 100:02d}"


def _sums(context: Any, need: Need, raw: Any) -> dict[int, int]:
    """Parse cents by month: lines with yuan from forms, or objects with cents from programs."""
    lines = [one for one in raw.splitlines() if one.strip()] if isinstance(raw, str) else raw
    if not isinstance(lines, list) or not 0 < len(lines) <= _MOST_MONTHS:
        raise ValueError(say("{label}请一行写一个月，例如：2026-01 500.00", label=need.label))
    found: dict[int, int] = {}
    for line in lines:
        month, amount = _sum_of(line)
        if month is None or not 0 < amount < _MOST or month > month_of(context.today):
            raise ValueError(say("“{line}”写得不对，应像2026-01 500.00，月份不能晚于这个月。", line=str(line)[:40]))
        if month in found:
            raise ValueError(say("{month}写了两次。", month=month_in_words(month)))
        found[month] = amount
    return dict(sorted(found.items()))


def _sum_of(line: Any) -> tuple[int | None, int]:
    """The month and the cents; no month if the line has none."""
    if isinstance(line, Mapping):
        amount = line.get("amount")
        exact = set(line) == {"month", "amount"} and isinstance(amount, int) and not isinstance(amount, bool)
        month, _ = _sum_of(f"{line.get('month')} 1")
        return (month, amount) if exact and isinstance(amount, int) else (None, 0)
    said = _LINE.fullmatch(line.strip()) if isinstance(line, str) else None
    if said is None or not 1 <= int(said[2]) <= _MONTHS or int(said[1]) < _FIRST_YEAR:
        return None, 0
    return month_of(date(int(said[1]), int(said[2]), 1)), _cents(said[3])


def _cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def _amount(_context: Any, need: Need, raw: Any) -> int:
    """Parse cents: an integer from programs, or a text in yuan."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        cents = raw
    else:
        text = str(raw).strip()
        cents = _cents(text) if _YUAN.fullmatch(text) else 0
    if not 0 < cents < _MOST:
        raise ValueError(say("{label}请填大于0的数，例如500.00。", label=need.label))
    return cents


_SUMS_SCHEMA: dict[str, Any] = {
    "type": "array", "minItems": 1, "maxItems": _MOST_MONTHS,
    "items": {
        "type": "object", "required": ["month", "amount"], "additionalProperties": False,
        "properties": {
            "month": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
            "amount": {"type": "integer", "minimum": 1, "maximum": _MOST - 1},
        },
    },
}  # fmt: skip

SUMS = NeedKind(_sums, "lines", lambda need: _SUMS_SCHEMA)
SUM = NeedKind(_amount, "text", lambda need: {"type": "integer", "minimum": 1, "maximum": _MOST - 1})
