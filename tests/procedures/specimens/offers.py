"""Vacancies offered to people, and what was declined."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.assistance import nightly
from jiuyuan.assistance.models import JobOffer, Plan, ServiceRefusal, Vacancy
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.procedures import engine
from tests.assistance.offers import (
    APPLIED,
    DECLINED,
    INTERESTED,
    TELL,
    a_fitting_vacancy,
    a_plan_with_vacancies,
    a_refusal,
    an_offer,
)
from tests.factories import move_to
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer, verified
from tests.recognitions.register import struck_off


def _plan() -> Plan:
    return a_plan_with_vacancies(clerk())


def _given() -> JobOffer:
    return an_offer(clerk(), _plan())


def _what(_row: Any) -> dict[str, Any]:
    return {"vacancy": a_fitting_vacancy(clerk()).pk, "means": "phone"}


def _set(row: Any, **columns: Any) -> None:
    type(row).objects.unscoped().filter(pk=row.pk).update(**columns)


def _after_the_night(offer: JobOffer) -> JobOffer:
    _set(offer, answer_by=clock.today() - timedelta(days=1))
    nightly.end_unanswered_offers(clock.today())
    found: JobOffer = JobOffer.objects.unscoped().get(pk=offer.pk)
    return found


def _taken(vacancy: Vacancy) -> Vacancy:
    an_offer(clerk(), _plan(), vacancy, INTERESTED, ("taken_on", {"from": clock.today()}))
    found: Vacancy = Vacancy.objects.unscoped().get(pk=vacancy.pk)
    return found


def _noted() -> ServiceRefusal:
    return a_refusal(clerk(), _plan())


def _told() -> ServiceRefusal:
    """Told so long ago that it can be decided."""
    refusal = a_refusal(clerk(), _plan(), (clerk(), *TELL))
    assert refusal.answer_by is not None
    move_to(refusal.answer_by)
    return refusal


def _declined(offer: JobOffer) -> ServiceRefusal:
    engine.act(clerk(), OFFER, offer.pk, *DECLINED)
    found: ServiceRefusal = ServiceRefusal.objects.unscoped().get(offer=offer)
    return found


SPECIMENS = {
    ("offer", "offer"): Specimen(_plan, _what),
    ("offer", "answer"): Specimen(_given, {"answer": "interested"}),
    ("offer", "fall_silent"): Specimen(_given, brings=_after_the_night),
    ("offer", "applied"): Specimen(lambda: an_offer(clerk(), _plan(), None, INTERESTED)),
    ("offer", "taken_on"): Specimen(
        lambda: an_offer(clerk(), _plan(), None, INTERESTED, APPLIED), lambda _: {"from": clock.today()}
    ),
    ("offer", "not_taken_on"): Specimen(
        lambda: an_offer(clerk(), _plan(), None, INTERESTED, APPLIED), {"reason": "要有电工证。"}
    ),
    ("offer", "verify_work"): Specimen(
        lambda: an_offer(clerk(), _plan(), None, INTERESTED, ("taken_on", {"from": clock.today()})), verified
    ),
    ("refusal", "note"): Specimen(_given, brings=_declined),
    ("refusal", "tell"): Specimen(_noted, TELL[1]),
    ("refusal", "respond"): Specimen(_told, {"words": "夜里没人照顾老人。"}),
    ("refusal", "count"): Specimen(_told, {"ground": "没有说出理由。"}, before=lambda row: row.offer.offered_by),
    ("refusal", "excuse"): Specimen(_told, {"ground": "理由属实。"}),
    ("vacancy", "take"): Specimen(lambda: a_fitting_vacancy(clerk()), brings=_taken, told=True),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("offer", "still_on_the_register"): lambda plan: struck_off(plan.recognition, "imprisoned", reviewer()),
    ("offer", "vacancy_still_open"): lambda offer: _set(offer.vacancy, valid_until=clock.today() - timedelta(days=1)),
    ("offer", "in_time"): lambda offer: _set(offer, answer_by=clock.today() - timedelta(days=1)),
    ("offer", "has_a_place"): lambda offer: _set(offer.vacancy, number=1, taken=1),
    ("refusal", "had_time_to_answer"): lambda row: _set(row, told_on=clock.today() - timedelta(days=6)),
    ("refusal", "was_suitable"): lambda row: _set(row.offer, fits=False),
    ("refusal", "paid_the_minimum"): lambda row: _set(row.offer, as_it_stood=row.offer.as_it_stood | {"pay_from": 900}),
    ("refusal", "no_good_reason"): lambda row: _set(row.offer, reason="care"),
}
STANDING: dict[tuple[str, str], Standing] = {
    ("refusal", "counted"): {"status": "counted", "ground": "没有说出理由。", "told_on": clock.today()},
}
