"""What people say of help that is over."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import Interview, ServiceRating
from jiuyuan.assistance.rating_workflow import RATING, key_of
from jiuyuan.procedures import engine
from tests.assistance.plans import held
from tests.factories import a_case, an_account, an_applicant
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk

SAID = {"mark": "good", "knows": "some", "words": "谈得很仔细。"}


def _talk() -> Interview:
    return held(clerk(), a_case("recognised", an_applicant(), by=an_account()).recognition)


def _owner(row: Any) -> User:
    found: User = row.recognition.person.account
    return found


def _rated(talk: Interview | None = None) -> ServiceRating:
    talk = talk or _talk()
    found: ServiceRating = engine.act(_owner(talk), RATING, key_of(talk), "rate", SAID)
    return found


def _long_ago(rating: ServiceRating) -> None:
    day = clock.today() - timedelta(days=31)
    ServiceRating.objects.unscoped().filter(pk=rating.pk).update(rated_on=day)
    rating.rated_on = day


SPECIMENS = {
    ("rating", "rate"): Specimen(_talk, SAID, by=_owner, key=key_of),
    ("rating", "change"): Specimen(_rated, {**SAID, "mark": "poor"}, by=_owner),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("rating", "not_rated_yet"): _rated,
    ("rating", "can_still_be_changed"): _long_ago,
}
STANDING: dict[tuple[str, str], Standing] = {}
