"""What is due of claims, for the table of duties: each state waits for the act that leads on."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from jiuyuan.assistance import duties
from jiuyuan.assistance.duty import AsOf, Duty, on
from jiuyuan.money.models import Claim


def _waiting(status: str, since: str) -> "Callable[[AsOf], QuerySet[Any]]":
    """Claims that stand in a state since a day that has come."""

    def rows(asked: AsOf) -> "QuerySet[Any]":
        found = Claim.objects.visible_to(asked.user).filter(status=status, **{f"{since}__lte": asked.day})
        return found.select_related("person__agency", "recognition__person")

    return rows


def _notice_over(asked: AsOf) -> "QuerySet[Any]":
    rows = Claim.objects.visible_to(asked.user).filter(status=Claim.Status.PUBLISHED, notice_ends_on__lt=asked.day)
    return rows.select_related("person__agency", "recognition__person")


duties.also(
    Claim,
    "recognition",
    Duty(
        "check_claim", "核对政策申请", "提交了的政策申请", "提交当天", "claim", ("check",), _waiting("submitted", "submitted_on"),
        on("submitted_on"), "submitted_on", str, past=False,
    ),
    Duty(
        "review_claim", "复核政策申请", "核对好的政策申请", "核对当天", "claim", ("review", "send_back", "refuse"),
        _waiting("checked", "checked_on"), on("checked_on"), "checked_on", str, past=False,
    ),
    Duty(
        "publish_claim", "公示政策申请", "复核好的政策申请", "复核当天", "claim", ("publish",),
        _waiting("reviewed", "reviewed_on"), on("reviewed_on"), "reviewed_on", str, past=False,
    ),
    Duty(
        "approve_claim", "审定政策申请", "公示期满的政策申请", "公示期满那天", "claim", ("approve", "send_back", "refuse"),
        _notice_over, on("notice_ends_on"), "notice_ends_on", str, past=False,
    ),
)  # fmt: skip
