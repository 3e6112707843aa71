"""Words about dates: an age reached, a period that has lasted, a term that is over. All compare with a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jiuyuan.rules import calendar
from jiuyuan.rules.calendar import add_months, latest_start, neighbour
from jiuyuan.rules.facts import FactDefinition, sex
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf, Samples
from jiuyuan.rules.sentences import as_of_text, day_text, span_text

if TYPE_CHECKING:
    from jiuyuan.rules.sql.row import SqlRow


def around(thresholds: set[date], not_after: date | None = None) -> tuple[date, ...]:
    """Each threshold and the day after it: all days between two thresholds behave alike."""
    days = {day for threshold in thresholds for day in (threshold, neighbour(threshold, 1))}
    return tuple(sorted(day for day in days if not_after is None or day <= not_after))


@dataclass(frozen=True, slots=True)
class Rising:
    """An age limit that rises: `first` until `every` years after `since`, then one year more each time,
    up to `most`.
    """

    first: int
    since: date
    every: int
    most: int

    def on(self, day: date) -> int:
        """The age limit on a day, in years."""
        passed = day.year - self.since.year - ((day.month, day.day) < (self.since.month, self.since.day))
        return min(self.first + max(passed, 0) // self.every, self.most)


Age = int | Rising


def _years(age: Age, day: date) -> int:
    return age if isinstance(age, int) else age.on(day)


@dataclass(frozen=True, slots=True)
class Aged(Leaf):
    """年满 N 周岁, reached on the birthday itself; the age may differ for women and men."""

    women: Age
    men: Age

    def at(self, day: date) -> Aged:
        """The same with the ages in force on a day."""
        return Aged(_years(self.women, day), _years(self.men, day))

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return ("birth_date",) if self.women == self.men else ("birth_date", "sex")

    def compiled(self) -> Evaluate:
        if not isinstance(self.women, int) or not isinstance(self.men, int):
            on_day = lru_cache(maxsize=1024)(lambda day: self.at(day).compiled())
            return lambda facts: on_day(facts["as_of"])(facts)
        women, men = self.women * 12, self.men * 12
        either, both = min(women, men), max(women, men)
        first = {"female": women, "male": men}
        same = women == men

        def evaluate(facts: Known) -> Answer:
            born = facts["birth_date"]
            if born is None:
                return None
            as_of = facts["as_of"]
            stated = None if same else facts["sex"]
            reached: bool = born <= latest_start(as_of, both if stated is None else first[stated])
            if reached or same or stated is not None:
                return reached
            return False if born > latest_start(as_of, either) else None

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        born, as_of = facts["birth_date"], facts["as_of"]
        stated = None if self.women == self.men else facts["sex"]
        age = f"{day_text(born)}出生，{as_of_text(as_of)}已满{calendar.age(born, as_of)}周岁"
        if not answer:
            women, men = _years(self.women, as_of), _years(self.men, as_of)
            wanted = women if stated == "female" else men if stated == "male" else min(women, men)
            age = f"{age}，未满{wanted}周岁"
        return f"{sex.choices[stated]}，{age}" if stated else age

    def sql(self, row: SqlRow) -> str:
        born, women, men = row.fact("birth_date"), _years(self.women, row.as_of), _years(self.men, row.as_of)
        if women == men:
            return row.on_or_before(born, latest_start(row.as_of, men * 12))
        reached = {
            code: row.on_or_before(born, latest_start(row.as_of, years * 12))
            for code, years in (("female", women), ("male", men))
        }
        elder, younger = ("male", "female") if men > women else ("female", "male")
        meant = row.male() if younger == "male" else row.negated(row.male())
        # The higher age is enough for both sexes; the lower one only for the sex it applies to.
        return row.any_of([reached[elder], row.all_of([reached[younger], meant])])

    def state(self, facts: Known) -> Any:
        # With a known birth date it is open only between the two ages.
        return facts["birth_date"] is None, facts.get("sex")

    def samples(self, facts: Known) -> Samples:
        found: Samples = {}
        if facts["birth_date"] is None:
            as_of = facts["as_of"]
            thresholds = {latest_start(as_of, _years(age, as_of) * 12) for age in (self.women, self.men)}
            found["birth_date"] = around(thresholds, facts["as_of"])
        if self.women != self.men and facts["sex"] is None:
            found["sex"] = ("female", "male")
        return found


def aged(years: Age | None = None, *, women: Age | None = None, men: Age | None = None) -> Condition:
    """年满若干周岁: one age for all, or one for women and one for men."""
    first, second = (women, men) if years is None else (years, years)
    if first is None or second is None:
        raise ValueError("an age for all, or one for women and one for men")
    return Aged(first, second)


@dataclass(frozen=True, slots=True)
class Lasted(Leaf):
    """已满若干个月 since a day, reached on the anniversary itself."""

    fact: FactDefinition
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
            if start is None:
                return None
            lasted: bool = start <= latest_start(facts["as_of"], months)
            return lasted

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        start, span = facts[self.fact.name], span_text(self.months)
        so_far = f"{self.fact.since.replace('{day}', day_text(start))}，至{as_of_text(facts['as_of'])}"
        if answer:
            return f"{so_far}已满{span}"
        return f"{so_far}未满{span}（{day_text(add_months(start, self.months))}才满）"

    def sql(self, row: SqlRow) -> str:
        return row.on_or_before(row.fact(self.fact.name), latest_start(row.as_of, self.months))

    def samples(self, facts: Known) -> Samples:
        limit = facts["as_of"] if self.fact.name == "unemployed_since" else None
        return {self.fact.name: around({latest_start(facts["as_of"], self.months)}, limit)}


def lasted(since: FactDefinition, *, months: int = 0, years: int = 0) -> Condition:
    """自某日起已满若干个月或年."""
    return Lasted(since, months + 12 * years)


@dataclass(frozen=True, slots=True)
class Over(Leaf):
    """期满: from the day after the last day on."""

    fact: FactDefinition
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
            f"{self.what}已于{last}期满" if answer else f"{self.what}享受至{last}，{as_of_text(facts['as_of'])}尚未期满"
        )

    def sql(self, row: SqlRow) -> str:
        return row.before(row.fact(self.fact.name), row.as_of)

    def samples(self, facts: Known) -> Samples:
        return {self.fact.name: around({neighbour(facts["as_of"], -1)})}


def over(last_day: FactDefinition, what: str) -> Condition:
    """期满, from the day after `last_day` on; `what` names the term."""
    return Over(last_day, what)
