"""One's own recognition: its state, its end, the notice, and the objection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.people.correspondence import is_dead
from jiuyuan.people.heard import ways
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.subjects import Subject
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.grounds import GroundHeld, held_of, in_words, own_wish, source_in_words
from jiuyuan.recognitions.letters import exit_notice_pdf, outcome_pdf
from jiuyuan.recognitions.models import ExitNotice, ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.recognitions.stay import Stay
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, PROPOSAL, sheet
from jiuyuan.regions import registry
from jiuyuan.rules.facts import fact_label
from jiuyuan.web.fields import DayField
from jiuyuan.wording import for_record, say


@dataclass(frozen=True)
class Card:
    """A recognition as shown to the person.

    - `clause`: None while it is active; `facts`: those behind the end.
    - `inquiry`: an investigation's finding, from the hearing until the decision.
    - `led`: the application that led to it; `proof`: 认定证明 is available.
    - `outcome`: the letter on the objection is available; `heard`: the remedies against the end or that outcome.
    - `wish`: an undecided request to leave; `kept`: the last one after which the reviewer kept the person.
    - `may_leave`: neither such a request nor an objection is open.
    """

    recognition: Recognition
    led: Application | None
    proof: bool
    category: str
    clause: GroundHeld | None
    facts: list[tuple[str, str, str, date]]
    objection: ExitObjection | None
    inquiry: Investigation | None
    wish: ExitProposal | None
    kept: ExitProposal | None
    may_object: bool
    may_leave: bool
    notice: bool
    outcome: bool
    heard: tuple[str, ...]


class FoundWork(QuestionPage):
    """The new workplace and first day: the reason for leaving."""

    where = forms.CharField(
        label="在哪里上班？", max_length=100, error_messages={"required": "请写在哪里上班。"},
        help_text="单位的名称；自己做生意的，写做什么。",
    )  # fmt: skip
    since = DayField(label="从哪天起？", error_messages={"required": "请写从哪天起上班。"})

    def words(self) -> str:
        said = self.cleaned_data
        return for_record("我找到工作了：{where}，{since:date}起上班。", where=said["where"], since=said["since"])


def cards(user: User, applications: Iterable[Application]) -> list[Card]:
    """The person's recognitions, latest first. `applications`: all of theirs, already loaded."""
    led = {one.recognition_id: one for one in applications}
    rows = Recognition.objects.visible_to(user).select_related("agency", "person")
    stays = rows.prefetch_related("objections", "proposals", "investigations")
    return [_card(user, sheet(stay, user), led.get(stay.pk)) for stay in stays]


def _card(user: User, about: Stay, led: Application | None) -> Card:
    stay = about.stay
    inquiry = about.investigation
    own = [one for one in about.proposals if one.proposed_by_id == user.pk] if about.active else []
    last = own[0] if own else None
    objection = about.objections[0] if about.objections else None
    wish = last if last and last.status == ExitProposal.Status.OPEN else None
    return Card(
        stay,
        led,
        led is not None and about.active and "proof" in registry.papers_of(stay.area).letters,
        queries.category_of(stay),
        held_of(stay),
        [
            (
                say(fact_label(one["name"])),
                in_words(one["name"], one["value"]),
                source_in_words(one),
                date.fromisoformat(one["observed_on"]),
            )
            for one in stay.basis or ()
        ],
        objection,
        inquiry if inquiry and inquiry.told_on else None,
        wish,
        last if last and last.status == ExitProposal.Status.DISMISSED else None,
        may_object=_is_possible(user, OBJECTION, stay, "object"),
        may_leave=about.active and wish is None and not (objection and objection.upheld is None),
        notice=stay.ended_on is not None and not is_dead(stay.person),
        outcome=objection is not None and ExitNotice.objects.unscoped().filter(objection=objection).exists(),
        heard=_heard(stay, objection),
    )


def _heard(stay: Recognition, objection: ExitObjection | None) -> tuple[str, ...]:
    if stay.ended_on is None:
        return ()
    return ways(stay.area, "objection_outcome" if objection and objection.upheld is False else "exit", stay.agency)


@for_applicants
@never_cache
@require_safe
def exit_notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """退出告知书 of one's own exit; 404 if there is none."""
    found = queries.seen(_user(request), pk, for_record("退出告知书"))
    title = say("取消认定告知书") if found.annulled else say("退出告知书")
    return _paper(exit_notice_pdf(found), title, found)


