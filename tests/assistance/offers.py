"""Offers for tests, made as clerks make them and as people answer them."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import JobOffer, Plan, ServiceRefusal, Vacancy
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.assistance.plans import a_plan
from tests.assistance.vacancies import a_vacancy
from tests.factories import move_to
from tests.jobs import work
from tests.recognitions.register import on_the_register


def a_fitting_vacancy(clerk: User, title: str = "护理员", **changes: Any) -> Vacancy:
    """An open vacancy that is all that `plans.held` says somebody wants."""
    return a_vacancy(clerk, title=title, occupation="养老护理员", hours="full", **changes)


def a_plan_with_vacancies(clerk: User, stay: Recognition | None = None) -> Plan:
    """An active plan whose measures are vacancies and training."""
    soon = clock.today() + timedelta(days=60)
    measures = [
        {"kind": "vacancies", "what": "介绍离家近的岗位", "due_on": soon},
        {"kind": "training", "what": "养老护理员初级班", "due_on": soon},
    ]
    return a_plan(clerk, stay or on_the_register(), measures=measures)


def an_offer(clerk: User, plan: Plan, vacancy: Vacancy | None = None, *acts: Any, **changes: Any) -> JobOffer:
    """An offer after these acts, each `(action, said)`."""
    vacancy = vacancy or a_fitting_vacancy(clerk)
    said = {"vacancy": vacancy.pk, "means": "counter", **changes}
    if said["means"] == "counter":
        said.setdefault("proof", "存根有本人签字")
    offer: JobOffer = engine.act(clerk, OFFER, plan.pk, "offer", said)
    for action, more in acts:
        offer = engine.act(clerk, OFFER, offer.pk, action, more)
    return offer


INTERESTED = ("answer", {"answer": "interested"})
DECLINED = ("answer", {"answer": "declined", "reason": "distance", "words": "来回要三个小时。"})
APPLIED = ("applied", {})


def a_refusal(clerk: User, plan: Plan, *acts: Any, vacancy: Vacancy | None = None, **changes: Any) -> ServiceRefusal:
    """What became of an offer that was declined for no good reason, after these acts, each `(by, action, said)`."""
    declined = ("answer", {"answer": "declined", "reason": "other", "words": "不想去。", **changes})
    offer = an_offer(clerk, plan, vacancy, declined)
    refusal: ServiceRefusal = ServiceRefusal.objects.unscoped().get(offer=offer)
    for by, action, said in acts:
        refusal = engine.act(by, REFUSAL, refusal.pk, action, said)
    return refusal


TELL = ("tell", {"how": "电话", "proof": "通话记录3月2日"})
COUNT = ("count", {"ground": "核对过，本人没有说出理由。"})
EXCUSE = ("excuse", {"ground": "家里老人没人照顾，属实。"})


def a_counted_refusal(clerk: User, reviewer: User, plan: Plan) -> ServiceRefusal:
    """One that counts, with its notice made."""
    refusal = a_refusal(clerk, plan, (clerk, *TELL))
    assert refusal.answer_by is not None
    move_to(refusal.answer_by)
    counted: ServiceRefusal = engine.act(reviewer, REFUSAL, refusal.pk, "count", {"ground": "没有说出理由。"})
    work("make_refusal_notice")
    return counted
