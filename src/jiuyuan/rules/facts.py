"""What can be known about one person on one day: the fields of `facts.schema.json`, their Chinese names, and how they are read.

A fact that is absent is unknown, never no; the few for which absent means "none recorded" say so (`Fact.absent_means_no`).
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from jiuyuan.wording import say

Kind = Literal["date", "boolean", "choice", "number", "text", "division", "dates", "months", "count"]
Origin = Literal["", "question", "id_number", "platform", "figures", "county"]
#: The value of a fact: date, bool, code of a choice, number of CNY, text, division code, a tuple of dates or of months
#: (`calendar.month_of`), each once, or a whole number.
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One thing that can be known about a person. `label`, `question`, `hint`, `yes`, `no` and `choices` are Chinese."""

    name: str
    kind: Kind
    label: str
    question: str = ""
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    answers: Mapping[str, str] = field(
        default_factory=dict, hash=False
    )  # how a page offers the choices: words and code
    yes: str = ""
    no: str = ""
    since: str = ""
    unit: str = ""
    absent_means_no: bool = False
    positive: bool = False  # a number or count that cannot be 0
    known_to: tuple[str, ...] = ()  # the sources, departments and kinds of paper that can know it
    act: str = ""  # what alone writes it, in Chinese; no source may
    origin: Origin = ""  # where it comes from, if the form asks nobody
    asked: int = 0  # its place in the self-check; the others come after
    page: str = ""  # of the form
    promised: int = 0  # its place among what is promised in writing; 0: never
    findable: int = 0  # its place among what a visit asks; 0: no visit does
    department: str = ""  # the one that is asked about it
    by_hand: bool = False  # no file of a department states it
    silent: bool = False  # recorded only where there is something to record
    optional: str = ""  # why it may stay empty on the form, in Chinese
    taken_for_no: str = (
        ""  # as long as no record says otherwise, of "everybody" or of who is on the "register": nobody is asked
    )
    lasting: bool = False  # stays as it was once it is known
    dated: bool = False  # says by itself since when it holds
    from_age: int = 0  # years
    until_age: int = 0  # years, of what is granted until a day to come

    def __str__(self) -> str:
        return f"{self.label}（{self.name}）"

    @property
    def on_file(self) -> bool:
        """Whether it is one about the person; the day of the question and of recognition belong to the caller."""
        return self.origin != "question"

    @property
    def recordable(self) -> bool:
        """Whether somebody can record it: what follows from the ID number is recorded with the person."""
        return self.origin not in ("question", "id_number")


class Invalid(ValueError):
    """Facts that cannot be used. `errors` lists (field, what is wrong and how to put it right, in Chinese)."""

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        self.errors = list(errors)
        super().__init__("；".join(message for _, message in self.errors))


def _kind(schema: Mapping[str, Any]) -> Kind:
    types = schema.get("type", [])
    if "enum" in schema:
        return "choice"
    if "boolean" in types:
        return "boolean"
    if "number" in types:
        return "number"
    if "array" in types:
        return "dates"
    if schema.get("format") == "date":
        return "date"
    return "division" if "pattern" in schema else "text"


def _read() -> dict[str, FactDefinition]:
    folder = Path(__file__).parent
    schema = json.loads(folder.joinpath("facts.schema.json").read_text("utf-8"))["properties"]
    words = tomllib.loads(folder.joinpath("facts.toml").read_text("utf-8"))
    found = {}
    for name, spec in schema.items():
        if name == "id":
            continue
        entry = dict(words[name])
        absent = entry.pop("absent", "")
        entry["known_to"] = tuple(entry.get("known_to", ()))
        found[name] = FactDefinition(
            name, _kind(spec), absent_means_no=absent == "no", positive="exclusiveMinimum" in spec, **entry
        )
    return found


_every = _read()
#: Every fact of the schema by name, in its order; `as_of`, the day of the question, is the first.
SCHEMA: Mapping[str, FactDefinition] = MappingProxyType(dict(_every))
#: Those that are kept in a person's file, each in a column (`people.KnownFacts`).
ON_FILE: tuple[str, ...] = tuple(name for name, fact in SCHEMA.items() if fact.on_file)
ORDER: Mapping[str, int] = {name: place for place, name in enumerate(SCHEMA)}
#: Every fact there is: those of the schema, then the regions' own (`add`).
FACTS: Mapping[str, FactDefinition] = MappingProxyType(_every)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def add(own: Iterable[FactDefinition]) -> None:
    """Make the facts of a region's own known to every page, list, file and query. For the start of a program.

    Raises ValueError where a name stands for two facts or is none that a column can have.
    """
    for fact in own:
        if not _NAME.fullmatch(fact.name):
            raise ValueError(f"the fact {fact.name!r} needs a name of at most 40 small letters, digits and _")
        if _every.setdefault(fact.name, fact) != fact:
            raise ValueError(f"the name {fact.name} stands for two facts")


