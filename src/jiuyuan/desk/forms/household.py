"""The household in forms: some rows, of which empty ones are ignored."""

from collections.abc import Sequence
from typing import Any

from django import forms

from jiuyuan.people.households import RELATIONS, STATES
from jiuyuan.people.models import HouseholdMember
from jiuyuan.wording import say

ROWS = 6
_COLUMNS = ("relation", "name", "id_number", "state")


def row_fields(rows: int) -> dict[str, forms.Field]:
    """The fields for this many members."""
    found: dict[str, forms.Field] = {}
    for place in range(1, rows + 1):
        found[f"household-{place}-relation"] = forms.ChoiceField(
            label=say("关系"), choices=_choices(RELATIONS), required=False
        )
        found[f"household-{place}-name"] = forms.CharField(label=say("姓名"), required=False)
        found[f"household-{place}-id_number"] = forms.CharField(label=say("身份证号码"), required=False)
        found[f"household-{place}-state"] = forms.ChoiceField(
            label=say("现在做什么"), choices=_choices(STATES), required=False
        )
    return found


def _choices(words: Sequence[str]) -> list[tuple[str, str]]:
    return [("", say("请选择")), *((word, word) for word in words)]


def members_said(said: dict[str, Any], rows: int) -> list[dict[str, str]]:
    """The members entered, as arguments for `people.set_household`, in row order."""
    every = [{name: said[f"household-{place}-{name}"] or "" for name in _COLUMNS} for place in range(1, rows + 1)]
    return [member for member in every if any(member.values())]


def initial_of(members: Sequence[HouseholdMember]) -> dict[str, str]:
    return {
        f"household-{place}-{name}": getattr(member, name) or ""
        for place, member in enumerate(members, 1)
        for name in _COLUMNS
    }


def bound_rows(form: forms.Form, rows: int) -> list[list[forms.BoundField]]:
    return [[form[f"household-{place}-{name}"] for name in _COLUMNS] for place in range(1, rows + 1)]
