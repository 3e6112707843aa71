"""The models of messages."""

from typing import Self

from django.db import models

from jiuyuan.closed import ClosedQuerySet
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.notifications import notices


class MessageQuerySet(ClosedQuerySet):
    """Messages; refuses to run until narrowed to an account or files."""

    def to(self, username: str, *files: str) -> Self:
        """Messages to an account, and those in its files."""
        theirs = models.Q(recipient=username) if username else models.Q(pk__in=[])
        return self.unscoped().filter(theirs | models.Q(file__in=files) if files else theirs)


MessageManager = models.Manager.from_queryset(MessageQuerySet)


class Worded(models.Model):
    """A notice by code and fields; its text is made when it is read or sent.

    `sent_title`: the title when the text message was sent; with `sent_body` the text of messages older than
    codes.
    """

    file = models.CharField("案卷", max_length=64, db_index=True)
    about = models.CharField("人员档案", max_length=64, blank=True, help_text="写给谁的：本人档案的案卷")
    recipient = models.CharField("收件账号", max_length=150, blank=True, db_index=True)
    phone = EncryptedTextField("手机", null=True)
    code = models.CharField("讲什么", max_length=80, blank=True, default="")
    fields = models.JSONField("其中的事项", default=dict)
    sent_title = models.CharField("发出的标题", max_length=120, blank=True)
    sent_body = models.TextField("发出的正文", blank=True)
    created_at = models.DateTimeField("写成时间")

    objects = MessageManager()

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        return self.sent_title or notices.title(self.code, self.fields)

    @property
    def body(self) -> str:
        return self.sent_body or notices.body(self.code, self.fields)


class Message(Worded):
    """A message in the system, written with its act; if a gateway is configured, a text message announces it.

    `due_at`: when the worker sends the text; None if it sends none (any more). `sent_at`: when the gateway
    accepted it.
    """

    read_at = models.DateTimeField("阅读时间", null=True)
    due_at = models.DateTimeField("何时发短信", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    sent_to = models.CharField("发往", max_length=64, blank=True, db_default="", default="")
    delivered_at = models.DateTimeField("送达时间", null=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    failure = models.CharField("失败原因", max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="notifications_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["sent_to", "sent_at"], name="notifications_sent_to", condition=~models.Q(sent_to="")),
            models.Index(fields=["sent_at"], name="notifications_sent", condition=models.Q(sent_at__isnull=False)),
        ]


class Withheld(Worded):
    """A message withheld because the person is dead. It stays on file, and is released if that was wrong."""

    file = models.CharField("案卷", max_length=64)
    about = models.CharField("人员档案", max_length=64, db_index=True)
    recipient = models.CharField("收件账号", max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]
