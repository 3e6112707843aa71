"""The model of job offers and their results (四(二): a minimum number of vacancies per person)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.assistance.models.plans import OfTheHelped, Plan
from jiuyuan.assistance.models.vacancies import Vacancy
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say


class WhyNot(Labelled):
    """Reasons for declining. All but the last are good reasons unless a reviewer finds otherwise."""

    HEALTH = "health", "身体条件不合适"
    CARE = "care", "要照顾家里人"
    DISTANCE = "distance", "离家太远"
    PAY = "pay", "报酬太低"
    UNSAFE = "unsafe", "不安全"
    UNLAWFUL = "unlawful", "不合法"
    MISMATCH = "mismatch", "与本人情况不符"
    OTHER = "other", "其他"


class JobOffer(OfTheHelped):
    """A vacancy offered to a person, with a copy of its contents at that time.

    - `fits`: the result of matching at that time; `suitable_because`: why it was offered although that was not
      yes.
    - `uncounted`: why it does not count towards the number in the notice; if empty, it counts once delivered.
    - `proof`: how it is known that it reached the person, empty if it is not.
    - `begins_on`: the first day of the resulting work.
    """

    class Status(Labelled):
        GIVEN = "given", "等本人答复"
        INTERESTED = "interested", "本人想试试"
        DECLINED = "declined", "本人觉得不合适"
        SILENT = "silent", "没有答复"
        APPLIED = "applied", "已去应聘"
        TAKEN_ON = "taken_on", "已录用"
        NOT_TAKEN_ON = "not_taken_on", "没有录用"

    class By(Labelled):
        """How an offer is delivered."""

        LETTER = "letter", "介绍信"
        MESSAGE = "message", "消息"
        PHONE = "phone", "电话"
        COUNTER = "counter", "当面"

    class Uncounted(Labelled):
        TO_MANY = "to_many", "同时发给多人的，不算为本人挑选的"
        LATE = "late", "没有网络时介绍、事后补记，当时岗位已经不招或者说不清"
        UNFIT = "unfit", "岗位有不符合本人意愿的条件"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="job_offers", verbose_name="认定")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="job_offers", verbose_name="帮扶计划")
    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="job_offers", verbose_name="岗位")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.GIVEN)
    version = models.PositiveIntegerField("版本", default=1)
    means = models.CharField("方式", max_length=10, choices=By)
    offered_on = models.DateField("介绍日期")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="介绍人")
    offered_by_name = PrintedName("介绍人姓名")
    answer_by = models.DateField("答复期限")
    to_many = models.BooleanField("同时发给多人", default=False)
    fits = models.BooleanField("是否合适", null=True)
    suitable_because = models.CharField("合适的依据", max_length=400, blank=True)
    uncounted = models.CharField("不计数的原因", max_length=10, choices=Uncounted, blank=True)
    proof = models.CharField("送达凭据", max_length=200, blank=True)
    as_it_stood: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("介绍时的岗位")
    answered_on = models.DateField("答复日期", null=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="答复人或记录人账号", db_index=False
    )
    answered_by_name = PrintedName("答复人或记录人")
    reason = models.CharField("原因", max_length=10, choices=WhyNot, blank=True)
    words = models.CharField("原话", max_length=400, blank=True)
    applied_on = models.DateField("应聘日期", null=True)
    begins_on = models.DateField("上班日期", null=True)
    ended_on = models.DateField("有结果的日期", null=True)
    not_taken_because = models.CharField("没有录用的原因", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "岗位介绍"
        ordering = ["-offered_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition", "vacancy"],
                condition=Q(status="given"),
                name="assistance_one_open_offer_of_a_vacancy",
            )
        ]
        indexes = [models.Index(fields=["status", "answer_by"], name="assistance_offers_waiting")]

    def __str__(self) -> str:
        return f"{self.as_it_stood['employer']} {self.as_it_stood['title']}"

    @property
    def vacancy_then(self) -> Vacancy:
        """The vacancy as offered; do not save it."""
        names = ("title", "tasks", "conditions", "address", "form", "hours", "pay_from", "pay_to")
        return Vacancy(division_id=self.as_it_stood["division"], **{name: self.as_it_stood[name] for name in names})

    @property
    def uncounted_in_words(self) -> str:
        """Why it does not count, including what was unknown when it was offered."""
        if self.uncounted == self.Uncounted.UNFIT and self.fits is None:
            return say("介绍时有条件还没问清；问清后再介绍才计数")
        return str(self.get_uncounted_display())

    @property
    def counts(self) -> bool:
        """Whether it counts towards the number in the notice, apart from repeated offers of one vacancy."""
        return not self.uncounted and bool(self.proof)
