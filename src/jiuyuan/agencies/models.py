"""Divisions, agencies, accounts. An agency's path is its own, never the prefix of a division code."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from jiuyuan import clock
from jiuyuan.agencies.roles import RIGHTS, STAFF, Right, Role
from jiuyuan.encryption import BlindIndexField, EncryptedTextField
from jiuyuan.history.services import Actor
from jiuyuan.labels import Labelled
from jiuyuan.speed.rows import belonging
from jiuyuan.wording import say


class Division(models.Model):
    """A place of the national statistical code list, province to community."""

    class Level(Labelled):
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

    class Level(Labelled):
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
    hours = models.CharField("办公时间", max_length=120, blank=True)
    responsible = models.CharField("负责人", max_length=80, blank=True)
    closed_on = models.DateField("撤销日期", null=True, help_text="撤销的机构不再受理，办过的事仍在它名下")

    class Meta:
        ordering = ["path"]
        verbose_name = "机构"

    def __str__(self) -> str:
        return self.name

    def covers(self, path: str) -> bool:
        return path.startswith(self.path)

    def ancestor(self, level: str) -> "Agency | None":
        """The ancestor of that level, or the agency itself."""
        codes = self.path.strip("/").split("/")
        return Agency.objects.filter(code__in=codes, level=level).first()


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, *args: Any, **fields: Any) -> "User":
        """Refuse: nobody may do everything. Ends `jiuyuan manage createsuperuser` with what to do instead."""
        from django.core.management import CommandError

        raise CommandError(say("没有超级用户。开账号用 jiuyuan account add，见 docs/operations.md。"))


class User(AbstractBaseUser):
    """An account: a member of staff with one role at one agency, an applicant, or a channel.

    `guessable`: what an acquaintance would try as the password (phone, ID number); not stored.
    """

    username = models.CharField("账号", max_length=150, unique=True)
    name = models.CharField("姓名", max_length=80)
    role = models.CharField("角色", max_length=12, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="机构")
    is_active = models.BooleanField("在用", default=True)
    id_index = BlindIndexField(
        "本人身份证号码索引",
        max_length=64,
        blank=True,
        help_text="申请人凭号码登录；工作人员不得经办本人的事项，没有登记的只能查看。只存索引，不存号码",
    )
    claimed_index = BlindIndexField(
        "自报的身份证号码索引",
        max_length=64,
        blank=True,
        db_index=True,
        help_text="网上开通时这个号码已有账号：可以登录，看不到任何档案，凭窗口的绑定码才接上（决定0003）",
    )
    first_password = models.BooleanField("密码由别人给出", default=False, help_text="登录后先改密码，才能看别的")
    valid_until = models.DateField("有效到", null=True, blank=True, help_text="含当日；过后自动停用")
    larger_type = models.BooleanField("大字", default=False)
    guessable: tuple[str, ...] = ()

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

    @cached_property
    def relative_indexes(self) -> frozenset[str]:
        """The blind indexes of the declared relatives; cached, because lists need them for every row."""
        today = clock.today()
        rows = belonging(self, Relative)
        return frozenset(row.id_index for row in rows if row.counts_until is None or row.counts_until >= today)

    @property
    def in_use(self) -> bool:
        """Whether it can log in today: not closed, and within its dates."""
        return self.is_active and (self.valid_until is None or clock.today() <= self.valid_until)

    @property
    def file(self) -> str:
        """The key of its file in the record."""
        return f"account:{self.username}"

    @property
    def area(self) -> str:
        """The path below which it sees people's data; empty for accounts that see only their own."""
        return self.agency.path if self.agency else ""

    def may(self, right: Right) -> bool:
        return self.in_use and Role(self.role) in RIGHTS[right]

    @property
    def actor(self) -> Actor:
        agency = self.agency.name if self.agency else ""
        return Actor(self.username, self.name, self.role, agency, self.area, self.pk)


