"""The words that policies are written in. Each is one question about facts, with its answer, phrase, SQL and samples together.

A clause that cannot be said with these needs a new word here, all four parts of it; `tests/rules` hold every word to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jiuyuan.rules import calendar, parameters
from jiuyuan.rules.calendar import ONE_DAY, TRACKS, add_months, latest_birth, latest_start
from jiuyuan.rules.facts import Fact, birth_date, retirement_track, sex
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf
from jiuyuan.rules.sentences import day_text, money_text, span_text

if TYPE_CHECKING:
    from sqlglot import exp

    from jiuyuan.rules.sql import Row

Samples = dict[str, tuple[Any, ...]]


def _around(thresholds: set[date], not_after: date | None = None) -> tuple[date, ...]:
    """Each threshold and the day after it: between two thresholds every day does the same."""
    days = {day for threshold in thresholds for day in (threshold, threshold + ONE_DAY)}
    return tuple(sorted(day for day in days if not_after is None or day <= not_after))


# Plain facts ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stated(Leaf):
    """A yes-or-no fact is as wanted."""

    fact: Fact
    wanted: bool

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, wanted, absent = self.fact.name, self.wanted, self.fact.absent_means_no

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            if value is None:
                return (not wanted) if absent else None
            return bool(value is wanted)

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        return self.fact.yes if answer is self.wanted else self.fact.no

    def sql(self, row: Row) -> exp.Expression:
        column = row.fact(self.fact.name)
        if self.fact.absent_means_no:
            column = row.coalesce(column, row.boolean(False))
        return column if self.wanted else row.negated(column)

    def samples(self, facts: Known) -> Samples:
        return {self.fact.name: (True, False)}


def yes(fact: Fact) -> Condition:
    """是."""
    return Stated(fact, True)


def no(fact: Fact) -> Condition:
    """否, and known to be so."""
    return Stated(fact, False)


@dataclass(frozen=True, slots=True)
class OneOf(Leaf):
    """A choice is one of these codes."""

    fact: Fact
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [code for code in self.codes if code not in self.fact.choices]
        if unknown or not self.codes:
            raise ValueError(f"{self.fact.name} has the codes {list(self.fact.choices)}, not {unknown or 'none'}")

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, codes = self.fact.name, frozenset(self.codes)

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            return None if value is None else value in codes

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        return self.fact.choices[facts[self.fact.name]]

    def sql(self, row: Row) -> exp.Expression:
        return row.one_of(row.fact(self.fact.name), self.codes)

    def samples(self, facts: Known) -> Samples:
        return {self.fact.name: tuple(self.fact.choices)}


def one_of(fact: Fact, *codes: str) -> Condition:
    """属于其中一类."""
    return OneOf(fact, codes)


@dataclass(frozen=True, slots=True)
class Within(Leaf):
    """A division lies in the region with this code."""

    fact: Fact
    prefix: str
    place: str

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, prefix = self.fact.name, self.prefix

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            return None if value is None else bool(value.startswith(prefix))

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        lies = "在" if answer else "不在"
        return f"{self.fact.label}{lies}{self.place}（区划代码{facts[self.fact.name]}）"

    def sql(self, row: Row) -> exp.Expression:
        return row.starts_with(row.fact(self.fact.name), self.prefix)

    def samples(self, facts: Known) -> Samples:
        # Inside; beside it, at the last digit; and far away, at the first.
        codes = {self.prefix, self._changed(len(self.prefix) - 1), self._changed(0)}
        return {self.fact.name: tuple(sorted(code.ljust(12, "0") for code in codes))}

    def _changed(self, place: int) -> str:
        other = "1" if self.prefix[place] == "0" else "0"
        return self.prefix[:place] + other + self.prefix[place + 1 :]


def within(fact: Fact, prefix: str, place: str) -> Condition:
    """在某地区内; `prefix` is the beginning of its division codes, `place` its name."""
    return Within(fact, prefix, place)


@dataclass(frozen=True, slots=True)
class Recorded(Leaf):
    """Something was written down; absent or blank means that there is nothing."""

    fact: Fact

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name = self.fact.name

        def evaluate(facts: Known) -> Answer:
            value = facts[name]
            return bool(value and value.strip(" "))

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        return f"县（市、区）记录：{facts[self.fact.name].strip(' ')}" if answer else "没有记录其他情形"

    def sql(self, row: Row) -> exp.Expression:
        return row.not_blank(row.fact(self.fact.name))

    def samples(self, facts: Known) -> Samples:
        return {}


def recorded(fact: Fact) -> Condition:
    """已有记录."""
    return Recorded(fact)


# Days -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aged(Leaf):
    """年满 N 周岁, on the birthday itself, with an age for women and one for men."""

    women: int
    men: int

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("birth_date",) if self.women == self.men else ("birth_date", "sex")

    def compiled(self) -> Evaluate:
        women, men = self.women * 12, self.men * 12
        either, both = min(women, men), max(women, men)
        first = {"female": women, "male": men}
        same = women == men

        def evaluate(facts: Known) -> Answer:
            born = facts["birth_date"]
            if born is None:
                return None
            as_of = facts["as_of"]
            if same:
                return bool(born <= latest_start(as_of, both))
            stated = facts["sex"]
            if stated is not None:
                return bool(born <= latest_start(as_of, first[stated]))
            if born <= latest_start(as_of, both):
                return True
            return False if born > latest_start(as_of, either) else None

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        born, as_of = facts["birth_date"], facts["as_of"]
        stated = None if self.women == self.men else facts["sex"]
        who = f"{sex.choices[stated]}，" if stated else ""
        short = ""
        if not answer:
            wanted = {"female": self.women, "male": self.men}.get(stated or "", min(self.women, self.men))
            short = f"，未满{wanted}周岁"
        return f"{who}{day_text(born)}出生，{day_text(as_of)}年满{calendar.age(born, as_of)}周岁{short}"

    def sql(self, row: Row) -> exp.Expression:
        born = row.fact("birth_date")
        if self.women == self.men:
            return row.on_or_before(born, latest_start(row.as_of, self.men * 12))
        reached = {
            code: row.on_or_before(born.copy(), latest_start(row.as_of, years * 12))
            for code, years in (("female", self.women), ("male", self.men))
        }
        elder, younger = ("male", "female") if self.men > self.women else ("female", "male")
        # The greater age is enough for both; the smaller one for the sex that it is meant for.
        return row.any_of([reached[elder], row.all_of([reached[younger], row.one_of(row.fact("sex"), (younger,))])])

    def samples(self, facts: Known) -> Samples:
        found: Samples = {}
        if facts["birth_date"] is None:
            thresholds = {latest_start(facts["as_of"], years * 12) for years in (self.women, self.men)}
            found["birth_date"] = _around(thresholds, facts["as_of"])
        if self.women != self.men and facts["sex"] is None:
            found["sex"] = ("female", "male")
        return found


def aged(years: int | None = None, *, women: int | None = None, men: int | None = None) -> Condition:
    """年满若干周岁: the same for all, or one age for women and one for men."""
    first, second = (women, men) if years is None else (years, years)
    if first is None or second is None:
        raise ValueError("an age for all, or one for women and one for men")
    return Aged(first, second)


@dataclass(frozen=True, slots=True)
class Retired(Leaf):
    """达到法定退休年龄, on the day itself; open where the tracks that a person may have do not agree."""

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("birth_date", "sex", "retirement_track")

    def compiled(self) -> Evaluate:
        tracks = self._tracks

        def evaluate(facts: Known) -> Answer:
            born = facts["birth_date"]
            if born is None:
                return None
            as_of = facts["as_of"]
            track = facts["retirement_track"]
            if track is not None and facts["sex"] != "male":
                return bool(born <= latest_birth(as_of, track))
            first, *others = [born <= latest_birth(as_of, track) for track in tracks(facts)]
            return None if (not first) in others else first

        return evaluate

    @staticmethod
    def _tracks(facts: Known) -> tuple[str, ...]:
        stated, track = facts["sex"], facts["retirement_track"]
        if stated == "male":
            return ("male_60",)
        if track is not None:
            return (track,)
        return ("female_55", "female_50") if stated == "female" else ("male_60", "female_55", "female_50")

    def phrase(self, facts: Known, answer: bool) -> str:
        born, tracks = facts["birth_date"], self._tracks(facts)
        if len(tracks) > 1:
            ages = "、".join(f"{TRACKS[track].years}" for track in tracks)
            return f"无论原法定退休年龄是{ages}周岁，到{day_text(facts['as_of'])}都{'已' if answer else '未'}达到法定退休年龄"
        years, months, day = calendar.retirement(born, tracks[0])
        age = f"{years}周岁" + (f"{months}个月" if months else "")
        return f"法定退休年龄为{age}，{'已于' if answer else '要到'}{day_text(day)}{'' if answer else '才'}达到"

    def sql(self, row: Row) -> exp.Expression:
        born = row.fact("birth_date")
        days = {code: latest_birth(row.as_of, code) for code in TRACKS}
        track, women = row.fact("retirement_track"), [days["female_55"], days["female_50"]]
        return row.when(
            *((row.one_of(track.copy(), (code,)), row.on_or_before(born.copy(), day)) for code, day in days.items()),
            (row.one_of(row.fact("sex"), ("female",)), row.agreed(born.copy(), women)),
            otherwise=row.agreed(born.copy(), list(days.values())),
        )

    def samples(self, facts: Known) -> Samples:
        found: Samples = {}
        tracks = self._tracks(facts)
        if facts["birth_date"] is None:
            found["birth_date"] = _around({latest_birth(facts["as_of"], track) for track in tracks}, facts["as_of"])
        if facts["sex"] is None:
            found["sex"] = ("female", "male")
        if len(tracks) > 1:
            found["retirement_track"] = ("female_55", "female_50")
        return found


def retired() -> Condition:
    """达到法定退休年龄."""
    return Retired()


@dataclass(frozen=True, slots=True)
class Lasted(Leaf):
    """已满若干个月 since a day, on the anniversary itself."""

    fact: Fact
    months: int

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name, months = self.fact.name, self.months

        def evaluate(facts: Known) -> Answer:
            start = facts[name]
            return None if start is None else bool(start <= latest_start(facts["as_of"], months))

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        start, span = facts[self.fact.name], span_text(self.months)
        since = self.fact.since.format(day=day_text(start))
        if answer:
            return f"{since}，至{day_text(facts['as_of'])}已满{span}"
        return f"{since}，至{day_text(facts['as_of'])}未满{span}（{day_text(add_months(start, self.months))}才满）"

    def sql(self, row: Row) -> exp.Expression:
        return row.on_or_before(row.fact(self.fact.name), latest_start(row.as_of, self.months))

    def samples(self, facts: Known) -> Samples:
        limit = facts["as_of"] if self.fact.name == "unemployed_since" else None
        return {self.fact.name: _around({latest_start(facts["as_of"], self.months)}, limit)}


def lasted(since: Fact, *, months: int = 0, years: int = 0) -> Condition:
    """自某日起已满若干个月或年."""
    return Lasted(since, months + 12 * years)


@dataclass(frozen=True, slots=True)
class Over(Leaf):
    """期满: from the day after the last day."""

    fact: Fact
    what: str

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact.name,)

    def compiled(self) -> Evaluate:
        name = self.fact.name

        def evaluate(facts: Known) -> Answer:
            last = facts[name]
            return None if last is None else bool(last < facts["as_of"])

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        last = day_text(facts[self.fact.name])
        return (
            f"{self.what}已于{last}期满" if answer else f"{self.what}享受至{last}，{day_text(facts['as_of'])}尚未期满"
        )

    def sql(self, row: Row) -> exp.Expression:
        return row.on_or_before(row.fact(self.fact.name), row.as_of - ONE_DAY)

    def samples(self, facts: Known) -> Samples:
        return {self.fact.name: _around({facts["as_of"] - ONE_DAY})}


def over(last_day: Fact, what: str) -> Condition:
    """期满, from the day after `last_day`; `what` names it."""
    return Over(last_day, what)


@dataclass(frozen=True, slots=True)
class Refused(Leaf):
    """So many refusals or more within so many months that end on or before the day of the question and after recognition.

    Both ends count: days belong to one window where the last is no later than the anniversary of the first.
    """

    times: int
    months: int

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("recognised_on", "service_refusals")

    def compiled(self) -> Evaluate:
        def evaluate(facts: Known) -> Answer:
            recognised, as_of = facts["recognised_on"], facts["as_of"]
            if recognised is not None and recognised >= as_of:
                return False  # no window can end yet
            refusals = facts["service_refusals"]
            if refusals is None:
                return None
            windows = self._windows(refusals, as_of)
            if not windows:
                return False
            if recognised is None:
                return None
            return any(recognised < min(add_months(first, self.months), as_of) for first, _ in windows)

        return evaluate

    @property
    def window(self) -> tuple[int, int]:
        return self.times, self.months

    def _windows(self, refusals: tuple[date, ...], as_of: date) -> list[tuple[date, date]]:
        """First and last day of each run of so many refusals that lies within so many months."""
        days = sorted(day for day in refusals if day <= as_of)
        runs = zip(days, days[self.times - 1 :], strict=False)
        return [(first, last) for first, last in runs if last <= add_months(first, self.months)]

    def phrase(self, facts: Known, answer: bool) -> str:
        span = "半年" if self.months == 6 else span_text(self.months)
        as_of, refusals = facts["as_of"], facts["service_refusals"]
        if answer:
            first, last = self._windows(refusals, as_of)[-1]
            count = sum(1 for day in refusals if first <= day <= last)
            return f"{day_text(first)}至{day_text(last)}的{span}内拒绝公共就业服务{count}次"
        return f"认定后没有在{span}内拒绝公共就业服务{self.times}次以上"

    def sql(self, row: Row) -> exp.Expression:
        return row.refused()

    def samples(self, facts: Known) -> Samples:
        as_of = facts["as_of"]
        found: Samples = {}
        if facts["recognised_on"] is None:
            # The end of a window can be the day of the question or the anniversary of any refusal.
            ends = {as_of} | {add_months(day, self.months) for day in facts["service_refusals"] or ()}
            found["recognised_on"] = _around({end - ONE_DAY for end in ends})
        if facts["service_refusals"] is None:
            found["service_refusals"] = ((), (as_of,) * self.times)
        return found


def refused(*, times: int, months: int) -> Condition:
    """若干个月内拒绝公共就业服务若干次以上."""
    return Refused(times, months)


# Money ------------------------------------------------------------------------------------------------------------------------


def minimum_wage(facts: Known) -> Any:
    """The local minimum wage: as stated, or from the figures of the usual residence on the day of the question; or None."""
    stated = facts["local_minimum_wage"]
    if stated is not None or facts["residence_division"] is None:
        return stated
    figure = parameters.minimum_wage(facts["residence_division"], facts["as_of"])
    return None if figure is None else figure.value


@dataclass(frozen=True, slots=True)
class EarnsMinimumWage(Leaf):
    """An income not below the local minimum wage. Nobody earns it with nothing, wherever they live."""

    fact: Fact

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("residence_division", self.fact.name, "local_minimum_wage")

    def compiled(self) -> Evaluate:
        name = self.fact.name

        def evaluate(facts: Known) -> Answer:
            income = facts[name]
            if income is None:
                return None
            if income == 0:
                return False
            wage = minimum_wage(facts)
            return None if wage is None else bool(income >= wage)

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        income = f"{self.fact.label}{money_text(facts[self.fact.name])}"
        compared = "不低于" if answer else "低于"
        return f"{income}，{compared}{_wage_text(facts['local_minimum_wage'], facts['residence_division'], facts['as_of'])}"

    def sql(self, row: Row) -> exp.Expression:
        return row.earns_minimum_wage(self.fact.name)

    def samples(self, facts: Known) -> Samples:
        # The residence does not matter beside it: a wage that is stated goes before the figures.
        income, wage = facts[self.fact.name], minimum_wage(facts)
        if income is None and wage is None:
            return {self.fact.name: (0, 1), "local_minimum_wage": (1, 2)}
        if income is None:
            return {self.fact.name: (0, wage)}
        return {"local_minimum_wage": (income, income + 1)}


@lru_cache(maxsize=1 << 14)
def _wage_text(stated: Any, division: str | None, as_of: date) -> str:
    if stated is not None:
        return f"当地最低工资标准{money_text(stated)}（登记的数额）"
    figure = parameters.minimum_wage(division, as_of) if division else None
    if figure is None:
        return "任何地方的最低工资标准"
    checked = "" if figure.certainty in "HM" else "，来源待核实"
    since = f"{figure.source}，{day_text(figure.effective_on)}起执行{checked}"
    return f"{figure.place}最低工资标准{money_text(figure.value)}（{since}）"


def earns_minimum_wage(income: Fact) -> Condition:
    """月收入不低于当地最低工资标准."""
    return EarnsMinimumWage(income)


__all__ = [
    "aged", "birth_date", "earns_minimum_wage", "lasted", "no", "one_of", "over", "recorded", "refused", "retired",
    "retirement_track", "within", "yes",
]  # fmt: skip
