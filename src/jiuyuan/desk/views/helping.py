"""The assistance of one person: interviews, plan, measures, and their acts."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.queries import place_name
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.assistance import matching, offer_counts, offer_terms, placing, refusal_counts, wish_rows
from jiuyuan.assistance import queries as assistance
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.enrolment_workflow import ENROLMENT, EnrolmentOf
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, FOLLOWED, column_of, key_of
from jiuyuan.assistance.interview_workflow import INTERVIEW, InterviewOf
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import (
    Appointment,
    Course,
    Enrolment,
    FollowUp,
    Interview,
    JobOffer,
    Kind,
    Measure,
    Placement,
    Plan,
    ServiceRefusal,
    Venture,
)
from jiuyuan.assistance.offer_workflow import OFFER, OfferOf
from jiuyuan.assistance.otherwise_workflow import OTHERWISE, OtherwiseOf
from jiuyuan.assistance.placement_workflow import PLACEMENT, PlacementOf
from jiuyuan.assistance.plan_workflow import PLAN, PlanOf
from jiuyuan.assistance.refusal_workflow import REFUSAL, RefusalOf
from jiuyuan.assistance.vacancy_workflow import pay_of
from jiuyuan.assistance.venture_workflow import VENTURE, VentureOf
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.actions import Action
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.helping import InterviewForm, OtherwiseForm, PlanForm
from jiuyuan.desk.forms.offers import OfferForm
from jiuyuan.desk.forms.spoken import VersionedForm
from jiuyuan.desk.forms.training import EnrolForm, LicenceForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.offers import MOST_MATCHES
from jiuyuan.desk.views.one_act import one_act, transition_for
from jiuyuan.desk.views.posts import for_and_against
from jiuyuan.history.models import Entry
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import for_record, say

_MOST_ACTS, _OPEN = 60, (Plan.Status.DRAFT, Plan.Status.ACTIVE)
_WORKFLOWS: dict[str, Workflow] = {
    one.name: one
    for one in (
        INTERVIEW, PLAN, MEASURE, OFFER, FOLLOW_UP, REFUSAL, PLACEMENT, OTHERWISE, APPOINTMENT, ENROLMENT, VENTURE,
    )
}  # fmt: skip


@staff(Right.SEE_PEOPLE)
@require_safe
def helping(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Everything about a person's assistance, newest first, and the possible acts."""
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
        "appointments": _appointments(stay, user),
        "placements": _placements(stay, user),
        "enrolments": _under_a_plan(ENROLMENT, stay, user, "plan", "course"),
        "ventures": _under_a_plan(VENTURE, stay, user, "plan"),
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
            *_buttons(APPOINTMENT, stay, stay, user),
            *(_buttons(PLACEMENT, plan, stay, user) if plan and _is_to_be_placed(plan) else []),
            *(_to_courses(stay, user) if plan else []),
            *(_buttons(VENTURE, plan, stay, user) if plan else []),
            *_lost_again(stay, user),
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
    """The form of an act. `item`: its subject, 0 for a creating act; for a follow-up, the object it belongs to."""
    follows = kind in FOLLOWED and action == "follow_up"
    workflow = FOLLOW_UP if follows else _WORKFLOWS.get(kind)
    stay = queries.opened(request.user, pk, for_record("帮扶"))
    transition = transition_for(request, workflow, stay.region, action)
    assert workflow is not None
    if follows:
        about = _about(_WORKFLOWS[kind], stay, item)
    else:
        about = _beginning(workflow, stay, item, request.user) if transition.begins else _about(workflow, stay, item)
    context, here = workflow.hold(about, request.user), reverse("desk:helping", args=[pk])
    return one_act(
        request, workflow, context, transition, key_of(about) if follows else about.pk,
        caption=f"{stay.person.name} · {stay.number}",
        back=here,
        crumbs=[*_crumbs(stay)[:-1], {"label": stay.person.name, "url": here}, {"label": transition.label}],
        at="today",
        form=_form(request, context, transition, stay),
        beside=_before(context, transition),
        after=(lambda done: redirect("desk:case", done.application.number)) if action == "apply_again" else None,
    )  # fmt: skip


_ACTS = frozenset(
    transition.record
    for workflow in _WORKFLOWS.values()
    for transition in workflow.of().transitions
    if transition.record
)


