"""One question a page: the form of a page and how it is shown."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Page(forms.Form):
    """A form whose only visible field, where there is just one, is the heading of its page."""

    def as_question(self) -> "Page":
        fields = [bound.field for bound in self.visible_fields()]
        if len(fields) == 1:
            fields[0].template_name = "portal/question.html"
        return self

    @property
    def is_question(self) -> bool:
        return len(self.visible_fields()) == 1


def ask(request: HttpRequest, form: Page, *, title: str, **more: Any) -> HttpResponse:
    """Show the page of a form. `more`: step and of (numbers) with part, caption, lead, button, back_url, back_label, …"""
    template = more.pop("template", "portal/form.html")
    return render(request, template, {"form": form.as_question(), "title": title, **more})
