"""The model of letters on refused claims."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.money.models.claims import Claim


class ClaimRefusalLetter(models.Model):
    """The sealed letter; the signed bytes are encrypted in the data folder."""

    scope: ClassVar = Scope(area="claim__area", owner="claim__person__account")

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="refusal_letter", verbose_name="补贴申请")
    stored_as = models.CharField("存放位置", max_length=80, unique=True)
    sha256 = models.CharField("校验值", max_length=64)
    made_at = models.DateTimeField("制作时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "不予支持决定书"
