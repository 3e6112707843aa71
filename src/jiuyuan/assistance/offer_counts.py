"""How many vacancies somebody was offered of those that the notice asks for (四(二)): derived from the offers, ticked by nobody."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from jiuyuan.assistance.models import JobOffer, Kind, Measure, Plan
from jiuyuan.regions import registry
from jiuyuan.wording import say

#: That an offer reached the person, where nothing says so but their answer.
PROVEN_BY_ANSWER = "本人已答复"
#: What counts, once it is delivered: the same vacancy twice is one.
COUNTS = Q(uncounted="") & ~Q(proof="")


@dataclass(frozen=True)
class Offered:
    """`asked`: how many the notice asks for; none where the plan has no vacancies among its measures."""

    counted: int
    asked: int

    @property
    def still_needed(self) -> int:
        return max(self.asked - self.counted, 0)

    @property
    def in_words(self) -> str:
        """已提供2个，还差1个; empty where none is asked for."""
        if not self.asked:
            return ""
        if not self.still_needed:
            return say("已提供{counted}个，够了", counted=self.counted)
        return say("已提供{counted}个，还差{needed}个", counted=self.counted, needed=self.still_needed)


def offered(plan: Plan, today: date) -> Offered:
    """Of one plan: all offers of the same stay on the register count, those under an earlier plan too."""
    rows = JobOffer.objects.unscoped().filter(COUNTS, recognition=plan.recognition_id)
    counted = rows.aggregate(count=Count("vacancy", distinct=True))["count"]
    asks = plan.measures.filter(kind=Kind.VACANCIES).exists()
    return Offered(counted, asked_for(plan.area, today) if asks else 0)


def asked_for(area: str, today: date) -> int:
    """How many vacancies the notice asks for in a region."""
    return registry.region_of(area).limit_if_any("vacancies_offered", on=today) or 0


def short(plans: "QuerySet[Any]", asked: int, day: date) -> "QuerySet[Any]":
    """Of some plans those that have vacancies among their measures and too few offers by the end of a day."""
    measures = Measure.objects.unscoped().filter(plan=OuterRef("pk"), kind=Kind.VACANCIES)
    return counting(plans.filter(Exists(measures)), day).filter(counted__lt=asked)


def counting(plans: "QuerySet[Any]", day: date) -> "QuerySet[Any]":
    """Plans, each with how many offers there were by the end of a day: `counted`."""
    rows = (
        JobOffer.objects.unscoped().filter(COUNTS, recognition=OuterRef("recognition"), offered_on__lte=day).order_by()
    )
    rows = rows.exclude(proof=PROVEN_BY_ANSWER, answered_on__gt=day)
    count = rows.values("recognition").annotate(count=Count("vacancy", distinct=True)).values("count")
    return plans.annotate(counted=Coalesce(count, 0))
