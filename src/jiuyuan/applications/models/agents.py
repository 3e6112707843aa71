"""The model of agents, who fill in applications with the person's authorisation."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.applications.models.application import Application
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.history.state import Recorded


class Agent(Recorded):
    """代办人. The authorisation itself is a material of the application (`authorisation`)."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.OneToOneField(Application, models.PROTECT, related_name="agent", verbose_name="申请")
    name = models.CharField("姓名", max_length=80)
    id_number = EncryptedTextField("身份证号码")
    relation = models.CharField("是本人的什么人", max_length=20)
    phone = EncryptedTextField("联系电话")
    recorded_at = models.DateTimeField("登记时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "代办人"
