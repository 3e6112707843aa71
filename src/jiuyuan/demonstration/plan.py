"""The plan: about 300 people at five platforms in four regions, so that every state occurs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from typing import Any

from jiuyuan.demonstration import on_the_register, stories
from jiuyuan.demonstration.stories import Story, Telling

Way = Callable[[Telling, int], Story]

# The beginning of the oldest story, in working days before the present.
REACH = 420

CATEGORIES = (
    "older", "laid_off", "older", "minimum_allowance", "disabled", "older",
    "zero_employment_family", "graduate", "laid_off", "landless_farmer", "older",
)  # fmt: skip
# The distribution over platforms; the first is that of the account `clerk`.
OFFICES = (0, 0, 1, 0, 2, 0, 3, 0, 4, 1, 0, 2)


@dataclass(frozen=True)
class Cast:
    """A person of the plan: story, beginning in working days ago, office, category.

    `first`: made before anybody looks, for the first pages of clerk, reviewer and applicant.
    """

    way: Way
    start: int
    office: int
    category: str
    facts: dict[str, Any] | None = None
    by: str = ""
    first: bool = False


def everyone() -> list[Cast]:
    """The plan, in the order in which people are invented: the first screens first."""
    return sorted(_plan(), key=lambda cast: not cast.first)


def _plan() -> Iterator[Cast]:
    offices, categories = cycle(OFFICES), cycle(CATEGORIES)
    for way, starts, at_first in _WAYS:
        left = at_first
        for start in starts:
            office = next(offices)
            first = left > 0 and office == 0
            left -= first
            yield Cast(way, start, office, next(categories), first=first)
    yield from _SINGLE
    yield from (replace(one, office=office, first=False) for office in (1, 2) for one in _SINGLE[:4])


def _spread(first: int, last: int, count: int) -> list[int]:
    return [first + (last - first) * n // max(1, count - 1) for n in range(count)]


_FELL_OUT = {"hukou_division": "150502"}

# The story, when it begins, and how many at the first office are made first.
_WAYS: tuple[tuple[Way, list[int], int], ...] = (
    (stories.draft, _spread(0, 9, 12), 1),
    (stories.submitted, _spread(0, 3, 24), 2),
    (stories.corrected, _spread(2, 9, 9), 1),
    (partial(stories.corrected, again=0), [3, 4, 5], 0),
    (stories.declined, _spread(2, 200, 7), 0),
    (stories.accepted, _spread(1, 9, 18), 2),
    (stories.checked, _spread(2, 9, 14), 1),
    # 11: accepted ten working days ago, due today; more: overdue.
    (stories.checked, [10, 10, 11, 11, 11, 11, 12, 13, 15], 2),
    (stories.published, [2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 9, 11, 13], 2),
    (stories.endorsed, [6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 10, 11, 12], 1),
    (stories.reported, [6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 11, 11, 12, 14], 2),
    (stories.recognised, _spread(8, 60, 34), 0),
    (stories.recognised, _spread(64, 400, 26), 0),
    (partial(stories.recognised, late=5), _spread(40, 260, 5), 0),
    (stories.recognised_in_the_second_round, [30, 90, 170], 0),
    (stories.returned, [7, 8, 8, 9, 10, 12], 1),
    (stories.second_round, [8, 9, 11], 0),
    (stories.published_again, [9, 11, 12], 0),
    (stories.rejected, _spread(3, 220, 9), 0),
    (stories.rejected_after_return, [12, 80], 0),
    (stories.withdrawn, _spread(2, 160, 7), 0),
)


def _ended(ground: str, by: str, evidence: str, fact: str, stay: int) -> Way:
    return partial(stories.ended, ground=ground, by=by, evidence=evidence, fact={fact: True}, stay=stay)


def _found(by: str, evidence: str, **facts: Any) -> Way:
    return partial(on_the_register.found_out, by=by, evidence=evidence, ago=2, facts=facts)


_SINGLE: tuple[Cast, ...] = (
    Cast(stories.contradicted, 4, 0, "laid_off", first=True),
    Cast(stories.disputed, 5, 0, "older", first=True),
    Cast(partial(stories.special, voices=1), 6, 0, "older", _FELL_OUT, first=True),
    Cast(stories.objected, 4, 0, "older", first=True),
    Cast(partial(stories.special, voices=0), 3, 0, "disabled", _FELL_OUT),
    Cast(stories.published_as_special, 8, 0, "older", _FELL_OUT),
    Cast(partial(stories.objected, settled=False), 5, 0, "laid_off"),
    Cast(partial(stories.objected, settled=True), 20, 0, "older"),
    Cast(partial(stories.objected, settled=True), 90, 1, "laid_off"),
    Cast(_ended("withdrew_or_refused", "公共就业服务机构", "本人当天书面申请退出援助", "withdrew", 60), 150, 0, "older"),
    Cast(_ended("left_scope", "公安机关", "已迁往辽宁省沈阳市", "moved_out_of_province", 90), 200, 0, "disabled"),
    Cast(_ended("pension_or_retirement", "社会保险经办机构", "养老待遇核定表", "receives_pension", 110), 230, 1, "older"),
    Cast(_ended("left_scope", "教育部门", "已考入高等学校", "enrolled_in_school", 40), 120, 2, "graduate"),
    Cast(stories.came_back, 300, 0, "laid_off"),
    Cast(_found("社会保险经办机构", "养老待遇发放名册", receives_pension=True), 90, 0, "older"),
    Cast(_found("民政部门", "殡葬信息比对", deceased=True), 130, 0, "disabled"),
    Cast(_found("市场监督管理部门", "登记信息比对：个体工商户，本月登记", business_registered=True), 110, 0, "laid_off"),
    Cast(_found("社会保险经办机构", "参保缴费比对：单位职工，上月起参保", insured_by_employer=True), 70, 0, "older"),
    Cast(on_the_register.proposed, 80, 0, "older"),
    Cast(on_the_register.investigated, 100, 0, "laid_off"),
    Cast(on_the_register.asks_for_correction, 60, 0, "minimum_allowance"),
    Cast(partial(on_the_register.contested, stay=90), 110, 0, "older"),
    Cast(stories.recognised, 300, 0, "older", by="applicant3"),
    Cast(stories.corrected, 3, 0, "older", by="applicant", first=True),
)  # fmt: skip
