"""How it went on with people who were taken on."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.assistance.follow_up_workflow import key_of
from jiuyuan.assistance.models import JobOffer
from tests.assistance.offers import INTERESTED, a_plan_with_vacancies, an_offer
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk


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


SPECIMENS = {("follow_up", "follow_up"): Specimen(taken_on, _said, key=key_of)}
BROKEN: dict[tuple[str, str], Broken] = {
    ("follow_up", "step_has_come"): lambda offer: began(offer, clock.today() - timedelta(days=5)),
}
STANDING: dict[tuple[str, str], Standing] = {}
