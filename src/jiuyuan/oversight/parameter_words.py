"""Entered values in words: what is in force today with source and day, what an entry says, what replaced it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from jiuyuan import clock
from jiuyuan.oversight.models import Parameter
from jiuyuan.oversight.parameter_inputs import as_lines
from jiuyuan.oversight.parameter_texts import TEXTS, as_written, letters, text_as_written
from jiuyuan.people.sources.mapping import DEPARTMENTS
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules import calendar
from jiuyuan.rules.parameters import Figure
from jiuyuan.wording import say

Kind = Parameter.Kind


@dataclass(frozen=True)
class StandsToday:
    """A value in force today.

    `about`: the key with which the form for a new one is opened. Empty `value`: not set. `lines`: for texts, the
    initial lines of the form.
    """

    what: str
    value: str
    source: str
    about: str = ""
    lines: tuple[str, ...] = ()


def standing(kind: str, area: str, day: date) -> Sequence[StandsToday]:
    """All values of a kind in force today at an agency."""
    region = registry.region_of(area)
    match kind:
        case Kind.LIMIT:
            return [_limit(region, name, label, day) for name, label in registry.known_limits(region).items()]
        case Kind.WAGE:
            return _wages(area, day)
        case Kind.HOLIDAYS:
            return [
                StandsToday(say("{year}年", year=year), _days(plan), plan.source)
                for year, plan in sorted(calendar.known_plans().items(), reverse=True)
                if year >= day.year - 1
            ]
        case Kind.LETTER:
            papers = registry.papers_of(area)
            written = {name: tuple(as_written(papers.letter(name))) for name, _ in letters(area)}
            return [
                StandsToday(
                    title, say("{count}句", count=len(written[name])), _own(area, kind, name), name, written[name]
                )
                for name, title in letters(area)
            ]
        case Kind.TEXT:
            texts = {name: tuple(text_as_written(area, name)) for name in TEXTS}
            return [
                StandsToday(
                    say(label),
                    "；".join(text.rstrip("。") for text in texts[name]),
                    _own(area, kind, name),
                    name,
                    texts[name],
                )
                for name, label in TEXTS.items()
            ]
    return [StandsToday(str(one.label), "", "", one.value) for one in DEPARTMENTS]


def _own(area: str, kind: str, name: str) -> str:
    """The document behind an office's own wording, of the nearest office; else that it is the region's."""
    rows = Parameter.objects.unscoped().filter(kind=kind, name=name, status=Parameter.Status.IN_FORCE)
    found = [row for row in rows.order_by("pk") if area.startswith(row.area) and row.since <= clock.today()]
    nearest = max(found, key=lambda row: (len(row.area), row.since, row.pk), default=None)
    return (
        say("{source}，{since:date}起", source=nearest.document, since=nearest.since) if nearest else say("系统原来的")
    )


def unset(area: str, day: date) -> list[str]:
    """The limits without a value."""
    region = registry.region_of(area)
    return [label for name, label in registry.known_limits(region).items() if region.limit_if_any(name, on=day) is None]


def _limit(region: Region, name: str, label: str, day: date) -> StandsToday:
    try:
        figure = region.limit_figure(name, on=day)
    except KeyError:
        return StandsToday(label, "", "", name)
    return StandsToday(label, str(figure.value), _told(figure), name)


def _wages(area: str, day: date) -> list[StandsToday]:
    table = registry.policy_of(area, day).wages
    figures = sorted(
        (table.on(day) if table else {}).items(), key=lambda item: (-item[1].value, _told(item[1]), item[0])
    )
    return [
        StandsToday(say("{value}元", value=value), "、".join(one.place for _, one in group), source)
        for (value, source), group in groupby(figures, key=lambda item: (item[1].value, _told(item[1])))
    ]


def _told(figure: Figure) -> str:
    return say("{source}，{since:date}起", source=figure.source, since=figure.effective_on)


def _days(plan: calendar.Year) -> str:
    return say("放假{holidays}天，调休上班{workdays}天", holidays=len(plan.holidays), workdays=len(plan.workdays))


def content(row: Parameter) -> list[str]:
    """The contents, to be compared with the document, by line."""
    value = row.value
    match row.kind:
        case Kind.LIMIT:
            return [say("定为{value}", value=value["value"])]
        case Kind.WAGE:
            return as_lines(value["figures"], value["places"]).splitlines()
        case Kind.HOLIDAYS:
            return [
                say("放假：{days}", days=_spans(value["holidays"])),
                say("调休上班：{days}", days=_spans(value["workdays"]) or say("没有")),
            ]
        case Kind.LETTER:
            return [say("改为：{own}", own=own) for _, own in value["sentences"]] or [say("恢复成原来的用语。")]
        case Kind.TEXT:
            return ["：".join(filter(None, pair)) for pair in value["lines"]]
    return [row.title]


def _spans(written: Sequence[str]) -> list[str]:
    days = [date.fromisoformat(day) for day in written]
    spans = []
    for _, group in groupby(enumerate(days), key=lambda item: item[1].toordinal() - item[0]):
        found = [day for _, day in group]
        first, last = say("{day:month_day}", day=found[0]), say("{day:month_day}", day=found[-1])
        spans.append(first if first == last else say("{first}至{last}", first=first, last=last))
    return spans


def later_than(row: Parameter) -> Parameter | None:
    """The entry that replaces this one: in force, for the same thing and place, from the same day or later."""
    same = Parameter.objects.unscoped().filter(
        kind=row.kind,
        name=row.name,
        area=row.area,
        status=Parameter.Status.IN_FORCE,
        since__gte=row.since,
        pk__gt=row.pk,
    )
    return None if row.kind == Kind.WORD else same.order_by("since", "pk").first()
