"""代办 in the desk's forms: the fields of an agent, empty if there is none."""

from collections.abc import Mapping
from typing import Any

from django import forms

from jiuyuan.applications.agents import RELATIONS
from jiuyuan.applications.models import Agent
from jiuyuan.wording import say

NAMES = ("name", "relation", "id_number", "phone")


def fields() -> dict[str, forms.Field]:
    """The fields, named `agent-…`. All or none are required, so none is labelled optional."""
    relations = [("", say("请选择")), *((one, one) for one in RELATIONS)]
    number, phone = forms.TextInput({"class": "id-number"}), forms.TextInput({"inputmode": "tel", "class": "medium"})
    found: dict[str, forms.Field] = {
        "agent-name": forms.CharField(label=say("代办人姓名"), required=False),
        "agent-relation": forms.ChoiceField(label=say("是本人的什么人"), choices=relations, required=False),
        "agent-id_number": forms.CharField(label=say("代办人身份证号码"), required=False, widget=number),
        "agent-phone": forms.CharField(label=say("代办人电话"), required=False, widget=phone),
    }
    for field in found.values():
        field.decides = True  # type: ignore[attr-defined]
    return found


def initial_of(agent: Agent | None) -> dict[str, str]:
    """The initial values."""
    return {f"agent-{name}": getattr(agent, name) for name in NAMES} if agent else {}


def said_of(said: Mapping[str, Any]) -> dict[str, str]:
    """The argument for `services.save`."""
    return {name: said.get(f"agent-{name}") or "" for name in NAMES}


def bound(form: forms.Form) -> list[forms.BoundField]:
    return [form[f"agent-{name}"] for name in NAMES]
