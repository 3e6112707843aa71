"""The model of ventures (四(二)): a person's own business, from the idea to a year of trading."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.scope import Scope
from jiuyuan.assistance.models.plans import OfTheHelped, Plan
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition


class Venture(OfTheHelped):
    """A venture.

    - `advice`: `{"on", "services"}` for each consultation.
    - `told_on`: when the person was told what registering a business means for their recognition.
    - `loan`: CNY requested.
    - `alive_on`: the last day on which it was found trading.
    """

    class Status(Labelled):
        IDEA = "idea", "有想法"
        ADVISED = "advised", "指导过"
        TRAINED = "trained", "培训过"
        LOAN_REFERRED = "loan_referred", "推荐了贷款"
        REGISTERED = "registered", "已办营业执照"
        ALIVE_HALF_YEAR = "alive_half_year", "经营满半年"
        ALIVE_YEAR = "alive_year", "经营满一年"
        ENDED = "ended", "已结束"

    class Service(Labelled):
        POLICY = "policy", "政策咨询"
        PROJECT = "project", "项目推介"
        GUIDANCE = "guidance", "开业指导"
        PREMISES = "premises", "场地帮助"
        RISK = "risk", "风险评估"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="ventures", verbose_name="认定")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="ventures", verbose_name="帮扶计划")
    status = models.CharField("状态", max_length=16, choices=Status, default=Status.IDEA)
    version = models.PositiveIntegerField("版本", default=1)
    idea = models.CharField("想做什么", max_length=200)
    begun_on = models.DateField("登记日期")
    advice: "models.JSONField[list[Any], list[Any]]" = models.JSONField("指导", default=list)
    trained_on = models.DateField("培训日期", null=True)
    trained_in = models.CharField("什么培训", max_length=200, blank=True)
    loan = models.PositiveIntegerField("推荐的贷款（元）", null=True)
    loan_on = models.DateField("推荐贷款日期", null=True)
    bank = models.CharField("银行", max_length=120, blank=True)
    told_on = models.DateField("告知日期", null=True)
    business_name = models.CharField("营业执照名称", max_length=120, blank=True)
    business_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    registered_on = models.DateField("营业执照登记日期", null=True)
    alive_on = models.DateField("最近查看日期", null=True)
    alive_how = models.CharField("怎样查看的", max_length=200, blank=True)
    ended_on = models.DateField("结束日期", null=True)
    reason = models.CharField("结束的原因", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "创业"
        ordering = ["-begun_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"], condition=~Q(status__in=["alive_year", "ended"]), name="assistance_one_venture_at_a_time"
            ),
            models.CheckConstraint(
                name="assistance_what_is_registered_has_its_day",
                condition=~Q(status__in=["registered", "alive_half_year", "alive_year"]) | Q(registered_on__isnull=False),
            ),
            models.CheckConstraint(
                name="assistance_who_registers_was_told",
                condition=Q(registered_on__isnull=True) | Q(told_on__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.business_name or self.idea

    @property
    def services(self) -> list[str]:
        """The kinds of advice given, in words, without repetition."""
        given = {code for one in self.advice for code in one["services"]}
        return [self.Service(code).label for code in self.Service.values if code in given]
