"""Divisions, agencies, accounts. An agency's path is its own, never the prefix of a division code (梅河口)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from jiuyuan.agencies.roles import RIGHTS, STAFF, Right, Role
from jiuyuan.history.services import Actor


class Division(models.Model):
    """A place of the national statistical code list, province to community."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        PREFECTURE = "prefecture", "市（州）"
        COUNTY = "county", "县（市、区）"
        ZONE = "zone", "开发区"
        TOWN = "town", "街道（乡镇）"
        COMMUNITY = "community", "社区（村）"

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=80)
    level = models.CharField("级别", max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """An office of the tree province → region → county → street or township → community."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        REGION = "region", "市（州）"
        COUNTY = "county", "县（市、区）"
        PLATFORM = "platform", "街道（乡镇）平台"
        COMMUNITY = "community", "社区平台"

    code = models.CharField("机构代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=120)
    level = models.CharField("级别", max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级")
    path = models.CharField("路径", max_length=200, unique=True, help_text="上级各机构代码，以“/”相接")
    divisions: "models.ManyToManyField[Division, Any]" = models.ManyToManyField(
        Division, verbose_name="管辖区划", related_name="agencies"
    )
    phone = models.CharField("电话", max_length=40, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)

    class Meta:
        ordering = ["path"]
        verbose_name = "机构"

    def __str__(self) -> str:
        return self.name

    def covers(self, path: str) -> bool:
        return path.startswith(self.path)

    def ancestor(self, level: str) -> "Agency | None":
        """The agency of that level on the way up, itself included."""
        codes = self.path.strip("/").split("/")
        return Agency.objects.filter(code__in=codes, level=level).first()


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account: a member of staff with one role at one agency, an applicant, or a channel."""

    username = models.CharField("账号", max_length=150, unique=True)
    name = models.CharField("姓名", max_length=80)
    role = models.CharField("角色", max_length=12, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="机构")
    is_active = models.BooleanField("在用", default=True)
    id_index = models.CharField(
        "本人身份证号码索引",
        max_length=64,
        blank=True,
        help_text="申请人凭号码登录；工作人员不得经办本人的事项，没有登记的只能查看。只存索引，不存号码",
    )
    larger_type = models.BooleanField("大字", default=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.CheckConstraint(
                name="agencies_staff_sit_at_an_agency",
                condition=models.Q(role__in=sorted(STAFF), agency__isnull=False)
                | models.Q(role__in=[Role.APPLICANT, Role.CHANNEL], agency__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["id_index"],
                condition=models.Q(role=Role.APPLICANT) & ~models.Q(id_index=""),
                name="agencies_one_account_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff_member(self) -> bool:
        return self.role in STAFF

    @property
    def area(self) -> str:
        """The path below which this account sees people's data; nothing for those who see only their own."""
        return self.agency.path if self.agency else ""

    def may(self, right: Right) -> bool:
        return self.is_active and Role(self.role) in RIGHTS[right]

    @property
    def actor(self) -> Actor:
        agency = self.agency.name if self.agency else ""
        return Actor(self.username, self.name, self.role, agency, self.area)


class Relative(models.Model):
    """Somebody close to a member of staff, whom they declared: they do not act in that person's matters either."""

    user = models.ForeignKey(User, models.CASCADE, related_name="relatives", verbose_name="账号")
    name = models.CharField("姓名", max_length=80)
    relation = models.CharField("关系", max_length=20)
    id_index = models.CharField("身份证号码索引", max_length=64)

    class Meta:
        verbose_name = "申报的亲属"
        constraints = [models.UniqueConstraint(fields=["user", "id_index"], name="agencies_one_relative_a_number")]


class Token(models.Model):
    """A bearer token of the API. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name="账号")
    digest = models.CharField("校验值", max_length=64, unique=True)
    created_at = models.DateTimeField("签发时间", default=timezone.now)
    expires_at = models.DateTimeField("到期时间")


class SavedFilter(models.Model):
    """A way somebody narrows a list again and again: the query of its address under a name. Their own alone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name="账号")
    page = models.CharField("页面", max_length=40)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=400)

    class Meta:
        verbose_name = "常用筛选"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="agencies_one_saved_filter_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Try(models.Model):
    """Something the public did without a login, for an hour; by whom is kept as a keyed mark only."""

    mark = models.CharField("校验值", max_length=64)
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = "公众操作计数"
        indexes = [models.Index(fields=["mark", "at"], name="agencies_tries_of_a_mark")]
