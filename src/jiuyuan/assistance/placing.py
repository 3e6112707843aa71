"""What speaks for and against a placement on a public-interest post: what was tried, who comes first, how often, how long, who is close."""

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
#: The acts by which a post comes about.
_DECIDING = ("post_requested", "post_revised", "post_approved", "post_published", "post_opened")
_GOES_ON = (Measure.Status.PLANNED, Measure.Status.UNDER_WAY)


def decided(area: str) -> PublicPosts:
    """What the region says of posts: of order and second placements nothing, where it does not."""
    return registry.posts_of(area) or PublicPosts()


@dataclass(frozen=True)
class Tried:
    """How many offers of work came to nothing, of those that count, and how many there must be before a post."""

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
    """Of one stay on the register, whatever the plan."""
    rows = JobOffer.objects.unscoped().filter(offer_counts.COUNTS, recognition=plan.recognition_id, status__in=_FAILED)
    return Tried(rows.values("vacancy").distinct().count(), offer_counts.asked_for(plan.area, today))


def placed_before(person: Person) -> int:
    """On how many posts somebody was, in every stay on the register; one that never began is none."""
    rows = Placement.objects.unscoped().filter(recognition__person=person)
    return rows.exclude(status=Placement.Status.ENDED, begins_on=None).count()


def officers_close_to(
    person: Person, today: date, post: PublicPost | None = None, placement: Placement | None = None
) -> list[User]:
    """The accounts whose holders declared somebody a relative: at the offices of their place and above them, and wherever those
    are who requested or decided the post or the placement."""
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
    """The plans of those in an area who are to be placed and are not yet, in the region's order: `rank` from 0, then by the day
    of recognition."""
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
    """How many wait in an area who come before this plan's person."""
    rank = decided(area).rank(plan.recognition.category)
    return waiting(area).filter(rank__lt=rank).exclude(recognition=plan.recognition_id).count()


def why_there(plan: Any) -> str:
    """Why somebody stands where they stand in `waiting`, in words."""
    return say("{category}，{day:date}认定", category=category_of(plan.recognition), day=plan.recognition.recognised_on)


def last_day(person: Person, begins_on: date, area: str) -> tuple[date, str]:
    """The last day that a term may have, and why: the longest term, or retirement for those who are near it, counted in calendar
    months like every term of a policy. Where it is not known when a woman retires, the longest term."""
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
    """Who is on a post whose term ends within the region's days of warning, or has ended."""
    region = registry.region_of(user.area) if user.area else registry.home()
    until = today + timedelta(days=region.limit("post_end_warn_days", on=today))
    return _on_post(user).filter(until__lte=until)


def left_unreported(user: User, today: date) -> "QuerySet[Placement]":
    """Who is still on a post although the attendance says that they left, on `left_on`: the post is to be reported empty."""
    return _on_post(user).annotate(left_on=Min("attendance__left_on")).filter(left_on__isnull=False)


def reported_late(placement: Placement) -> bool:
    """Whether a post that somebody left was reported empty after the region's days, or is not yet although they are over."""
    if placement.ended_on is None or placement.ending == Placement.Ending.NOT_PLACED:
        return False
    days = registry.region_of(placement.area).limit("post_vacancy_report_days", on=placement.ended_on)
    return (placement.reported_on or clock.today()) > placement.ended_on + timedelta(days=days)


def no_longer_entitled(user: User, today: date) -> "QuerySet[Placement]":
    """Who is on a post, or about to be, and is not on the register any more."""
    rows = Placement.objects.visible_to(user).exclude(status=Placement.Status.ENDED)
    return rows.exclude(recognition__status=Recognition.Status.ACTIVE)


def attendance_missing(user: User, today: date) -> "QuerySet[Placement]":
    """Who was on a post in the month before this one, and nobody says how many days."""
    month = calendar.add_months(today.replace(day=1), -1)
    rows = _on_post(user).filter(begins_on__lt=today.replace(day=1), until__gte=month)
    return rows.exclude(attendance__month=month)


def to_decide(user: User, today: date) -> "QuerySet[Placement]":
    """Placements that wait for a reviewer."""
    return Placement.objects.visible_to(user).filter(status=Placement.Status.PROPOSED)


def posts_to_approve(user: User, today: date) -> "QuerySet[PublicPost]":
    """Posts that wait for a reviewer."""
    return PublicPost.objects.visible_to(user).filter(status=PublicPost.Status.REQUESTED)


def notices_over(user: User, today: date) -> "QuerySet[Placement]":
    """Placements whose public notice is over and that wait for their contract."""
    return Placement.objects.visible_to(user).filter(status=Placement.Status.PUBLISHED, notice_ends_on__lt=today)


def _on_post(user: User) -> "QuerySet[Any]":
    return Placement.objects.visible_to(user).filter(status=Placement.Status.ON_POST)


def open_posts(user: User) -> "QuerySet[PublicPost]":
    """The posts of a user's area on which somebody can be placed now."""
    rows = PublicPost.objects.visible_to(user).filter(status=PublicPost.Status.OPEN, taken__lt=F("number"))
    return rows.select_related("employer", "agency", "division").order_by("pk")


def counts(user: User) -> dict[str, int]:
    """How many posts of a user's area stand in each state."""
    return _counts(PublicPost.objects.visible_to(user))


def counts_of_placements(user: User) -> dict[str, int]:
    """How many placements of a user's area stand in each state."""
    return _counts(Placement.objects.visible_to(user))


def _counts(rows: "QuerySet[Any]") -> dict[str, int]:
    return dict(rows.order_by().values_list("status").annotate(count=Count("pk")))


def names_of(officers: Sequence[User]) -> str:
    return "、".join(officer.name for officer in officers)
