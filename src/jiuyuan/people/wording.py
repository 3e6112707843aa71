"""The value of a fact as people say it."""

from datetime import date
from decimal import Decimal
from typing import Any

from jiuyuan.agencies.queries import place_name
from jiuyuan.rules.facts import FACTS


def value_in_words(name: str, value: Any) -> str:
    fact = FACTS.get(name)
    if value is None:
        return "尚不清楚"
    if fact is None:
        return str(value)
    match fact.kind:
        case "boolean":
            return "是" if value else "否"
        case "date":
            return _day(value)
        case "dates":
            return "、".join(map(_day, value))
        case "choice":
            return fact.choices.get(value, value)
        case "number":
            return _yuan(Decimal(str(value)))
        case "division":
            return place_name(value)
    return str(value)


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.0f}元" if amount == amount.to_integral_value() else f"{amount:,.2f}元"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"
