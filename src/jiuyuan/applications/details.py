"""The columns of the form that decide nothing but stand on it, as people write them."""

from datetime import date
from typing import Any

from jiuyuan import clock
from jiuyuan.refusals import BadInput
from jiuyuan.regions.questions import Questions
from jiuyuan.rules.possible_days import why_impossible
from jiuyuan.wording import say

_LONGEST = 400


def clean(values: dict[str, Any], questions: Questions) -> dict[str, str]:
    """Trimmed texts by name. Raises `BadInput` for names the form does not have and texts too long for it."""
    errors, known = [], questions.by_name
    for name, value in values.items():
        if name not in known:
            errors.append((name, say("认定表没有这一栏。")))
        elif value is not None and (not isinstance(value, str) or len(value) > _LONGEST):
            errors.append(
                (name, say("“{label}”请填文字，最多{longest}字。", label=known[name].label, longest=_LONGEST))
            )
        elif known[name].day and value and (why := _why_no_day(value.strip())):
            errors.append((name, say("“{label}”：{why}，请核对年月日。", label=known[name].label, why=why)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return {name: value.strip() for name, value in values.items() if value and value.strip()}


def _why_no_day(text: str) -> str | None:
    """Why a day as a form writes it cannot be; None where it can, and for other words, which are printed as they stand."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return why_impossible("contract_ended_on", day, today=clock.today())
