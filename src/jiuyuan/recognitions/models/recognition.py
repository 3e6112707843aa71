"""Recognitions and their ends. They refer to the person, not to an application: earlier registers have none (六)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.encryption import EncryptedJSONField
from jiuyuan.history.state import Recorded
from jiuyuan.labels import Labelled
from jiuyuan.people.models import Document, Person
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.wording import say

# The reason of a decision includes the finding in full.
EVIDENCE_LENGTH = 4000


class Recognition(Subject):
    """One recognition in the register. A person has at most one active."""

    class Status(Labelled):
        """The states used in code; the table defines all states and their labels."""

        ACTIVE = "active"
        ENDED = "ended"

    scope: ClassVar = Scope(area="area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="recognitions", verbose_name="人员")
    number = models.CharField("认定编号", max_length=40, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="recognitions", verbose_name="认定机构")
    area = models.CharField("辖区", max_length=200, db_index=True)
    category = models.CharField("类别", max_length=60, help_text="录入《就业创业证》的类别")
    recognised_on = models.DateField("认定日期")
    recognised_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="经办人账号", db_index=False
    )
    recognised_by_name = PrintedName("经办人")
    region = models.CharField("地区", max_length=20)
    scheme = models.CharField("认定事项", max_length=40)
    policy = models.CharField("依据", max_length=40)
    carried_over = models.BooleanField("原政策认定", default=False)
    former = models.ForeignKey("self", models.PROTECT, null=True, related_name="later", verbose_name="前次认定")
    status = models.CharField("状态", max_length=8, default=Status.ACTIVE)
    ground = models.CharField("退出情形", max_length=40, blank=True)
    ended_on = models.DateField("退出日期", null=True)
    # Has a database default: whole registers are imported by the million, without values for an end.
    case = models.CharField(
        "具体情形", max_length=40, blank=True, default="", db_default="", help_text="一种退出情形中实际出现的那一项"
    )
    annulled = models.BooleanField("取消认定", default=False, db_default=False, help_text="五(三)：自认定之日起不作数")
    evidence = models.CharField("退出依据", max_length=EVIDENCE_LENGTH, blank=True)
    basis = EncryptedJSONField("退出所据的事实", null=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="退出经办账号", db_index=False
    )
    ended_by_name = PrintedName("退出经办人")
    decided_on = models.DateField("决定日期", null=True, help_text="作出退出决定的那一天；退出日期可以更早")
    version = models.PositiveIntegerField("版本", default=1)

    objects = SubjectManager()

    class Meta:
        verbose_name = "认定"
        ordering = ["-recognised_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(status="active"), name="recognitions_one_active_a_person"
            ),
            models.CheckConstraint(
                name="recognitions_an_end_has_ground_day_and_evidence",
                condition=Q(status="active", ground="", ended_on=None)
                | (Q(status="ended", ended_on__isnull=False) & ~Q(ground="") & ~Q(evidence="")),
            ),
            models.CheckConstraint(
                name="recognitions_what_is_annulled_never_counted",
                condition=Q(annulled=False)
                | Q(status="ended", ground="disqualified", ended_on=models.F("recognised_on")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "status", "id"],
                name="recognitions_list",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def file(self) -> str:
        """The key of its file in the record: the person's."""
        return self.person.file

    def get_status_display(self) -> str:
        """The label of the state; annulled recognitions have their own."""
        return say("认定已取消") if self.annulled else WORKFLOWS["recognition"].of().label(self.status)


class OfAStay(Subject):
    """A row that belongs to a recognition: same version, area and record file."""

    workflow: ClassVar[str]
    status: Any
    recognition: "models.ForeignKey[Recognition]"

    class Meta:
        abstract = True

    @property
    def file(self) -> str:
        return str(self.recognition.file)

    @property
    def area(self) -> str:
        return str(self.recognition.area)

    @property
    def version(self) -> int:
        return int(self.recognition.version)

    def get_status_display(self) -> str:
        return WORKFLOWS[self.workflow].of().label(str(self.status))


