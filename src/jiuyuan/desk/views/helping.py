"""How one person is helped: talks, the plan with its measures, and every act about them."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.assistance import matching, offer_counts, wish_rows
from jiuyuan.assistance import queries as assistance
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP
from jiuyuan.assistance.interview_workflow import INTERVIEW, InterviewOf
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Interview, JobOffer, Measure, Plan, ServiceRefusal
from jiuyuan.assistance.offer_workflow import OFFER, OfferOf
from jiuyuan.assistance.plan_workflow import PLAN, PlanOf
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.helping import InterviewForm, PlanForm
from jiuyuan.desk.forms.offers import OfferForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.offers import MOST_MATCHES
from jiuyuan.history.models import Entry
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, Refusal
from jiuyuan.wording import for_record, say

_MOST_ACTS = 60
_WORKFLOWS: dict[str, Workflow] = {one.name: one for one in (INTERVIEW, PLAN, MEASURE, OFFER, FOLLOW_UP, REFUSAL)}


@staff(Right.SEE_PEOPLE)
@require_safe
def helping(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Everything about the help of one person, newest first, and what may be done now."""
    stay = queries.opened(request.user, pk, for_record("帮扶"))
    user = request.user
    interviews = list(Interview.objects.visible_to(user).filter(recognition=stay))
    plans = list(Plan.objects.visible_to(user).filter(recognition=stay).select_related("helper__agency"))
    for row in (*interviews, *plans):
        row.recognition = stay
    plan = next((one for one in plans if one.open), None)
    context = {
        "recognition": stay,
        "person": stay.person,
        "interviews": [_talk(one, user, assistance.sees_health(user, stay, plan)) for one in interviews],
        "plan": plan,
        "measures": _measures(plan, user) if plan else [],
        "offered": offer_counts.offered(plan, clock.today()).in_words if plan else "",
        "offers": _offers(stay, user),
        "refusals": _refusals(stay, user),
        "earlier": [one for one in plans if not one.open],
        "actions": [
            *_buttons(INTERVIEW, stay, stay, user),
            *(
                button
                for one in interviews
                if one.status == "wishes"
                for button in _buttons(INTERVIEW, one, stay, user)
            ),
            *(_buttons(PLAN, plan, stay, user) if plan else _buttons(PLAN, stay, stay, user)),
            *(_buttons(OFFER, plan, stay, user) if plan else []),
        ],
        "history": timeline.tell(
            Entry.objects.of(stay.file)
            .filter(action__in=_ACTS, payload__recognition=stay.number)
            .order_by("-seq")[:_MOST_ACTS]
        ),
        "crumbs": _crumbs(stay),
    }
    return page(request, "helping.html", context, at="today")


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, kind: str, action: str, item: int) -> HttpResponseBase:
    """The form of one act. `item` is what it is about, 0 where the act begins it."""
    user, workflow = request.user, _WORKFLOWS.get(kind)
    stay = queries.opened(user, pk, for_record("帮扶"))
    transition = workflow.of(stay.region).by_action.get(action) if workflow else None
    if workflow is None or transition is None or not transition.roles:
        raise NotFound(say("没有这个办理事项。"))
    if Role(user.role) not in transition.roles:
        raise NotForRole(say("您的角色不能办理这一事项。"))
    about = _beginning(workflow, stay, item) if transition.begins else _about(workflow, stay, item)
    context = workflow.hold(about, user)
    form, status = _form(request, workflow, context, transition), 200
    if request.method == "POST":
        said = form.content() if isinstance(form, InterviewForm | PlanForm) else form.said()
        try:
            engine.act(user, workflow, about.pk, action, said, version=form.seen)
        except (NotFound, NotForRole):
            raise
        except (BadInput, GuardNotMet) as refusal:
            form.refuse(refusal)
            status = 422
        except Refusal as refusal:
            messages.error(request, refusal.title)
            return redirect("desk:helping", pk)
        else:
            messages.success(request, transition.result)
            return redirect("desk:helping", pk)
    shown = {
        "recognition": stay,
        "transition": transition,
        "form": form,
        "reason": "" if form.is_bound else engine.why_not(workflow, context, action),
        "crumbs": [*_crumbs(stay)[:-1], {"label": stay.person.name, "url": reverse("desk:helping", args=[pk])}, {"label": transition.label}],
    }  # fmt: skip
    return page(request, "helping_act.html", shown, at="today", status=status)


_ACTS = frozenset(
    transition.record
    for workflow in _WORKFLOWS.values()
    for transition in workflow.of().transitions
    if transition.record
)


