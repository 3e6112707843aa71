"""Models of departments' files: imports, their rows, and licences."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.labels import Labelled
from jiuyuan.people.models.person import Person
from jiuyuan.procedures.subjects import Subject, SubjectManager


class ImportBatch(Subject):
    """An imported file: a department's records, an earlier register (六), vacancies, or results of job offers.

    Departments' records can be withdrawn as a whole. `done` is the last settled row, from which an interrupted
    run continues.
    """

    class Kind(Labelled):
        SOCIAL_INSURANCE = "social_insurance", "社会保险"
        MARKET_REGULATION = "market_regulation", "市场监管"
        CIVIL_AFFAIRS = "civil_affairs", "民政"
        DISABLED_FEDERATION = "disabled_federation", "残联"
        PUBLIC_SECURITY = "public_security", "公安"
        EDUCATION = "education", "教育"
        PUBLIC_EMPLOYMENT = "public_employment", "失业登记"
        EARLIER_REGISTER = "earlier_register", "以前的认定名册"
        VACANCIES = "vacancies", "招聘岗位"
        OFFER_RESULTS = "offer_results", "应聘结果"
        INSURANCE_MONTHS = "insurance_months", "社会保险逐月缴费"

    class Status(Labelled):
        CHECKING = "checking", "试运行中"
        CHECKED = "checked", "已试运行，未导入"
        RUNNING = "running", "导入中"
        DONE = "done", "已导入"
        FAILED = "failed", "文件不能用"
        WITHDRAWING = "withdrawing", "撤回中"
        WITHDRAWN = "withdrawn", "已撤回"
        DISCARDED = "discarded", "已放弃"

    scope: ClassVar = Scope(area="area", owner=None)

    kind = models.CharField("数据种类", max_length=20, choices=Kind)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验值", max_length=64, db_index=True)
    stored_as = models.CharField("存放位置", max_length=80, blank=True, help_text="导入结束后文件即删除")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="import_batches", verbose_name="导入机构")
    area = models.CharField("辖区", max_length=200, db_index=True)
    sheet = models.CharField(
        "工作表", max_length=100, db_default="", blank=True, help_text="读的是哪一张；空：只有一张"
    )
    observed_on = models.DateField("数据日期", help_text="文件中没有逐行日期时用这一天")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    by_name = PrintedName("导入人姓名")
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="确认人", help_text="以前的名册由另一人确认"
    )
    confirmed_by_name = PrintedName("确认人姓名")
    at = models.DateTimeField("导入时间")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.CHECKING)
    total = models.PositiveIntegerField("总行数", default=0)
    done = models.PositiveIntegerField("已处理到", default=0)
    counts: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField("各结果行数", default=dict)
    failure = models.CharField("不能用的原因", max_length=400, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤回人")
    withdrawn_by_name = PrintedName("撤回人姓名")
    withdrawn_for = models.CharField("撤回原因", max_length=400, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    undone = models.PositiveIntegerField("已撤回人数", default=0)

    objects = SubjectManager()

    class Meta:
        verbose_name = "导入批次"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256", "area"],
                condition=Q(status__in=["running", "done", "withdrawing"]) & ~Q(kind="earlier_register"),
                name="people_a_file_is_imported_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"

    @property
    def needs_another(self) -> bool:
        """Whether a second person has to confirm it: an earlier register gives people a status (六)."""
        return self.kind == self.Kind.EARLIER_REGISTER

    @property
    def file(self) -> str:
        """The key of its file in the record."""
        return f"import:{self.pk}"


class ImportRow(models.Model):
    """The result of one row. For people without a file only the row number is stored."""

    class Outcome(Labelled):
        MATCHED = "matched", "相符"
        CHANGED = "changed", "有变化"
        CONTRADICTED = "contradicted", "有矛盾"
        UNKNOWN = "unknown", "不在册"
        REJECTED = "rejected", "不能用"

    scope: ClassVar = Scope(area="batch__area", owner=None)

    # No database constraints: rows are written by the million in the transaction that has read both sides.
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, related_name="rows", verbose_name="批次", db_index=False, db_constraint=False
    )
    row = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=12, choices=Outcome)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="人员", db_index=False, db_constraint=False
    )
    message = models.CharField("说明", max_length=400, blank=True)
    columns = models.CharField("有误的列", max_length=100, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "导入行"
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="people_one_outcome_a_row")]
        indexes = [models.Index(fields=["batch", "outcome", "row"], name="people_rows_by_outcome")]


class LicenceRecord(models.Model):
    """An entry of the market regulator about a person and a licence, on one day. All entries are kept."""

    class Part(Labelled):
        OWNER = "owner", "经营者（投资人）"
        LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
        SHAREHOLDER = "shareholder", "股东（合伙人）"
        SUPERVISOR = "supervisor", "监事"
        DIRECTOR = "director", "董事（理事）"
        HEAD = "head", "负责人"

    class Status(Labelled):
        ACTIVE = "active", "存续"
        REVOKED = "revoked", "吊销未注销"
        CANCELLED = "cancelled", "注销"
        LEFT = "left", "已退出任职"

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="licences", verbose_name="人员")
    licence = models.CharField("统一社会信用代码（注册号）", max_length=40)
    part = models.CharField("身份", max_length=24, choices=Part)
    organisation = models.CharField("名称", max_length=200, blank=True)
    status = models.CharField("状态", max_length=12, choices=Status)
    changed_on = models.DateField("变更日期")
    observed_on = models.DateField("查得日期")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="licences", verbose_name="导入批次")
    row = models.PositiveIntegerField("行号", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "登记记录"
        ordering = ["licence", "part", "changed_on", "id"]


class InsuranceMonth(models.Model):
    """One month of a person's social insurance: who insured them, and whether the contributions arrived.

    `month` is a number (`rules.calendar.month_of`). If a later file states the same month and payer, its row is
    added and the earlier one `superseded`.
    """

    class Payer(Labelled):
        EMPLOYER = "employer", "用人单位"
        PUBLIC = "public", "机关、事业单位"
        FLEXIBLE = "flexible", "本人（灵活就业）"
        NOBODY = "nobody", "没有参保"

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="insurance_months", verbose_name="人员")
    month = models.PositiveIntegerField("月份")
    payer = models.CharField("参保身份", max_length=10, choices=Payer)
    employer = models.CharField("单位名称", max_length=200, blank=True)
    paid = models.BooleanField("已缴费")
    observed_on = models.DateField("数据日期")
    superseded = models.BooleanField("以后的文件另有说法", default=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+", verbose_name="导入批次")
    row = models.PositiveIntegerField("行号")

    objects = ScopedManager()

    class Meta:
        verbose_name = "逐月参保缴费"
        ordering = ["month", "id"]
        indexes = [models.Index(fields=["person", "month"], name="people_insurance_by_month")]
