"""What an offer states about its vacancy: whether it is open, what does not suit, whether the offer counts,
its contents.
"""

from datetime import date
from typing import Any

from jiuyuan.assistance.matching import Wanted, match
from jiuyuan.assistance.models import JobOffer, ServiceRefusal, Vacancy
from jiuyuan.people.models import Person
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import for_record, say

_KEPT = (
    "title", "occupation", "tasks", "conditions", "address", "pay_from", "pay_to", "form", "hours", "contract_months",
    "insurance", "accessible",
)  # fmt: skip


def why_closed(vacancy: Vacancy, today: date) -> str:
    """Why nobody can be sent there today, in words; empty if it is open and has a free place."""
    if vacancy.status == Vacancy.Status.EXPIRED or (vacancy.status == "open" and vacancy.valid_until < today):
        return say("“{title}”有效到{until:date}，已经过期", title=vacancy.title, until=vacancy.valid_until)
    if vacancy.status != Vacancy.Status.OPEN:
        return say("“{title}”现在是“{status}”", title=vacancy.title, status=vacancy.get_status_display())
    return "" if vacancy.left > 0 else say("“{title}”已经招满", title=vacancy.title)


def proof_by_itself(means: str, person: Person) -> str:
    """The proof of delivery that needs nobody's statement: a message in the person's account. Otherwise empty."""
    return for_record("消息发到本人账号") if means == JobOffer.By.MESSAGE and person.account_id else ""


def against(wanted: Wanted, vacancy: Vacancy) -> list[str]:
    """The attributes of a vacancy that differ from the wishes, with both values."""
    return [
        say("{label}（要{wanted}，岗位是{offered}）", label=one.label, wanted=one.wanted, offered=one.offered)
        for one in match(wanted, vacancy).reasons
        if one.fits is False
    ]


def uncounted(offer: JobOffer, late: bool) -> str:
    """Why an offer does not count. One recorded late counts if the vacancy has been open since that day."""
    if offer.to_many:
        return JobOffer.Uncounted.TO_MANY
    opened = offer.vacancy.opened_on
    if late and (opened is None or opened > offer.offered_on or why_closed(offer.vacancy, offer.offered_on)):
        return JobOffer.Uncounted.LATE
    if offer.fits is False or (offer.fits is None and not offer.suitable_because):
        return JobOffer.Uncounted.UNFIT
    return ""


def as_it_stands(vacancy: Vacancy) -> dict[str, Any]:
    """The contents of the vacancy as offered, as codes and words."""
    return {
        **{name: getattr(vacancy, name) for name in _KEPT},
        "employer": vacancy.employer.name,
        "division": vacancy.division_id,
        "valid_until": vacancy.valid_until.isoformat(),
    }


def offered_before(stay: Recognition) -> dict[int, str]:
    """The result of the last offer of each vacancy in this recognition, in words."""
    rows = JobOffer.objects.unscoped().filter(recognition=stay).select_related("refusal").order_by("offered_on", "pk")
    return {offer.vacancy_id: _became(offer) for offer in rows}


def _became(offer: JobOffer) -> str:
    """For example 11月13日介绍过，本人觉得不合适：要照顾家里人，不计."""
    said = say("{day:month_day}介绍过，{status}", day=offer.offered_on, status=offer.get_status_display())
    if offer.status == JobOffer.Status.TAKEN_ON and offer.begins_on:
        return say("{said}，{day:month_day}上班", said=said, day=offer.begins_on)
    if offer.reason:
        said = say("{said}：{reason}", said=said, reason=offer.get_reason_display())
    refusal: ServiceRefusal | None = getattr(offer, "refusal", None)
    return f"{said}，{refusal.get_status_display()}" if refusal else said
