"""Models of employers' claims by link, and of employers' accounts (四(三))."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.assistance.models import Employer
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.money.models.of_scheme import OfScheme, months_in_words
from jiuyuan.people.models.bank import Account
from jiuyuan.procedures.subjects import SubjectManager


class EmployerClaim(OfScheme):
    """A claim of a scheme for which an employer lists its people once, by a link with a code sent to its confirmed
    phone.

    - `listed`: the people: `{"name", "id_number"}` each, as JSON.
    - `results`: by position in the list: `{"claim": key or None, "why"}`.
    - `digest`, `code_digest`, `bound`: of the link (`assistance.link_codes`).
    """

    class Status(Labelled):
        ASKED = "asked", "等单位申报"
        HANDED_IN = "handed_in", "单位已申报"
        TAKEN_OVER = "taken_over", "已登记申请"
        WITHDRAWN = "withdrawn", "已撤销"

    unrecorded: ClassVar[frozenset[str]] = frozenset({"code_digest", "code_until", "bound"})
    scope: ClassVar = Scope(area="area", owner=None)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="employer_claims", verbose_name="受理平台")
    area = models.CharField("辖区", max_length=200)
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="employer_claims", verbose_name="用人单位")
    from_month = models.PositiveIntegerField("从哪个月", help_text="年×12＋月－1")
    to_month = models.PositiveIntegerField("到哪个月", help_text="年×12＋月－1")
    phone = models.CharField("单位电话", max_length=20)
    phone_confirmed_how = models.CharField("电话怎样确认的", max_length=200)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.ASKED)
    version = models.PositiveIntegerField("版本", default=1)
    made_on = models.DateField("请单位申报的日期")
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="请单位申报的人账号", db_index=False
    )
    made_by_name = PrintedName("请单位申报的人")
    digest = models.CharField("链接校验值", max_length=64, unique=True)
    code_digest = models.CharField("验证码校验值", max_length=64, blank=True)
    code_until = models.DateTimeField("验证码有效到", null=True)
    bound = models.CharField("已验证的浏览器", max_length=64, blank=True)
    valid_until = models.DateField("链接有效到")
    handed_in_on = models.DateField("申报日期", null=True)
    listed = EncryptedTextField("申报的人", null=True)
    results: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField("登记结果", default=list)
    ended_on = models.DateField("办结日期", null=True)
    reason = models.CharField("撤销的理由", max_length=400, blank=True)
    #: The link's secret and code, made by the current act and never stored.
    secret: str = ""
    code: str = ""

    objects = SubjectManager()

    class Meta:
        verbose_name = "单位申报"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="money_an_employers_months_in_order", condition=Q(from_month__lte=F("to_month"))
            ),
            models.CheckConstraint(
                name="money_an_employer_named_its_people",
                condition=~Q(status__in=["handed_in", "taken_over"]) | Q(handed_in_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "id"], name="money_employers_of_an_area", opclasses=["varchar_pattern_ops", "int8_ops"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.employer.name} {self.title}"

    @property
    def file(self) -> str:
        return f"employer_claim:{self.pk}"

    @property
    def months(self) -> str:
        return months_in_words(self.from_month, self.to_month)


class EmployerAccount(Account, Recorded):
    """An employer's account as given with a claim. The latest one is used."""

    scope: ClassVar = Scope(area="said_with__area", owner=None)

    employer: "models.ForeignKey[Employer, Any]" = models.ForeignKey(
        Employer, models.PROTECT, related_name="accounts", verbose_name="用人单位"
    )
    said_with: "models.ForeignKey[EmployerClaim, Any]" = models.ForeignKey(
        EmployerClaim, models.PROTECT, related_name="accounts", verbose_name="随哪次申报"
    )
    holder = models.CharField("户名", max_length=120)
    entered_on = models.DateField("登记日期")

    objects = ScopedManager()

    class Meta:
        verbose_name = "单位账户"
        ordering = ["id"]