def _form(request: StaffRequest, context: Any, transition: Transition, stay: Recognition) -> VersionedForm | None:
    """The extended form of an act, or None."""
    data = request.POST or None
    if isinstance(context, InterviewOf):
        return InterviewForm(context, data)
    if isinstance(context, OfferOf) and transition.begins:
        before = offer_terms.offered_before(context.recognition)
        found = matching.best(context.recognition, MOST_MATCHES, before)
        return OfferForm(context, transition, found, before, request.GET.get("vacancy", ""), data)
    if isinstance(context, OtherwiseOf):
        return OtherwiseForm(context, transition, request.GET, data)
    if isinstance(context, PlanOf) and transition.action in ("plan", "replace"):
        return PlanForm(context, data)
    if isinstance(context, PlanOf) and transition.action == "hand_over":
        form = ActForm(PLAN, context, transition, data)
        form.fields["helper"].choices = context.others_who_help  # type: ignore[attr-defined]
        return form
    if isinstance(context, EnrolmentOf) and transition.begins:
        return EnrolForm(context, transition, _open_plan(stay), data)
    if isinstance(context, VentureOf) and transition.action == "register":
        return LicenceForm(context, transition, data)
    return None


def _beginning(workflow: Workflow, stay: Recognition, item: int, user: Any) -> Any:
    """The parent for a creating act."""
    if workflow is FOLLOW_UP:
        raise NotFound(say("没有可以回访的这次帮扶。"))
    if workflow is ENROLMENT:
        course: Course | None = assistance.courses(user).filter(pk=key(item)).first()
        if course is None:
            raise NotFound(say("没有这个培训班。"))
        return course
    return _open_plan(stay) if workflow in (OFFER, PLACEMENT, VENTURE) else stay


def _open_plan(stay: Recognition) -> Plan:
    plan: Plan | None = Plan.objects.unscoped().filter(recognition=stay, status__in=_OPEN).first()
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
    if isinstance(row, JobOffer | Placement | Enrolment | Venture):
        row.plan.recognition = stay
    if isinstance(row, ServiceRefusal):
        row.of.recognition = stay
    return row


def _buttons(workflow: Workflow, about: Any, stay: Recognition, user: Any) -> list[Action]:
    item, context = (
        about.pk if isinstance(about, workflow.model | JobOffer | Placement | Enrolment | Venture) else 0,
        workflow.hold(about, user),
    )
    if workflow is OFFER and not isinstance(about, JobOffer):  # the vacancy is chosen among matches
        return [Action(one, "desk:matches", (stay.pk,), main=True) for one in engine.offered(workflow, context)]
    kind = act_kind(workflow.name, about)
    return [
        Action(one, "desk:help_act", (stay.pk, kind, one.transition.action, item), main=one.transition.emphasis == "main")
        for one in engine.offered(workflow, context)
    ]  # fmt: skip


def act_kind(workflow: str, about: Any) -> str:
    """The name of an act's subject in URLs; for a new follow-up, that of the object it belongs to."""
    begins = workflow == FOLLOW_UP.name and not isinstance(about, FollowUp)
    return column_of(about) if begins else workflow


def _talk(interview: Interview, user: Any, health: bool) -> dict[str, Any]:
    """An interview in words. Family and notes need access to files; `health`: include health limits."""
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


def _measures(plan: Plan, user: Any) -> list[tuple[Measure, list[Action]]]:
    found = []
    for measure in plan.measures.all():
        measure.plan = plan
        buttons = [one for one in _buttons(MEASURE, measure, plan.recognition, user) if not one.reasons]
        found.append((measure, buttons))
    return found


def _offers(stay: Recognition, user: Any) -> list[tuple[JobOffer, list[Action]]]:
    rows = JobOffer.objects.visible_to(user).filter(recognition=stay)
    found = []
    for offer in rows.select_related("plan", "vacancy__employer", "offered_by"):
        offer.recognition = offer.plan.recognition = stay
        buttons = [*_buttons(OFFER, offer, stay, user), *_buttons(FOLLOW_UP, offer, stay, user)]
        found.append((offer, [one for one in buttons if not one.reasons]))
    return found


def _under_a_plan(workflow: Workflow, stay: Recognition, user: Any, *with_it: str) -> list[tuple[Any, list[Action]]]:
    """The rows of this recognition's plans, newest first, with possible acts."""
    model: Any = workflow.model
    found = []
    for row in model._base_manager.filter(recognition=stay).select_related(*with_it).order_by("-pk"):
        row.recognition = row.plan.recognition = stay
        buttons = [*_buttons(workflow, row, stay, user), *_buttons(FOLLOW_UP, row, stay, user)]
        found.append((row, [one for one in buttons if not one.reasons]))
    return found


