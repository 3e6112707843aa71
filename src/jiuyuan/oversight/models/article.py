"""The model of 宣传文章 (五(四)): good practice in plain words; about a person only with their consent on file."""

from typing import ClassVar

from django.db import models

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager

#: The kind of the consent paper in a person's file.
CONSENT = "publicity_consent"


class Article(Subject):
    """An article by a supervising office; `person`: whom it is about, if anybody."""

    class Status(Labelled):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤下"

    scope: ClassVar = Scope(area="area", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="articles", verbose_name="发布机构")
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("正文")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="articles", verbose_name="写的是谁")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发布人")
    published_by_name = PrintedName("发布人姓名")
    published_on = models.DateField("发布日期", null=True)
    reason = models.CharField("撤下的理由", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "宣传文章"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def file(self) -> str:
        return f"article:{self.pk}"

    @property
    def has_consent(self) -> bool:
        """Whether the person it is about has signed a consent; true if it is about nobody."""
        return self.person is None or self.person.documents.filter(kind=CONSENT).exists()
