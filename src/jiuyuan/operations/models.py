"""Models of maintenance and of internal errors, without personal data."""

from typing import Any

from django.db import models

from jiuyuan.labels import Labelled


class MaintenanceRun(models.Model):
    """A backup, drill, upgrade, key change or erasure. Without `ended_at` it is running or was killed."""

    class Kind(Labelled):
        BACKUP = "backup", "备份"
        DRILL = "drill", "恢复演练"
        RESTORE = "restore", "恢复"
        UPGRADE = "upgrade", "升级"
        REKEY = "rekey", "换密钥"
        ERASURE = "erasure", "清除到期资料"

    kind = models.CharField("事项", max_length=10)
    began_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    figures: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("数字", default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "-ended_at"], name="operations_last_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.began_at:%Y-%m-%d %H:%M}"


class ErrorSeen(models.Model):
    """An internal error: its kind and the line of our code; not its message, which may name people."""

    mark = models.CharField("标识", max_length=64, unique=True)
    error = models.CharField("错误", max_length=120)
    place = models.CharField("位置", max_length=200, blank=True, help_text="文件:行")
    where = models.CharField("出错的地方", max_length=120, blank=True, help_text="页面或任务的名称")
    count = models.PositiveIntegerField("次数", default=1)
    first_at = models.DateTimeField("第一次")
    last_at = models.DateTimeField("最近一次", db_index=True)
    last_request = models.CharField("最近一次的请求编号", max_length=32, blank=True)

    class Meta:
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return f"{self.error} {self.place}"
