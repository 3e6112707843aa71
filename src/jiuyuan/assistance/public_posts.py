"""Public-interest posts and placements on public notice at a platform today, visible without a login.

Like notices of recognitions they are masked, paged, rate-limited, and gone when over; without categories,
disabilities or poverty.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Agency
from jiuyuan.assistance.models import Placement, PublicPost
from jiuyuan.recognitions.models import Recognition

_A_PAGE = 20


@dataclass(frozen=True)
class PlacementEntry:
    """A placement as shown to the public. It has no field for category, address or phone."""

    pk: int
    name: str
    sex: str
    masked_id_number: str
    title: str
    employer: str
    posted_on: date
    ends_on: date
    provisional: bool

    @classmethod
    def of(cls, placement: Any) -> Self:
        person, post = placement.recognition.person, placement.post
        return cls(
            placement.pk, person.name, person.get_sex_display(), person.masked_id_number, post.title,
            post.employer.name, placement.posted_on, placement.notice_ends_on, placement.provisional,
        )  # fmt: skip


@dataclass(frozen=True)
class OnNotice:
    """A page of what is on notice. `next_post` and `next` are the cursors of more posts and placements."""

    posts: list[PublicPost]
    placements: list[PlacementEntry]
    next_post: int | None
    next: int | None


def on_notice(platform: Agency, after: int = 0, after_post: int = 0) -> OnNotice:
    """The posts and placements on notice today at a platform: the first of both, or more of the one with a cursor.

    Raises `TooOften`.
    """
    pace.count("notices")
    today = clock.today()
    running = {"status": "published", "posted_on__lte": today, "notice_ends_on__gte": today}
    posts = PublicPost.objects.unscoped().filter(area__begins=platform.path, pk__gt=after_post, **running)
    placements = Placement.objects.unscoped().filter(
        recognition__area__begins=platform.path, recognition__status=Recognition.Status.ACTIVE, pk__gt=after, **running
    )
    shown, next_post = ([], None) if after else _page(posts.select_related("employer"))
    people = placements.select_related("recognition__person", "post__employer")
    rows, more = ([], None) if after_post else _page(people)
    return OnNotice(shown, [PlacementEntry.of(row) for row in rows], next_post, more)


def _page(rows: Any) -> tuple[list[Any], int | None]:
    found = list(rows.order_by("pk")[: _A_PAGE + 1])
    return found[:_A_PAGE], found[_A_PAGE - 1].pk if len(found) > _A_PAGE else None
