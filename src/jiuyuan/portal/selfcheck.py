"""The self-check: asks only what can still change the answer, and keeps nothing. The answers travel in the page itself."""

import json
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.portal.question_page import Page
from jiuyuan.portal.questions import errors_of, field_for, in_words, initial_of, value_of
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import ClauseAnswer, Decision, Policy
from jiuyuan.rules.possible_days import impossible_days

# More than so many left would only frighten: most of them fall away with the next answers.
_COUNTED = 9


def _is_asked(name: str) -> bool:
    return name in FACTS and FACTS[name].on_file and FACTS[name].origin != "county"


@dataclass
class Answers:
    """Answers in JSON form, in the order in which they were asked; None is 不清楚."""

    said: dict[str, Any]

    @classmethod
    def read(cls, lines: list[str]) -> Self:
        """From the hidden fields of a page. What is not an answer to a question of ours is left out."""
        said: dict[str, Any] = {}
        for line in lines:
            name, _, text = line.partition("=")
            try:
                value = json.loads(text)
                _parsed({name: value} if _is_asked(name) else {"": None})
            except (ValueError, rule_facts.Invalid, RecursionError):
                continue
            said[name] = value
        answers = cls(said)
        answers.drop_contradictions()
        return answers

    @property
    def lines(self) -> list[str]:
        return [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in self.said.items()]

    @property
    def known(self) -> dict[str, Any]:
        return {name: value for name, value in self.said.items() if value is not None}

    @property
    def unsure(self) -> list[str]:
        return [name for name, value in self.said.items() if value is None]

    def parsed(self) -> dict[str, Any]:
        return _parsed(self.known)

    def drop_contradictions(self) -> None:
        try:
            self.parsed()
        except rule_facts.Invalid as invalid:
            for name, _ in invalid.errors:
                self.said.pop(name, None)


def _parsed(known: dict[str, Any]) -> dict[str, Any]:
    """The answers as the rules use them. Raises `Invalid`, also for a day that cannot be: here it is a slip of the keys."""
    read = rule_facts.parse({**known, "as_of": clock.today().isoformat()})
    if faults := impossible_days(read, today=clock.today()):
        raise rule_facts.Invalid(faults)
    return read


def _policy() -> Policy:
    return registry.policy_of("", clock.today())


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
    if _is_asked(name := post.get("asked", "")):
        if "unsure" in post:
            answers.said[name] = None
        else:
            form = _form(answers, name, request)
            if not _take(form, answers, name):
                return _ask(request, answers, name, form)
    following = _policy().next_question(answers.parsed(), answers.unsure)
    return _ask(request, answers, following) if following else _result(request, answers)


def _form(answers: Answers, name: str, request: HttpRequest | None = None) -> Page:
    fact = FACTS[name]
    form = Page(request.POST if request else None, initial={name: initial_of(fact, answers.said.get(name))})
    form.fields[name] = field_for(fact, unsure=True, sex=answers.said.get("sex"))
    return form


def _take(form: Page, answers: Answers, name: str) -> bool:
    if not form.is_valid():
        return False
    value = value_of(FACTS[name], form.cleaned_data[name])
    try:
        _parsed({**answers.known, **({name: value} if value is not None else {})})
    except rule_facts.Invalid as invalid:
        for message in errors_of(invalid.errors).values():
            form.add_error(name, message)
        return False
    answers.said[name] = value
    return True


def _ask(
    request: HttpRequest, answers: Answers, name: str, form: Page | None = None, back_to_it: bool = False
) -> HttpResponse:
    place = list(answers.said).index(name) if name in answers.said else len(answers.said)
    form = form or _form(answers, name)
    if back_to_it:
        answers.said.pop(name)
    left = [other for other in _policy().open_questions(answers.parsed(), answers.unsure) if other != name]
    kind = FACTS[name].kind
    context = {
        "form": form.as_question(),
        "title": FACTS[name].question,
        "asked": name,
        "lines": answers.lines,
        "number": place + 1,
        "of": place + 1 + len(left),
        "left": len(left) if len(left) <= _COUNTED else None,
        "can_skip": kind not in ("boolean", "choice"),
    }
    return render(request, "portal/selfcheck_question.html", context)


def _result(request: HttpRequest, answers: Answers) -> HttpResponse:
    rules = _policy()
    decision = rules.decide(answers.parsed())
    categories = decision.categories or decision.possible_categories
    open_questions = rules.open_questions(answers.parsed())
    context = {
        "outcome": decision.outcome,
        "title": _TITLES[decision.outcome],
        "document": rules.document,
        "why": _why(decision),
        "open": [{"name": name, "label": FACTS[name].label, "hint": FACTS[name].hint} for name in open_questions],
        "categories": [c.title for c in rules.categories if c.code in categories],
        "certain": bool(decision.categories),
        "materials": rules.materials_for(categories),
        "clauses": [_meant(rules, answer) for answer in decision.clauses],
        "lines": answers.lines,
        "said": [
            {"name": name, "label": FACTS[name].label, "value": in_words(FACTS[name], value) or "不清楚"}
            for name, value in answers.said.items()
        ],
    }
    return render(request, "portal/selfcheck_result.html", context)


def _meant(rules: Policy, answer: ClauseAnswer) -> dict[str, Any]:
    """A clause's answer by what it means for the person: true is good of a condition and bad of an exclusion, and not to
    belong to one of seven categories is neither."""
    status = answer.status
    good: bool | str | None = status
    words = {True: "符合", False: "不符合"}
    if answer.code in {exclusion.code for exclusion in rules.exclusions}:
        good, words = None if status is None else not status, {True: "有这种情形", False: "没有这种情形"}
    elif answer.code in {category.code for category in rules.categories}:
        good, words = ("plain" if status is False else status), {True: "属于", False: "不属于"}
    return {"answer": answer, "good": good, "words": "尚不清楚" if status is None else words[status]}


_TITLES = {
    "eligible": "按您说的情况，符合申请条件",
    "ineligible": "按您说的情况，现在不符合条件",
    "undetermined": "还不能确定，有几项不清楚",
}


def _why(decision: Decision) -> list[Any]:
    """The clauses that carry the answer: what speaks for somebody, or everything that speaks against them."""
    categories = {category.code for category in _policy().categories}
    if decision.outcome == "eligible":
        return [clause for clause in decision.clauses if clause.code in decision.categories]
    if decision.outcome == "undetermined":
        return [clause for clause in decision.clauses if clause.status is None and clause.code not in categories]
    against = [c for c in decision.clauses if c.status is False and c.code not in categories]
    exclusions = {exclusion.code for exclusion in _policy().exclusions}
    against = [c for c in against if c.code not in exclusions]
    against += [c for c in decision.clauses if c.code in decision.exclusions]
    return against or [c for c in decision.clauses if c.code in categories]
