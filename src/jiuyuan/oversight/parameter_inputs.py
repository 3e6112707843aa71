"""Parses entered values: limits, wages by place, days of a year, departments' words."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jiuyuan.characters import whole_number
from jiuyuan.people.sources import mapping
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import KINDS as COMMON
from jiuyuan.procedures.reading import as_day, as_kept, as_text, lines, whole_between
from jiuyuan.procedures.table import Choices, Need, NeedKind
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import ONE_DAY
from jiuyuan.rules.departments import DEPARTMENTS as NAMES
from jiuyuan.rules.parameters import Wages
from jiuyuan.wording import say

_LARGEST_FIGURE = 10_000_000
_WAGE = (500, 20_000)
FEWEST_HOLIDAYS, _MOST_DAYS = 7, 60
_YUAN = "元"
_EARLIEST = date(2020, 1, 1)
_AHEAD = timedelta(days=5 * 366)
_BETWEEN = re.compile(r"[、，,；;：:\s]+")
_SPAN = re.compile(r"\s*(?:至|到|—|~)\s*")
#: The label of a yes-or-no limit contains this.
YES_OR_NO = "（1"


def limits(context: Context) -> dict[str, str]:
    return registry.known_limits(registry.region_of(context.area))


def wages(context: Context) -> Wages | None:
    return registry.policy_of(context.area, context.today).wages


def places(context: Context) -> dict[str, str]:
    """The places with a wage today, by code, without abolished codes."""
    table = wages(context)
    return {code: table.places[code] for code in sorted(table.on(context.today))} if table else {}


def meanings(kind: str = "") -> Choices:
    """The possible meanings of a word: each code of each column of each department's files,
    described by its known words.
    """
    found = []
    for one in (kind,) if kind else mapping.DEPARTMENTS:
        try:
            known = mapping.load(one)
        except mapping.UnusableMapping:
            continue
        for column, words in known.words.items():
            same: dict[str, list[str]] = {}
            for word, code in words.items():
                same.setdefault(code, []).append(word)
            found += [
                (
                    f"{one}.{column}.{code}",
                    say("{department}“{heading}”：与“{words}”一样", department=NAMES[one].label if one in NAMES else one,
                        heading=known.columns[column][0], words=alike[:3]),
                )
                for code, alike in same.items()
            ]  # fmt: skip
    return tuple(found)


def figure(context: Context, need: Need, raw: Any) -> int:
    if (found := whole_between(raw, 0, _LARGEST_FIGURE)) is None:
        raise ValueError(say("{label}请填0到{most}的整数。", label=need.label, most=_LARGEST_FIGURE))
    return found


def year(context: Context, need: Need, raw: Any) -> int:
    found = figure(context, need, raw)
    if not context.today.year <= found <= context.today.year + 2:
        raise ValueError(say("请填{first}到{last}的年份。", first=context.today.year, last=context.today.year + 2))
    return found


def any_day(context: Context, need: Need, raw: Any) -> date:
    """Parse a document's date, past or future."""
    try:
        said = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None
    if not _EARLIEST <= said <= context.today + _AHEAD:
        raise ValueError(say("{label}请核对年份。", label=need.label))
    return said


def days(context: Context, need: Need, raw: Any) -> list[str]:
    """Parse dates and ranges, one per line: 2027-01-01, or 2027-02-05至2027-02-12."""
    found: set[date] = set()
    for line in lines(context, need, raw):
        try:
            ends = [date.fromisoformat(part) for part in _SPAN.split(line.strip())]
        except ValueError:
            ends = []
        if not 1 <= len(ends) <= 2 or not 0 <= (ends[-1] - ends[0]).days < _MOST_DAYS:
            raise ValueError(say("“{line}”看不懂，请写成2027-01-01，或2027-02-05至2027-02-12。", line=line[:40]))
        found |= {ends[0] + n * ONE_DAY for n in range((ends[-1] - ends[0]).days + 1)}
    return [day.isoformat() for day in sorted(found)]


def figures_by_place(context: Context, need: Need, raw: Any) -> dict[str, int]:
    """Parse one amount per line, followed by its places as names or codes."""
    known = places(context)
    found: dict[str, int] = {}
    for line in lines(context, need, raw):
        first, *rest = [part for part in _BETWEEN.split(line) if part]
        value = whole_number(first.removesuffix(_YUAN))
        if value is None or not _WAGE[0] <= value <= _WAGE[1]:
            raise ValueError(
                say(
                    "“{line}”请以数额开头（{least}到{most}元），后面写地方。",
                    line=line[:30],
                    least=_WAGE[0],
                    most=_WAGE[1],
                )
            )
        if not rest:
            raise ValueError(say("{value}元后面没有写地方。", value=value))
        for part in rest:
            code = _place(part, known)
            if code in found:
                raise ValueError(say("{place}写了两次。", place=known[code]))
            found[code] = value
    return found


def _place(said: str, known: Mapping[str, str]) -> str:
    if said in known:
        return said
    alike = [code for code, name in known.items() if name == said] or [
        code for code, name in known.items() if name.endswith(said)
    ]
    if len(alike) != 1:
        raise ValueError(
            say("“{said}”不在本省有标准的地方里，请照原来的名称写。", said=said[:30])
            if not alike
            else say("“{said}”有几个，请写全：{names}。", said=said[:30], names=[known[code] for code in alike])
        )
    return alike[0]


def as_lines(figures: Mapping[str, int], names: Mapping[str, str]) -> str:
    """The format of `figures_by_place`, highest amount first."""
    by_value: dict[int, list[str]] = {}
    for code, value in sorted(figures.items()):
        by_value.setdefault(value, []).append(names.get(code, code))
    return "\n".join(f"{value} {'、'.join(of_it)}" for value, of_it in sorted(by_value.items(), reverse=True))


def limit(context: Context, _need: Need, raw: Any) -> str:
    if str(raw) not in limits(context):
        raise ValueError(say("请选择是哪一项。"))
    return str(raw)


def meaning(_context: Context, _need: Need, raw: Any) -> str:
    if str(raw) not in dict(meanings()):
        raise ValueError(say("请选择这个词的意思。"))
    return str(raw)


def word(_context: Context, need: Need, raw: Any) -> str:
    found = as_kept(str(raw)).replace(" ", "")
    if not found or len(found) > need.longest:
        raise ValueError(say("请照原样填这个词，最多{longest}字。", longest=need.longest))
    return found


def _as_figure(_need: Need) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": _LARGEST_FIGURE}


def _as_year(_need: Need) -> dict[str, Any]:
    return {"type": "integer", "minimum": 2000, "maximum": 9999}


KINDS = {
    "limit": NeedKind(limit, "choice", as_text),
    "figure": NeedKind(figure, "number", _as_figure),
    "year": NeedKind(year, "number", _as_year),
    "any_day": NeedKind(any_day, "day", as_day),
    "days": NeedKind(days, "lines", COMMON["list"].schema),
    "places": NeedKind(figures_by_place, "lines", as_text),
    "meaning": NeedKind(meaning, "choice", as_text),
    "word": NeedKind(word, "text", as_text),
}