def remove(own: Iterable[FactDefinition]) -> None:
    """Take a region's own facts away again. What was recorded under their names stays and says nothing any more."""
    for fact in own:
        if fact.name not in SCHEMA:
            _every.pop(fact.name, None)


def own_facts() -> list[str]:
    """The names of the regions' own facts."""
    return list(FACTS)[len(SCHEMA) :]


def __getattr__(name: str) -> FactDefinition:
    """Each fact by its name, so that a policy can import it."""
    try:
        return FACTS[name]
    except KeyError:
        raise AttributeError(f"there is no fact {name!r}") from None


def fact_label(name: str) -> str:
    """The name of a fact in Chinese; of one that a region no longer has its code."""
    return FACTS[name].label if name in FACTS else name


def in_order(place: str) -> list[str]:
    """The facts that have a place there (`promised`, `findable`), in that order."""
    return sorted(
        (name for name, fact in FACTS.items() if getattr(fact, place)), key=lambda n: getattr(FACTS[n], place)
    )


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_DIVISION = re.compile(r"[0-9]{6,12}", re.ASCII)
# Days already read: a register holds the same few ten thousand again and again.
_days: dict[str, date] = {}
_month_numbers: dict[str, int] = {}
_MOST_KEPT = 100_000
#: The largest whole number that a fact can be: of months, or of years.
MOST_COUNTED = 1200


class _Wrong(ValueError):
    """Why a value cannot be used, in Chinese, without the name of the field."""


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def _date(value: object) -> date:
    if type(value) is str:
        known = _days.get(value)
        if known is not None:
            return known
        if _DATE.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise _Wrong(f"{_shown(value)}不是日历上有的日子，请核对年月日") from None
            if len(_days) >= _MOST_KEPT:
                _days.clear()
            _days[value] = day
            return day
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise _Wrong(f"{_shown(value)}不是日期，应写成“年-月-日”，例如 1985-03-02")


def _dates(value: object) -> tuple[date, ...]:
    if not isinstance(value, list | tuple):
        raise _Wrong(f'{_shown(value)}应为日期的清单，例如 ["2026-03-02", "2026-04-10"]')
    return tuple(sorted(map(_date, value)))