def _lost_again(stay: Recognition, user: Any) -> list[Action]:
    """Acts for work that was lost without a new application."""
    rows = FollowUp.objects.visible_to(user).filter(recognition=stay, status=FollowUp.Status.LOST, application=None)
    found = []
    for row in rows.order_by("-pk")[:1]:
        row.recognition = row.followed.recognition = stay
        found += _buttons(FOLLOW_UP, row, stay, user)
    return found


def _to_courses(stay: Recognition, user: Any) -> list[Action]:
    """The link to the courses, as an act of any course found there."""
    transition = ENROLMENT.of(stay.region).by_action["enrol"]
    if Role(user.role) not in transition.roles:
        return []
    return [Action(engine.Offer(transition, (), ()), "desk:courses_for", (stay.pk,))]


def _appointments(stay: Recognition, user: Any) -> list[tuple[Appointment, list[Action]]]:
    found = []
    for row in Appointment.objects.visible_to(user).filter(recognition=stay).select_related("invited_by"):
        row.recognition = stay
        found.append((row, [one for one in _buttons(APPOINTMENT, row, stay, user) if not one.reasons]))
    return found


def _refusals(stay: Recognition, user: Any) -> list[tuple[ServiceRefusal, list[Action]]]:
    rows = (
        ServiceRefusal.objects.visible_to(user)
        .filter(recognition=stay)
        .select_related("offer__offered_by", "appointment__invited_by", "decided_by")
    )
    found = []
    for refusal in rows:
        refusal.recognition = refusal.of.recognition = stay
        found.append((refusal, _buttons(REFUSAL, refusal, stay, user)))
    return found


def _is_to_be_placed(plan: Plan) -> bool:
    return any(measure.kind == Kind.PUBLIC_POST and not measure.ended_on for measure in plan.measures.all())


def _placements(stay: Recognition, user: Any) -> list[tuple[Placement, list[Action], bool]]:
    """The placements with their buttons, and whether the employer reported the vacated post late."""
    rows = Placement.objects.visible_to(user).filter(recognition=stay)
    found = []
    for placement in rows.select_related("plan", "post__employer", "proposed_by", "agreed_by"):
        placement.recognition = placement.plan.recognition = stay
        asked = [one for one in _buttons(FOLLOW_UP, placement, stay, user) if not one.reasons]
        may = _buttons(PLACEMENT, placement, stay, user)
        buttons = [*(one for one in may if placement.term > 1 or one.transition.action != "agree_again"), *asked]
        found.append((placement, buttons, placing.reported_late(placement)))
    return found


def _before(context: Any, transition: Transition) -> dict[str, Any]:
    """What to read before deciding: arguments on a placement, or a refusal and its explanation."""
    if isinstance(context, PlacementOf) and transition.action in ("propose", "agree_again", "publish"):
        return {"rows": for_and_against(context)}
    if isinstance(context, PlanOf) and transition.action == "hand_over" and not context.others_who_help:
        return {"reason": say("本平台没有别的帮扶人。")}
    if isinstance(context, RefusalOf) and not transition.begins:
        return {"rows": _refused(context), "refusal": context.subject}
    return {}


def _refused(context: RefusalOf) -> list[dict[str, Any]]:
    """The refused offer as made, and the number of refusals already counted."""
    refusal, offer = context.subject, context.offer
    rows = [{"key": say("没有接受"), "value": str(context.about), "note": bare_day(refusal.refused_on)}]
    if offer is not None:
        then = offer.vacancy_then
        rows += [
            {"key": say("工作内容"), "value": then.tasks},
            {"key": say("招聘条件"), "value": then.conditions},
            {"key": say("工作地点"), "value": then.address or place_name(then.division_id)},
            {"key": say("报酬"), "value": pay_of(then)},
            {"key": say("工作时间"), "value": f"{then.get_form_display()} {then.get_hours_display()}"},
        ]
    rows.append({"key": say("已计的"), "value": refusal_counts.counted_beside(refusal).said})
    return rows


def _crumbs(stay: Recognition) -> list[dict[str, str]]:
    return [
        {"label": say("在册人员"), "url": reverse("desk:register")},
        {"label": stay.number, "url": reverse("desk:recognition", args=[stay.pk])},
        {"label": say("帮扶")},
    ]
