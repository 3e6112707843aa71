"""How it went on with people who were taken on."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.models import Application
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.models import FollowUp, JobOffer
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from tests.assistance.offers import INTERESTED, a_plan_with_vacancies, an_offer
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk
from tests.recognitions.register import struck_off


def taken_on(months: int = 1) -> JobOffer:
    """Somebody who has worked for a little more than so many months."""
    offer = an_offer(clerk(), a_plan_with_vacancies(clerk()), None, INTERESTED, ("taken_on", {"from": clock.today()}))
    began(offer, clock.today() - timedelta(days=31 * months))
    return offer


def began(offer: JobOffer, on: Any) -> None:
    JobOffer.objects.unscoped().filter(pk=offer.pk).update(begins_on=on)
    offer.begins_on = on


def _said(_row: JobOffer) -> dict[str, Any]:
    return {"on": clock.today(), "means": "phone", "working": True}


def lost() -> FollowUp:
    """Work that was lost after the recognition ended."""
    offer = taken_on()
    struck_off(offer.recognition, "left_scope")
    found: FollowUp = engine.act(clerk(), FOLLOW_UP, key_of(offer), "follow_up", {**_said(offer), "working": False})
    return found


def _again(_row: FollowUp) -> dict[str, Any]:
    return {"since": clock.today(), "registered_on": clock.today(), "registration": "2201022026000123"}


def _back_on_the_register(row: FollowUp) -> None:
    with moving(Recognition):
        Recognition.objects.unscoped().filter(pk=row.recognition_id).update(
            status="active", ended_on=None, ground="", decided_on=None
        )


def _applied(row: FollowUp) -> None:
    case = Application.objects.unscoped().filter(recognition=row.recognition_id).get()
    FollowUp.objects.unscoped().filter(pk=row.pk).update(application=case)


SPECIMENS = {
    ("follow_up", "follow_up"): Specimen(taken_on, _said, key=key_of),
    ("follow_up", "apply_again"): Specimen(lost, _again),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("follow_up", "step_has_come"): lambda offer: began(offer, clock.today() - timedelta(days=5)),
    ("follow_up", "left_the_register"): _back_on_the_register,
    ("follow_up", "has_not_applied"): _applied,
}
STANDING: dict[tuple[str, str], Standing] = {}
