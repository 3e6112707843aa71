"""Payments on public notice at a platform, visible without a login.

Like notices of recognitions they are masked, paged, rate-limited, and gone when over. They never show accounts,
phones, addresses, disability or poverty, or scheme names that imply these.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Agency
from jiuyuan.money.models import Payment
from jiuyuan.money.results import in_yuan

_A_PAGE = 20


@dataclass(frozen=True)
class PaymentEntry:
    """A payment as shown to the public. It has no field for account, category, address or phone."""

    pk: int
    name: str
    masked_id_number: str
    scheme: str
    sum: str
    months: str
    posted_on: date
    ends_on: date

    @classmethod
    def of(cls, payment: Any) -> Self:
        batch, person = payment.batch, payment.person
        return cls(
            payment.pk, person.name, person.masked_id_number, batch.rules.public_title or batch.title,
            in_yuan(payment.amount), payment.months_text, batch.posted_on, batch.notice_ends_on,
        )  # fmt: skip


def on_notice(platform: Agency, after: int = 0) -> tuple[list[PaymentEntry], int | None]:
    """A page of the payments on notice today at a platform, and the cursor of the next. Raises `TooOften`."""
    pace.count("notices")
    today = clock.today()
    rows = Payment.objects.unscoped().filter(
        person__area__begins=platform.path, batch__posted_on__lte=today, batch__notice_ends_on__gte=today,
        batch__taken_down_on=None, batch__status__in=["signed", "sent", "settled"], pk__gt=after,
    )  # fmt: skip
    found = list(rows.select_related("person", "batch").order_by("pk")[: _A_PAGE + 1])
    more = found[_A_PAGE - 1].pk if len(found) > _A_PAGE else None
    return [PaymentEntry.of(row) for row in found[:_A_PAGE]], more