class ExitProposal(OfAStay):
    """A ground found by the rules, waiting for a reviewer (三). Screening never ends a recognition by itself.

    `before` and `now` are the answers of the ground on the previous day and on the day it was found, with the
    facts used. `changed` are the facts that differ; `as_of` if only time has passed.
    """

    class Status(Labelled):
        """The states used in code; the table defines all states and their labels."""

        OPEN = "open"
        CONFIRMED = "confirmed"
        DISMISSED = "dismissed"
        LAPSED = "lapsed"

    workflow = "exit_proposal"
    scope: ClassVar = Scope(area="recognition__area", owner=None)

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="proposals", verbose_name="认定")
    ground = models.CharField("退出情形", max_length=40)
    found_on = models.DateField("发现日期")
    on = models.DateField("建议的退出日期", null=True, help_text="没有写明的，自决定之日起退出")
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="提出账号", help_text="系统提出的没有账号"
    )
    proposed_by_name = PrintedName("提出人")
    reason = models.TextField("理由")
    before = EncryptedJSONField("此前的判定", default=dict)
    now = EncryptedJSONField("现在的判定", default=dict)
    changed: "models.JSONField[list[str], list[str]]" = models.JSONField("有变化的事实", default=list)
    status = models.CharField("状态", max_length=10, default=Status.OPEN)
    decided_on = models.DateField("决定日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定账号")
    decided_by_name = PrintedName("决定人")
    decision = models.CharField("决定说明", max_length=400, blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "退出建议"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition", "ground"], condition=Q(status="open"), name="recognitions_one_open_proposal"
            ),
            models.CheckConstraint(
                name="recognitions_proposed_by_one_decided_by_another",
                condition=~Q(status__in=["confirmed", "dismissed"])
                | Q(proposed_by=None)
                | Q(decided_by=None)
                | ~Q(proposed_by=models.F("decided_by")),
            ),
        ]


class Investigation(OfAStay):
    """An investigation (三(六) 经查实): cause, evidence, finding in words, hearing of the person, decision by a
    second person.

    `holds` is None for findings older than that question.
    """

    class Status(Labelled):
        """The states used in code; the table defines all states and their labels."""

        OPEN = "open"
        FOUND = "found"
        TOLD = "told"
        DECIDED = "decided"

    class Outcome(Labelled):
        EXIT = "exit", "确认退出"
        ANNUL = "annul", "取消认定（自认定之日起不作数）"
        CORRECTION = "correction", "更正记录"
        NOTHING = "nothing", "情况不属实"

    class Recovery(Labelled):
        """Whether money obtained by fraud is to be recovered (五(三)); read by the money app."""

        PENDING = "pending", "移交追回：待办"

    workflow = "investigation"
    scope: ClassVar = Scope(area="recognition__area", owner=None)

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="investigations", verbose_name="认定")
    cause = models.TextField("起因")
    signals: "models.JSONField[list[str], list[str]]" = models.JSONField("线索", default=list)
    known = EncryptedJSONField("立案时的事实", default=dict)
    opened_on = models.DateField("立案日期")
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="提出人账号", db_index=False
    )
    opened_by_name = PrintedName("提出人")
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="承办机构")
    due_on = models.DateField("应完成日期")
    status = models.CharField("状态", max_length=8, default=Status.OPEN)
    finding = models.TextField("调查结论", blank=True)
    holds = models.BooleanField("属实", null=True)
    fraud = models.BooleanField("弄虚作假", default=False)
    recovery = models.CharField("追回", max_length=8, choices=Recovery, blank=True)
    found_on = models.DateField("结论日期", null=True)
    found_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="调查人")
    found_by_name = PrintedName("调查人姓名")
    told_on = models.DateField("告知日期", null=True)
    told_how = models.CharField("告知方式", max_length=200, blank=True)
    told_proof = models.CharField("告知凭据", max_length=200, blank=True)
    told_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="告知人")
    told_by_name = PrintedName("告知人姓名")
    answer_by = models.DateField("陈述期限", null=True)
    responded_on = models.DateField("陈述日期", null=True)
    response = models.TextField("本人陈述", blank=True)
    sent_back = models.CharField("退回重查的理由", max_length=400, blank=True)
    outcome = models.CharField("处理", max_length=12, choices=Outcome, blank=True)
    decided_on = models.DateField("决定日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_by_name = PrintedName("决定人姓名")
    decision = models.TextField("决定说明", blank=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "调查"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"], condition=~Q(status="decided"), name="recognitions_one_open_investigation"
            ),
            models.CheckConstraint(
                name="recognitions_found_in_words_decided_by_another",
                condition=Q(status="open")
                | (
                    ~Q(finding="")
                    & Q(found_by__isnull=False)
                    & (Q(decided_by=None) | ~Q(decided_by=models.F("found_by")))
                ),
            ),
            models.CheckConstraint(
                name="recognitions_told_means_how_and_with_what_proof",
                condition=~Q(status="told")
                | (Q(told_on__isnull=False, answer_by__isnull=False) & ~Q(told_how="") & ~Q(told_proof="")),
            ),
        ]

    @property
    def heard(self) -> bool:
        """Whether the person was told and has answered, or the days for an answer are over."""
        return bool(self.responded_on or (self.answer_by and clock.today() > self.answer_by))


