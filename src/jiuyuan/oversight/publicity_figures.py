"""享受率 and 知晓度 (五(四)): how many of those who may draw a support do, and how many of those who were asked know."""

from dataclasses import dataclass

from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.rating_figures import RatingFigures, rating_figures
from jiuyuan.money.models import UnclaimedScheme
from jiuyuan.recognitions.models import Recognition


@dataclass(frozen=True)
class TakeUp:
    """People on the register, each once: `drawing` have a support granted, `unclaimed` a right and none granted."""

    drawing: int
    unclaimed: int

    @property
    def of(self) -> int:
        return self.drawing + self.unclaimed

    @property
    def per_cent(self) -> int | None:
        """Of those who have a right how many draw, in percent; None where nobody has one."""
        return round(100 * self.drawing / self.of) if self.of else None


def take_up(user: User) -> TakeUp:
    """Of a user's area today, as the last night found who has a right."""
    active = Recognition.objects.visible_to(user).filter(status=Recognition.Status.ACTIVE)
    drawing = active.filter(Q(person__known_facts__assistance_granted=True)).count()
    unclaimed = UnclaimedScheme.objects.visible_to(user).filter(recognition__status=Recognition.Status.ACTIVE)
    return TakeUp(drawing, unclaimed.values("recognition").distinct().count())


def awareness(user: User) -> RatingFigures:
    """知晓度 of a user's area, from the question on the page on which help is rated."""
    return rating_figures(user, clock.today())
