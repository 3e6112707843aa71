"""What the public can see and do without a login: today's notices, objections, and the verification page.

Masking happens here, so no page or program can show more (二(二), docs of the public notice).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from django.db import transaction
from django.utils import timezone

from jiuyuan import characters, clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.applications.effects import OBJECTION_NUMBER
from jiuyuan.applications.models import Application, Objection, PublicNotice
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import as_kept
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

#: 残疾 and 低保 never appear on a public page: everybody has the same label.
NEUTRAL = "就业困难人员"
_A_PAGE = 20


@dataclass(frozen=True)
class NoticeEntry:
    """A notice as shown to the public. It has no field for category, address or telephone."""

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
    """The notices running today at this platform, to be paged; there is no way to list all platforms.

    Raises `TooOften`.
    """
    pace.count("notices")
    return running().filter(application__area__begins=platform.path)


def on_notice(platform: Agency, after: int = 0) -> tuple[list[NoticeEntry], int | None]:
    """A page of the notices running today at this platform, and the cursor of the next page. Raises `TooOften`."""
    rows = list(listed(platform).filter(pk__gt=after)[: _A_PAGE + 1])
    more = rows[_A_PAGE - 1].pk if len(rows) > _A_PAGE else None
    return [NoticeEntry.of(notice) for notice in rows[:_A_PAGE]], more


def notice(pk: int) -> NoticeEntry:
    """A notice running today. Raises `TooOften`, and `NotFound` for one that is over, as if it had never existed."""
    pace.count("notice")
    return NoticeEntry.of(_one(pk))


@transaction.atomic
def object_to(pk: int, said: Mapping[str, Any], browser: str = "") -> str:
    """Object to a notice running today and return the objection's number.

    The same words sent again with the same contact, or within an hour from the same browser, return the first
    number. Nobody else gets an existing number, because it gives access to the outcome. Raises `NotFound`,
    `BadInput`, `GuardNotMet`, `TooOften`.
    """
    number = _one(pk).application.number
    Application.objects.unscoped().select_for_update().get(number=number)
    words = {name: as_kept(str(said.get(name, ""))) for name in ("ground", "name", "contact")}
    rows = Objection.objects.unscoped().filter(notice_id=pk).order_by("-pk")
    alike = rows.filter(upheld=None, ground=words["ground"], name=words["name"]).values_list("number", "contact")
    for same in [
        number for number, contact in alike if contact == words["contact"]
    ]:  # encrypted, so compared in Python
        if words["contact"] or (browser and pace.noted(_sent_by(browser, same))):
            pace.count("objection")
            return str(same)
    engine.act(None, APPLICATION, number, "object", words)
    made = str(rows.values_list("number", flat=True)[0])  # the case is locked, so this objection is the newest
    if browser:
        pace.note(_sent_by(browser, made))
    return made


def _sent_by(browser: str, number: str) -> str:
    return pace.mark_of("objected", browser, number)


def objection_number(typed: str) -> str:
    """Normalise an objection number to its printed form; empty if it has another format."""
    number = as_printed(typed)
    return number if OBJECTION_NUMBER.fullmatch(number) else ""


def running() -> ScopedQuerySet:
    """All notices running today; narrow it to one platform."""
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
class ObjectionState:
    """What the holder of an objection's number may know; nothing about the person. `upheld`: None while undecided."""

    number: str
    made_on: date
    platform: Agency
    upheld: bool | None
    settled_on: date | None


def objection_state(typed: str) -> ObjectionState | None:
    """The objection with this number, in any spelling, or None. Raises `TooOften`."""
    number = as_printed(typed)
    if not number.startswith("Y-"):
        return None
    pace.count("confirm")
    found = Objection.objects.unscoped().select_related("notice__application__agency").filter(number=number).first()
    if found is None:
        return None
    made_on = timezone.localdate(found.made_at)
    return ObjectionState(found.number, made_on, found.notice.application.agency, found.upheld, found.settled_on)


class Found(StrEnum):
    """What a number on a paper belongs to."""

    RECOGNISED = "recognised"
    ENDED = "ended"
    ANNULLED = "annulled"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Confirmation:
    """The result of scanning the code on a paper. `on`: the day of the recognition, exit or application."""

    found: Found
    number: str
    on: date | None
    agency: str
    recognised_on: date | None = None


def confirmation(typed: str) -> Confirmation | None:
    """Look up the number on a form, letter or recognition, in any spelling. Raises `TooOften`."""
    pace.count("confirm")
    number = as_printed(typed)
    rows = Recognition.objects.unscoped().select_related("agency").order_by("-pk")
    stay = rows.filter(number=number).first() or rows.filter(application__number=number).first()
    if stay is not None:
        return _of_a_stay(stay, number)
    applications = Application.objects.unscoped().select_related("agency").exclude(submitted_on=None)
    case = applications.filter(number=number).first()
    if case is None:
        return None
    return Confirmation(Found.OPEN if case.is_open else Found.CLOSED, number, case.submitted_on, case.agency.name)


def as_printed(typed: str) -> str:
    """Normalise a typed number to its printed form: full width, lower case, spaces and all kinds of dashes."""
    plain = characters.with_one_dash(unicodedata.normalize("NFKC", typed))
    return re.sub(r"\s", "", plain).upper()


def _of_a_stay(stay: Recognition, number: str) -> Confirmation:
    if stay.status == Recognition.Status.ACTIVE:
        return Confirmation(Found.RECOGNISED, number, stay.recognised_on, stay.agency.name, stay.recognised_on)
    found = Found.ANNULLED if stay.annulled else Found.ENDED
    return Confirmation(found, number, stay.decided_on or stay.ended_on, stay.agency.name, stay.recognised_on)