class InvestigationEvidence(Recorded):
    """Evidence: a document, or what was seen on a visit, where and when."""

    scope: ClassVar = Scope(area="investigation__recognition__area", owner=None)

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="evidence", verbose_name="调查")
    note = models.TextField("说明")
    place = models.CharField("地点", max_length=200, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+", verbose_name="材料")
    gathered_on = models.DateField("日期")
    gathered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="取证人账号", db_index=False
    )
    gathered_by_name = PrintedName("取证人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "证据"
        ordering = ["id"]


class ExitObjection(OfAStay):
    """A person's objection to an exit, which suspends it until somebody else than the one who ended it decides.

    Meanwhile the exit is stored here (`ground`, `ended_on`, …) and the recognition is active again. `upheld` is
    the state.
    """

    workflow = "exit_objection"
    moved_by = "upheld"
    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="objections", verbose_name="认定")
    reason = models.TextField("异议理由")
    made_on = models.DateField("提出日期")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提出账号")
    made_by_name = PrintedName("提出账号姓名")
    ground = models.CharField("退出情形", max_length=40)
    case = models.CharField("具体情形", max_length=40, blank=True)
    annulled = models.BooleanField("取消认定", default=False)
    ended_on = models.DateField("退出日期")
    evidence = models.CharField("退出依据", max_length=EVIDENCE_LENGTH)
    basis = EncryptedJSONField("退出所据的事实", null=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="退出经办账号", db_index=False
    )
    ended_by_name = PrintedName("退出经办人")
    upheld = models.BooleanField("异议成立", null=True)
    finding = models.TextField("处理意见", blank=True)
    decided_on = models.DateField("处理日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="处理账号")
    decided_by_name = PrintedName("处理人")

    objects = SubjectManager()

    class Meta:
        verbose_name = "退出异议"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"], condition=Q(upheld=None), name="recognitions_one_open_objection"
            )
        ]

    @property
    def status(self) -> str:
        return "open" if self.upheld is None else "settled"

    def get_status_display(self) -> str:
        """The label of the outcome."""
        return super().get_status_display() if self.upheld is None else say("成立") if self.upheld else say("不成立")


class ExitNotice(models.Model):
    """The sealed 退出告知书 of an end, or the outcome of an objection;
    the signed bytes are encrypted in the data folder.
    """

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="exit_notices", verbose_name="认定")
    version = models.PositiveIntegerField("认定版本")
    objection = models.OneToOneField(
        ExitObjection, models.PROTECT, null=True, related_name="outcome", verbose_name="所处理的异议"
    )
    stored_as = models.CharField("存放位置", max_length=80, unique=True)
    sha256 = models.CharField("校验值", max_length=64)
    made_at = models.DateTimeField("制作时间")

    objects = ScopedManager()

    class Meta:
        verbose_name = "退出告知书"
        constraints = [
            models.UniqueConstraint(
                fields=["recognition", "version"], condition=Q(objection=None), name="recognitions_one_notice_an_end"
            )
        ]
