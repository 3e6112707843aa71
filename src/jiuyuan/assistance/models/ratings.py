"""The model of ratings of assistance, and whether people know what they can claim (五(四))."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.scope import Scope
from jiuyuan.assistance.models.courses import Enrolment
from jiuyuan.assistance.models.offers import JobOffer
from jiuyuan.assistance.models.plans import Interview, Measure, OfTheHelped
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

_OF = ("offer", "enrolment", "interview", "measure")


def _about(model: "type[models.Model]", label: str) -> "models.OneToOneField[Combinable | Any, Any]":
    return models.OneToOneField(model, models.PROTECT, null=True, related_name="rating", verbose_name=label)


class ServiceRating(OfTheHelped):
    """A rating of one offer, enrolment, interview or measure. Staff see only aggregates."""

    class Status(Labelled):
        RATED = "rated", "已评价"

    class Mark(Labelled):
        VERY_GOOD = "very_good", "很满意"
        GOOD = "good", "满意"
        FAIR = "fair", "一般"
        POOR = "poor", "不满意"
        VERY_POOR = "very_poor", "很不满意"

    class Knows(Labelled):
        YES = "yes", "知道"
        SOME = "some", "知道一些"
        NO = "no", "不知道"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="ratings", verbose_name="认定")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.RATED)
    version = models.PositiveIntegerField("版本", default=1)
    offer = _about(JobOffer, "岗位介绍")
    enrolment = _about(Enrolment, "培训报名")
    interview = _about(Interview, "访谈")
    measure = _about(Measure, "措施")
    # No choices, and longer than a code, so that the record, which staff read, stores it as a hash.
    mark = models.CharField("满意程度", max_length=60)
    knows = models.CharField("是否知道可以享受的政策", max_length=60)
    words = EncryptedTextField("想说的", blank=True)
    rated_on = models.DateField("评价日期", db_index=True)
    changed_on = models.DateField("修改日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "帮扶评价"
        ordering = ["-rated_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *(Q(**{f"{one}__isnull": other != one for one in _OF}) for other in _OF), _connector=Q.OR
                ),
                name="assistance_a_rating_of_one_act",
            )
        ]  # fmt: skip
