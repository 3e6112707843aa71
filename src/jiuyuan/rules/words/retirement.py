"""The word for the statutory retirement age, with its gradual delay (三(一), and the upper end of 法定劳动年龄 in 一(一))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jiuyuan.rules.calendar import TRACKS, add_months, latest_birth, retirement_months
from jiuyuan.rules.logic import Answer, Condition, Evaluate, Known, Leaf, Samples
from jiuyuan.rules.sentences import as_of_text, day_text
from jiuyuan.rules.words.days import around

if TYPE_CHECKING:
    from jiuyuan.rules.sql.row import SqlRow


#: The facts that determine a person's retirement age.
READS = ("birth_date", "sex", "retirement_track")


def possible_tracks(facts: Known) -> tuple[str, ...]:
    """The tracks a person can have, given what is known of sex and track."""
    stated, track = facts["sex"], facts["retirement_track"]
    if stated == "male":
        return ("male_60",)
    if track is not None:
        return (track,)
    return ("female_55", "female_50") if stated == "female" else ("male_60", "female_55", "female_50")


@dataclass(frozen=True, slots=True)
class Retired(Leaf):
    """达到法定退休年龄, on the day itself; unknown if the person's possible tracks disagree."""

    @property
    def dated(self) -> bool:
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        return READS

    def compiled(self) -> Evaluate:
        def evaluate(facts: Known) -> Answer:
            born = facts["birth_date"]
            if born is None:
                return None
            as_of = facts["as_of"]
            track = "male_60" if facts["sex"] == "male" else facts["retirement_track"]
            if track is not None:
                reached: bool = born <= latest_birth(as_of, track)
                return reached
            first, *others = [born <= latest_birth(as_of, track) for track in possible_tracks(facts)]
            return None if (not first) in others else first

        return evaluate

    def phrase(self, facts: Known, answer: bool) -> str:
        born, track = facts["birth_date"], "male_60" if facts["sex"] == "male" else facts["retirement_track"]
        if track is None:
            ages = "、".join(f"{TRACKS[track].years}" for track in possible_tracks(facts))
            return f"无论原法定退休年龄是{ages}周岁，到{as_of_text(facts['as_of'])}都{'已' if answer else '未'}达到法定退休年龄"
        months, age = _age(born.year, born.month, track)
        day = day_text(add_months(born, months))
        return f"法定退休年龄为{age}，已于{day}达到" if answer else f"法定退休年龄为{age}，要到{day}才达到"

    def sql(self, row: SqlRow) -> str:
        born = row.fact("birth_date")
        at_60, at_55, at_50 = (
            row.on_or_before(born, latest_birth(row.as_of, code)) for code in ("male_60", "female_55", "female_50")
        )
        # A man's retirement age is later than any woman's, and so on. With an unknown track the answer is true after
        # the latest age, false before the earliest, and unknown between.
        earlier = row.any_of([at_55, row.all_of([row.retires_at_50(), at_50])])
        return row.any_of([at_60, row.all_of([row.negated(row.male()), earlier])])

    def state(self, facts: Known) -> Any:
        born, as_of = facts["birth_date"], facts["as_of"]
        reached = None if born is None else [born <= latest_birth(as_of, track) for track in TRACKS]
        return facts["sex"], facts["retirement_track"], reached and tuple(reached)

    def samples(self, facts: Known) -> Samples:
        found: Samples = {}
        tracks = possible_tracks(facts)
        if facts["birth_date"] is None:
            found["birth_date"] = around({latest_birth(facts["as_of"], track) for track in tracks}, facts["as_of"])
        if facts["sex"] is None:
            found["sex"] = ("female", "male")
        if len(tracks) > 1:
            found["retirement_track"] = ("female_55", "female_50")
        return found


@lru_cache(maxsize=8192)
def _age(year: int, month: int, track: str) -> tuple[int, str]:
    """The retirement age of people born in a month, in months and in words."""
    months = retirement_months(date(year, month, 1), track)
    return months, f"{months // 12}周岁" + (f"{months % 12}个月" if months % 12 else "")


def retired() -> Condition:
    """达到法定退休年龄."""
    return Retired()
