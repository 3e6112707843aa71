"""Formats days, periods and sums of money, and the sentences in which clauses answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

_MONTHS = [f"{number}月" for number in range(13)]
_DAYS = [f"{number}日" for number in range(32)]


def day_text(day: date) -> str:
    """Format as 2026年3月2日."""
    return f"{day.year}年{_MONTHS[day.month]}{_DAYS[day.day]}"


#: Cached for the day of the question, which is the same for many people.
as_of_text = lru_cache(maxsize=256)(day_text)


@lru_cache(maxsize=1024)
def span_text(months: int) -> str:
    """Format as 6个月, 1年, 1年6个月."""
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def money_text(amount: Any) -> str:
    """Format as 2120元, 2120.50元."""
    return f"{int(amount)}元" if amount == int(amount) else f"{amount:.2f}元"


def list_text(labels: Iterable[str]) -> str:
    """Join as 甲、乙、丙."""
    return "、".join(labels)
