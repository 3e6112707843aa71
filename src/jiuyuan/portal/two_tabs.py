"""Two tabs on one page of a form: what was saved in the other one meanwhile is not overwritten, and nothing typed is lost."""

import hashlib
import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuyuan.portal.question_page import QuestionPage
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

_NOT_SENT_ON = ("csrfmiddlewaretoken", "seen", "leaving")


def version(form: QuestionPage) -> str:
    """What stood in the boxes when the page was made, as one short text."""
    there = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return hashlib.sha256(json.dumps(there, default=str, sort_keys=True).encode()).hexdigest()[:16]


def differs(request: HttpRequest, form: QuestionPage) -> bool:
    """Whether the page was saved elsewhere since this one was opened, with other words than these."""
    seen = request.POST.get("seen", "")
    return bool(seen) and seen != version(form) and bool(form.changed_data)


def both(request: HttpRequest, form: QuestionPage, *, title: str, keep_url: str) -> HttpResponse:
    """What is saved and what was typed, side by side, to choose from (409)."""
    rows = [
        {
            "label": form.fields[name].label,
            "there": _words(form.fields[name], form.get_initial_for_field(form.fields[name], name)),
            "here": _words(form.fields[name], form.cleaned_data.get(name)),
        }
        for name in form.changed_data
    ]
    typed = [(name, value) for name in request.POST if name not in _NOT_SENT_ON for value in request.POST.getlist(name)]
    context = {"title": title, "rows": rows, "typed": typed, "seen": version(form), "keep_url": keep_url}
    return render(request, "portal/two_tabs.html", context, status=409)


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(_words(field, one) for one in value)
    if value in (None, ""):
        return say("没有填")
    for code, words in _flat(getattr(field, "choices", ())):
        if str(code) == str(value):
            return str(words)
    return bare_day(value) if hasattr(value, "isoformat") else str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for code, words in choices:
        found += _flat(words) if isinstance(words, list | tuple) else [(code, words)]
    return found
