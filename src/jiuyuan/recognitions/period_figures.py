"""What a supervisor asks of the register in a period: who stands on it, who came, who left by which ground, visits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from django.db.models import Count, Q

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.people import segments
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Recognition, Visit
from jiuyuan.recognitions.queries import RegisterFilters
from jiuyuan.regions import registry
from jiuyuan.wording import say


@dataclass(frozen=True)
class RegisterFigure:
    """A number and the filters of the part of the register that it counted."""

    count: int
    filters: RegisterFilters


@dataclass(frozen=True)
class RegisterFigureLine:
    label: str
    cells: Sequence[RegisterFigure]


def columns(period: str) -> tuple[tuple[str, RegisterFilters], ...]:
    return (
        (say("在册（现在）"), RegisterFilters(status="active")),
        (say("新进入"), RegisterFilters(entered=period)),
        (say("退出"), RegisterFilters(left=period)),
    )


def divisions(user: User, under: Agency, by: str) -> list[tuple[str, RegisterFilters]]:
    match by:
        case "category":
            known = registry.categories(registry.region_of(user.area))
            return [(category.title, RegisterFilters(category=code)) for code, category in known.items()]
        case "sex":
            return [(label, RegisterFilters(sex=code)) for code, label in segments.SEXES.items()]
        case "age":
            return [(label, RegisterFilters(age=code)) for code, (label, *_) in segments.AGES.items()]
        case "agency":
            return [(agency.name, RegisterFilters(agency=agency.code)) for agency in under.children.all()]
    return []


def table(user: User, under: Agency, by: str, period: str) -> tuple[RegisterFigureLine, list[RegisterFigureLine]]:
    """The whole, and its parts, over the area of one agency: one query."""
    return _counted(user, under, [(say("合计"), RegisterFilters()), *divisions(user, under, by)], columns(period))


def exits(user: User, under: Agency, period: str) -> list[RegisterFigureLine]:
    """Who left, by ground."""
    known = registry.exits(registry.region_of(under.path))
    grounds = [(f"{clause.clause} {clause.title}", RegisterFilters(ground=code)) for code, clause in known.items()]
    _, lines = _counted(
        user, under, [(say("合计"), RegisterFilters()), *grounds], [(say("退出"), RegisterFilters(left=period))]
    )
    return [line for line in lines if line.cells[0].count]


def visits(user: User, under: Agency, period: str) -> dict[str, int]:
    """Visits of a period: how many, of them with nobody at home, and how many people were met."""
    rows = Visit.objects.visible_to(user).filter(
        segments.between("visited_on", period), person__area__begins=under.path
    )
    rows = rows.exclude(status=Visit.Status.DISCARDED)
    away = Count("pk", filter=Q(nobody_home=True))
    met = Count("person", filter=Q(nobody_home=False), distinct=True)
    return dict(rows.order_by().aggregate(走访次数=Count("pk"), 家中无人=away, 见到的人数=met))


def _counted(
    user: User,
    under: Agency,
    lines: Sequence[tuple[str, RegisterFilters]],
    shown: Sequence[tuple[str, RegisterFilters]],
) -> tuple[RegisterFigureLine, list[RegisterFigureLine]]:
    today, paths = clock.today(), {agency.code: agency.path for agency in [under, *under.children.all()]}
    cells = [
        [_both(replace(column, agency=under.code), part) for _, column in shown] for _, part in lines
    ]  # fmt: skip
    asked = {
        f"n{i}_{j}": Count(
            "pk", filter=_condition(filters) & queries.in_period(filters, today) & Q(area__begins=paths[filters.agency])
        )
        for i, row in enumerate(cells)
        for j, filters in enumerate(row)
    }
    counted = Recognition.objects.visible_to(user).filter(area__begins=under.path).order_by().aggregate(**asked)
    found = [
        RegisterFigureLine(label, [RegisterFigure(counted[f"n{i}_{j}"], filters) for j, filters in enumerate(cells[i])])
        for i, (label, _) in enumerate(lines)
    ]
    return found[0], found[1:]


def _both(column: RegisterFilters, part: RegisterFilters) -> RegisterFilters:
    return replace(column, **{field.name: value for field in fields(part) if (value := getattr(part, field.name))})


def _condition(filters: RegisterFilters) -> Q:
    return Q(**{name: value for name in ("status", "category", "ground") if (value := getattr(filters, name))})
