"""Tells people who have not answered an offer that its vacancy is closed and no answer is needed."""

from jiuyuan.assistance.models import JobOffer, Vacancy
from jiuyuan.notifications import notices
from jiuyuan.people.correspondence import tell

_CLOSED = notices.declare(
    "offer.vacancy_closed",
    "介绍给您的岗位不招了",
    "介绍给您的岗位“{job}”不招了，不用再答复，也不算您没有答复。有别的合适岗位会再介绍给您。",
)


def tell_who_waits(vacancy: Vacancy) -> None:
    """Tell the people with open offers if the vacancy has just closed, but not if it is being corrected."""
    if vacancy.status in (Vacancy.Status.OPEN, Vacancy.Status.DRAFT):
        return
    rows = JobOffer.objects.unscoped().filter(vacancy=vacancy, status=JobOffer.Status.GIVEN).order_by("pk")
    for offer in rows.select_related("plan__recognition__person__account"):
        tell(offer.plan.recognition.person, _CLOSED, {"job": vacancy.title})
