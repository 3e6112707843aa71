"""Matches vacancies to a person by conditions in three-valued logic, each with a reason or an open question
(四(二)).

Sex, age and ethnicity are never used: only wishes and what the post offers. There is no score: a vacancy fits if
every condition holds, does not if one fails, and otherwise it is unknown, with questions to ask.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiuyuan.agencies.queries import place_name
from jiuyuan.assistance import occupations, queries
from jiuyuan.assistance.models import Interview, Vacancy
from jiuyuan.assistance.vacancy_workflow import pay_of
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say

_NEAR = 2  # occupations that share a group at this level are near each other
HOME = 6  # length of a county's code


@dataclass(frozen=True)
class Wanted:
    """A person's latest wishes. `limits`: whether there are health limits; which ones is not read here."""

    occupations: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    hours: str = ""
    lowest_pay: int | None = None
    care: str = ""
    limits: bool = False

    @classmethod
    def of(cls, interview: Interview | None) -> "Wanted":
        return cls.said(interview.wishes, interview.limits) if interview else cls()

    @classmethod
    def said(cls, said: Mapping[str, Any], limits: str = "") -> "Wanted":
        """Build it from the wishes stored with an interview."""
        named = [word for word in said.get("occupations", ()) if occupations.in_words(word)]
        return cls(
            occupations=tuple(named),
            others=tuple(word for word in said.get("occupations", ()) if word not in named),
            divisions=tuple(said.get("divisions", ())),
            hours=said.get("hours", ""),
            lowest_pay=said.get("lowest_pay"),
            care=said.get("care", ""),
            limits=bool(limits),
        )


@dataclass(frozen=True)
class Reason:
    """A condition with both values: the wish, and what the vacancy states.

    `ask`: the question that would settle an unknown one.
    """

    code: str
    label: str
    fits: bool | None
    wanted: str
    offered: str
    ask: str = ""


@dataclass(frozen=True)
class Match:
    vacancy: Vacancy
    reasons: tuple[Reason, ...]
    near: int

    @property
    def fits(self) -> bool | None:
        """False if any condition fails, None if any is unknown, else True."""
        answers = {reason.fits for reason in self.reasons}
        return False if False in answers else None if None in answers else True

    @property
    def missing(self) -> list[str]:
        """The open questions."""
        return [reason.ask for reason in self.reasons if reason.fits is None]

    @property
    def open_in_words(self) -> str:
        """For example 有3项还没问清，问清后才计数; empty if nothing is unknown, or something fails anyway."""
        return "" if self.fits is not None else say("有{count}项还没问清，问清后才计数", count=len(self.missing))

    @property
    def order(self) -> tuple[Any, ...]:
        """The sort key, best first: fitting, fewest unknowns, nearest occupation, pay, newest."""
        answers = [reason.fits for reason in self.reasons]
        rank = {True: 0, None: 1, False: 2}[self.fits]
        pay = self.vacancy.pay_from or 0
        return rank, answers.count(False), answers.count(None), -self.near, -pay, -self.vacancy.pk


def match(wanted: Wanted, vacancy: Vacancy) -> Match:
    """Compare a person's wishes with a vacancy."""
    reasons = (
        _occupation(wanted, vacancy), _place(wanted, vacancy), _pay(wanted, vacancy), _hours(wanted, vacancy),
        *_at_home(wanted, vacancy), *_health(wanted, vacancy),
    )  # fmt: skip
    return Match(vacancy, reasons, nearness(wanted.occupations, vacancy.occupation))


def wanted_by(stay: Recognition) -> Wanted:
    rows = Interview.objects.unscoped().filter(recognition=stay)
    return Wanted.of(rows.order_by("-on", "-pk").first())


def candidates(stay: Recognition, wanted: Wanted) -> Sequence[Vacancy]:
    """The open vacancies where the person wants to work, by default in their county."""
    home = stay.person.agency.code[:HOME]
    return list(queries.open_to_all(*(wanted.divisions or (home,))))


def best(stay: Recognition, most: int, last: Container[int] = ()) -> list[Match]:
    """The best vacancies, best first. `last`: keys of vacancies sorted after all others."""
    wanted = wanted_by(stay)
    found = [match(wanted, vacancy) for vacancy in candidates(stay, wanted)]
    return sorted(found, key=lambda one: (one.vacancy.pk in last, one.order))[:most]


