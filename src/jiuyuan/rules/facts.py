"""What can be known about one person on one day: the fields of `facts.schema.json`, their Chinese names and parsers.

An absent fact is unknown, never "no", except for the few facts with `absent_means_no`.
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
#: The value of a fact: a date, a boolean, the code of a choice, a number in CNY, text, a division code, a tuple of
#: unique dates or months (`calendar.month_of`), or a whole number.
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A fact that can be known about a person. All texts are Chinese.

    - `answers`: the choices as pages offer them, text and code.
    - `positive`: a number or count that cannot be 0.
    - `known_to`: the sources, departments and kinds of paper that can know it.
    - `act`: the only thing that records it, in words; no source may.
    - `origin`: where it comes from if the form does not ask for it.
    - `asked`, `promised`, `findable`: its position in the self-check (0: after the others), among the statements
      promised in writing, and among the questions of a visit (0: not there).
    - `page`: the page of the form.
    - `department`: the department asked about it; `by_hand`: no department's file has it.
    - `silent`: recorded only if there is something to record.
    - `optional`: why the form may leave it empty.
    - `taken_for_no`: not asked, but taken as no until a record differs, for "everybody" or those on the "register".
    - `lasting`: does not change once known; `dated`: has the date since when it holds.
    - `from_age`, `until_age`: the plausible ages in years; the latter for what is granted until a future day.
    """

    name: str
    kind: Kind
    label: str
    question: str = ""
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    answers: Mapping[str, str] = field(default_factory=dict, hash=False)
    yes: str = ""
    no: str = ""
    since: str = ""
    unit: str = ""
    absent_means_no: bool = False
    positive: bool = False
    known_to: tuple[str, ...] = ()
    act: str = ""
    origin: Origin = ""
    asked: int = 0
    page: str = ""
    promised: int = 0
    findable: int = 0
    department: str = ""
    by_hand: bool = False
    silent: bool = False
    optional: str = ""
    taken_for_no: str = ""
    lasting: bool = False
    dated: bool = False
    from_age: int = 0
    until_age: int = 0

    def __str__(self) -> str:
        return f"{self.label}（{self.name}）"

    @property
    def on_file(self) -> bool:
        """Whether it is about the person. The day of the question and the day of recognition come from the caller."""
        return self.origin != "question"

    @property
    def recordable(self) -> bool:
        """Whether it can be recorded. Facts derived from the ID number are recorded with the person."""
        return self.origin not in ("question", "id_number")


class Invalid(ValueError):
    """Facts that cannot be used. `errors` lists (field, what is wrong and how to correct it, in Chinese)."""

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
#: Every fact of the schema by name, in schema order; `as_of`, the day of the question, is the first.
SCHEMA: Mapping[str, FactDefinition] = MappingProxyType(dict(_every))
#: The facts kept in a person's file, each in a column of `people.KnownFacts`.
ON_FILE: tuple[str, ...] = tuple(name for name, fact in SCHEMA.items() if fact.on_file)
ORDER: Mapping[str, int] = {name: place for place, name in enumerate(SCHEMA)}
#: Every fact: those of the schema, then those that regions `add`.
FACTS: Mapping[str, FactDefinition] = MappingProxyType(_every)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def add(own: Iterable[FactDefinition]) -> None:
    """Add a region's own facts. Call it at program start only.

    Raises ValueError if a name is taken or cannot be a column name.
    """
    for fact in own:
        if not _NAME.fullmatch(fact.name):
            raise ValueError(f"the fact {fact.name!r} needs a name of at most 40 small letters, digits and _")
        if _every.setdefault(fact.name, fact) != fact:
            raise ValueError(f"the name {fact.name} stands for two facts")


def remove(own: Iterable[FactDefinition]) -> None:
    """Remove a region's own facts. Values recorded under their names stay, without effect."""
    for fact in own:
        if fact.name not in SCHEMA:
            _every.pop(fact.name, None)


def own_facts() -> list[str]:
    """The names of the regions' own facts."""
    return list(FACTS)[len(SCHEMA) :]


def __getattr__(name: str) -> FactDefinition:
    """Return a fact by name, so that policies can import it."""
    try:
        return FACTS[name]
    except KeyError:
        raise AttributeError(f"there is no fact {name!r}") from None


def fact_label(name: str) -> str:
    """The Chinese name of a fact; its code if the region no longer has it."""
    return FACTS[name].label if name in FACTS else name


def in_order(place: str) -> list[str]:
    """The facts with a position in `place` (`promised`, `findable`), in that order."""
    return sorted(
        (name for name, fact in FACTS.items() if getattr(fact, place)), key=lambda n: getattr(FACTS[n], place)
    )


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_DIVISION = re.compile(r"[0-9]{6,12}", re.ASCII)
# Cache of parsed days: a register repeats the same few ten thousand.
_days: dict[str, date] = {}
_month_numbers: dict[str, int] = {}
_MOST_KEPT = 100_000
#: The largest count of months or years accepted.
MOST_COUNTED = 1200


class _Wrong(ValueError):
    """Why a value cannot be used, in Chinese, without the field name."""


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
    """Return the parser of a fact's values from JSON or Python values; it raises `_Wrong` for others."""
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
    """Parse one person's facts by the schema. Null values are left out: they are unknown.

    Returns Python values: dates, booleans, codes, numbers, a tuple of sorted dates for `service_refusals`; `id`
    unchanged. `local` are the facts allowed beside the schema's: those of all regions, or of one policy. Raises
    `Invalid` with every fault.
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
    """What is wrong with one value, in the words of `parse`; None if nothing."""
    try:
        _read_value(name, value, local)
    except _Wrong as wrong:
        return str(wrong)
    return None


def _read_value(name: str, value: object, local: Mapping[str, FactDefinition]) -> Any:
    """The parsed value, None if unknown. Raises `_Wrong` with the field name."""
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
    from difflib import get_close_matches  # needed only for a mistake

    names = [*SCHEMA, *local, "id"]
    near = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if not near:
        return f"没有名为{_shown(name)}的字段，请对照 facts.schema.json"
    return f"没有名为{_shown(name)}的字段，是不是{_named(near[0], local)}？"


#: The sex implied by each retirement track.
TRACK_SEX = {"male_60": "male", "female_55": "female", "female_50": "female"}
#: The facts read by `contradictions`.
TOGETHER = ("as_of", "birth_date", "unemployed_since", "sex", "retirement_track")


def contradictions(known: Facts) -> list[tuple[str, str]]:
    """The contradictions among known facts, as (field, message)."""
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
