"""How many refusals count already, and how many make a ground for exit (三(五))."""

from dataclasses import dataclass
from datetime import date

from jiuyuan.assistance.models import ServiceRefusal
from jiuyuan.recognitions.grounds import grounds_of
from jiuyuan.rules.calendar import add_months
from jiuyuan.rules.logic import leaves
from jiuyuan.wording import in_words, say


@dataclass(frozen=True)
class CountedRefusals:
    """`days`: when other refusals count, without repetition, within `months` of one; `times`:
    how many are a ground for exit.
    """

    days: tuple[date, ...]
    times: int
    months: int

    @property
    def said(self) -> str:
        """For example 前后6个月内另有2次已计（2026年1月10日、2026年4月1日）；满3次，系统提出退出建议;
        empty if the region counts none.
        """
        if not self.times:
            return ""
        so_far = (
            say("前后{months}个月内另有{count}次已计", months=self.months, count=len(self.days))
            if self.days
            else say("前后{months}个月内没有别的已计", months=self.months)
        )
        listed = "、".join(in_words(day) for day in self.days)
        listed = f"（{listed}）" if listed else ""
        return say("{so_far}{listed}；满{times}次，系统提出退出建议", so_far=so_far, listed=listed, times=self.times)


def counted_beside(refusal: ServiceRefusal) -> CountedRefusals:
    """The counted refusals of the same recognition within the region's months around one to be decided."""
    grounds = grounds_of(refusal.recognition).values()
    times, months = next((leaf.window for each in grounds for leaf in leaves(each.when) if leaf.window), (0, 0))
    others = ServiceRefusal.objects.unscoped().filter(recognition=refusal.recognition_id, status="counted")
    days = others.exclude(pk=refusal.pk).order_by("refused_on").values_list("refused_on", flat=True)
    here = refusal.refused_on
    near = tuple(day for day in dict.fromkeys(days) if add_months(min(day, here), months) >= max(day, here))
    return CountedRefusals(near, times, months)
