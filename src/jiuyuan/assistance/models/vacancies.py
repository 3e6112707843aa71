"""Models of employers and their vacancies for people on the register (四(二))."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, Division, User
from jiuyuan.agencies.roles import CASE_STAFF
from jiuyuan.agencies.scope import Scope
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager


class Employer(Recorded):
    """An employer, unique by unified social credit code (GB 32100) in the whole installation;
    it belongs to no office.
    """

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("单位名称", max_length=120)

    class Meta:
        verbose_name = "用人单位"

    def __str__(self) -> str:
        return self.name


class Vacancy(Subject):
    """A vacancy.

    - `pay_from`, `pay_to`: CNY per month, or per hour if `form` is part time.
    - `taken`: how many of `number` places are filled.
    - `opened_on`, `confirmed_on`: when office and employer last confirmed it.
    - `ground`: why a reviewer opened it despite words that seem discriminating.
    """

    class Status(Labelled):
        DRAFT = "draft", "待核对"
        CHECKED = "checked", "已核对"
        OPEN = "open", "招聘中"
        FILLED = "filled", "已招满"
        EXPIRED = "expired", "已过期"
        WITHDRAWN = "withdrawn", "已撤回"

    class Time(Labelled):
        FULL = "full", "全日制"
        PART = "part", "非全日制"
        FLEXIBLE = "flexible", "灵活"

    class Hours(models.TextChoices):
        FULL = "full", "全天"
        PART = "part", "半天或钟点"
        FLEXIBLE = "flexible", "时间灵活"

    class Insurance(models.TextChoices):
        PENSION = "pension", "养老"
        MEDICAL = "medical", "医疗"
        UNEMPLOYMENT = "unemployment", "失业"
        INJURY = "injury", "工伤"
        MATERNITY = "maternity", "生育"

    class Accessible(Labelled):
        WHEELCHAIR = "wheelchair", "轮椅可到工位"
        SEATED = "seated", "可以坐着做"
        HEARING = "hearing", "可用手语或文字沟通"
        SIGHT = "sight", "有读屏或大字"
        HOME = "home", "可以在家做"

    scope: ClassVar = Scope(area="area", owner=None, roles=CASE_STAFF)

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="vacancies", verbose_name="用人单位")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="vacancies", verbose_name="登记平台")
    area = models.CharField("辖区", max_length=200, db_index=True)
    title = models.CharField("岗位名称", max_length=60)
    occupation = models.CharField("职业代码", max_length=10, blank=True, help_text="职业分类大典2022年版；空：没有对上")
    number = models.PositiveIntegerField("招聘人数")
    taken = models.PositiveIntegerField("已录用人数", default=0)
    tasks = models.TextField("工作内容", blank=True)
    conditions = models.TextField("招聘条件", blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="工作地区")
    address = models.CharField("工作地点", max_length=200, blank=True)
    pay_from = models.PositiveIntegerField("报酬下限", null=True)
    pay_to = models.PositiveIntegerField("报酬上限", null=True)
    form = models.CharField("用工形式", max_length=10, choices=Time, default=Time.FULL)
    hours = models.CharField("工作时间", max_length=10, choices=Hours, default=Hours.FULL)
    contract_months = models.PositiveIntegerField("合同期限（月）", null=True)
    insurance: "models.JSONField[list[str], list[str]]" = models.JSONField("社会保险", default=list)
    accessible: "models.JSONField[list[str], list[str]]" = models.JSONField("无障碍条件", default=list)
    contact = EncryptedTextField("单位联系人和电话", blank=True)
    source = models.CharField("信息来源", max_length=80, blank=True)
    valid_until = models.DateField("有效到")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    checked_how = models.CharField("怎样核对的", max_length=400, blank=True)
    opened_on = models.DateField("开放日期", null=True)
    confirmed_on = models.DateField("单位确认日期", null=True)
    ground = models.CharField("复核人开放的依据", max_length=400, blank=True)
    reason = models.CharField("撤回原因", max_length=400, blank=True)
    employer_said = models.CharField("单位要求改正的内容", max_length=400, blank=True)
    made_on = models.DateField("登记日期")

    objects = SubjectManager()

    class Meta:
        verbose_name = "岗位"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="assistance_places_are_not_oversold", condition=Q(taken__lte=F("number"))),
            models.UniqueConstraint(
                fields=["employer", "division", "title"],
                condition=Q(status__in=["checked", "open"]),
                name="assistance_a_vacancy_is_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["division", "-id"], condition=Q(status="open"), name="assistance_open_by_place"),
            models.Index(fields=["status", "area", "-id"], name="assistance_vacancies_of_area"),
        ]

    def __str__(self) -> str:
        return f"{self.employer} {self.title}"

    @property
    def file(self) -> str:
        return f"vacancy:{self.pk}"

    @property
    def left(self) -> int:
        """The number of free places."""
        return self.number - self.taken

    @property
    def by_the_hour(self) -> bool:
        return self.form == self.Time.PART

    @property
    def texts(self) -> dict[str, str]:
        """The published texts in the employer's own words, by field."""
        return {"title": self.title, "tasks": self.tasks, "conditions": self.conditions}

    def last_found_right(self) -> date | None:
        """The last day on which office or employer confirmed its contents."""
        days = [day for day in (self.opened_on, self.confirmed_on) if day is not None]
        return max(days) if days else None


class EmployerLink(Recorded):
    """A link with which an employer without an account answers once about a vacancy.

    The secret is stored as a digest.
    """

    scope: ClassVar = Scope(area="vacancy__area", owner=None)

    vacancy: "models.ForeignKey[Vacancy, Any]" = models.ForeignKey(
        Vacancy, models.CASCADE, related_name="links", verbose_name="岗位"
    )
    digest = models.CharField("校验值", max_length=64, unique=True)
    made_on = models.DateField("发出日期")
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="发出人账号", db_index=False
    )
    made_by_name = PrintedName("发出人")
    valid_until = models.DateField("有效到")
    answered_on = models.DateField("答复日期", null=True)
    revoked = models.BooleanField("已被新的代替", default=False)

    class Meta:
        verbose_name = "单位确认链接"
