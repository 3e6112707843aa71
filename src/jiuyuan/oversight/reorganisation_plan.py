"""What a reorganisation moves, whom it affects and what prevents it;
computed before the order and again on execution.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from jiuyuan.agencies.models import Agency, User
from jiuyuan.assistance.models import Plan
from jiuyuan.oversight import relocating
from jiuyuan.oversight.models import FigurePeriod, LocalRule, Reorganisation
from jiuyuan.oversight.relocating import Route
from jiuyuan.people import offices
from jiuyuan.people.models import Person
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

Kind, Status = Reorganisation.Kind, Reorganisation.Status
#: The keys of `chosen` for a part.
PLACES, ADDRESSES, BELOW, ACCOUNTS = "places", "addresses", "below", "accounts"
_UNDER_WAY = (Status.ORDERED, Status.RETURNING)
_OPEN_PLAN = Q(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])


def children(row: Reorganisation) -> "QuerySet[Agency]":
    """The offices that move below the other one, each with everything below it."""
    if row.kind == Kind.MOVE:
        return Agency.objects.filter(pk=row.office_id)
    below = row.office.children.order_by("path")
    return below if row.kind == Kind.MERGE else below.filter(code__in=row.chosen.get(BELOW, []))


def accounts(row: Reorganisation) -> "QuerySet[User]":
    """The accounts that move to the other office."""
    if row.kind == Kind.MOVE:
        return User.objects.none()
    there = User.objects.filter(agency=row.office)
    return there if row.kind == Kind.MERGE else there.filter(username__in=row.chosen.get(ACCOUNTS, []))


def people(row: Reorganisation) -> "QuerySet[Any] | None":
    """For a part, the people in it by place or address; None if everybody moves."""
    if row.kind != Kind.SPLIT:
        return None
    found = Person.objects.unscoped().filter(_live_in_the_part(row), area=row.office.path)
    return Person.objects.unscoped().filter(pk__in=found.values("pk")).order_by().values("pk")


def _live_in_the_part(row: Reorganisation) -> Q:
    chosen = Q(pk__in=[])
    for place in row.chosen.get(PLACES, []):
        chosen |= Q(known_facts__residence_division__startswith=place)
    for words in row.chosen.get(ADDRESSES, []):
        chosen |= Q(address__contains=words)
    return chosen


def left_behind(row: Reorganisation, files: Collection[str]) -> "QuerySet[Any]":
    """After a part was split off, people in these `files`, or put on file meanwhile,
    who belong to it but were left behind.
    """
    went = [int(key) for kind, _, key in (file.partition(":") for file in files) if kind == "person"]
    unseen = Q(area=row.office.path, created_at__lte=row.done_at) & _live_in_the_part(row)
    found = Person.objects.unscoped().filter(Q(pk__any_of=went) | unseen)
    return Person.objects.unscoped().filter(pk__in=found.values("pk")).order_by().values("pk")


def routes(row: Reorganisation) -> list[Route]:
    """All routes: below each child, and from the office itself."""
    own = [] if row.kind == Kind.MOVE else [Route.between(row.office, row.other, people=people(row))]
    return [*(Route(one.path, below(row.other, one)) for one in children(row)), *own]


def below(above: Agency, child: Agency) -> str:
    """The path of an office below another."""
    return f"{above.path}{child.code}/"


def wrong_offices(kind: str, office: Agency, other: Agency) -> str:
    """Why the other office is not possible, from their kinds; empty if it is."""
    wanted = offices.BELOW_WHICH.get(office.level) if kind == Kind.MOVE else office.level
    if other.pk == office.pk or other.level != wanted:
        label = Agency.Level(wanted).label if wanted else ""
        return say("请选另一个{level}。", level=label) if label else say("省级机构不能调整。")
    if kind == Kind.MOVE and office.parent_id == other.pk:
        return say("{office}已经由{other}管。", office=office.name, other=other.name)
    for one in (office, other):
        if one.closed_on is not None:
            return say("{name}已经撤销。", name=one.name)
    if registry.region_of(other.path).code != registry.region_of(office.path).code:
        return say("{name}在另一个地区，办法不同，不能转过去。", name=other.name)
    return ""


def hindrances(row: Reorganisation) -> list[str]:
    """What would be lost or go wrong now, one sentence each."""
    found = [wrong] if (wrong := wrong_offices(row.kind, row.office, row.other)) else []
    found += [
        say("“{title}”正在执行，请等它办完。", title=one.title) for one in _related(row).filter(status__in=_UNDER_WAY)
    ]
    found += _helpers_left_behind(row)
    return found


def why_not_returned(row: Reorganisation) -> str:
    """Why it cannot be undone now; empty if it can."""
    since = Q(status__in=_UNDER_WAY) | Q(status=Status.DONE, done_at__gt=row.done_at)
    later = _related(row).filter(since).last()
    if later is not None:
        return say("后来的“{title}”也动了这里的机构，请先恢复那一次。", title=later.title)
    if row.other.closed_on is not None:
        return say("{name}已经撤销。", name=row.other.name)
    above = (
        Agency.objects.filter(code=row.moved.get("above", "")).first() if row.kind == Kind.MOVE else row.office.parent
    )
    if above is not None and above.closed_on is not None:
        return say("{name}已经撤销。", name=above.name)
    if row.kind != Kind.MERGE and row.office.closed_on is not None:
        return say("{name}已经撤销。", name=row.office.name)
    return ""


def whom_it_touches(row: Reorganisation, today: date) -> list[str]:
    """What moves, what stays and what changes, by line. No names of people on the register."""
    counts: Counter[str] = Counter()
    for route in routes(row):
        counts.update(dict(relocating.counted(route)))
    lines = [for_record("转过去：{what}{count}。", what=what, count=count) for what, count in sorted(counts.items())]
    going = accounts(row)
    if row.kind != Kind.MOVE:
        names = [one.name for one in going.order_by("name")[:10]]
        lines.append(
            for_record("转过去的账号{count}个：{names}。", count=going.count(), names=names)
            if names
            else for_record("没有账号转过去。")
        )
    if offices_below := [one.name for one in children(row)]:
        lines.append(for_record("连同机构{count}个：{names}。", count=len(offices_below), names=offices_below[:10]))
    lines += _staying(row)
    lines += [
        for_record("当地规定“{title}”对转过去的不再适用。", title=rule.title)
        for rule in LocalRule.objects.unscoped().filter(status=LocalRule.Status.PUBLISHED)
        if row.office.path.startswith(rule.area) and not row.other.path.startswith(rule.area)
    ]
    return [*lines, *hindrances(row)]


def _staying(row: Reorganisation) -> Iterator[str]:
    if row.kind == Kind.SPLIT:
        gone = people(row)
        stay = Person.objects.unscoped().filter(area=row.office.path).exclude(pk__in=gone or []).count()
        yield for_record("留在{office}的人员{count}。", office=row.office.name, count=stay)
        if not row.other.staff.filter(is_active=True).exists() and not accounts(row).exists():
            yield for_record("{other}没有在用的账号，转过去以后没有人能办。", other=row.other.name)
    months = FigurePeriod.objects.unscoped().filter(
        agency__in=children(row), status=FigurePeriod.Status.CLOSED
    )  # fmt: skip
    if waiting := months.count():
        yield for_record("{count}个月的月报还没有审核，由{other}审核。", count=waiting, other=row.other.name)


def _related(row: Reorganisation) -> "QuerySet[Any]":
    """Other reorganisations of the two offices, or of offices below or above them."""
    found = Reorganisation.objects.unscoped().exclude(pk=row.pk).select_related("office", "other").order_by("pk")
    paths = _places(row)
    touched = [
        one.pk
        for one in found.exclude(status__in=[Status.DRAFT, Status.DROPPED, Status.RETURNED])
        if any(a.startswith(b) or b.startswith(a) for a in paths for b in _places(one))
    ]
    return found.filter(pk__in=touched)


def _places(row: Reorganisation) -> set[str]:
    """The paths concerned; not the whole area of the office below which one is moved."""
    return {row.office.path} if row.kind == Kind.MOVE else {row.office.path, row.other.path}


def _helpers_left_behind(row: Reorganisation) -> list[str]:
    """Plans whose person would move without the helper, or the reverse, so that nobody could continue them."""
    if row.kind == Kind.MERGE:
        return []  # the helper moves along
    found: Counter[str] = Counter()
    plans = Plan.objects.unscoped().filter(_OPEN_PLAN).order_by()
    for child in children(row):
        going = plans.filter(recognition__person__area__begins=child.path)
        found.update(going.exclude(helper__agency__path__begins=child.path).values_list("helper__name", flat=True))
    if row.kind == Kind.SPLIT:
        at_office = plans.filter(recognition__person__area=row.office.path, helper__agency=row.office)
        gone: Any = people(row)
        moved = list(accounts(row).values_list("pk", flat=True))
        apart = Q(recognition__person__in=gone)
        found.update(at_office.filter(apart).exclude(helper__in=moved).values_list("helper__name", flat=True))
        found.update(at_office.filter(helper__in=moved).exclude(apart).values_list("helper__name", flat=True))
    return [
        say(
            "帮扶人{name}的{count}份帮扶计划，人和帮扶人会分在两处，请先移交，或者让账号和人在一起。",
            name=name,
            count=count,
        )
        for name, count in sorted(found.items())
    ]


def chosen_lines(row: Reorganisation) -> list[str]:
    """What was chosen for a part, one line per kind."""
    words = {PLACES: say("区划"), ADDRESSES: say("地址里有"), BELOW: say("下级机构"), ACCOUNTS: say("账号")}
    return [
        say("{what}：{said}", what=what, said=row.chosen[name]) for name, what in words.items() if row.chosen.get(name)
    ]
