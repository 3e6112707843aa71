"""享受率 and 知晓度 (五(四)): the share of entitled people who draw support, and of people asked who know about it."""

from dataclasses import dataclass

from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.rating_figures import RatingFigures, rating_figures
from jiuyuan.money.models import UnclaimedScheme
from jiuyuan.recognitions.models import Recognition


@dataclass(frozen=True)
class TakeUp:
    """The people on the register, counted once: `drawing` have support granted,
    `unclaimed` a right but none granted.
    """

    drawing: int
    unclaimed: int

    @property
    def of(self) -> int:
        return self.drawing + self.unclaimed

    @property
    def per_cent(self) -> int | None:
        """The percentage of entitled people who draw support; None if nobody is entitled."""
        return round(100 * self.drawing / self.of) if self.of else None


def take_up(user: User) -> TakeUp:
    """The take-up in the user's area today, by the last nightly result."""
    active = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    drawing = active.filter(Q(person__known_facts__assistance_granted=True)).count()
    unclaimed = UnclaimedScheme.objects.visible_to(user).filter(recognition__status=Recognition.Status.ACTIVE)
    return TakeUp(drawing, unclaimed.values("recognition").distinct().count())


def awareness(user: User) -> RatingFigures:
    """知晓度 in the user's area, from the question on the rating page."""
    return rating_figures(user, clock.today())
