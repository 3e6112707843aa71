"""The columns of a letter that the worker seals later."""

from django.db import models

from jiuyuan.encryption import EncryptedJSONField


class SealedLetter(models.Model):
    """A letter. `said` has its contents until it is sealed; then the encrypted bytes under `stored_as` count."""

    said = EncryptedJSONField("内容", default=dict, help_text="盖章以后不再保留，以盖了章的为准")
    stored_as = models.CharField("存放位置", max_length=80, blank=True, help_text="空：还没有盖章")
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    sealed_at = models.DateTimeField("盖章时间", null=True)

    class Meta:
        abstract = True