@for_applicants
@never_cache
@require_safe
def objection_outcome(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The outcome of one's own objection to an exit; 404 if there is none."""
    found = queries.seen(_user(request), pk, for_record("退出异议处理结果告知书"))
    return _paper(outcome_pdf(found), say("退出异议处理结果告知书"), found)


def _paper(pdf: bytes, title: str, found: Recognition) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    name = content_disposition_header(False, f"{title}-{found.number}.pdf")
    response["Content-Disposition"] = name or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_exit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Object to one's exit, which suspends it until another officer decides. Sending twice has no effect."""
    found = queries.seen(_user(request), pk, for_record("对退出提出异议"))
    ended = held_of(found)
    caption = say("对退出提出异议 · {title}", title=ended.title) if ended else ""
    return _own_page(request, OBJECTION, "object", found, caption)


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer an investigation's finding before the decision."""
    user = _user(request)
    inquiry = sheet(queries.seen(user, pk, for_record("对调查结论陈述意见")), user).investigation
    caption = inquiry and say(
        "调查结论：{value} · {finding}", value=say("属实") if inquiry.holds else say("不属实"), finding=inquiry.finding
    )
    return _own_page(request, INVESTIGATION, "respond", inquiry, caption or "")


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Request to leave; a reviewer confirms, and until then it can be withdrawn.

    `?found_work` asks where and from when.
    """
    found = queries.seen(_user(request), pk, for_record("申请退出援助"))
    worded: dict[str, Any] = {}
    if "found_work" in request.GET:
        worded = {
            "form": FoundWork(posted(request)),
            "title": say("恭喜您找到工作！"),
            "question": False,
            "lead": say(
                "有了工作，就业援助就到此结束：这一页是申请退出援助。工作人员同意以前您仍然在册，可以撤回；以后又失业了，可以重新申请。"
            ),
            "button": say("找到工作了，申请退出援助"),
        }
    wish = own_wish(found)
    return _own_page(request, PROPOSAL, "propose", found, say("申请退出就业援助"), {"ground": wish}, **worded)


def _own_page(
    request: HttpRequest,
    workflow: Workflow,
    action: str,
    row: Recognition | Investigation | None,
    caption: str,
    said: Mapping[str, str] | None = None,
    *,
    form: "FoundWork | None" = None,
    **worded: Any,
) -> HttpResponseBase:
    """The page of an act by the person, in the words of its table. `form`: another form; `worded`: other texts."""
    user = _user(request)
    region = workflow.hold(row, user).region if row else ""
    asked = workflow.of(region).by_action[action].own_page
    assert asked is not None
    if row is None or not _is_possible(user, workflow, row, action):
        messages.warning(request, asked.not_now)
        return redirect("portal:mine")
    shown: QuestionPage = form or QuestionPage(posted(request))
    if form is None:
        shown.fields[asked.need] = forms.CharField(
            label=asked.heading,
            help_text=asked.hint,
            widget=forms.Textarea({"rows": 6}),
            error_messages={"required": asked.empty},
        )

    def act() -> Subject:
        words = {asked.need: form.words() if form else shown.cleaned_data[asked.need]}
        done: Subject = engine.act(user, workflow, row.pk, action, {**(said or {}), **words})
        return done

    if shown.is_valid() and saved(shown, act) is not None:
        messages.success(request, asked.result)
        return redirect("portal:mine")
    page = {"title": asked.heading, "button": asked.button} | worded
    return ask(request, shown, caption=caption, back_url=reverse("portal:mine"), back_label=say("返回"), **page)


@for_applicants
@require_POST
def stay(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Withdraw one's request to leave."""
    user = _user(request)
    found = queries.seen(user, pk, for_record("撤回退出申请"))
    wish = next((one for one in sheet(found, user).open_proposals if one.proposed_by_id == user.pk), None)
    if wish is None:
        messages.warning(request, say("没有可以撤回的退出申请。"))
    else:
        engine.act(user, PROPOSAL, wish.pk, "take_back", {"reason": say("本人登录系统撤回")})
        messages.success(request, say("已撤回退出申请，您继续在册。"))
    return redirect("portal:mine")


def _is_possible(user: User, workflow: Workflow, row: Recognition | Investigation, action: str) -> bool:
    return not engine.why_not(workflow, workflow.hold(row, user), action)


def _user(request: HttpRequest) -> User:
    user = applicant(request)
    assert user is not None
    return user
