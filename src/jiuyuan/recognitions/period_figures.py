"""Period figures of the register for supervisors: people on it, entries, exits by ground, visits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from jiuyuan.agencies.models import Agency, User
from jiuyuan.people import segments
from jiuyuan.recognitions.queries import RegisterFilters
from jiuyuan.regions import registry


@dataclass(frozen=True)
class RegisterFigure:
    """A number and the filters of the part of the register it counts."""

    count: int
    filters: RegisterFilters


@dataclass(frozen=True)
class RegisterFigureLine:
    label: str
    cells: Sequence[RegisterFigure]


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


def grounds(under: Agency, period: str) -> list[tuple[str, RegisterFilters]]:
    """The lines of exits, by ground."""
    known = registry.exits(registry.region_of(under.path))
    return [
        (f"{clause.clause} {clause.title}", RegisterFilters(left=period, ground=code, agency=under.code))
        for code, clause in known.items()
    ]


def both(column: RegisterFilters, part: RegisterFilters) -> RegisterFilters:
    return replace(column, **{field.name: value for field in fields(part) if (value := getattr(part, field.name))})
