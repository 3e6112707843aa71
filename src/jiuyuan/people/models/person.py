"""Models of people, their facts with source and day, their documents and households. Facts are never overwritten."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiuyuan import masking
from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.encryption import BlindIndexField, EncryptedTextField
from jiuyuan.labels import Labelled
from jiuyuan.rules.facts import ON_FILE, SCHEMA
from jiuyuan.rules.facts import FactDefinition as RuleFact


class Person(models.Model):
    """A person known to the system; unique by ID number."""

    scope: ClassVar = Scope(area="area", owner="account")

    name = models.CharField("姓名", max_length=80, db_index=True)
    name_pinyin = models.CharField("姓名拼音", max_length=200, db_index=True)
    name_initials = models.CharField("拼音首字母", max_length=80, db_index=True, db_default="", blank=True)
    id_number = EncryptedTextField("身份证号码")
    id_index = BlindIndexField("身份证号码索引", max_length=64, unique=True)
    birth_date = models.DateField("出生日期")
    sex = models.CharField("性别", max_length=6, choices=[("male", _("男")), ("female", _("女"))])
    phone = EncryptedTextField("联系电话")
    phone_index = BlindIndexField("联系电话索引", max_length=64, db_index=True, blank=True)
    address = models.CharField("常住地址", max_length=200, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="people", verbose_name="常住地平台")
    area = models.CharField("辖区", max_length=200, db_index=True)
    account = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="person", verbose_name="账号"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name="已合并到", db_index=False
    )
    created_at = models.DateTimeField("建册时间")
    version = models.PositiveIntegerField("版本", default=1)

    objects = ScopedManager()

    class Meta:
        verbose_name = "人员"
        indexes = [
            models.Index(
                fields=["area", "name_pinyin", "id"],
                name="people_list_by_name",
                opclasses=["varchar_pattern_ops", "text_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_id_number(self) -> str:
        return masking.id_number(self.id_number)

    @property
    def masked_phone(self) -> str:
        """The masked phone number; empty if an earlier register had no usable one (六)."""
        return masking.phone(self.phone)

    @property
    def file(self) -> str:
        """The key of the person's file in the record."""
        return f"person:{self.pk}"


class Source(Labelled):
    """The source of a fact (一(三)), weakest first."""

    DECLARED = "declared", "本人填报"
    COMMITMENT = "commitment", "书面承诺"
    DOCUMENT = "document", "证明材料"
    SHARED_DATA = "shared_data", "部门共享数据"
    SITE_VISIT = "site_visit", "实地核查"


class Fact(models.Model):
    """Something known about a person, from one source. It may be superseded but never changes."""

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="facts", verbose_name="人员")
    name = models.CharField("事项", max_length=40)
    value: "models.JSONField[Any, Any]" = models.JSONField("内容", null=True)
    source = models.CharField("来源", max_length=12, choices=Source)
    department = models.CharField("提供部门", max_length=80, blank=True)
    evidence = models.CharField("依据", max_length=400, blank=True)
    document = models.ForeignKey(
        "Document", models.PROTECT, null=True, related_name="facts", verbose_name="材料", db_index=False
    )
    observed_on = models.DateField("查得日期")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人账号",
        db_index=False,
        db_constraint=False,
    )
    recorded_by_name = PrintedName("登记人")
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes", db_index=False)
    settlement = models.CharField("认定说明", max_length=400, blank=True)
    disputed = models.BooleanField("本人有异议", default=False)
    dispute = models.CharField("异议依据", max_length=400, blank=True)
    # No database constraint, as for rows of files: a run locks its batch while it writes by the million.
    batch = models.ForeignKey(
        "ImportBatch",
        models.PROTECT,
        null=True,
        related_name="facts",
        verbose_name="导入批次",
        db_index=False,
        db_constraint=False,
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, help_text="随导入批次撤回，不再作数")

    objects = ScopedManager()

    class Meta:
        verbose_name = "事实"
        ordering = ["name", "id"]
        # Partial: most facts have none of these, and imports write them by the million.
        indexes = [
            models.Index(fields=["document"], condition=Q(document__isnull=False), name="people_facts_of_a_document"),
            models.Index(fields=["superseded_by"], condition=Q(superseded_by__isnull=False), name="people_superseded"),
            models.Index(fields=["batch", "person"], condition=Q(batch__isnull=False), name="people_facts_of_a_batch"),
        ]
        constraints = [
            models.CheckConstraint(
                name="people_a_dispute_has_its_evidence", condition=Q(disputed=False) | ~Q(dispute="")
            )
        ]

    @property
    def verified(self) -> bool:
        """Whether the source verifies the fact: a person's own statement does not,
        a signed commitment does (一(三)).
        """
        return self.source != Source.DECLARED

    @property
    def stands(self) -> bool:
        """Whether it is neither superseded nor withdrawn. Several standing facts may contradict each other."""
        return self.superseded_by_id is None and self.withdrawn_at is None