def nearness(wished: Sequence[str], code: str) -> int:
    """The number of levels of the tree, 0 to 4, that an occupation shares with the nearest wished one."""
    return max((_shared(one, code) for one in wished), default=0)


def _shared(one: str, other: str) -> int:
    return len(set(occupations.groups(one)) & set(occupations.groups(other)))


def _near(wished: str, code: str) -> bool | None:
    """Whether an occupation is near a wished one; None if the vacancy names a wider group than that."""
    group, shared = min(len(occupations.groups(wished)), _NEAR), _shared(wished, code)
    return True if shared >= group else None if shared == len(occupations.groups(code)) else False


def _any_of(answers: Iterator[bool | None]) -> bool | None:
    found = set(answers)
    return True if True in found else None if None in found else False


def _occupation(wanted: Wanted, vacancy: Vacancy) -> Reason:
    theirs = "、".join([*map(occupations.in_words, wanted.occupations), *wanted.others])
    its = occupations.in_words(vacancy.occupation) or vacancy.title
    fits, ask = _any_of(_near(one, vacancy.occupation) for one in wanted.occupations), ""
    if not theirs:
        fits, ask = None, say("想做什么工作？愿不愿意做{title}？", title=vacancy.title)
    elif not vacancy.occupation or (fits is not True and (wanted.others or fits is None)):
        fits, ask = None, say("愿不愿意做{title}？", title=vacancy.title)
    return Reason("occupation", say("职业"), fits, theirs, its, ask)


def _place(wanted: Wanted, vacancy: Vacancy) -> Reason:
    code, its = vacancy.division_id, place_name(vacancy.division_id)
    theirs = "、".join(map(place_name, wanted.divisions))
    fits, ask = _any_of(_within(code, one) for one in wanted.divisions), ""
    if not theirs:
        fits, ask = None, say("愿不愿意到{place}上班？", place=its)
    elif fits is None:
        ask = say("请问单位：具体在{place}的哪里上班？", place=its)
    return Reason("place", say("地区"), fits, theirs, its, ask)


def _within(code: str, wished: str) -> bool | None:
    return True if code.startswith(wished) else None if wished.startswith(code) else False


def _pay(wanted: Wanted, vacancy: Vacancy) -> Reason:
    least, low, high = wanted.lowest_pay, vacancy.pay_from, vacancy.pay_to or vacancy.pay_from
    theirs = say("每月至少{pay}元", pay=least) if least else ""
    fits: bool | None = None
    ask = ""
    if not least:
        ask = say("每月至少要多少报酬？")
    elif vacancy.by_the_hour:
        ask = say("按小时付，一个月能不能到{pay}元？", pay=least)
    elif low is None or high is None:
        ask = say("请问单位：报酬多少？")
    elif low >= least or high < least:
        fits = low >= least
    else:
        ask = say("请问单位：能不能到{pay}元？", pay=least)
    return Reason("pay", say("报酬"), fits, theirs, pay_of(vacancy), ask)


def _hours(wanted: Wanted, vacancy: Vacancy) -> Reason:
    its = str(Vacancy.Hours(vacancy.hours).label)
    if not wanted.hours:
        return Reason("hours", say("工作时间"), None, "", its, say("全天还是半天？上{hours}行不行？", hours=its))
    fits = vacancy.hours in (wanted.hours, Vacancy.Hours.FLEXIBLE)
    return Reason("hours", say("工作时间"), fits, str(Vacancy.Hours(wanted.hours).label), its)


def _at_home(wanted: Wanted, vacancy: Vacancy) -> Iterator[Reason]:
    if wanted.care:
        its = str(Vacancy.Hours(vacancy.hours).label)
        flexible = True if vacancy.hours == Vacancy.Hours.FLEXIBLE else None
        ask = "" if flexible else say("家里要照顾的，时间上排得开吗？")
        yield Reason("care", say("家里要照顾的情况"), flexible, wanted.care, its, ask)


def _health(wanted: Wanted, vacancy: Vacancy) -> Iterator[Reason]:
    """State that there are health limits, never which: others read the reasons."""
    if wanted.limits:
        its = "、".join(str(Vacancy.Accessible(code).label) for code in vacancy.accessible)
        ask = say("身体条件做不做得了？请看访谈，与本人商量。")
        yield Reason("limits", say("身体条件"), None, say("见访谈"), its or say("没有写无障碍条件"), ask)
