"""Rules of placements: what was tried, who has priority, how often, how long, and who is related."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Value, When

from jiuyuan import clock
from jiuyuan.agencies.models import Relative, User
from jiuyuan.assistance import offer_counts
from jiuyuan.assistance.models import JobOffer, Kind, Measure, Placement, Plan, PublicPost
from jiuyuan.people.models import KnownFacts, Person
from jiuyuan.procedures.own_matter import same_person
from jiuyuan.procedures.who_acted import accounts_in
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.queries import category_of
from jiuyuan.regions import registry
from jiuyuan.regions.posts import PublicPosts
from jiuyuan.rules import calendar
from jiuyuan.rules.words.retirement import possible_tracks
from jiuyuan.wording import say

_FAILED = (JobOffer.Status.DECLINED, JobOffer.Status.SILENT, JobOffer.Status.NOT_TAKEN_ON)
#: The acts that create and approve a post.
_DECIDING = ("post_requested", "post_revised", "post_approved", "post_published", "post_opened")
_GOES_ON = (Measure.Status.PLANNED, Measure.Status.UNDER_WAY)


def decided(area: str) -> PublicPosts:
    """The region's rules on posts; an empty set if it has none."""
    return registry.posts_of(area) or PublicPosts()


@dataclass(frozen=True)
class Tried:
    """The number of failed offers that count, and the number required before a post."""

    failed: int
    asked: int

    @property
    def enough(self) -> bool:
        return self.failed >= self.asked

    @property
    def in_words(self) -> str:
        if self.enough:
            return say("已有{failed}个介绍的岗位没有成功", failed=self.failed)
        return say(
            "已有{failed}个介绍的岗位没有成功，还差{missing}个", failed=self.failed, missing=self.asked - self.failed
        )


def tried(plan: Plan, today: date) -> Tried:
    """Count within one recognition, across plans."""
    rows = JobOffer.objects.unscoped().filter(offer_counts.COUNTS, recognition=plan.recognition_id, status__in=_FAILED)
    return Tried(rows.values("vacancy").distinct().count(), offer_counts.asked_for(plan.area, today))


def placed_before(person: Person) -> int:
    """The number of earlier posts in all recognitions; placements that never began do not count."""
    rows = Placement.objects.unscoped().filter(recognition__person=person)
    return rows.exclude(status=Placement.Status.ENDED, begins_on=None).count()


def officers_close_to(
    person: Person, today: date, post: PublicPost | None = None, placement: Placement | None = None
) -> list[User]:
    """Accounts whose holders have declared the person a relative: at the offices of their place and above,
    and those who requested or decided the post or placement.
    """
    near = Relative.objects.filter(Q(counts_until=None) | Q(counts_until__gte=today), id_index=person.id_index)
    users = [one.user for one in near.select_related("user__agency").order_by("pk")]
    hands: list[User | None] = []
    if users and placement is not None:
        post = post or placement.post
        hands += [placement.proposed_by, placement.agreed_by, placement.published_by]
    if users and post is not None:
        hands += [post.requested_by, *accounts_in(post.file, *_DECIDING)]
    return [
        one for one in users
        if (one.area and person.area.startswith(one.area)) or any(same_person(one, hand) for hand in hands if hand)
    ]  # fmt: skip


def waiting(area: str) -> "QuerySet[Any]":
    """Plans of people in an area waiting for a placement, in the region's order: by `rank` from 0,
    then day of recognition.
    """
    measures = Measure.objects.unscoped().filter(plan=OuterRef("pk"), kind=Kind.PUBLIC_POST, status__in=_GOES_ON)
    placed = Placement.objects.unscoped().filter(recognition=OuterRef("recognition")).exclude(status="ended")
    rows = Plan.objects.unscoped().filter(
        Exists(measures), ~Exists(placed), status=Plan.Status.ACTIVE,
        recognition__status=Recognition.Status.ACTIVE, recognition__area__begins=area,
    )  # fmt: skip
    order = decided(area).order
    rank = Case(
        *(When(recognition__category=group.category, then=Value(place)) for place, group in enumerate(order)),
        default=Value(len(order)),
        output_field=IntegerField(),
    )
    rows = rows.annotate(rank=rank).select_related("recognition__person")
    return rows.order_by("rank", "recognition__recognised_on", "pk")


def before(plan: Plan, area: str) -> int:
    """How many people waiting in an area have priority over this plan's person."""
    rank = decided(area).rank(plan.recognition.category)
    return waiting(area).filter(rank__lt=rank).exclude(recognition=plan.recognition_id).count()


