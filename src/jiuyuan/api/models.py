"""The models of the API."""

from django.db import models

from jiuyuan.encryption import EncryptedTextField


class IdempotentCall(models.Model):
    """An answered POST with its `Idempotency-Key`; deleted at night after `KEPT_DAYS`."""

    caller = models.CharField("账号", max_length=150, blank=True)
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    body = models.CharField("请求校验值", max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = EncryptedTextField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="api_one_answer_a_key")]