class Relative(models.Model):
    """A relative declared by a member of staff, in whose matters they may not act.

    `counts_until`: a removed relative counts until this day, so that nobody removes one just for one act.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="relatives", verbose_name="账号")
    name = models.CharField("姓名", max_length=80)
    relation = models.CharField("关系", max_length=20)
    id_index = BlindIndexField("身份证号码索引", max_length=64)
    counts_until = models.DateField("回避到", null=True)

    class Meta:
        verbose_name = "申报的亲属"
        constraints = [models.UniqueConstraint(fields=["user", "id_index"], name="agencies_one_relative_a_number")]


class Token(models.Model):
    """A bearer token of the API. Only its hash is stored; revoked tokens stay listed."""

    class Scope(Labelled):
        READ = "read", "只能查询"
        ACT = "act", "可以办理"

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name="账号")
    digest = models.CharField("校验值", max_length=64, unique=True)
    created_at = models.DateTimeField("签发时间", default=timezone.now)
    expires_at = models.DateTimeField("到期时间")
    scope = models.CharField("范围", max_length=8, choices=Scope, default=Scope.ACT)
    label = models.CharField("用途", max_length=60, blank=True)
    revoked_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = "接口令牌"
        ordering = ["-pk"]

    @property
    def holds(self) -> bool:
        """Whether it is still valid."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class LoginWay(Labelled):
    """How a user was authenticated."""

    PASSWORD = "password", "密码"
    OPENED = "opened", "开通账号"
    SIGN_ON = "sign_on", "统一身份认证"


class SignIn(models.Model):
    """A login with its browser, kept for a year, so that people can see where they are logged in, and what was not
    them.

    `device`: the keyed mark of a cookie that recognises the browser. No address is stored: behind shared networks
    it tells people nothing, and would be one more piece of personal data.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins", verbose_name="账号")
    session_key = models.CharField("会话", max_length=40, blank=True, db_index=True, help_text="退出以后为空")
    device = models.CharField("浏览器标记", max_length=64)
    browser = models.CharField("浏览器", max_length=60, blank=True)
    way = models.CharField("登录方式", max_length=12, choices=LoginWay)
    began_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用")

    class Meta:
        verbose_name = "登录"
        ordering = ["-seen_at", "-pk"]
        indexes = [models.Index(fields=["user", "device"], name="agencies_browsers_of_a_user")]


class SecondFactor(models.Model):
    """A second factor of a member of staff, encrypted if it could be used to log in.

    `secret`: the key of an app; the remaining paper codes, one after another; the public part of a security key.
    """

    class Kind(Labelled):
        APP = "app", "手机上的动态验证码"
        CODES = "codes", "备用码"
        KEY = "key", "安全密钥"

    user = models.ForeignKey(User, models.CASCADE, related_name="second_factors", verbose_name="账号")
    kind = models.CharField("种类", max_length=8, choices=Kind)
    label = models.CharField("名称", max_length=60, blank=True)
    secret = EncryptedTextField("密钥")
    counter = models.BigIntegerField("用到第几个", default=0, help_text="这一个和以前的不能再用")
    added_at = models.DateTimeField("添加时间")
    used_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = "第二重验证"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(kind__in=["app", "codes"]),
                name="agencies_one_app_and_one_list_of_codes",
            )
        ]


class PaperSignature(models.Model):
    """An agency's SM2 signature of a sealed paper, as the file given out (GM/T 0010); it contains nothing of the
    paper.

    `sha256` of the paper, with which holders of the paper find the signature.
    """

    sha256 = models.CharField("文书的校验值", max_length=64, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="签名机构")
    file = models.BinaryField("签名文件")
    made_at = models.DateTimeField("签名时间")

    class Meta:
        verbose_name = "文书的SM2签名"


class SavedFilter(models.Model):
    """A saved filter: the query of a list's URL under a name, for its account only."""

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
    """An attempt by the public without a login, kept for an hour (employers' codes for a day),
    under a keyed mark only.
    """

    mark = models.CharField("校验值", max_length=64)
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = "公众操作计数"
        indexes = [models.Index(fields=["mark", "at"], name="agencies_tries_of_a_mark")]
