"""The self-check: first the category, then only what can still change the answer. Nothing is stored."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join

from jiuyuan.agencies import pace
from jiuyuan.portal import selfcheck_result
from jiuyuan.portal.question_page import QuestionPage
from jiuyuan.portal.questions import UNSURE, errors_of, field_for, initial_of, value_of
from jiuyuan.portal.selfcheck_answers import KIND, PLACE, Answers, is_asked, parsed
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import Policy
from jiuyuan.rules.together import TOGETHER, Together
from jiuyuan.wording import say


@login_not_required
def selfcheck(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "portal/selfcheck_start.html")
    pace.count_unstored("self_check")
    answers, post = Answers.read(request.POST.getlist("answered")), request.POST
    if "back" in post and answers.said:
        return _ask(request, answers, next(reversed(answers.said)), back_to_it=True)
    if (name := post.get("change", "")) in answers.said:
        return _ask(request, answers, name)
    if "others" in post:
        answers.said[KIND] = None
    if "again" in post:
        answers.forget_unsure()
    if "save" in post:
        return selfcheck_result.as_file(request, answers)
    if is_asked(name := post.get("asked", "")):
        if "unsure" in post:
            answers.take(name, None)
        else:
            form = _form(answers, name, request)
            if not _take(form, answers, name):
                return _ask(request, answers, name, form)
    following = answers.next()
    if following:
        return _ask(request, answers, following)
    return render(request, "portal/selfcheck_result.html", {**selfcheck_result.context(answers), "shows_again": True})


def _form(answers: Answers, name: str, request: HttpRequest | None = None) -> QuestionPage:
    before = answers.said.get(name)
    if name == PLACE:
        initial, field = before, _places()
    elif name == KIND:
        initial, field = before, _kinds(answers.policy)
    elif name in TOGETHER:
        initial = None if before is None else "yes" if before else "no"
        field = _together(TOGETHER[name], answers)
    else:
        initial = initial_of(FACTS[name], before)
        field = field_for(FACTS[name], unsure=True, sex=answers.said.get("sex"))
    form = QuestionPage(request.POST if request else None, initial={name: initial})
    form.fields[name] = field
    return form


def _places() -> forms.Field:
    return forms.ChoiceField(
        label=selfcheck_result.WHERE,
        help_text=say("按现在常住的地方选：各地的条件不一样。"),
        choices=[(region.code, region.name) for region in registry.regions()],
        widget=forms.RadioSelect,
        error_messages={"required": say("请选一个地方。")},
    )


def _kinds(rules: Policy) -> forms.Field:
    note = '{}<span class="choice-note">{}</span>'
    kinds = [(c.code, format_html(note, c.plain, c.title) if c.plain else c.title) for c in rules.categories]
    return forms.ChoiceField(
        label=say("下面哪一种像您？"),
        help_text=say("选最像的一种。后面只问这一种要看的事。"),
        choices=[*kinds, (UNSURE, say("都不像，或者说不准"))],
        widget=forms.RadioSelect,
        error_messages={"required": say("请选一种；说不准的，选最后一项。")},
    )


def _together(asked: Together, answers: Answers) -> forms.Field:
    wanted = answers.rules.open_questions(answers.hoped(), answers.unsure)
    lines = [
        (line,) for fact, line in asked.lines.items() if fact in wanted or answers.said.get(asked.name) is not None
    ]
    hint = format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines)) if lines else asked.hint
    return forms.ChoiceField(
        label=asked.question,
        help_text=hint,
        choices=[("yes", asked.yes), ("no", asked.no), (UNSURE, say("不清楚"))],
        widget=forms.RadioSelect,
        error_messages={"required": say("请选一项。")},
    )


def _value(name: str, cleaned: Any) -> Any:
    if name == PLACE:
        return cleaned
    if name == KIND:
        return None if cleaned == UNSURE else cleaned
    if name in TOGETHER:
        return {"yes": True, "no": False}.get(cleaned)
    return cleaned if FACTS[name].answers and cleaned != UNSURE else value_of(FACTS[name], cleaned)


def _take(form: QuestionPage, answers: Answers, name: str) -> bool:
    if not form.is_valid():
        return False
    value = _value(name, form.cleaned_data[name])
    if name in FACTS:
        try:
            parsed(Answers({**answers.said, name: value}).known)
        except rule_facts.Invalid as invalid:
            for message in errors_of(invalid.errors).values():
                form.add_error(name, message)
            return False
    answers.take(name, value)
    return True


def _ask(
    request: HttpRequest, answers: Answers, name: str, form: QuestionPage | None = None, back_to_it: bool = False
) -> HttpResponse:
    place = list(answers.said).index(name) if name in answers.said else len(answers.said)
    form = form or _form(answers, name)
    if back_to_it:
        answers.said.pop(name)
    left = answers.left(name) if name not in (PLACE, KIND) else None
    kind = FACTS[name].kind if name in FACTS else "choice"
    context = {
        "form": form.as_question(),
        "title": next(iter(form.fields.values())).label,
        "asked": name,
        "lines": answers.lines,
        "number": place + 1,
        "of": place + 1 + (left or 0) + (name in (PLACE, KIND)) * 10,
        "left": left if answers.said.get(KIND) or (left or 0) <= _COUNTED else None,
        "shows_again": True,
        "can_skip": kind not in ("boolean", "choice"),
    }
    return render(request, "portal/selfcheck_question.html", context)


# With all categories, more than this many remaining pages are not announced: most will be unnecessary.
_COUNTED = 9
