"""The model of follow-ups (四(三))."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.applications.models import Application
from jiuyuan.assistance.models.courses import Enrolment
from jiuyuan.assistance.models.offers import JobOffer
from jiuyuan.assistance.models.plans import OfTheHelped
from jiuyuan.assistance.models.posts import Placement
from jiuyuan.assistance.models.ventures import Venture
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import SubjectManager
from jiuyuan.recognitions.models import Recognition


class FollowUp(OfTheHelped):
    """A follow-up after so many `months`.

    Counted from the first day of work of an `offer` or `placement`, the end of a course (`enrolment`) or the
    registration of a business (`venture`). `wage_paid`, `insured`: None if unknown. It is written once; if the
    work was lost, `application` is the new one. Due follow-ups are a query (`duties`), not waiting rows.
    """

    class Status(Labelled):
        WORKING = "working", "在岗"
        LOST = "lost", "已离岗"
        SEEKING = "seeking", "还没有工作"

    class How(Labelled):
        PHONE = "phone", "电话"
        VISIT = "visit", "上门"
        COUNTER = "counter", "窗口"
        EMPLOYER = "employer", "向单位核实"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="follow_ups", verbose_name="认定")
    offer = models.ForeignKey(JobOffer, models.PROTECT, null=True, related_name="follow_ups", verbose_name="岗位介绍")
    placement = models.ForeignKey(
        Placement, models.PROTECT, null=True, related_name="follow_ups", verbose_name="公益性岗位安置"
    )
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, related_name="follow_ups", verbose_name="培训报名"
    )
    venture = models.ForeignKey(Venture, models.PROTECT, null=True, related_name="follow_ups", verbose_name="创业")
    months = models.PositiveSmallIntegerField("上岗后月数")
    status = models.CharField("状态", max_length=10, choices=Status)
    version = models.PositiveIntegerField("版本", default=1)
    on = models.DateField("回访日期")
    means = models.CharField("方式", max_length=10, choices=How)
    wage_paid = models.BooleanField("工资按时发", null=True)
    insured = models.BooleanField("单位缴了社会保险", null=True)
    note = models.CharField("情况", max_length=400, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="回访人账号", db_index=False)
    by_name = PrintedName("回访人")
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="+", verbose_name="再次失业后的申请"
    )

    objects = SubjectManager()

    @property
    def followed(self) -> JobOffer | Placement | Enrolment | Venture:
        """The object it belongs to."""
        found = self.offer or self.placement or self.enrolment or self.venture
        assert found is not None
        return found

    class Meta:
        verbose_name = "跟踪回访"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "months"], name="assistance_one_follow_up_a_step"),
            models.UniqueConstraint(fields=["placement", "months"], name="assistance_one_follow_up_a_step_on_a_post"),
            models.CheckConstraint(
                name="assistance_a_follow_up_is_of_one_work",
                condition=Q(offer__isnull=False, placement=None, enrolment=None, venture=None)
                | Q(offer=None, placement__isnull=False, enrolment=None, venture=None)
                | Q(offer=None, placement=None, enrolment__isnull=False, venture=None)
                | Q(offer=None, placement=None, enrolment=None, venture__isnull=False),
            ),
            models.UniqueConstraint(fields=["enrolment", "months"], name="assistance_one_follow_up_a_step_of_a_course"),
            models.UniqueConstraint(fields=["venture", "months"], name="assistance_one_follow_up_a_step_of_a_venture"),
        ]