class KnownFacts(models.Model):
    """What is known about a person today, one column per fact. Screening reads this instead of all recorded facts.

    Derived from `Fact` by `people.services` only. Unknown, disputed and contradicted facts are NULL. The columns
    are those of `facts.schema.json`; regions' own facts are together in `own`, by name, NULL if there are none.
    """

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="known_facts")
    contradicted = models.BooleanField("来源矛盾", db_default=False, help_text="可能有互相矛盾、还没有人认定的来源")
    own: "models.JSONField[Any, Any]" = models.JSONField("各地自定事项", null=True)

    objects = ScopedManager()


def _column(fact: RuleFact) -> "models.Field[Any, Any]":
    match fact.kind:
        case "date":
            return models.DateField(fact.label, null=True)
        case "boolean":
            return models.BooleanField(fact.label, null=True)
        case "number":
            return models.DecimalField(fact.label, null=True, max_digits=12, decimal_places=2)
        case "count":
            return models.PositiveSmallIntegerField(fact.label, null=True)
        case "dates" | "months":
            return models.JSONField(fact.label, null=True)
        case "choice" | "division":
            return models.CharField(fact.label, null=True, max_length=20)
        case "text":
            return models.TextField(fact.label, null=True)


for _name in ON_FILE:
    KnownFacts.add_to_class(_name, _column(SCHEMA[_name]))


class Document(models.Model):
    """A photograph or PDF. The bytes are encrypted in the data folder, outside the web root."""

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents", verbose_name="人员")
    kind = models.CharField("种类", max_length=40)
    content_type = models.CharField("格式", max_length=40)
    pages = models.PositiveSmallIntegerField("页数")
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("校验值", max_length=64)
    #: None if the content was erased (`operations.erasure`).
    stored_as = models.CharField("存放位置", max_length=80, unique=True, null=True)  # noqa: DJ001 -- "" would be there once
    file_name = models.CharField("原文件名", max_length=200, blank=True)
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="上传人账号", db_index=False
    )
    added_by_name = PrintedName("上传人")
    part = models.CharField("哪一面或哪一页", max_length=20, blank=True, default="")
    warnings = models.JSONField("可能看不清之处", default=list)

    objects = ScopedManager()

    class Meta:
        verbose_name = "材料"
        ordering = ["id"]


class HouseholdMember(models.Model):
    """A household member as listed on the form, linked to their own file if there is one."""

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person = models.ForeignKey(Person, models.PROTECT, related_name="household", verbose_name="人员")
    name = models.CharField("姓名", max_length=80)
    id_number = EncryptedTextField("身份证号码", null=True)
    id_index = BlindIndexField("身份证号码索引", max_length=64, db_index=True, blank=True)
    relation = models.CharField("与本人关系", max_length=20)
    state = models.CharField("就业状况", max_length=40, blank=True)
    recorded_at = models.DateTimeField("登记时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "家庭成员"
        ordering = ["id"]


class BindingCode(models.Model):
    """A code from the window with which a person binds their file to a new account. Only its hash is stored."""

    scope: ClassVar = Scope(area="person__area", owner=None)

    person = models.ForeignKey(Person, models.PROTECT, related_name="binding_codes", verbose_name="人员")
    digest = models.CharField("校验值", max_length=64)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="给出人账号", db_index=False
    )
    issued_by_name = PrintedName("给出人")
    expires_at = models.DateTimeField("有效至")
    tries = models.PositiveSmallIntegerField("输错次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "绑定码"
        ordering = ["id"]
