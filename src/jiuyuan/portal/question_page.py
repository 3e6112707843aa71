"""Pages with one question: rendering and saving. If saving fails, the input is kept.

Optional questions are shown once (`shown`). Changes made meanwhile in another tab are not overwritten (`version`,
`differs`, `both`).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django import forms
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from jiuyuan.refusals import Refusal
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.troubles import NoRoom, foreseen
from jiuyuan.web.fields import Form
from jiuyuan.wording import say

T = TypeVar("T")
_SHOWN, _MOST_SHOWN = "shown_pages", 80
_NOT_SENT_ON = ("csrfmiddlewaretoken", "seen", "leaving")
# Browsers treat a redisplayed form like any other page, but not these statuses.
_TOLD_BY_STATUS = frozenset({429, 503, 507})
NOT_SAVED = "没有存上：系统正忙。填的内容还在这一页里，请稍等一会儿，再按一次。"
NO_ROOM = "没有存上：服务器的磁盘满了。填的内容还在这一页里，管理员腾出空间以后才能存，请过一阵再按一次。"


class QuestionPage(Form):
    """A form whose only visible field, if there is just one, is the heading of its page."""

    is_question = False

    def as_question(self) -> "QuestionPage":
        fields = [bound.field for bound in self.visible_fields()]
        if len(fields) == 1:
            self.is_question = True
            fields[0].template_name = "portal/question.html"  # type: ignore[attr-defined]
        return self


def posted(request: HttpRequest) -> QueryDict | None:
    """The posted data, even if empty; None for a GET."""
    return request.POST if request.method == "POST" else None


def ask(request: HttpRequest, form: QuestionPage, *, title: str, question: bool = True, **more: Any) -> HttpResponse:
    """Render a form's page.

    `more`: step and of (numbers) with part, caption, lead, button, back_url, back_label, … With `question` False
    the title is the heading even if there is only one field.
    """
    template = more.pop("template", "portal/form.html")
    form = form.as_question() if question else form
    context = {"form": form, "title": title, "part": "", "shows_again": _shows_again(form), **more}
    return with_status(render(request, template, context), form)


def _shows_again(form: QuestionPage) -> bool:
    """Whether sending the same input again would only show this page again, because of an error in an input."""
    refused = getattr(form, "refused", None)
    return bool(form.errors) and (refused is None or bool(getattr(refused, "errors", None)))


def saved(form: forms.Form, act: Callable[[], T]) -> T | None:
    """Perform the act; on a refusal add the messages to the form, at their fields or above them."""
    try:
        return act()
    except Refusal as refusal:
        put_on(form, refusal)
    except (OSError, DatabaseError) as error:
        trouble = foreseen(error)
        if trouble is None:
            raise
        logging.getLogger("django.request").error("not saved", exc_info=error)
        form.refused = trouble  # type: ignore[attr-defined]
        form.add_error(None, say(NO_ROOM) if isinstance(trouble, NoRoom) else say(NOT_SAVED))
    return None


def put_on(form: forms.Form, refusal: Refusal) -> None:
    form.refused = refusal  # type: ignore[attr-defined]
    for name, message in refusal.errors or [("", refusal.title)]:
        boxes = (name, name.removeprefix("agent-"))  # the agent page's inputs have no prefix
        form.add_error(next((box for box in boxes if box in form.fields), None), message)


def forgive(form: forms.Form, *, everything: bool = False) -> None:
    """Remove errors about empty inputs from a page left unfinished; with `everything` all errors,
    so that valid input is kept.
    """
    for name in list(form.errors):
        if everything or (name in form.fields and form[name].data in (None, "", [])):
            del form.errors[name]
            form.cleaned_data.pop(name, None)


def with_status(page: HttpResponse, form: forms.Form) -> HttpResponse:
    """The page with the input, and a status saying whether and when it may be sent again."""
    refused = getattr(form, "refused", None)
    if refused is not None and refused.status in _TOLD_BY_STATUS:
        page.status_code = refused.status
        page["Retry-After"] = str(refused.seconds)
    return page


def shown(request: HttpRequest, number: str) -> Collection[str]:
    """The codes of an application's pages that were shown."""
    begins = f"{number}/"
    return {page.removeprefix(begins) for page in request.session.get(_SHOWN, []) if page.startswith(begins)}


def show(request: HttpRequest, number: str, code: str) -> None:
    pages = request.session.get(_SHOWN, [])
    if (page := f"{number}/{code}") not in pages:
        request.session[_SHOWN] = [*pages, page][-_MOST_SHOWN:]


def version(form: QuestionPage) -> str:
    """The initial contents of the inputs as a short digest."""
    there = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return hashlib.sha256(json.dumps(there, default=str, sort_keys=True).encode()).hexdigest()[:16]


def differs(request: HttpRequest, form: QuestionPage) -> bool:
    """Whether the page was saved elsewhere since it was opened, with different contents."""
    seen = request.POST.get("seen", "")
    return bool(seen) and seen != version(form) and bool(form.changed_data)


def both(request: HttpRequest, form: QuestionPage, *, title: str, keep_url: str) -> HttpResponse:
    """Show the saved and the typed contents side by side, to choose from (409)."""
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
