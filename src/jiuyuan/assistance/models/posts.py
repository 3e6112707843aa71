"""Models of public-interest posts (公益性岗位), placements and monthly attendance (四(二), 人社部发〔2019〕124号)."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, Division, User
from jiuyuan.agencies.roles import CASE_STAFF
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.assistance.models.plans import OfTheHelped, Plan
from jiuyuan.assistance.models.vacancies import Employer, Vacancy
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules import calendar


class PublicPost(Subject):
    """A post developed by an employer and approved by the county.

    - `wage`: CNY per month, or per hour for part time.
    - `taken`: how many of `number` places are promised or filled.
    - `ground`: the need for it; `approved_ground`: why it was approved.
    - `notice_ends_on`: the last day of its public notice, `provisional` until that year's holidays are published.
    """

    class Status(Labelled):
        REQUESTED = "requested", "待审批"
        APPROVED = "approved", "已批准"
        PUBLISHED = "published", "公示中"
        OPEN = "open", "可以安置"
        CLOSED = "closed", "已关闭"

    class Kind(Labelled):
        PUBLIC_SERVICE = "public_service", "公共服务（协管、协理、治安巡逻等）"
        RESIDENTS = "residents", "便民服务（保洁、保绿、停车看管、社区养老等）"
        OTHER = "other", "其他公益性岗位"

    scope: ClassVar = Scope(area="area", owner=None, roles=CASE_STAFF)

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="public_posts", verbose_name="用人单位")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="public_posts", verbose_name="申报平台")
    area = models.CharField("辖区", max_length=200, db_index=True)
    title = models.CharField("岗位名称", max_length=60)
    kind = models.CharField("岗位类别", max_length=16, choices=Kind)
    duties = models.TextField("岗位职责")
    number = models.PositiveIntegerField("岗位数")
    taken = models.PositiveIntegerField("已占名额", default=0)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="工作地区")
    address = models.CharField("工作地点", max_length=200, blank=True)
    form = models.CharField("用工形式", max_length=10, choices=Vacancy.Time, default=Vacancy.Time.FULL)
    hours = models.CharField("工作时间", max_length=80)
    wage = models.PositiveIntegerField("工资")
    ground = models.CharField("设岗理由", max_length=400)
    contact = EncryptedTextField("单位联系人和电话", blank=True)
    phone = EncryptedTextField("单位确认过的电话", blank=True)
    phone_confirmed_on = models.DateField("电话确认日期", null=True)
    phone_confirmed_how = models.CharField("怎样确认电话的", max_length=200, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.REQUESTED)
    version = models.PositiveIntegerField("版本", default=1)
    requested_on = models.DateField("申报日期")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申报人")
    requested_by_name = PrintedName("申报人姓名")
    approved_on = models.DateField("批准日期", null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="批准人")
    approved_by_name = PrintedName("批准人姓名")
    approved_ground = models.CharField("批准意见", max_length=400, blank=True)
    posted_on = models.DateField("公示开始", null=True)
    notice_ends_on = models.DateField("公示结束", null=True)
    provisional = models.BooleanField("公示结束是暂定的", default=False)
    opened_on = models.DateField("开放日期", null=True)
    reason = models.CharField("关闭原因", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "公益性岗位"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="assistance_posts_are_not_oversold", condition=Q(taken__lte=F("number"))),
            models.CheckConstraint(
                name="assistance_an_open_post_was_on_notice",
                condition=~Q(status__in=["published", "open"])
                | Q(posted_on__isnull=False, notice_ends_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "area", "-id"], name="assistance_posts_of_area"),
        ]

    def __str__(self) -> str:
        return f"{self.employer} {self.title}"

    @property
    def file(self) -> str:
        return f"post:{self.pk}"

    @property
    def left(self) -> int:
        """The number of free places."""
        return self.number - self.taken

    @property
    def by_the_hour(self) -> bool:
        return self.form == Vacancy.Time.PART


class Placement(OfTheHelped):
    """A person on a post.

    - `term`: the number of this placement of the person, from 1.
    - `relative`: declared relation to the officers or the employer.
    - `tried_ground`: why a post although too few offers failed; `order_ground`: why before people with higher
      priority.
    - `severe`: severe disability by the certificate; None if nobody asked.
    - `agreed_by`: the first of two reviewers of a second placement.
    """

    class Status(Labelled):
        PROPOSED = "proposed", "待复核"
        PUBLISHED = "published", "公示中"
        CONTRACTED = "contracted", "已签合同"
        ON_POST = "on_post", "在岗"
        ENDED = "ended", "已结束"

    class Ending(Labelled):
        """Why somebody left a post, or was not placed."""

        TERM_OVER = "term_over", "期满"
        OTHER_WORK = "other_work", "有了其他工作"
        RETIRED = "retired", "退休"
        DECEASED = "deceased", "去世"
        UNABLE = "unable", "不能胜任"
        BREACH = "breach", "违反规章制度"
        UNLAWFUL = "unlawful", "违法犯罪"
        POST_GONE = "post_gone", "岗位取消"
        OWN_WISH = "own_wish", "本人不干了"
        NOT_PLACED = "not_placed", "没有安置"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="placements", verbose_name="认定")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="placements", verbose_name="帮扶计划")
    post = models.ForeignKey(PublicPost, models.PROTECT, related_name="placements", verbose_name="公益性岗位")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.PROPOSED)
    version = models.PositiveIntegerField("版本", default=1)
    term = models.PositiveSmallIntegerField("第几次安置")
    no_relative = models.BooleanField("本人声明没有近亲属关系")
    tried_ground = models.CharField("介绍岗位不够就安置的理由", max_length=400, blank=True)
    order_ground = models.CharField("不按顺序安置的理由", max_length=400, blank=True)
    severe = models.BooleanField("残疾证为一级、二级", null=True)
    proposed_on = models.DateField("提出日期")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_by_name = PrintedName("提出人姓名")
    agreed_on = models.DateField("再次安置第一人同意日期", null=True)
    agreed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="再次安置第一位复核人"
    )
    agreed_by_name = PrintedName("再次安置第一位复核人姓名")
    agreed_ground = models.CharField("再次安置的理由", max_length=400, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    published_by_name = PrintedName("复核人姓名")
    posted_on = models.DateField("公示开始", null=True)
    notice_ends_on = models.DateField("公示结束", null=True)
    provisional = models.BooleanField("公示结束是暂定的", default=False)
    signed_on = models.DateField("签合同日期", null=True)
    begins_on = models.DateField("上岗日期", null=True)
    until = models.DateField("合同到", null=True)
    warned_on = models.DateField("期满提醒日期", null=True)
    ended_on = models.DateField("离岗日期", null=True)
    ending = models.CharField("结束原因", max_length=12, choices=Ending, blank=True)
    ended_words = models.CharField("结束情况", max_length=400, blank=True)
    reported_on = models.DateField("单位报告空岗日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "公益性岗位安置"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"], condition=~Q(status="ended"), name="assistance_one_placement_a_person"
            ),
            models.CheckConstraint(
                name="assistance_on_a_post_has_days",
                condition=~Q(status__in=["contracted", "on_post"]) | Q(begins_on__isnull=False, until__isnull=False),
            ),
            models.CheckConstraint(
                name="assistance_a_placement_was_on_notice",
                condition=~Q(status__in=["published", "contracted", "on_post"])
                | Q(posted_on__isnull=False, notice_ends_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "until"], name="assistance_placements_ending"),
            models.Index(fields=["post", "status"], name="assistance_placements_of_post"),
        ]

    def __str__(self) -> str:
        return str(self.post)

    def covers(self, month: date) -> bool:
        """Whether somebody was on the post on a day of this month, given by its first day."""
        if self.begins_on is None or self.begins_on.replace(day=1) > month:
            return False
        return self.ended_on is None or self.ended_on >= month

    def days_in(self, month: date, until: date) -> int:
        """The number of days of a month, given by its first day, on the post,
        up to `until` and the end of the contract.
        """
        last = calendar.add_months(month, 1) - timedelta(days=1)
        last = min(day for day in (last, until, self.until, self.ended_on) if day is not None)
        return 0 if self.begins_on is None else max(0, (last - max(month, self.begins_on)).days + 1)


class PostAttendance(Recorded):
    """The days at work in a month (its first day).

    `left_on`: the day on which the person left, according to the employer.
    """

    scope: ClassVar = Scope(area="placement__recognition__area", owner="placement__recognition__person__account")

    placement: "models.ForeignKey[Placement, Any]" = models.ForeignKey(
        Placement, models.CASCADE, related_name="attendance", verbose_name="安置"
    )
    month = models.DateField("月份")
    days = models.PositiveSmallIntegerField("出勤天数")
    left_on = models.DateField("离岗日期", null=True)
    note = models.CharField("情况", max_length=400, blank=True)
    by_employer = models.BooleanField("由单位报告", default=False)
    written_on = models.DateField("登记日期")
    written_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="登记人账号", db_index=False
    )
    written_by_name = PrintedName("登记人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "公益性岗位考勤"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "month"], name="assistance_one_attendance_a_month"),
        ]


class AttendanceLink(Recorded):
    """A link with which an employer without an account reports one month of one post, once.

    Secret and code are stored as digests. `code_digest`: of the code sent, empty once it was typed; `bound`: of
    the only browser then accepted.
    """

    unrecorded: ClassVar[frozenset[str]] = frozenset({"code_digest", "code_until", "bound"})
    scope: ClassVar = Scope(area="post__area", owner=None)

    post: "models.ForeignKey[PublicPost, Any]" = models.ForeignKey(
        PublicPost, models.CASCADE, related_name="links", verbose_name="公益性岗位"
    )
    month = models.DateField("月份")
    digest = models.CharField("校验值", max_length=64, unique=True)
    code_digest = models.CharField("验证码校验值", max_length=64, blank=True)
    code_until = models.DateTimeField("验证码有效到", null=True)
    bound = models.CharField("已验证的浏览器", max_length=64, blank=True)
    made_on = models.DateField("发出日期")
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="发出人账号", db_index=False
    )
    made_by_name = PrintedName("发出人")
    valid_until = models.DateField("有效到")
    answered_on = models.DateField("报告日期", null=True)
    revoked = models.BooleanField("已撤销", default=False)

    class Meta:
        verbose_name = "单位考勤链接"
