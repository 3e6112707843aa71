"""What anybody may see and do without a login: the notices of the day, an objection to one, the confirming page.

Masks are put on here, so that no page and no program can show more (二(二), docs of the public notice).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.applications.models import Application, Objection, PublicNotice
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

#: 残疾 and 低保 never stand on a public page: everybody is called the same.
NEUTRAL = "就业困难人员"
_A_PAGE = 20


@dataclass(frozen=True)
class NoticeEntry:
    """A notice as the public sees it. It has no field for a category, an address or a telephone."""

    pk: int
    name: str
    sex: str
    masked_id_number: str
    platform: Agency
    posted_on: date
    ends_on: date
    provisional: bool

    @classmethod
    def of(cls, notice: PublicNotice) -> Self:
        application = notice.application
        person = application.person
        return cls(
            notice.pk,
            person.name,
            person.get_sex_display(),
            person.masked_id_number,
            application.agency,
            notice.posted_on,
            notice.ends_on,
            notice.provisional,
        )


def listed(platform: Agency) -> ScopedQuerySet:
    """What this platform has on notice today, to be shown page by page. There is no way to ask for all. Raises `TooOften`."""
    pace.count("notices")
    return running().filter(application__area__begins=platform.path)


def on_notice(platform: Agency, after: int = 0) -> tuple[list[NoticeEntry], int | None]:
    """One page of what this platform has on notice today, and the cursor of the next. Raises `TooOften`."""
    rows = list(listed(platform).filter(pk__gt=after)[: _A_PAGE + 1])
    more = rows[_A_PAGE - 1].pk if len(rows) > _A_PAGE else None
    return [NoticeEntry.of(notice) for notice in rows[:_A_PAGE]], more


def notice(pk: int) -> NoticeEntry:
    """One notice that runs today. Raises `NotFound` for one that is over, as if it had never been, and `TooOften`."""
    pace.count("notice")
    return NoticeEntry.of(_one(pk))


@transaction.atomic
def object_to(pk: int, said: Mapping[str, Any]) -> bool:
    """Object to a notice that runs today. The same words sent twice are one objection: then False.

    Raises `NotFound`, `BadInput`, `GuardNotMet`.
    """
    number = _one(pk).application.number
    Application.objects.unscoped().select_for_update().get(number=number)
    words = {name: str(said.get(name, "")).strip() for name in ("ground", "name", "contact")}
    if Objection.objects.unscoped().filter(notice_id=pk, upheld=None, **words).exists():
        return False
    engine.act(None, APPLICATION, number, "object", words)
    return True


def running() -> ScopedQuerySet:
    """The notices that stand today, everywhere; to be narrowed to one platform."""
    rows = PublicNotice.objects.unscoped().select_related("application__person", "application__agency")
    return rows.filter(
        taken_down_on=None,
        posted_on__lte=clock.today(),
        ends_on__gte=clock.today(),
        application__status="publishing",
    ).order_by("pk")


def _one(pk: int) -> PublicNotice:
    found = running().filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这条公示，或公示已经结束撤下。"))
    return found


@dataclass(frozen=True)
class Confirmation:
    """The four facts that the code on a printed form leads to, and nothing more."""

    number: str
    category: str
    recognised_on: date
    agency: str


def confirmation(number: str) -> Confirmation | None:
    """What stands behind the number of a form or a recognition; None also for one that has ended. Raises `TooOften`."""
    pace.count("confirm")
    active = Recognition.objects.unscoped().select_related("agency").filter(status=Recognition.Status.ACTIVE)
    found = active.filter(number=number).first() or active.filter(application__number=number).first()
    if found is None:
        return None
    return Confirmation(number, say(NEUTRAL), found.recognised_on, found.agency.name)
