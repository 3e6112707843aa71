"""What is to be told to whom."""

from django.db import models

from jiuyuan.encryption import EncryptedTextField


class Message(models.Model):
    """A letter in the system, and by SMS where a gateway is configured. Written with the act, sent by the worker."""

    file = models.CharField("案卷", max_length=64, db_index=True)
    about = models.CharField("人员档案", max_length=64, blank=True, help_text="写给谁的：本人档案的案卷")
    recipient = models.CharField("收件账号", max_length=150, blank=True, db_index=True)
    phone = EncryptedTextField("手机", null=True)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文")
    created_at = models.DateTimeField("写成时间")
    read_at = models.DateTimeField("阅读时间", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    failure = models.CharField("失败原因", max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], name="notifications_waiting", condition=models.Q(sent_at__isnull=True))]


class Withheld(models.Model):
    """A message that goes to nobody because its addressee is dead. It stays on the file, and goes on if that was wrong."""

    file = models.CharField("案卷", max_length=64)
    about = models.CharField("人员档案", max_length=64, db_index=True)
    recipient = models.CharField("收件账号", max_length=150, blank=True)
    phone = EncryptedTextField("手机", null=True)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文")
    created_at = models.DateTimeField("写成时间")

    class Meta:
        ordering = ["-id"]
