"""One question a page: the form of a page and how it is shown."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from jiuyuan.portal.saving import with_status


class Page(forms.Form):
    """A form whose only visible field, where there is just one, is the heading of its page."""

    is_question = False

    def as_question(self) -> "Page":
        fields = [bound.field for bound in self.visible_fields()]
        if len(fields) == 1:
            self.is_question = True
            fields[0].template_name = "portal/question.html"  # type: ignore[attr-defined]
        return self


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even where it is nothing; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def ask(request: HttpRequest, form: Page, *, title: str, question: bool = True, **more: Any) -> HttpResponse:
    """Show the page of a form. `more`: step and of (numbers) with part, caption, lead, button, back_url, back_label, …

    `question` False leaves the heading to the title although only one thing is asked.
    """
    template = more.pop("template", "portal/form.html")
    form = form.as_question() if question else form
    return with_status(render(request, template, {"form": form, "title": title, "part": "", **more}), form)