def _months(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise _Wrong(say('{value}应为月份的清单，例如 ["2026-03", "2026-04"]', value=_shown(value)))
    return tuple(sorted(set(map(_month, value))))


def _month(value: object) -> int:
    if type(value) is str:
        known = _month_numbers.get(value)
        if known is not None:
            return known
        if _MONTH.fullmatch(value) and value > "0001":
            if len(_month_numbers) >= _MOST_KEPT:
                _month_numbers.clear()
            return _month_numbers.setdefault(value, int(value[:4]) * 12 + int(value[5:]) - 1)
    raise _Wrong(say("{value}不是月份，应写成“年-月”，例如 2026-03", value=_shown(value)))


def _count(least: int) -> Callable[[object], int]:
    def count(value: object) -> int:
        if type(value) is int and least <= value <= MOST_COUNTED:
            return value
        raise _Wrong(
            say("{value}应为{least}至{most}的整数", value=_shown(value), least=least, most=MOST_COUNTED)
        )  # fmt: skip

    return count


def _boolean(value: object) -> bool:
    if value is True or value is False:
        return value
    raise _Wrong(f"{_shown(value)}应为 true（是）、false（否）或 null（不清楚）")


def _division(value: object) -> str:
    if isinstance(value, str) and _DIVISION.fullmatch(value):
        return value
    raise _Wrong(f'{_shown(value)}应为6至12位数字的行政区划代码，例如 "220102"')


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise _Wrong(f"{_shown(value)}应为文字")


def _number(positive: bool) -> Callable[[object], int | float | Decimal]:
    wanted = "应为大于0的数" if positive else "应为不小于0的数"

    def number(value: object) -> int | float | Decimal:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            finite = isinstance(value, int) or math.isfinite(value)
            if finite and (value > 0 or (value == 0 and not positive)):
                return value
        raise _Wrong(f"{_shown(value)}{wanted}，单位是元")

    return number


def _choice(choices: Mapping[str, str]) -> Callable[[object], str]:
    listed = "、".join(f"{code}（{label}）" for code, label in choices.items())

    def choice(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _Wrong(f"{_shown(value)}不在可选范围内，应为 {listed} 之一")

    return choice


def reader(fact: FactDefinition) -> Callable[[object], Any]:
    """The function that reads a value of this fact from JSON (or the Python value itself); raises where it cannot."""
    if fact.kind == "choice":
        return _choice(fact.choices)
    if fact.kind == "number":
        return _number(fact.positive)
    if fact.kind == "count":
        return _count(int(fact.positive))
    readers: Mapping[str, Callable[[object], Any]] = {
        "date": _date, "dates": _dates, "boolean": _boolean, "division": _division, "text": _text, "months": _months,
    }  # fmt: skip
    return readers[fact.kind]


_READERS = {"id": _text, **{name: reader(fact) for name, fact in SCHEMA.items()}}


def parse(mapping: Mapping[str, Any], local: Mapping[str, FactDefinition] = FACTS) -> dict[str, Any]:
    """Read one person's facts as the schema describes them; what is null is left out, for it is unknown.

    Returns Python values: dates, booleans, codes, numbers, a tuple of sorted dates for `service_refusals`; `id` as it is.
    `local` are the facts that may stand there beside the schema's: every region's own, or those of one policy. Raises `Invalid` with every fault found.
    """
    if not isinstance(mapping, Mapping):
        raise Invalid([("", f'每行应为一个 JSON 对象，例如 {{"as_of": "2026-11-25"}}，不是{_shown(mapping)}')])
    known: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for name, value in mapping.items():
        try:
            read = _read_value(name, value, local)
        except _Wrong as wrong:
            errors.append((name, str(wrong)))
        else:
            if read is not None:
                known[name] = read
    if "as_of" not in known and "as_of" not in dict(errors):
        errors.append(("as_of", f'缺少{FACTS["as_of"]}：请写明按哪一天判断，例如 "as_of": "2026-11-25"'))
    if errors or (errors := contradictions(known)):
        raise Invalid(errors)
    return known


def why_wrong(name: str, value: object, local: Mapping[str, FactDefinition] = FACTS) -> str | None:
    """What is wrong with one value, as `parse` says it; None where nothing is."""
    try:
        _read_value(name, value, local)
    except _Wrong as wrong:
        return str(wrong)
    return None


def _read_value(name: str, value: object, local: Mapping[str, FactDefinition]) -> Any:
    """The value as the rules use it, None where it is unknown. Raises `_Wrong`, naming the field."""
    read = _READERS.get(name) or (reader(local[name]) if name in local else None)
    if read is None:
        raise _Wrong(_unknown(name, local))
    try:
        return None if value is None else read(value)
    except _Wrong as wrong:
        raise _Wrong(f"{_named(name, local)}：{wrong}") from None


def _named(name: str, local: Mapping[str, FactDefinition]) -> str:
    return "编号（id）" if name == "id" else str(SCHEMA.get(name) or local[name])


def _unknown(name: object, local: Mapping[str, FactDefinition]) -> str:
    from difflib import get_close_matches  # for a mistake only

    names = [*SCHEMA, *local, "id"]
    near = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if not near:
        return f"没有名为{_shown(name)}的字段，请对照 facts.schema.json"
    return f"没有名为{_shown(name)}的字段，是不是{_named(near[0], local)}？"


#: The sex that goes with each retirement track.
TRACK_SEX = {"male_60": "male", "female_55": "female", "female_50": "female"}
#: What `contradictions` reads.
TOGETHER = ("as_of", "birth_date", "unemployed_since", "sex", "retirement_track")


def contradictions(known: Facts) -> list[tuple[str, str]]:
    """What cannot be true together among known facts, as (field, message); empty where all is well."""
    errors = []
    as_of, get = known["as_of"], known.get
    for name, day in ("birth_date", get("birth_date")), ("unemployed_since", get("unemployed_since")):
        if day is not None and day > as_of:
            errors.append((name, f"{FACTS[name]}：{day}晚于{FACTS['as_of']}{as_of}，请核对这两个日期"))
    track, stated = get("retirement_track"), get("sex")
    if track is not None and stated is not None and TRACK_SEX[track] != stated:
        of_track, sex = FACTS["retirement_track"], FACTS["sex"]
        says = f"“{of_track.choices[track]}”与{sex}“{sex.choices[stated]}”不一致，请核对"
        errors.append((of_track.name, f"{of_track}：{says}"))
    return errors
