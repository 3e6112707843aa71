"""Formats the value of a fact for people."""

from datetime import date
from decimal import Decimal
from typing import Any

from jiuyuan.agencies.queries import place_name
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say


def value_in_words(name: str, value: Any) -> str:
    fact = FACTS.get(name)
    if value is None:
        return say("尚不清楚")
    if fact is None:
        return str(value)
    match fact.kind:
        case "boolean":
            return say("是") if value else say("否")
        case "date":
            return _day(value)
        case "dates":
            return say("{days}", days=[_day(one) for one in value])
        case "choice":
            return say(fact.choices.get(value, value))
        case "number":
            return _yuan(Decimal(str(value)))
        case "division":
            return place_name(value)
    return str(value)


def _yuan(amount: Decimal) -> str:
    figure = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return say("{figure}元", figure=figure)


def _day(text: str) -> str:
    return say("{day:date}", day=date.fromisoformat(text))
