"""Period tables of assistance (四(二), 四(三)), read from the tallies, and the recognitions behind each number."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.assistance import follow_up_workflow, help_figures
from jiuyuan.assistance.duties import BY_CODE
from jiuyuan.assistance.help_figures import HelpPeriod
from jiuyuan.assistance.models import Plan
from jiuyuan.oversight.figures import tallies
from jiuyuan.oversight.figures.registry import BY_DAY, Asked, Part, Span
from jiuyuan.oversight.figures.shares import CARED, DUE, HELPED, IN_TIME, LATE, NOT_DONE
from jiuyuan.oversight.figures.tallies import NotKeptYet, TallyAsked, TallyCell
from jiuyuan.regions import registry
from jiuyuan.wording import say

IDLE = "idle"
_OF_DUTIES = {DUE: help_figures.DUE, IN_TIME: help_figures.IN_TIME, LATE: help_figures.LATE}
_NOBODY = "none"  # the line of people without a helper
#: Helpers are listed at these levels only; a region has hundreds.
_WITH_HELPERS = frozenset({Agency.Level.COUNTY, Agency.Level.PLATFORM, Agency.Level.COMMUNITY})


@dataclass(frozen=True)
class HelpColumn:
    """A figure of the registry, and which of its codes."""

    code: str
    head: str
    detail: str = ""

    @property
    def key(self) -> str:
        """The column's name in URLs."""
        return f"{self.code}_{self.detail}" if self.detail else self.code


def columns(area: str, today: date) -> list[HelpColumn]:
    """The figures in page order, with labels."""
    return [
        HelpColumn(DUE, say("到期")), HelpColumn(IN_TIME, say("按期")), HelpColumn(LATE, say("超期")),
        HelpColumn("offered", say("介绍岗位")), HelpColumn("answered", say("本人答复")), HelpColumn("turned_down", say("没有接受")),
        HelpColumn("taken_on", say("录用")),
        *(
            HelpColumn("working", say("{months}个月后在岗", months=months), str(months))
            for months in follow_up_workflow.steps(area, today)
        ),
    ]  # fmt: skip


def dimensions(under: Agency) -> dict[str, str]:
    """The dimensions by which a table can be divided, with labels."""
    found = {"agency": say("按机构"), "category": say("按类别")}
    return found | ({"helper": say("按帮扶人")} if under.level in _WITH_HELPERS else {})


@dataclass(frozen=True)
class HelpTable:
    """A table of assistance.

    The number by line and column (`HelpColumn.key`), "" for the total; due items by duty; `idle`: helpers without
    any act in the period, with the number of their people.
    """

    lines: Mapping[str, str]
    counts: Mapping[tuple[str, str], int]
    duties: Mapping[tuple[str, str], int]
    idle: Mapping[int, int]


@dataclass(frozen=True)
class HelpAsked:
    """A request: an office of the user's area (checked by the caller), a period, and a dimension."""

    user: User
    under: Agency
    span: Span
    by: str


def table(asked: HelpAsked) -> HelpTable:
    """All figures, divided by a dimension, and due items by duty."""
    below = list(asked.under.children.all()) if asked.by == "agency" else []
    wanted = columns(asked.under.path, clock.today())
    path, paths = asked.under.path, [one.path for one in below]
    counts: Counter[tuple[str, str]] = Counter()
    duties: Counter[tuple[str, str]] = Counter()
    every = [_columns_asked(asked, wanted, (path, *paths))]
    if asked.by in ("category", "helper"):
        every.append(_columns_asked(asked, wanted, (path,), asked.by))
    helped = TallyAsked(path, (path,), frozenset({HELPED, CARED}), asked.span.since, asked.span.until, "helper")
    numbers, *divided, of_helpers = tallies.all_counted([*every, helped])
    for area, column, duty, _, many in _by_column(numbers, wanted):
        if area == path:
            counts["", column] += many
            if duty:
                duties[duty, column] += many
        else:
            counts[area, column] += many
    for one in divided:
        for _, column, _, part, many in _by_column(one, wanted):
            counts[part, column] += many
    parts = {part for part, _ in counts if part}
    return HelpTable(_lines(asked, below, parts), counts, duties, _idle(of_helpers))


def _columns_asked(asked: HelpAsked, wanted: list[HelpColumn], areas: tuple[str, ...], by: str = "") -> TallyAsked:
    """The tallies for some columns. Items not done count as late once their day is over."""
    codes, over = frozenset(one.code for one in wanted), clock.today() - timedelta(days=1)
    if LATE in codes and asked.span.since <= over:
        codes |= {NOT_DONE}
    return TallyAsked(
        asked.under.path, areas, codes, asked.span.since, asked.span.until, by,
        ended=codes & {NOT_DONE}, over=over,
    )  # fmt: skip


def _by_column(numbers: Counter[TallyCell], wanted: list[HelpColumn]) -> Iterator[tuple[str, str, str, str, int]]:
    """Yield office, column, duty, part and number."""
    by_key = {(one.code, one.detail): one.key for one in wanted}
    for cell, many in numbers.items():
        code = LATE if cell.code == NOT_DONE else cell.code
        duty = cell.detail if code in _OF_DUTIES else ""
        if key := by_key.get((code, "" if duty or code != "working" else cell.detail)):
            yield cell.area, key, duty, cell.part, many


