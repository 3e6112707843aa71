"""The context of a vacancy."""

from functools import cached_property
from typing import Any

from jiuyuan.assistance.discriminating_words import Mark, marks
from jiuyuan.assistance.models import EmployerLink
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.table import Transition
from jiuyuan.regions import registry
from jiuyuan.rules.parameters import Figure

Said = dict[str, Any]


class OfVacancy(Context):
    """The context of a vacancy, which is locked. It concerns an employer, so it is nobody's own matter."""

    twice = "同一单位在同一地区的这个岗位刚刚由别人登记并核对，同一岗位只登记一次。"

    link: EmployerLink | None = None

    @property
    def concerned(self) -> list[Concerned]:
        return []

    @cached_property
    def marks(self) -> list[Mark]:
        return marks(self.subject.texts)

    @cached_property
    def minimum(self) -> Figure | None:
        """The monthly minimum wage at the workplace; None if unknown, and for hourly work."""
        if self.subject.by_the_hour:
            return None
        wages = registry.policy_of(self.subject.area, self.today).wages
        return wages.at(self.subject.division_id, self.today) if wages else None

    def suggested(self, transition: Transition) -> Said:
        return {"how": self.subject.checked_how} if transition.action == "check" else {}

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the contents of the vacancy.
        kept = said if transition.effect != "write" else {}
        return super().payload(transition, kept, more, moved)
