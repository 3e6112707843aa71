"""The model of unclaimed rights to schemes; derived, recomputed every night."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.recognitions.models import Recognition


class UnclaimedScheme(models.Model):
    """政策找人: somebody on the register meets all conditions of a scheme, and no grant is known."""

    scope: ClassVar = Scope(area="recognition__area", owner=None)

    recognition: "models.ForeignKey[Recognition, Any]" = models.ForeignKey(
        Recognition, models.CASCADE, related_name="unclaimed_schemes", verbose_name="认定"
    )
    scheme = models.CharField("政策", max_length=40)
    found_on = models.DateField("筛查日期")

    objects = ScopedManager()

    class Meta:
        verbose_name = "未享受的政策"
        constraints = [
            models.UniqueConstraint(fields=["recognition", "scheme"], name="money_one_row_a_person_and_scheme"),
        ]
