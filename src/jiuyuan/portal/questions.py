"""Facts as questions: the form field, and the answer as a JSON value and in words."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from jiuyuan import sums
from jiuyuan.agencies.queries import place_name
from jiuyuan.portal import places
from jiuyuan.rules.facts import FACTS, TRACK_SEX, FactDefinition
from jiuyuan.templatetags.plain import bare_day, yuan
from jiuyuan.web.fields import DayField
from jiuyuan.wording import say

UNSURE = "unsure"
_UNSURE_CHOICE = (UNSURE, "不清楚")
_SAME = "+"
_YES_NO = {"yes": True, "no": False}


class YuanField(forms.DecimalField):
    """An amount as typed: ２０００, 2,000, 2000元, ￥2000元/月, 0.2万."""

    widget = forms.TextInput({"inputmode": "decimal", "class": "short", "autocomplete": "off"})

    def __init__(self, **more: Any) -> None:
        wrong = {"invalid": say("请填数字，例如1800。")}
        super().__init__(min_value=0, max_value=999999, max_digits=9, decimal_places=2, error_messages=wrong, **more)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if not (text := str(value or "").strip()):
            return None
        found = sums.yuan(text.removeprefix("-"))
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(-found if text.startswith("-") else found)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


def field_for(
    fact: FactDefinition, *, unsure: bool, required: bool = True, exact: bool = False, sex: str | None = None
) -> forms.Field:
    """The form field of a fact.

    `unsure` adds the choice 不清楚; elsewhere an empty input means that. `exact` asks for the county of household
    registration instead of the province only.
    """
    common: dict[str, Any] = {"label": fact.question, "help_text": fact.hint, "required": required}
    if fact.kind == "date":
        return DayField(**common, error_messages={"required": say("请填写年、月、日。")})
    if fact.kind == "number":
        field = YuanField(**common)
        field.error_messages["required"] = say("请填写多少元。")
        return field
    common["error_messages"] = {"required": say("请选一项。")}
    if fact.kind == "division":
        return forms.ChoiceField(choices=_places(fact, exact), **common)
    if fact.kind == "boolean":
        choices = [("yes", say("是")), ("no", say("否"))]
    elif fact.answers:
        return forms.ChoiceField(choices=_offered(fact, sex, unsure), widget=forms.RadioSelect, **common)
    else:
        choices = [(code, words) for code, words in fact.choices.items() if sex in (None, TRACK_SEX.get(code, sex))]
    choices += [_UNSURE_CHOICE] if unsure else []
    attrs = {"class": "choices-inline"} if fact.kind == "boolean" and not unsure else {}
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect(attrs), **common)


def _offered(fact: FactDefinition, sex: str | None, unsure: bool) -> list[tuple[str, str]]:
    """The answers in everyday words, numbered because several may mean one code, or none."""
    offered = [
        (f"{code or UNSURE}{_SAME}{place}", words)
        for place, (words, code) in enumerate(fact.answers.items())
        if sex in (None, TRACK_SEX.get(code, sex)) and (code or unsure)
    ]
    return [*offered, (UNSURE, say("不清楚"))] if unsure else offered


def _places(fact: FactDefinition, exact: bool) -> Any:
    if fact.name != "hukou_division":
        return places.county_divisions
    return places.registers if exact else places.provinces


def value_of(fact: FactDefinition, cleaned: Any) -> Any:
    """The answer as a value of `facts.schema.json`; None for 不清楚."""
    if isinstance(cleaned, str):
        cleaned = cleaned.partition(_SAME)[0]
    if cleaned in (None, "", UNSURE):
        return None
    if fact.kind == "boolean":
        return _YES_NO[cleaned]
    if isinstance(cleaned, date):
        return cleaned.isoformat()
    if isinstance(cleaned, Decimal):
        return int(cleaned) if cleaned == cleaned.to_integral_value() else float(cleaned)
    return cleaned


def initial_of(fact: FactDefinition, value: Any) -> Any:
    """The initial value of the field for an earlier answer."""
    if fact.kind == "boolean" and value is not None:
        return "yes" if value else "no"
    if fact.kind == "date" and value is not None:
        return date.fromisoformat(value)
    if value in (codes := list(fact.answers.values())):
        return f"{value}{_SAME}{codes.index(value)}"
    return value


def in_words(fact: FactDefinition, value: Any) -> str:
    """An answer in words; empty if there is none."""
    if value is None:
        return ""
    if fact.kind == "boolean":
        return say("是") if value else say("否")
    if fact.kind == "date":
        return bare_day(date.fromisoformat(value))
    if fact.kind == "number":
        return yuan(value)
    if fact.kind == "division":
        return place_name(value)
    if words := [words for words, code in fact.answers.items() if code == value]:
        return say("，或者").join(words)
    return fact.choices.get(value, str(value))


def code_of(fact: FactDefinition, chosen: Any) -> Any:
    """An answer of the self-check as a value for the rules; None for 不清楚."""
    return value_of(fact, chosen) if fact.answers else chosen


def chosen_in_words(fact: FactDefinition, chosen: Any) -> str:
    """An answer of the self-check as it was chosen: of several that mean one code, the person's own."""
    place = str(chosen).partition(_SAME)[2]
    if fact.answers and place:
        return list(fact.answers)[int(place)]
    return in_words(fact, code_of(fact, chosen)) or say("不清楚")


def may_be_chosen(fact: FactDefinition, chosen: Any) -> bool:
    """Whether it is one of a fact's answers in everyday words."""
    code, same, place = str(chosen).partition(_SAME)
    codes = list(fact.answers.values())
    return bool(same) and place.isdecimal() and int(place) < len(codes) and (codes[int(place)] or UNSURE) == code


def errors_of(invalid_errors: list[tuple[str, str]]) -> Mapping[str, str]:
    """The rules' messages on wrong values, without the code names meant for programs."""
    return {name: in_plain_days(message.split("：", 1)[-1]) + "。" for name, message in invalid_errors}


_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_AS_OF = re.compile(re.escape(str(FACTS["as_of"])) + "([0-9年月]+日)")
_TO_COME = re.compile(f"晚于{_AS_OF.pattern}，请核对这两个日期")


def in_plain_days(message: str) -> str:
    """Rewrite the dates in a rule's sentence as people write them; the day of the question becomes "today"."""
    message = _DAY.sub(
        lambda day: say("{year}年{month}月{day}日", year=day[1], month=int(day[2]), day=int(day[3])), message
    )
    message = _TO_COME.sub(say("还没有到，请改正"), message)
    return _AS_OF.sub(lambda day: say("今天（{day}）", day=day[1]), message)
