"""Days, spans and sums as people say them, and the sentences in which a clause gives its answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

_days: dict[date, str] = {}
_MOST_DAYS = 100_000


def day_text(day: date) -> str:
    """2026年3月2日."""
    text = _days.get(day)
    if text is None:
        if len(_days) >= _MOST_DAYS:
            _days.clear()
        text = _days[day] = f"{day.year}年{day.month}月{day.day}日"
    return text


def span_text(months: int) -> str:
    """6个月, 1年, 1年6个月."""
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def money_text(amount: Any) -> str:
    """2120元, 2120.50元."""
    return f"{int(amount)}元" if amount == int(amount) else f"{amount:.2f}元"


def list_text(labels: Iterable[str]) -> str:
    """甲、乙、丙."""
    return "、".join(labels)
