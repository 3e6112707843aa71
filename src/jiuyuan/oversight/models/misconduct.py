"""The model of staff misconduct, 违规违纪 (五(三)): facts, recipients, result.

Few may see it, never those concerned.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.agencies.scope import Scope
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.labels import Labelled
from jiuyuan.procedures.own_matter import own_indexes
from jiuyuan.procedures.subjects import Subject, SubjectManager

#: The roles that open cases.
OPENERS = frozenset({Role.SUPERVISOR, Role.PROVINCE, Role.AUDITOR})


def kept_from(user: User, way: str = "") -> Q:
    """A filter for the accounts whose cases this user may not see.

    These are the user's own, by account and ID number, those of declared relatives, and those of everybody in the
    user's office, also by other accounts. `way`: the lookup path to the account.
    """
    in_use = Q(is_active=True) & (Q(valid_until=None) | Q(valid_until__gte=clock.today()))
    colleagues = User.objects.filter(in_use, agency=user.agency_id).exclude(id_index="")
    return (
        Q(**{f"{way}pk": user.pk})
        | Q(**{f"{way}id_index__in": sorted(own_indexes(user))})
        | Q(**{f"{way}agency": user.agency_id})
        | Q(**{f"{way}id_index__in": sorted(colleagues.values_list("id_index", flat=True))})
    )


class FewSee(Scope):
    """Visible to the person who opened it and to the area's auditors,
    but not to those concerned or their offices, now or then.
    """

    def of(self, user: User) -> Q:
        if Role(user.role) not in self.roles or not user.area:
            return Q(pk__in=[])
        theirs = Q(opened_by=user.pk)
        if user.role == Role.AUDITOR:
            theirs |= Q(**{f"{self.area}__begins": user.area})
        return theirs & ~Q(agency=user.agency_id) & ~kept_from(user, "concerned__")

    def holds(self, user: User, row: models.Model) -> bool:
        return type(row)._base_manager.filter(self.of(user), pk=row.pk).exists()


class Misconduct(Subject):
    """Alleged misconduct of a member of staff. `agency`: where they worked when the case was opened."""

    class Status(Labelled):
        OPENED = "opened", "已登记，等移交"
        PASSED = "passed", "已移交，等结果"
        CONCLUDED = "concluded", "已有结果"
        DROPPED = "dropped", "已撤销"

    class PassedTo(Labelled):
        DISCIPLINE = "discipline", "机关纪检"
        SUPERVISION = "supervision", "监察机关"

    scope: ClassVar = FewSee(area="area", owner=None, roles=OPENERS)

    concerned = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="涉及的工作人员")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="当时所在机构")
    area = models.CharField("辖区", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPENED)
    version = models.PositiveIntegerField("版本", default=1)
    facts = EncryptedTextField("事实")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    opened_by_name = PrintedName("登记人姓名")
    opened_on = models.DateField("登记日期")
    passed_to = models.CharField("移交给谁", max_length=20, choices=PassedTo, blank=True)
    passed_on = models.DateField("移交日期", null=True)
    passed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="移交人")
    passed_by_name = PrintedName("移交人姓名")
    result = EncryptedTextField("结果", null=True)
    reason = EncryptedTextField("撤销的理由", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办结人")
    ended_by_name = PrintedName("办结人姓名")
    ended_on = models.DateField("办结日期", null=True)

    objects = SubjectManager()

    class Meta:
        verbose_name = "违规违纪"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="oversight_what_is_passed_says_to_whom",
                condition=~Q(status__in=["passed", "concluded"]) | (Q(passed_on__isnull=False) & ~Q(passed_to="")),
            ),
            models.CheckConstraint(
                name="oversight_a_conclusion_has_its_words",
                condition=~Q(status="concluded") | Q(result__isnull=False, ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="oversight_what_is_dropped_says_why",
                condition=~Q(status="dropped") | Q(reason__isnull=False, ended_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["area", "status", "id"],
                name="oversight_misconduct_by_state",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    @property
    def file(self) -> str:
        return f"misconduct:{self.pk}"