def _form(
    request: StaffRequest, workflow: Workflow, context: Any, transition: Any
) -> InterviewForm | PlanForm | ActForm:
    data = request.POST or None
    if isinstance(context, InterviewOf):
        return InterviewForm(context, data)
    if isinstance(context, OfferOf) and transition.begins:
        found = matching.best(context.recognition, MOST_MATCHES)
        return OfferForm(context, transition, found, request.GET.get("vacancy", ""), data)
    if isinstance(context, PlanOf) and transition.action in ("plan", "replace"):
        return PlanForm(context, data)
    return ActForm(workflow, context, transition, data)


def _beginning(workflow: Workflow, stay: Recognition, item: int) -> Any:
    """What an act that begins something hangs on."""
    if workflow is FOLLOW_UP:
        return _about(OFFER, stay, item)
    if workflow is not OFFER:
        return stay
    plan = Plan.objects.unscoped().filter(recognition=stay, status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE]).first()
    if plan is None:
        raise NotFound(say("还没有帮扶计划，请先定计划。"))
    plan.recognition = stay
    return plan


def _about(workflow: Workflow, stay: Recognition, item: int) -> Any:
    way = "plan__recognition" if workflow is MEASURE else "recognition"
    row: Any = workflow.model._base_manager.filter(**{way: stay, "pk": key(item)}).first()
    if row is None:
        raise NotFound(say("没有{noun}。", noun=workflow.noun))
    if isinstance(row, Measure):
        row.plan.recognition = stay
    else:
        row.recognition = stay
    if isinstance(row, JobOffer):
        row.plan.recognition = stay
    if isinstance(row, ServiceRefusal):
        row.offer.recognition = stay
    return row


def _buttons(workflow: Workflow, about: Any, stay: Recognition, user: Any) -> list[dict[str, Any]]:
    item = about.pk if isinstance(about, workflow.model | JobOffer) else 0
    return [
        {
            "label": offer.transition.label,
            "url": reverse("desk:help_act", args=[stay.pk, workflow.name, offer.transition.action, item])
            if offer.transition.action != "offer"
            else reverse("desk:matches", args=[stay.pk]),
            "reasons": offer.reasons,
            "main": offer.transition.emphasis == "main",
            "danger": offer.transition.emphasis == "grave",
        }
        for offer in engine.offered(workflow, workflow.hold(about, user))
    ]


def _talk(interview: Interview, user: Any, health: bool) -> dict[str, Any]:
    """A talk in words. What is said of the family, and notes, are for those who handle files; `health`: its limits too."""
    rows = [
        {"key": say("就业能力"), "value": wish_rows.of_abilities(interview)},
        *({"key": label, "value": value} for label, value in wish_rows.of_wishes(interview)),
        {"key": say("想要的服务"), "value": wish_rows.of_services(interview)},
    ]
    if not user.may(Right.RECORD_FACTS):
        rows = [row for row in rows if row["key"] != say("家里要照顾的情况")]
    if interview.limits and health:
        rows.append({"key": say("健康方面的限制"), "value": interview.limits, "note": say("敏感信息，本人单独同意")})
    if interview.note and user.may(Right.RECORD_FACTS):
        rows.append({"key": say("备注"), "value": interview.note})
    return {"interview": interview, "rows": [row for row in rows if row["value"]]}


def _measures(plan: Plan, user: Any) -> list[tuple[Measure, list[dict[str, Any]]]]:
    found = []
    for measure in plan.measures.all():
        measure.plan = plan
        buttons = [one for one in _buttons(MEASURE, measure, plan.recognition, user) if not one["reasons"]]
        found.append((measure, buttons))
    return found


def _offers(stay: Recognition, user: Any) -> list[tuple[JobOffer, list[dict[str, Any]]]]:
    rows = JobOffer.objects.visible_to(user).filter(recognition=stay)
    found = []
    for offer in rows.select_related("plan", "vacancy__employer", "offered_by"):
        offer.recognition = offer.plan.recognition = stay
        buttons = [*_buttons(OFFER, offer, stay, user), *_buttons(FOLLOW_UP, offer, stay, user)]
        found.append((offer, [one for one in buttons if not one["reasons"]]))
    return found


def _refusals(stay: Recognition, user: Any) -> list[tuple[ServiceRefusal, list[dict[str, Any]]]]:
    rows = (
        ServiceRefusal.objects.visible_to(user)
        .filter(recognition=stay)
        .select_related("offer__offered_by", "decided_by")
    )
    found = []
    for refusal in rows:
        refusal.recognition = refusal.offer.recognition = stay
        found.append((refusal, _buttons(REFUSAL, refusal, stay, user)))
    return found


def _crumbs(stay: Recognition) -> list[dict[str, str]]:
    return [
        {"label": say("在册人员"), "url": reverse("desk:register")},
        {"label": stay.number, "url": reverse("desk:recognition", args=[stay.pk])},
        {"label": say("帮扶")},
    ]
