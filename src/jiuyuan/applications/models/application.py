"""Models of an application, its rounds, and what was stated and decided in each."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.encryption import EncryptedJSONField, EncryptedTextField
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Document, Person
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.procedures.table import State
from jiuyuan.recognitions.models import Recognition

# Sorts closed cases, and those waiting for the applicant, after everything that is due.
NOT_OURS = date(9999, 12, 31)


class Channel(Labelled):
    WINDOW = "window", "窗口"
    HALL = "hall", "网上办事大厅"
    PORTAL = "portal", "网上申请"
    APP = "app", "手机APP"
    MINI_PROGRAM = "mini_program", "微信小程序"


class DueState(Labelled):
    FIRM = "firm", "确定"
    PROVISIONAL = "provisional", "暂定"
    CLOSED = "closed", "已办结"


class Batch(models.Model):
    """Cases reported to the county together (二(二))."""

    scope: ClassVar = Scope(area="area", owner="created_by")

    number = models.CharField("批次号", max_length=40, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="上报平台")
    area = models.CharField("辖区", max_length=200, db_index=True)
    created_by = models.ForeignKey(User, models.PROTECT, verbose_name="上报人")
    created_by_name = PrintedName("上报人姓名")
    created_at = models.DateTimeField("上报时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "上报批次"


class Application(Subject):
    """An application. `sort_on` is the day by which lists sort; `NOT_OURS` while staff have nothing to do."""

    scope: ClassVar = Scope(area="area", owner="person__account", channel="channel_account")

    number = models.CharField("申请编号", max_length=40, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="applications", verbose_name="申请人")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="applications", verbose_name="受理平台")
    area = models.CharField("辖区", max_length=200)
    # The region, scheme and policy in force when it was begun; later policies do not affect it.
    region = models.CharField("地区", max_length=20)
    scheme = models.CharField("认定事项", max_length=40)
    policy = models.CharField("依据", max_length=40)
    channel = models.CharField("申请渠道", max_length=16, choices=Channel)
    channel_account = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="channel_applications", verbose_name="渠道账号"
    )
    categories: "models.JSONField[list[str], list[str]]" = models.JSONField("申请类别", default=list)
    details = EncryptedJSONField("认定表其他栏目", default=dict)
    status = models.CharField("状态", max_length=24, default="draft")
    version = models.PositiveIntegerField("版本", default=1)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    created_at = models.DateTimeField("创建时间")
    submitted_on = models.DateField("提交日期", null=True)
    # What was signed online, unchanged: `name`, `at`, `text` (the paragraphs) and `consented_at`. None if signed
    # with a pen at the window. Empty if a program submitted it without a signature.
    signed: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField("网上签名", null=True)
    # Statements about a person whose file is at another office, as JSON, until it is accepted
    # (`applications.carried`).
    carried = EncryptedTextField("受理以前随申请存的登记内容", null=True)
    accepted_on = models.DateField("受理日期", null=True)
    due_on = models.DateField("办结期限", null=True)
    due_state = models.CharField("期限状态", max_length=12, choices=DueState, blank=True)
    finished_on = models.DateField("办结日期", null=True)
    sort_on = models.DateField("排序日期")
    corrections: "models.JSONField[list[str], list[str]]" = models.JSONField("需补正事项", default=list)
    # For each item the page of the form, or the paper, to be corrected; `correct_by` is the deadline (二(二)).
    correction_pages: "models.JSONField[list[str], list[str]]" = models.JSONField("补正之处", default=list)
    correct_by = models.DateField("补正期限", null=True)
    endorsed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="初审签署人")
    endorsed_by_name = PrintedName("初审签署人姓名")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="applications", verbose_name="上报批次")
    recognition = models.OneToOneField(
        Recognition, models.PROTECT, null=True, related_name="application", verbose_name="认定"
    )

    objects = SubjectManager()

    class Meta:
        verbose_name = "申请"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(finished_on=None), name="applications_one_open_a_person"
            ),
            models.CheckConstraint(
                name="applications_a_limit_runs_from_acceptance",
                condition=Q(accepted_on=None, due_on=None) | Q(accepted_on__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="applications_recognised_means_on_the_register",
                condition=~Q(status="recognised") | Q(recognition__isnull=False),
            ),
        ]
        indexes = [
            # PostgreSQL needs this operator class for prefix searches, whatever the collation.
            models.Index(
                fields=["area", "status", "sort_on", "id"],
                name="applications_inbox",
                opclasses=["varchar_pattern_ops", "text_ops", "date_ops", "int8_ops"],
            ),
            # No parameters in the condition, so that PostgreSQL's generic plans can use the index.
            models.Index(
                fields=["area", "status", "sort_on", "id"],
                name="applications_open_inbox",
                opclasses=["varchar_pattern_ops", "text_ops", "date_ops", "int8_ops"],
                condition=Q(finished_on=None),
            ),
            models.Index(fields=["sort_on", "id"], name="applications_soonest"),
            models.Index(fields=["status", "sort_on", "id"], name="applications_by_status"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def file(self) -> str:
        """The key of its file in the record."""
        return f"application:{self.number}"

    @property
    def state(self) -> State:
        """Its state in the procedure."""
        return WORKFLOWS["application"].of(self.region).by_state[self.status]

    def get_status_display(self) -> str:
        return self.state.label

    @property
    def is_open(self) -> bool:
        return self.finished_on is None


class Material(models.Model):
    """A document submitted with an application."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="materials", verbose_name="申请")
    document = models.ForeignKey(Document, models.PROTECT, related_name="materials", verbose_name="文件")
    kind = models.CharField("材料种类", max_length=40)
    removed_at = models.DateTimeField("撤下时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "申请材料"
        ordering = ["id"]


class PublicNotice(Recorded):
    """A publication for 3 working days (二(二)). A second round is published again."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="notices", verbose_name="申请")
    posted_on = models.DateField("公示开始")
    ends_on = models.DateField("公示结束")
    provisional = models.BooleanField("结束日期暂定", default=False)
    taken_down_on = models.DateField("撤下日期", null=True)
    result = models.CharField("公示结果", max_length=200, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "公示"
        ordering = ["id"]
        indexes = [models.Index(fields=["ends_on"], name="applications_notice_running")]


class Objection(Recorded):
    """An objection to a notice, named or anonymous, and the finding."""

    scope: ClassVar = Scope(area="notice__application__area", owner=None)

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    number = models.CharField(
        "异议编号", max_length=20, blank=True, default="", db_default="", help_text="提出的人凭它查处理情况；猜不到"
    )
    ground = models.TextField("异议理由")
    name = models.CharField("提出人", max_length=80, blank=True)
    contact = EncryptedTextField("联系方式", blank=True)
    made_at = models.DateTimeField("提出时间")
    finding = models.TextField("核查结果", blank=True)
    upheld = models.BooleanField("异议成立", null=True)
    settled_on = models.DateField("处理日期", null=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="处理人账号", db_index=False
    )
    settled_by_name = PrintedName("处理人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "异议"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="applications_an_objection_by_its_number"
            ),
            models.CheckConstraint(
                name="applications_a_settled_objection_has_a_finding",
                condition=Q(upheld=None, settled_on=None)
                | (Q(upheld__isnull=False, settled_on__isnull=False) & ~Q(finding="")),
            ),
        ]


class SpecialCase(Recorded):
    """A question that the rules do not answer, settled by two reviewers of the county (一(三))."""

    scope: ClassVar = Scope(area="application__area", owner="application__person__account")

    application = models.ForeignKey(Application, models.PROTECT, related_name="special_cases", verbose_name="申请")
    round = models.PositiveSmallIntegerField("轮次")
    question = models.TextField("问题")
    clauses: "models.JSONField[list[str], list[str]]" = models.JSONField("有疑问的条款", default=list)
    raised_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="提出人账号", db_index=False
    )
    raised_by_name = PrintedName("提出人")
    raised_on = models.DateField("提出日期")
    granted = models.BooleanField("研究结果", null=True)
    settled_on = models.DateField("研究日期", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "特殊情况"
        ordering = ["id"]


class SpecialCaseOpinion(Recorded):
    """The opinion of one of the two reviewers."""

    special_case = models.ForeignKey(SpecialCase, models.PROTECT, related_name="opinions", verbose_name="特殊情况")
    reviewer = models.ForeignKey(User, models.PROTECT, verbose_name="复核人")
    reviewer_name = PrintedName("复核人姓名")
    granted = models.BooleanField("同意认定")
    ground = models.TextField("理由")
    given_on = models.DateField("日期")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["special_case", "reviewer"], name="applications_two_different_reviewers")
        ]
