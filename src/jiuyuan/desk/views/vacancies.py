"""Vacancies: those of the area, one with its acts, and the link for its employer."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.queries import place_name
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.assistance import occupations, queries
from jiuyuan.assistance.discriminating_words import IN_WORDS, Mark
from jiuyuan.assistance.models import BestMatch, Vacancy
from jiuyuan.assistance.vacancy_context import OfVacancy
from jiuyuan.assistance.vacancy_workflow import VACANCY, pay_of
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.vacancies import VacancyFilterForm, VacancyForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotForRole, NotFound, Refusal
from jiuyuan.templatetags.plain import short_day
from jiuyuan.wording import for_record, say

_MOST_ACTS, _MOST_SUITED = 100, 20


@staff(Right.SEE_VACANCIES)
@require_safe
def vacancies(request: StaffRequest) -> HttpResponseBase:
    """The vacancies of the area, one tab per state, open ones first."""
    status = request.GET.get("status", Vacancy.Status.OPEN)
    status = status if status in Vacancy.Status.values else Vacancy.Status.OPEN
    q = request.GET.get("q", "")[:60]
    rows, following = lists.newest_first(queries.vacancies(request.user, status, q), request.GET.get("cursor", ""))
    numbers, today = queries.counts(request.user), clock.today()
    tabs = [
        {
            "label": Vacancy.Status(one).label,
            "url": f"?status={one}",
            "count": numbers.get(one, 0),
            "current": one == status,
        }
        for one in ("open", "draft", "checked", "filled", "expired", "withdrawn")
    ]
    context = {
        "rows": [(row, queries.to_confirm(row, today)) for row in rows],
        "tabs": tabs,
        "filters": VacancyFilterForm({"status": status, "q": q}),
        "active": bool(q),
        "next": following,
        "previous": None,
        "may_create": Role(request.user.role) in VACANCY.of().by_action["create"].roles,
    }
    return page(request, "vacancies.html", context, at="vacancies")


@staff(Right.SEE_VACANCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    """Record a vacancy from an employer at the window or on the phone."""
    return _written(request, None)


@staff(Right.SEE_VACANCIES)
@require_safe
def vacancy(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    context, today = OfVacancy(found, request.user), clock.today()
    shown = {
        "vacancy": found,
        "rows": _rows(found, context),
        "marks": [(mark.text, *IN_WORDS[mark.ground]) for mark in context.marks],
        "link": (link := queries.open_link(found, today)),
        "link_said": say("{made_by_name}{made_on}发出链接，{valid_until}前有效，单位还没有答复。", made_by_name=link.made_by_name, made_on=short_day(link.made_on), valid_until=short_day(link.valid_until)) if link else "",
        "to_confirm": queries.to_confirm(found, today),
        "actions": buttons(VACANCY, context, "desk:vacancy_act", found.pk),
        "suits": _suits(request, found),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")[:_MOST_ACTS]),
        "crumbs": [{"label": say("岗位"), "url": reverse("desk:vacancies")}, {"label": found.title}],
    }  # fmt: skip
    return page(request, "vacancy.html", shown, at="vacancies")


@staff(Right.SEE_VACANCIES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    """The form of an act. The employer's link is shown once, on the page that created it."""
    found = _found(request, pk)
    context = OfVacancy(found, request.user)
    transition = transition_for(request, VACANCY, context.region, action)
    if transition.begins:
        raise NotFound(say("没有这个办理事项。"))
    if action == "revise":
        return _written(request, found)
    marks = [(mark.text, *IN_WORDS[mark.ground]) for mark in context.marks] if action.startswith("open") else []
    return one_act(
        request, VACANCY, context, transition, pk,
        caption=f"{found.title} · {found.get_status_display()}",
        back=reverse("desk:vacancy", args=[pk]),
        crumbs=_crumbs(found, transition.label),
        at="vacancies",
        after=(lambda done: _link(request, done)) if action == "ask_employer" else None,
        template="vacancy_act.html",
        beside={"marks": marks},
    )  # fmt: skip


def _link(request: StaffRequest, vacancy: Vacancy) -> HttpResponseBase:
    address = request.build_absolute_uri(reverse("portal:employer", args=[vacancy.secret]))  # type: ignore[attr-defined]
    context = {
        "vacancy": vacancy,
        "address": address,
        "link": queries.open_link(vacancy, clock.today()),
        "crumbs": _crumbs(vacancy, say("给单位的链接")),
    }
    return page(request, "vacancy_link.html", context, at="vacancies")