def _lines(asked: HelpAsked, below: list[Agency], parts: set[str]) -> dict[str, str]:
    if asked.by == "category":
        titles = registry.policy_of(asked.under.path, clock.today()).titles
        return {code: titles.get(code, code) for code in sorted(parts)}
    if asked.by == "helper":
        names = User.objects.filter(pk__in=[int(one) for one in parts - {_NOBODY}]).order_by("name", "pk")
        lines = {str(pk): name for pk, name in names.values_list("pk", "name")}
        return lines | ({_NOBODY: say("还没有帮扶人")} if _NOBODY in parts else {})
    return {one.path: one.name for one in below}


def _idle(numbers: Counter[TallyCell]) -> dict[int, int]:
    """Helpers with active plans but no interview, offer, review, measure or follow-up in the period."""
    busy = {cell.part for cell in numbers if cell.code == CARED}
    return {int(cell.part): many for cell, many in numbers.items() if cell.code == HELPED and cell.part not in busy}


@dataclass(frozen=True)
class ListedStays:
    """A page of the recognitions behind a number, each as often as counted: by office, oldest first."""

    count: int
    stays: list[int]


def listed(asked: HelpAsked, column: HelpColumn, part: str, duty: str, start: int, size: int) -> ListedStays:
    """A page of the list behind a number. Counts only in offices that the page touches."""
    under, category = asked.under, part if part and asked.by == "category" else ""
    if part and asked.by == "agency":
        under = Agency.objects.filter(path=part, path__startswith=under.path).first() or under
    if part and asked.by == "helper":
        found = list(_behind(asked, under, column, duty, "", helper=part))
        return ListedStays(len(found), found[start : start + size])
    walk = _Walk(replace(asked, under=under, by="category" if category else ""), column, duty, category)
    count = walk.many([under])[under.path]
    return ListedStays(count, walk.page(under, count, start, size))


class _Walk:
    """Finds a page of a list from the numbers of the offices."""

    def __init__(self, asked: HelpAsked, column: HelpColumn, duty: str, category: str) -> None:
        self.asked, self.column, self.duty, self.category = asked, column, duty, category
        self._waiting = NotKeptYet(asked.under.path, {column.code, NOT_DONE} if column.code == LATE else {column.code})

    def many(self, offices: list[Agency]) -> dict[str, int]:
        paths = tuple(one.path for one in offices)
        found = dict.fromkeys(paths, 0)
        numbers = tallies.counted(_columns_asked(self.asked, [self.column], paths, self.asked.by), self._waiting)
        for area, column, duty, part, many in _by_column(numbers, [self.column]):
            if column == self.column.key and self.duty in ("", duty) and self.category in ("", part):
                found[area] += many
        return found

    def page(self, under: Agency, count: int, start: int, size: int) -> list[int]:
        """The page within an office: its own people first, then those of offices below."""
        below = list(under.children.all()) if count else []
        many = self.many(below) if below else {}
        own = count - sum(many.values())
        found: list[int] = []
        if own and start < own:
            rows = _behind(self.asked, under, self.column, self.duty, self.category, alone=bool(below))
            found += list(rows)[start : start + size]
        start = max(start - own, 0)
        for one in below:
            if len(found) >= size:
                break
            if start < many[one.path]:
                found += self.page(one, many[one.path], start, size - len(found))
            start = max(start - many[one.path], 0)
        return found


def _behind(
    asked: HelpAsked,
    under: Agency,
    column: HelpColumn,
    duty: str,
    category: str,
    *,
    helper: str = "",
    alone: bool = False,
) -> list[int]:
    """The recognitions behind an office's number. `alone`: without the offices below it."""
    span, today = asked.span, clock.today()
    period = HelpPeriod(asked.user, under, span.since, span.until, today, alone=alone)
    helpers = help_figures.helpers(period) if helper else {}

    def belongs(stay: int) -> bool:
        return not helper or str(helpers.get(stay, _NOBODY)) == helper

    if column.code in _OF_DUTIES:
        return sorted(filter(belongs, help_figures.due(period, _OF_DUTIES[column.code], category, duty)))
    figure = BY_DAY[column.code]
    found = figure.rows(Asked(asked.user, under.path, span, Part(category=category)))
    if alone:
        found = found.filter(**{figure.area: under.path})
    if column.detail:
        found = found.filter(**{figure.details[0]: column.detail})
    return sorted(stay for stay in found.values_list(figure.stay, flat=True) if belongs(stay))


def helped_by(asked: HelpAsked, helper: int) -> list[int]:
    """The recognitions with an active plan by this helper."""
    period = HelpPeriod(asked.user, asked.under, asked.span.since, asked.span.until, clock.today())
    rows = period.rows(Plan).filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE], helper=helper)
    return sorted(rows.values_list("recognition", flat=True))


def duty_heads() -> dict[str, str]:
    """The labels of the counted duties."""
    return {code: BY_CODE[code].label for code in help_figures.COUNTED}
