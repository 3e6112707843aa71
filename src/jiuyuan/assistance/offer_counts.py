"""Counts the vacancies offered to a person against the number in the notice (四(二)), from the offers themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from jiuyuan.assistance.models import JobOffer, Kind, Measure, Plan
from jiuyuan.regions import registry
from jiuyuan.wording import say

#: The proof of delivery if there is none but the person's answer.
PROVEN_BY_ANSWER = "本人已答复"
#: Offers that count; the same vacancy counts once.
COUNTS = Q(uncounted="") & ~Q(proof="")


@dataclass(frozen=True)
class Offered:
    """How many were offered. `asked`: the number in the notice; 0 if the plan has no vacancies among its measures."""

    counted: int
    asked: int

    @property
    def still_needed(self) -> int:
        return max(self.asked - self.counted, 0)

    @property
    def in_words(self) -> str:
        """For example 已提供2个，还差1个; empty if none are required."""
        if not self.asked:
            return ""
        if not self.still_needed:
            return say("已提供{counted}个，够了", counted=self.counted)
        return say("已提供{counted}个，还差{needed}个", counted=self.counted, needed=self.still_needed)


def offered(plan: Plan, today: date) -> Offered:
    """Count for a plan; offers under earlier plans of the same recognition count too."""
    rows = JobOffer.objects.unscoped().filter(COUNTS, recognition=plan.recognition_id)
    counted = rows.aggregate(count=Count("vacancy", distinct=True))["count"]
    asks = plan.measures.filter(kind=Kind.VACANCIES).exists()
    return Offered(counted, asked_for(plan.area, today) if asks else 0)


def asked_for(area: str, today: date) -> int:
    """The number of vacancies that the notice requires in a region."""
    return registry.region_of(area).limit_if_any("vacancies_offered", on=today) or 0


def short(plans: "QuerySet[Any]", asked: int, day: date) -> "QuerySet[Any]":
    """Those plans that include vacancies and have too few offers at the end of a day."""
    measures = Measure.objects.unscoped().filter(plan=OuterRef("pk"), kind=Kind.VACANCIES)
    return counting(plans.filter(Exists(measures)), day).filter(counted__lt=asked)


def counting(plans: "QuerySet[Any]", day: date) -> "QuerySet[Any]":
    """Annotate plans with the number of offers at the end of a day: `counted`."""
    rows = (
        JobOffer.objects.unscoped().filter(COUNTS, recognition=OuterRef("recognition"), offered_on__lte=day).order_by()
    )
    rows = rows.exclude(proof=PROVEN_BY_ANSWER, answered_on__gt=day)
    count = rows.values("recognition").annotate(count=Count("vacancy", distinct=True)).values("count")
    return plans.annotate(counted=Coalesce(count, 0))