def _written(request: StaffRequest, found: Vacancy | None) -> HttpResponseBase:
    """The form of a vacancy's contents; on errors redisplayed with the input."""
    action, status = "revise" if found else "create", 200
    transition = VACANCY.of().by_action[action]
    if Role(request.user.role) not in transition.roles:
        raise NotForRole(say("“{label}”由基层经办人办理。", label=transition.label))
    form = VacancyForm(request.POST or None, found)
    if request.method == "POST":
        try:
            seen = form.seen if found else engine.UNSEEN
            done = engine.act(request.user, VACANCY, found.pk if found else None, action, form.content(), version=seen)
        except (NotFound, NotForRole):
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status if refusal.status == 409 else 422
        else:
            messages.success(request, transition.result)
            return redirect("desk:vacancy", done.pk)
    context: dict[str, Any] = {
        "form": form,
        "transition": transition,
        "vacancy": found,
        "cancel": reverse("desk:vacancy", args=[found.pk]) if found else reverse("desk:vacancies"),
        "crumbs": _crumbs(found, transition.label),
    }
    return page(request, "vacancy_content.html", context, at="vacancies", status=status)


def _suits(request: StaffRequest, found: Vacancy) -> list[BestMatch]:
    """The people whom the vacancy suits, for users with access to files; the look is recorded."""
    if found.status != Vacancy.Status.OPEN or not request.user.may(Right.SEE_PEOPLE):
        return []
    people = list(queries.suited_by(request.user, found)[:_MOST_SUITED])
    if people:
        looked_at_list(request.user, for_record("岗位适合的人"))
    return people


def _found(request: StaffRequest, pk: int) -> Vacancy:
    rows = Vacancy.objects.visible_to(request.user).select_related("employer", "agency", "division")
    found: Vacancy | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个岗位。"))
    return found


def _rows(vacancy: Vacancy, context: OfVacancy) -> list[dict[str, Any]]:
    """The contents of the vacancy in words, naming what is unknown."""
    pay = pay_of(vacancy)
    minimum = context.minimum
    least = (
        say("按小时的最低工资标准：没有依据，由省级设定")
        if vacancy.by_the_hour
        else say(
            "{place}月最低工资标准{minimum_value}元（{source}）",
            place=minimum.place,
            minimum_value=minimum.value,
            source=minimum.source,
        )
        if minimum
        else say("当地最低工资标准：没有依据，由省级设定")
    )
    months = vacancy.contract_months
    texts = {name: _marked(name, text, context.marks) for name, text in vacancy.texts.items()}
    return [
        {"key": say("单位"), "value": vacancy.employer.name, "note": vacancy.employer.credit_code},
        {"key": say("岗位名称"), "value": texts["title"], "note": occupations.in_words(vacancy.occupation)},
        {
            "key": say("招聘人数"),
            "value": say("{number}人", number=vacancy.number),
            "note": say("已录用{taken}人", taken=vacancy.taken) if vacancy.taken else "",
        },
        {"key": say("工作内容"), "value": texts["tasks"]},
        {"key": say("招聘条件"), "value": texts["conditions"]},
        {"key": say("工作地点"), "value": vacancy.address, "note": place_name(vacancy.division_id)},
        {"key": say("报酬"), "value": pay, "note": least},
        {
            "key": say("用工形式"),
            "value": say(
                "{get_form_display}用工，{get_hours_display}",
                get_form_display=vacancy.get_form_display(),
                get_hours_display=vacancy.get_hours_display(),
            ),
        },
        {"key": say("合同期限"), "value": say("{months}个月", months=months) if months else ""},
        {"key": say("社会保险"), "value": "、".join(Vacancy.Insurance(code).label for code in vacancy.insurance)},
        {"key": say("无障碍条件"), "value": "、".join(Vacancy.Accessible(code).label for code in vacancy.accessible)},
        {"key": say("单位联系人"), "value": vacancy.contact, "note": say("只给经办人看，不公布")},
        {"key": say("信息来源"), "value": vacancy.source},
        {"key": say("怎样核对的"), "value": vacancy.checked_how},
    ]


def _crumbs(vacancy: Vacancy | None, here: str) -> list[dict[str, str]]:
    above = [{"label": say("岗位"), "url": reverse("desk:vacancies")}]
    if vacancy is not None:
        above.append({"label": vacancy.title, "url": reverse("desk:vacancy", args=[vacancy.pk])})
    return [*above, {"label": here}]


def _marked(name: str, text: str, marks: list[Mark]) -> SafeString:
    """The text with discriminating expressions marked."""
    reached, parts = 0, list[str]()
    for mark in (mark for mark in marks if mark.field == name):
        parts += [text[reached : mark.start], format_html("<mark>{}</mark>", mark.text)]
        reached = mark.end
    return format_html_join("", "{}", ((part,) for part in (*parts, text[reached:])))