def why_there(plan: Any) -> str:
    """The reason for somebody's position in `waiting`, in words."""
    return say("{category}，{day:date}认定", category=category_of(plan.recognition), day=plan.recognition.recognised_on)


def last_day(person: Person, begins_on: date, area: str) -> tuple[date, str]:
    """The last possible day of a term, and why: the longest term, or retirement for people close to it.

    Counted in calendar months like every term of a policy. If a woman's retirement age is unknown, the longest
    term.
    """
    region = registry.region_of(area)
    figure = region.limit_figure("post_term_months", on=begins_on)
    known = KnownFacts.objects.unscoped().filter(person=person).values_list("retirement_track", flat=True).first()
    tracks = possible_tracks({"sex": person.sex, "retirement_track": known})
    if len(tracks) == 1:
        retires = calendar.retirement(person.birth_date, tracks[0]).day
        months = calendar.month_of(retires) - calendar.month_of(begins_on)
        near = 12 * region.limit("near_retirement_years", on=begins_on)
        if begins_on < retires and months < near:
            return retires, say("到法定退休年龄（{source}）", source=figure.source)
    last = calendar.add_months(begins_on, figure.value) - timedelta(days=1)
    return last, say("{months}个月（{source}）", months=figure.value, source=figure.source)


def ending(user: User, today: date) -> "QuerySet[Placement]":
    """Placements whose term has ended, or ends within the region's warning period."""
    region = registry.region_of(user.area) if user.area else registry.home()
    until = today + timedelta(days=region.limit("post_end_warn_days", on=today))
    return _on_post(user).filter(until__lte=until)


def left_unreported(user: User, today: date) -> "QuerySet[Placement]":
    """Placements not ended although attendance says that the person left, on `left_on`:
    the vacancy must be reported.
    """
    return _on_post(user).annotate(left_on=Min("attendance__left_on")).filter(left_on__isnull=False)


def reported_late(placement: Placement) -> bool:
    """Whether a vacated post was reported after the region's limit, or still is not although it has passed."""
    if placement.ended_on is None or placement.ending == Placement.Ending.NOT_PLACED:
        return False
    days = registry.region_of(placement.area).limit("post_vacancy_report_days", on=placement.ended_on)
    return (placement.reported_on or clock.today()) > placement.ended_on + timedelta(days=days)


def no_longer_entitled(user: User, today: date) -> "QuerySet[Placement]":
    """Current or coming placements of people no longer on the register."""
    rows = Placement.objects.visible_to(user).exclude(status=Placement.Status.ENDED)
    return rows.exclude(recognition__status=Recognition.Status.ACTIVE)


def attendance_missing(user: User, today: date) -> "QuerySet[Placement]":
    """Placements without attendance for the previous month."""
    month = calendar.add_months(today.replace(day=1), -1)
    rows = _on_post(user).filter(begins_on__lt=today.replace(day=1), until__gte=month)
    return rows.exclude(attendance__month=month)


def to_decide(user: User, today: date) -> "QuerySet[Placement]":
    """Placements waiting for a reviewer."""
    return Placement.objects.visible_to(user).filter(status=Placement.Status.PROPOSED)


def posts_to_approve(user: User, today: date) -> "QuerySet[PublicPost]":
    """Posts waiting for a reviewer."""
    return PublicPost.objects.visible_to(user).filter(status=PublicPost.Status.REQUESTED)


def notices_over(user: User, today: date) -> "QuerySet[Placement]":
    """Placements whose public notice is over and that await their contract."""
    return Placement.objects.visible_to(user).filter(status=Placement.Status.PUBLISHED, notice_ends_on__lt=today)


def _on_post(user: User) -> "QuerySet[Any]":
    return Placement.objects.visible_to(user).filter(status=Placement.Status.ON_POST)


def open_posts(user: User) -> "QuerySet[PublicPost]":
    """The posts of the user's area on which people can be placed now."""
    rows = PublicPost.objects.visible_to(user).filter(status=PublicPost.Status.OPEN, taken__lt=F("number"))
    return rows.select_related("employer", "agency", "division").order_by("pk")


def counts(user: User) -> dict[str, int]:
    """The number of posts of the user's area in each state."""
    return _counts(PublicPost.objects.visible_to(user))


def counts_of_placements(user: User) -> dict[str, int]:
    """The number of placements of the user's area in each state."""
    return _counts(Placement.objects.visible_to(user))


def _counts(rows: "QuerySet[Any]") -> dict[str, int]:
    return dict(rows.order_by().values_list("status").annotate(count=Count("pk")))


def names_of(officers: Sequence[User]) -> str:
    return "、".join(officer.name for officer in officers)
