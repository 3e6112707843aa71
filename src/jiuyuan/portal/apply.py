"""Starting an application: place of residence and category. Then there is a draft, and every page is saved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.queries import place_of, platform_for, platforms_of
from jiuyuan.applications import services
from jiuyuan.applications.models import Application, Channel
from jiuyuan.people.id_numbers import parse
from jiuyuan.people.models import Person
from jiuyuan.portal import line, places
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.forms import AddressField, CategoriesField, IdNumberField, NameField, PhoneField
from jiuyuan.portal.question_page import NOT_SAVED, QuestionPage, ask, posted, put_on
from jiuyuan.portal.sections import part
from jiuyuan.portal.selfcheck_answers import Answers
from jiuyuan.portal.unsaved_answers import Beginning, forget
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.refusals import Conflict, Refusal
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import Policy
from jiuyuan.rules.possible_days import impossible_days
from jiuyuan.wording import say


class Who(QuestionPage):
    name = NameField()
    id_number = IdNumberField()
    phone = PhoneField()


class County(QuestionPage):
    county = forms.ChoiceField(
        label="您平时住在哪个县（市、区）？",
        help_text="按现在常住的地方选，不是户口所在地。在哪里住，就由哪里的街道（乡镇）办理。",
        choices=places.county_offices,
        error_messages={"required": "请选您常住的县（市、区）。"},
    )


class Street(QuestionPage):
    platform = forms.ChoiceField(label="街道（乡镇）", error_messages={"required": "请选您常住的街道（乡镇）。"})
    address = AddressField()

    def __init__(self, *args: Any, county: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(agency.code, place_of(agency)) for agency in platforms_of(county)]
        self.fields["platform"].choices = [("", say("请选择")), *streets]  # type: ignore[attr-defined]


class Categories(QuestionPage):
    def __init__(self, *args: Any, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"] = CategoriesField(rules)


@login_not_required
def apply(request: HttpRequest) -> HttpResponseBase:
    """The start page: what is needed, or the existing application. Answers of the self-check are kept."""
    user = applicant(request)
    if request.method == "POST":
        answers = Answers.read(request.POST.getlist("answered"))
        beginning = Beginning.of(request)
        decision = answers.policy.decide(answers.parsed())
        beginning.facts = answers.known
        beginning.categories = list(decision.categories or decision.possible_categories)
        beginning.keep(request)
        if user:
            return redirect("portal:where")
    existing = _open_case(user) if user else None
    stay = recognitions.active(person) if user and (person := _person(user)) else None
    stands = line.title(existing, user) if existing and user else ""
    context = {"existing": existing, "stands": stands, "stay": stay, "carried": len(Beginning.of(request).facts)}
    return render(request, "portal/apply.html", context)


def _open_case(user: User) -> Application | None:
    found: Application | None = Application.objects.visible_to(user).filter(finished_on=None).first()
    return found


def _last(user: User) -> Application | None:
    """The previous application, whose wishes and form columns are filled in again."""
    found: Application | None = Application.objects.visible_to(user).order_by("-pk").first()
    return found


def _person(user: User) -> Person | None:
    found: Person | None = Person.objects.visible_to(user).select_related("agency").first()
    return found


@for_applicants
def who(request: HttpRequest) -> HttpResponseBase:
    """The page for the identity, if neither the session nor a file has it."""
    beginning = Beginning.of(request)
    assert isinstance(request.user, User)
    form = Who(posted(request), initial={"name": beginning.name or request.user.name, "phone": beginning.phone})
    if form.is_valid():
        beginning.name, beginning.id_number = form.cleaned_data["name"], form.cleaned_data["id_number"]
        beginning.phone = form.cleaned_data["phone"]
        beginning.keep(request)
        return redirect("portal:where")
    return ask(request, form, title=say("您是谁？"), **part(1))


@for_applicants
def where(request: HttpRequest) -> HttpResponseBase:
    """The county first, then its streets on the next page, so that lists stay short."""
    assert isinstance(request.user, User)
    if existing := _open_case(request.user):
        messages.info(request, say("您已有一份申请，就在这里，接着办就行。"))
        return redirect("portal:progress", existing.number)
    beginning, person = Beginning.of(request), _person(request.user)
    if not (beginning.id_number or person):
        return redirect("portal:who")
    form = County(posted(request), initial={"county": _county_before(beginning, person)})
    if form.is_valid():
        return redirect("portal:street", form.cleaned_data["county"])
    return ask(request, form, title=say("您平时住在哪个县（市、区）？"), **part(1))


def _county_before(beginning: Beginning, person: Person | None) -> str:
    agency = platform_for(beginning.platform) if beginning.platform else person.agency if person else None
    county = agency.ancestor(Agency.Level.COUNTY) if agency else None
    return county.code if county else ""


@for_applicants
def street(request: HttpRequest, county: str) -> HttpResponseBase:
    agency = Agency.objects.filter(code=county, level=Agency.Level.COUNTY).first()
    if agency is None:
        raise Http404
    assert isinstance(request.user, User)
    if request.method != "POST" and (existing := _open_case(request.user)):
        return redirect("portal:progress", existing.number)
    beginning, person = Beginning.of(request), _person(request.user)
    before = person.agency.code if person and person.agency.path.startswith(agency.path) else ""
    initial = {
        "platform": beginning.platform or before,
        "address": beginning.address or (person.address if person else ""),
    }
    form = Street(posted(request), initial=initial, county=agency)
    if "to" in request.POST:  # to another county; the typed address is kept
        form.full_clean()
        beginning.address = form.cleaned_data.get("address", beginning.address)
        beginning.keep(request)
        return redirect("portal:where")
    if form.is_valid():
        beginning.platform, beginning.address = form.cleaned_data["platform"], form.cleaned_data["address"]
        beginning.keep(request)
        return redirect("portal:begin")
    title = say("您住在{agency}的哪里？", agency=place_of(agency))
    return ask(
        request,
        form,
        title=title,
        template="portal/street.html",
        **part(1),
    )


@for_applicants
def begin(request: HttpRequest) -> HttpResponseBase:
    """The page for the category; it creates the draft with everything said so far."""
    assert isinstance(request.user, User)
    beginning = Beginning.of(request)
    if (agency := platform_for(beginning.platform)) is None:
        return redirect("portal:where")
    rules = registry.policy_of(agency.path, clock.today())
    last = _last(request.user)
    ticked = beginning.categories or (last.categories if last else [])
    form = Categories(posted(request), initial={"categories": ticked}, rules=rules)
    if form.is_valid():
        try:
            application = _create(request.user, beginning, form.cleaned_data["categories"])
        except Conflict as conflict:
            if number := conflict.details.get("number"):
                return _offer(request, str(number))
            put_on(form, conflict)
        except Refusal as refusal:
            put_on(form, refusal)
        except OperationalError:
            form.add_error(None, say(NOT_SAVED))
        else:
            forget(request)
            messages.success(request, say("申请草稿已存好。后面每按一次“保存”就存一页，随时可以停下，下次接着填。"))
            return redirect("portal:resume", application.number)
    return ask(
        request,
        form,
        title=say("您属于哪一类？"),
        **part(2),
        template="portal/categories.html",
    )


def _offer(request: HttpRequest, number: str) -> HttpResponseBase:
    """Redirect people who have a case or are on the register to it."""
    assert isinstance(request.user, User)
    if Application.objects.visible_to(request.user).filter(number=number).exists():
        messages.info(request, say("您已有一份申请，就在这里，接着办就行。"))
        return redirect("portal:progress", number)
    messages.info(request, say("您已是在册的就业困难人员（{number}），在册期间不用再申请。", number=number))
    return redirect("portal:mine")


def _create(user: User, beginning: Beginning, categories: list[str]) -> Application:
    person = _person(user)
    known = (person.name, person.id_number, person.phone) if person else ()
    name, id_number, phone = known or (beginning.name, beginning.id_number, beginning.phone)
    return services.create(
        user,
        name=name,
        id_number=id_number,
        phone=beginning.phone or phone,
        address=beginning.address,
        platform=beginning.platform,
        categories=categories,
        details=last.details if (last := _last(user)) else None,
        facts=_carried(beginning, id_number),
        channel=Channel.PORTAL,
    )


def _carried(beginning: Beginning, id_number: str) -> dict[str, Any]:
    """The self-check's answers that the form can take, without those that follow from the ID number."""
    facts = {**beginning.facts, "residence_division": beginning.platform}
    facts = {name: value for name, value in facts.items() if FACTS[name].origin not in ("id_number", "figures")}
    today = clock.today()
    said = parse(id_number, today)
    try:
        read = rule_facts.parse({**facts, "sex": said.sex, "as_of": today.isoformat()})
        if faults := impossible_days(read, today=today, born=said.birth_date):
            raise rule_facts.Invalid(faults)
    except rule_facts.Invalid as invalid:
        for name, _ in invalid.errors:
            facts.pop(name, None)
    return facts
