"""The filters of a list in words, for its page and its printed export."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from django import forms

from jiuyuan import clock, masking
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import failing
from jiuyuan.people import segments
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import as_written, say

if TYPE_CHECKING:
    from jiuyuan.applications.queries import CaseFilters
    from jiuyuan.recognitions.queries import RegisterFilters

with as_written():
    #: Descriptions of the events that happened in a period, by filter.
    _HAPPENED = {
        "received": "提交", "finished": "办结", "returned": "退回", "entered": "认定", "left": "退出", "opened_on": "开始",
        "decided_on": "办结", "certified_on": "认定", "cleared_on": "清零", "visited_on": "走访",
    }  # fmt: skip
    #: Filters already visible on the page: tabs and search box.
    _SEEN = frozenset({"state", "status", "q"})
    _UNKNOWN = "不认识的条件"


def in_words(form: forms.Form, filters: "CaseFilters | RegisterFilters", states: Mapping[str, str]) -> list[str]:
    """All filters in words: the tab, the form's, and those set only by links from figures."""
    return [_said(form, name, value, states) for name, value in asdict(filters).items() if value]


def about(form: forms.Form, filters: "CaseFilters | RegisterFilters", states: Mapping[str, str]) -> str:
    """The subtitle of an export: filters and day."""
    return "　".join([*in_words(form, filters, states), bare_day(clock.today())])


def beside_the_form(form: forms.Form, filters: "CaseFilters | RegisterFilters") -> list[tuple[str, str, str]]:
    """The filters that have no field in the form: name, value and words."""
    return [
        (name, value, _said(form, name, value, {}))
        for name, value in asdict(filters).items()
        if value and name not in _SEEN and name not in form.fields
    ]


def of_a_figure(column: str, period: str, under: Agency | None) -> list[str]:
    """The filters set by a figure of a period, for lists without filters of their own."""
    return [_period(period, say(_HAPPENED[column])), *([under.name] if under else [])]


def _said(form: forms.Form, name: str, value: str, states: Mapping[str, str]) -> str:
    field = form.fields.get(name)
    if name in ("state", "status"):
        return states.get(value, say(_UNKNOWN))
    if name in _HAPPENED:
        return _period(value, say(_HAPPENED[name]))
    if isinstance(field, forms.ChoiceField):
        chosen = dict(field.choices).get(value)  # type: ignore[arg-type]
        return f"{field.label}：{chosen or say(_UNKNOWN)}"
    if isinstance(field, forms.BooleanField):
        return str(field.label)
    if name in ("sex", "age"):
        known = segments.SEXES | {code: band[0] for code, band in segments.AGES.items()}
        return say(known.get(value, _UNKNOWN))
    if name == "agency":
        agency = Agency.objects.filter(code=value).first()
        return agency.name if agency else say(_UNKNOWN)
    if name == "reason":
        return dict(failing.codes()).get(value, say("要补充或改正"))
    if name == "batch":
        return say("批次{number}", number=value)
    return masking.text(value)


def _period(value: str, happened: str) -> str:
    found = segments.period_of(value)
    if found is None:
        return say(_UNKNOWN)
    since, until = found
    return say("{since}至{until}{happened}", since=bare_day(since), until=bare_day(until), happened=happened)
