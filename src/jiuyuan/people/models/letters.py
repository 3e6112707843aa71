"""The columns of a letter that is sealed later, by the worker."""

from typing import Any

from django.db import models


class SealedLetter(models.Model):
    """`said`: what the act says, until it is sealed; afterwards the bytes count, which lie encrypted under `stored_as`."""

    said: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        "内容", default=dict, help_text="盖章以后不再保留，以盖了章的为准"
    )
    stored_as = models.CharField("存放位置", max_length=80, blank=True, help_text="空：还没有盖章")
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    sealed_at = models.DateTimeField("盖章时间", null=True)

    class Meta:
        abstract = True
