"""The model of the best vacancies per person; derived, recomputed every night."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.assistance.models.vacancies import Vacancy
from jiuyuan.recognitions.models import Recognition


class BestMatch(models.Model):
    """One of a person's ten best vacancies. `place` 1 is the best; `fits` as in `matching`."""

    scope: ClassVar = Scope(area="recognition__area", owner=None)

    recognition: "models.ForeignKey[Recognition, Any]" = models.ForeignKey(
        Recognition, models.CASCADE, related_name="best_matches", verbose_name="认定"
    )
    vacancy: "models.ForeignKey[Vacancy, Any]" = models.ForeignKey(
        Vacancy, models.CASCADE, related_name="best_matches", verbose_name="岗位"
    )
    place = models.PositiveSmallIntegerField("名次")
    fits = models.BooleanField("是否合适", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "匹配的岗位"
        constraints = [
            models.UniqueConstraint(fields=["recognition", "place"], name="assistance_one_match_a_place"),
        ]
