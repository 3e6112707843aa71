"""Models of interviews and plans (四(一), 四(二)); one plan per person."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope
from jiuyuan.encryption import EncryptedJSONField, EncryptedTextField
from jiuyuan.labels import Labelled
from jiuyuan.procedures.subjects import Subject, SubjectManager
from jiuyuan.recognitions.models import Recognition


class Kind(Labelled):
    """Kinds of measures, and of requested services."""

    VACANCIES = "vacancies", "推荐岗位"
    GUIDANCE = "guidance", "职业指导"
    TRAINING = "training", "职业培训"
    START_UP = "start_up", "创业扶持"
    PUBLIC_POST = "public_post", "公益性岗位安置"
    POLICY = "policy", "落实扶持政策"
    OTHER = "other", "其他"


class Ability(Labelled):
    """The four kinds of ability in 四(二), each with the measure that the notice assigns to it."""

    MARKET = "market", "有市场就业能力"
    SKILLS = "skills", "缺乏职业技能"
    START_UP = "start_up", "有创业意愿和条件"
    HARD_TO_PLACE = "hard_to_place", "难以通过市场就业"


#: The measure for each ability (四(二)).
ANSWERS: dict[str, str] = {
    Ability.MARKET: Kind.VACANCIES,
    Ability.SKILLS: Kind.TRAINING,
    Ability.START_UP: Kind.START_UP,
    Ability.HARD_TO_PLACE: Kind.PUBLIC_POST,
}


class OfTheHelped(Subject):
    """A row of a recognition with its own version, in the person's file and area."""

    recognition: "models.ForeignKey[Recognition, Any]"

    class Meta:
        abstract = True

    @property
    def file(self) -> str:
        return str(self.recognition.file)

    @property
    def area(self) -> str:
        return str(self.recognition.area)


class Interview(OfTheHelped):
    """The result of an interview, or what the person wrote beforehand.

    `limits`: health limits, encrypted, recorded only with separate consent (个人信息保护法 28–30). `wishes`:
    occupations (codes or words), divisions, hours, lowest_pay (CNY per month), care.
    """

    class Status(Labelled):
        WISHES = "wishes", "本人已填意愿"
        HELD = "held", "已谈过"

    class Means(Labelled):
        VISIT = "visit", "上门"
        COUNTER = "counter", "窗口"
        PHONE = "phone", "电话"
        ONLINE = "online", "网上"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="interviews", verbose_name="认定")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WISHES)
    version = models.PositiveIntegerField("版本", default=1)
    on = models.DateField("日期")
    means = models.CharField("方式", max_length=10, choices=Means, default=Means.ONLINE)
    ability = EncryptedJSONField("就业能力", default=list)
    wishes = EncryptedJSONField("求职意愿", default=dict)
    services_wanted = EncryptedJSONField("服务需求", default=list)
    limits = EncryptedTextField("健康方面的限制", blank=True)
    note = EncryptedTextField("备注", blank=True)
    held_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="谈的人账号", db_index=False
    )
    held_by_name = PrintedName("谈的人")

    objects = SubjectManager()

    class Meta:
        verbose_name = "访谈"
        ordering = ["-on", "-id"]


class Plan(OfTheHelped):
    """A plan. A person has at most one draft or active plan; a new version replaces the earlier one, which is kept.

    - `helper`: the account that helps; plans are handed over when it leaves.
    - `reasons`: why an ability has no measure.
    - `unsigned_because`: why it began without the person's agreement.
    """

    class Status(Labelled):
        DRAFT = "draft", "待本人同意"
        ACTIVE = "active", "进行中"
        REPLACED = "replaced", "已由新计划代替"
        ENDED = "ended", "已结束"

    class Agreed(Labelled):
        SIGNED = "signed", "当面签字"
        PHONE = "phone", "电话同意"
        ONLINE = "online", "本人在网上同意"

    scope: ClassVar = Scope(area="recognition__area", owner="recognition__person__account")

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="plans", verbose_name="认定")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    helper = models.ForeignKey(User, models.PROTECT, related_name="plans", verbose_name="帮扶人")
    goal = models.CharField("目标", max_length=400)
    reasons: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField("不采取对应措施的理由", default=dict)
    made_on = models.DateField("制定日期")
    agreed_on = models.DateField("开始日期", null=True)
    agreed_how = models.CharField("怎样同意的", max_length=10, choices=Agreed, blank=True)
    unsigned_because = models.CharField("没有同意就开始的理由", max_length=400, blank=True)
    reviewed_on = models.DateField("最近检查日期", null=True)
    result = models.CharField("检查结果", max_length=400, blank=True)
    next_on = models.DateField("下次检查", null=True)
    ended_on = models.DateField("结束日期", null=True)
    former = models.ForeignKey("self", models.PROTECT, null=True, related_name="later", verbose_name="前一份计划")

    objects = SubjectManager()

    class Meta:
        verbose_name = "帮扶计划"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"], condition=Q(status__in=["draft", "active"]), name="assistance_one_plan_a_person"
            )
        ]
        indexes = [models.Index(fields=["helper", "status"], name="assistance_plans_of_a_helper")]

    @property
    def open(self) -> bool:
        return self.status in (self.Status.DRAFT, self.Status.ACTIVE)


class Measure(Subject):
    """A measure in a plan. Its result comes from the rows that belong to it,
    or is described in words for the other kinds.
    """

    class Status(Labelled):
        PLANNED = "planned", "未开始"
        UNDER_WAY = "under_way", "进行中"
        DONE = "done", "已完成"
        DROPPED = "dropped", "不再进行"

    scope: ClassVar = Scope(area="plan__recognition__area", owner="plan__recognition__person__account")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="measures", verbose_name="计划")
    kind = models.CharField("措施", max_length=12, choices=Kind)
    what = models.CharField("内容", max_length=200)
    due_on = models.DateField("期限")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    version = models.PositiveIntegerField("版本", default=1)
    result = models.CharField("结果", max_length=400, blank=True)
    ended_on = models.DateField("完成日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "措施"
        ordering = ["due_on", "id"]

    @property
    def file(self) -> str:
        return self.plan.file

    @property
    def area(self) -> str:
        return self.plan.area
