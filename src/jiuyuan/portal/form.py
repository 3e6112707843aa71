"""The application form, page by page. Each page is saved when it is left."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.queries import place_name
from jiuyuan.applications import services
from jiuyuan.applications.agents import RELATIONS
from jiuyuan.applications.case import Case
from jiuyuan.portal import question_page, sections
from jiuyuan.portal.access import for_applicants, is_editable, own_case
from jiuyuan.portal.apply import Categories
from jiuyuan.portal.forms import AddressField, PhoneField
from jiuyuan.portal.household import household
from jiuyuan.portal.question_page import QuestionPage, ask, forgive, posted, saved, show, shown
from jiuyuan.portal.questions import errors_of, field_for, in_plain_days, initial_of, value_of
from jiuyuan.regions.questions import Detail, Topic
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.possible_days import impossible_days, why_impossible
from jiuyuan.web.fields import DayField
from jiuyuan.wording import say


def _detail_field(detail: Detail) -> forms.Field:
    """The field of a form column that does not affect the decision; it is optional."""
    common: dict[str, Any] = {"label": detail.label, "help_text": detail.hint, "required": False}
    if detail.day:
        return DayField(**common)
    if detail.choices:
        return forms.ChoiceField(choices=[("", say("请选择")), *((c, c) for c in detail.choices)], **common)
    widget = forms.Textarea({"rows": 3}) if detail.long else forms.TextInput()
    too_long = {"max_length": say("最多400字，请写短一些。")}
    return forms.CharField(max_length=400, widget=widget, error_messages=too_long, **common)


def _details_of(form: QuestionPage, names: tuple[str, ...]) -> dict[str, str]:
    cleaned = {name: form.cleaned_data.get(name) for name in names if name in form.cleaned_data}
    return {
        name: value if isinstance(value, str) else value.isoformat() if value else "" for name, value in cleaned.items()
    }


class Contact(QuestionPage):
    phone = PhoneField()
    address = AddressField()


class Helping(QuestionPage):
    """The agent: all four inputs, or none."""

    name = forms.CharField(label="帮您办的人的姓名", required=False, help_text="自己办的，这一页都不用填。")
    relation = forms.ChoiceField(
        label="是您的什么人",
        required=False,
        choices=[("", "请选择"), *((one, one) for one in RELATIONS)],
    )
    id_number = forms.CharField(label="他的身份证号码", required=False, widget=forms.TextInput({"class": "id-number"}))
    phone = forms.CharField(
        label="他的电话", required=False, widget=forms.TextInput({"inputmode": "tel", "class": "medium"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.decides = True  # type: ignore[attr-defined]  # all four or none: none of them is optional by itself


@for_applicants
def page(request: HttpRequest, number: str, code: str) -> HttpResponseBase:
    """A page of the form. After saving it leads to the next,
    or back to the review page if that is where it was opened.
    """
    case = own_case(request, number)
    if not is_editable(case):
        return redirect("portal:progress", number)
    if code == "household":
        return household(request, case)
    if code not in {step.code for step in sections.steps(case)}:
        raise Http404
    form, title, said = _asked(posted(request), case, code)
    show(request, number, code)
    leaving, to = "leaving" in request.POST, request.POST.get("to", "next")
    if request.method == "POST" and (leaving or to != "next"):
        form.full_clean()
        forgive(form, everything=leaving)
    if request.method == "POST" and form.is_valid():
        if question_page.differs(request, form):
            if leaving:
                return HttpResponse(status=409)
            return question_page.both(request, form, title=title, keep_url=_onward(request, case, code))
        if application := saved(form, lambda: services.save(_user(request), number, **said())):
            fresh = Case(application, _user(request))
            return _left(fresh, code) if leaving else redirect(_onward(request, fresh, code))
    return ask(
        request,
        form,
        title=title,
        template="portal/page.html",
        back="form" if "form" in (request.GET.get("back"), request.POST.get("back")) else "",
        seen=request.POST.get("seen") or question_page.version(form),
        first=not sections.before(case, code),
        **sections.place_of_step(case, code),
    )


def _onward(request: HttpRequest, case: Case, code: str) -> str:
    """The target of the button with which a page was left."""
    number = case.application.number
    to = request.POST.get("to", "next")
    if to == "review" or request.POST.get("back") == "form":
        return reverse("portal:form", args=[number])
    if to == "back":
        return sections.before(case, code) or reverse("portal:form", args=[number])
    if passed := sections.passed_over(case, code, shown(request, number)):
        messages.info(request, say("后面{n}页您都答过了，已经填好，不用再填。提交以前会再给您看一遍。", n=passed))
    return sections.following(case, code, shown(request, number))


def _left(case: Case, code: str) -> HttpResponse:
    """The response for the script that saves on leaving: the version now stored."""
    form, *_ = _asked(None, case, code)
    return JsonResponse({"seen": question_page.version(form)})


# A page's form, its title, and a function returning the arguments for `services.save`.
Asked = tuple[QuestionPage, str, Callable[[], dict[str, Any]]]


def _asked(data: QueryDict | None, case: Case, code: str) -> Asked:
    return {"contact": _contact, "categories": _categories, "wishes": _wishes, "agent": _agent}.get(code, _topic)(
        data, case, code
    )


def _contact(data: QueryDict | None, case: Case, _code: str) -> Asked:
    form = Contact(data, initial={"phone": case.phone, "address": case.address})
    return (
        form,
        say("怎么联系您？"),
        lambda: {"contact": {name: value for name, value in form.cleaned_data.items() if value}},
    )


def _categories(data: QueryDict | None, case: Case, _code: str) -> Asked:
    form = Categories(data, initial={"categories": case.application.categories}, rules=case.policy)
    return form, say("您属于哪一类？"), lambda: {"categories": form.cleaned_data.get("categories")}


def _agent(data: QueryDict | None, case: Case, _code: str) -> Asked:
    there = case.agent
    initial = {name: getattr(there, name) for name in Helping.base_fields} if there else {}
    form = Helping(data, initial=initial)
    return (
        form,
        say("有人帮您办吗？"),
        lambda: {"agent": {name: form.cleaned_data.get(name, "") for name in form.fields}},
    )


def _wishes(data: QueryDict | None, case: Case, _code: str) -> Asked:
    form = QuestionPage(data, initial=case.application.details)
    wishes = case.questions.wishes
    for name in wishes:
        form.fields[name] = _detail_field(case.questions.by_name[name])
    return form, say("想做什么工作？"), lambda: {"details": _details_of(form, wishes)}


def _topic(data: QueryDict | None, case: Case, code: str) -> Asked:
    """A page of facts, filled in from the file; 不清楚 is offered until there is an answer."""
    topic = case.questions.by_code[code]
    names = case.questions.facts(topic, sections.needed_facts(case))
    given = {name: initial_of(FACTS[name], sections.answer(case, name)) for name in names}
    form = TopicForm(data, initial={**case.application.details, **given}, topic=topic, case=case)

    def said() -> dict[str, Any]:
        answers = {name: value_of(FACTS[name], form.cleaned_data.get(name)) for name in names}
        known = {name: value for name, value in answers.items() if value is not None}
        return {"facts": known or None, "details": _details_of(form, topic.details)}

    return form, topic.title, said


def _flat(field: forms.Field) -> Iterator[tuple[str, str]]:
    for code, words in field.choices:  # type: ignore[attr-defined]
        yield from words if isinstance(words, list) else [(code, words)]


class TopicForm(QuestionPage):
    def __init__(self, *args: Any, topic: Topic, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = case.questions.facts(topic, sections.needed_facts(case))
        self.columns = case.questions.by_name
        self.born = case.person.birth_date
        matters = sections.open_facts(case)  # what no longer affects the decision may stay empty
        for name in self.names:
            open_still = sections.answer(case, name) is None
            optional = FACTS[name].kind in ("date", "number", "division") or name not in matters
            self.fields[name] = field_for(
                FACTS[name],
                unsure=open_still,
                required=not (open_still and optional),
                exact=True,
                sex=case.person.sex,
            )
            there = sections.answer(case, name)
            if name == "hukou_division" and there and not any(there == code for code, _ in _flat(self.fields[name])):
                # The self-check asked only for the province, which stays selected.
                empty, *choices = self.fields[name].choices  # type: ignore[attr-defined]
                self.fields[name].choices = [empty, (there, place_name(there)), *choices]  # type: ignore[attr-defined]
            if FACTS[name].optional:
                self.fields[name].required = False
                self.fields[name].help_text = FACTS[name].optional
            elif not self.fields[name].required and name in matters:
                # It affects the decision, so it is not labelled optional; people who do not know leave it empty.
                self.fields[name].decides = True  # type: ignore[attr-defined]
                hint = say("说不准的先空着，由工作人员帮您核实。")
                self.fields[name].help_text = f"{self.fields[name].help_text or ''}{hint}"
        for name in topic.details:
            self.fields[name] = _detail_field(self.columns[name])

    def clean(self) -> None:
        """Show the rules' error messages at their inputs."""
        values = {name: value_of(FACTS[name], self.cleaned_data.get(name)) for name in self.names}
        known = {name: value for name, value in values.items() if value is not None}
        try:
            read = rule_facts.parse({**known, "as_of": clock.today().isoformat()})
            if faults := impossible_days(read, today=clock.today(), born=self.born):
                raise rule_facts.Invalid(faults)
        except rule_facts.Invalid as invalid:
            for name, message in errors_of(invalid.errors).items():
                self.add_error(name if name in self.fields else None, message)
        days = {name: day for name, day in self.cleaned_data.items() if name in self.columns and isinstance(day, date)}
        for name, day in days.items():
            if why := why_impossible("unemployed_since", day, today=clock.today(), born=self.born):
                self.add_error(name, say("{why}，请核对年月日。", why=in_plain_days(why)))


@for_applicants
def resume(request: HttpRequest, number: str) -> HttpResponseBase:
    """Continue an application: the first page with an open question, else the review page."""
    case = own_case(request, number)
    if not is_editable(case):
        return redirect("portal:progress", number)
    step = sections.where_to_go_on(case, shown(request, number))
    return redirect(step.url if step else reverse("portal:form", args=[number]))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
