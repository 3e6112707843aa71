"""The result of a self-check: what to do first, why, and what else helps if the answer is no."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header

from jiuyuan.agencies.queries import place_name
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.portal.questions import chosen_in_words, may_be_chosen
from jiuyuan.portal.selfcheck_answers import KIND, PLACE, Answers
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import ClauseAnswer, Policy, Ruling
from jiuyuan.rules.soonest import eligible_from, reached_on
from jiuyuan.rules.together import TOGETHER
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

WHERE = "您现在住在哪里？"
# Up to this many open questions are listed; otherwise only the first.
_SHOWN = 5


@dataclass(frozen=True)
class Headline:
    """The main heading, what to do, and the button (a URL, or the name of a form button)."""

    title: str
    text: str = ""
    label: str = ""
    url: str = ""
    press: str = ""


def context(answers: Answers) -> dict[str, Any]:
    """The context for `selfcheck_result.html`."""
    rules = answers.rules
    decision = rules.decide(answers.parsed())
    categories = decision.categories or decision.possible_categories
    open_questions = rules.open_questions(answers.parsed())
    lead = _lead(rules, decision, answers)
    return {
        "outcome": decision.outcome,
        "title": lead.title,
        "lead": lead,
        "document": rules.document,
        "why": [_plain(clause) for clause in _why(rules, decision)],
        "open": [_open(answers, name) for name in open_questions[:_SHOWN]],
        "many_open": len(open_questions) > _SHOWN,
        "categories": [c.title for c in rules.categories if c.code in categories],
        "certain": bool(decision.categories),
        "materials": rules.materials_for(categories),
        "clauses": [_meant(rules, answer) for answer in decision.clauses],
        "how": APPLICATION.of(answers.place.code).outcome,
        "gets": answers.place.about.gets if answers.place.about else (),
        "lasts": answers.place.about.lasts if answers.place.about else "",
        "goes": answers.place.about.goes if answers.place.about else (),
        "help": answers.place.other_help if decision.outcome == "ineligible" else (),
        "known": bool(answers.known),
        "other_kinds": bool(answers.said.get(KIND)) and decision.outcome == "ineligible" and not _against(decision, rules),
        "lines": answers.lines,
        "said": [{"name": name, "label": _question(name), "value": _said(answers, name, value)} for name, value in answers.said.items()],
    }  # fmt: skip


def _open(answers: Answers, name: str) -> dict[str, Any]:
    """An unanswered question that decides the result. `said`: an answer that was given but does not settle it."""
    fact, chosen = FACTS[name], answers.said.get(name)
    said = chosen_in_words(fact, chosen) if may_be_chosen(fact, chosen) else ""
    return {"name": name, "label": fact.question, "hint": "" if said else fact.hint, "said": said}


def as_file(request: HttpRequest, answers: Answers) -> HttpResponse:
    """The result as a text file, to keep or show at the window."""
    text: str = render_to_string("portal/selfcheck_result.txt", context(answers), request)
    text = re.sub(r"\n{3,}", "\n\n", text.replace("\r", "")).strip()
    response = HttpResponse("\ufeff" + text.replace("\n", "\r\n") + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, say("自查结果.txt")) or "attachment"
    return response


def _lead(rules: Policy, decision: Ruling, answers: Answers) -> Headline:
    if decision.outcome == "eligible":
        return Headline(say("按您说的情况，符合申请条件"))
    if decision.outcome == "undetermined":
        return Headline(say("还不能确定，有几项不清楚"))
    region, facts, hoped = answers.place, answers.parsed(), answers.hoped()
    lacking = [name for name in hoped if facts.get(name) != hoped[name]]
    then = rules.decide(hoped).outcome
    day = eligible_from(rules, hoped) if then == "ineligible" else None
    wait = _wait(rules, hoped, day) if day else ""
    if lacking and (day or then != "ineligible"):
        first = region.curable[lacking[0]]
        return Headline(first.title, f"{first.text}{wait}", say("看窗口在哪里"), reverse("portal:windows"))
    if wait:
        return Headline(wait.rstrip("。"), say("在这以前情况没有变的，到了那天就来申请，或者再自查一次。"))
    failing = _against(decision, rules)
    if not failing and answers.said.get(KIND) and (day := eligible_from(rules, hoped, outcome="undetermined")):
        return Headline(
            say("再等到{day}{value}，到时再自查一次", **_until(rules, hoped, day)), say("还有几项没有问到，到时也要符合。别的几种，现在就可以看看。"),
            say("看看别的几种"), press="others",
        )  # fmt: skip
    if not failing and answers.said.get(KIND):
        return Headline(
            say("这一种不符合，看看是不是别的一种"), say("已经答过的不用再答。"), say("看看别的几种"), press="others"
        )
    for clause in failing:
        for fact in rules.carriers(clause.code, facts):
            if fact in region.remedies:
                remedy = region.remedies[fact]
                return Headline(remedy.title, remedy.text)
    return Headline(say("按您说的情况，现在不符合条件"))


def _wait(rules: Policy, facts: dict[str, Any], day: Any) -> str:
    return say("再等到{day}{value}，到时可以申请。", **_until(rules, facts, day))


def _until(rules: Policy, facts: dict[str, Any], day: Any) -> dict[str, str]:
    reached = reached_on(rules, facts, day)
    return {"day": bare_day(day), "value": say("就{reached}", reached=reached) if reached else ""}


def _against(decision: Ruling, rules: Policy) -> list[ClauseAnswer]:
    """The failing base conditions and the applicable exclusions."""
    categories = {category.code for category in rules.categories}
    exclusions = {exclusion.code for exclusion in rules.exclusions}
    failed = [c for c in decision.clauses if c.status is False and c.code not in categories | exclusions]
    return failed + [c for c in decision.clauses if c.code in decision.exclusions]


def _why(rules: Policy, decision: Ruling) -> list[ClauseAnswer]:
    """The clauses behind the answer, for or against."""
    categories = {category.code for category in rules.categories}
    if decision.outcome == "eligible":
        return [clause for clause in decision.clauses if clause.code in decision.categories]
    if decision.outcome == "undetermined":
        return [clause for clause in decision.clauses if clause.status is None and clause.code not in categories]
    return _against(decision, rules) or [c for c in decision.clauses if c.code in categories and c.status is False]


_CODE = re.compile(r"（区划代码(\d+)）")


def plain_reason(answer: ClauseAnswer) -> str:
    """A reason with place names instead of codes."""
    return _CODE.sub(_named, answer.reason)


def _plain(answer: ClauseAnswer) -> dict[str, str]:
    return {"clause": answer.clause, "title": answer.title, "reason": plain_reason(answer)}


def _named(code: re.Match[str]) -> str:
    name = place_name(code[1])
    return f"（{name}）" if name not in code.string else ""


def _meant(rules: Policy, answer: ClauseAnswer) -> dict[str, Any]:
    """A clause's answer by its meaning: true is good for a condition and bad for an exclusion;
    a category that does not apply is neutral.
    """
    status = answer.status
    good: bool | str | None = status
    words = {True: say("符合"), False: say("不符合")}
    if answer.code in {exclusion.code for exclusion in rules.exclusions}:
        good, words = None if status is None else not status, {True: say("有这种情形"), False: say("没有这种情形")}
    elif answer.code in {category.code for category in rules.categories}:
        good, words = ("plain" if status is False else status), {True: say("属于"), False: say("不属于")}
    return {"answer": answer, "reason": plain_reason(answer), "good": good, "words": say("尚不清楚") if status is None else words[status]}  # fmt: skip


def _question(name: str) -> str:
    if name == PLACE:
        return say(WHERE)
    if name == KIND:
        return say("下面哪一种像您？")
    return TOGETHER[name].question if name in TOGETHER else FACTS[name].question


def _said(answers: Answers, name: str, value: Any) -> str:
    if name == PLACE:
        return registry.named(value).name
    if value is None:
        return say("都不像，或者说不准") if name == KIND else say("不清楚")
    if name == KIND:
        return answers.policy.titles[value]
    if name in TOGETHER:
        return TOGETHER[name].yes if value else TOGETHER[name].no
    return chosen_in_words(FACTS[name], value)
