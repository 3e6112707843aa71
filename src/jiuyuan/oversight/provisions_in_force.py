"""Supplies the regions with published rules and entered values: limits, wages, holiday plans, words."""

import json

from django.conf import settings
from django.db import DatabaseError

from jiuyuan import clock
from jiuyuan.oversight.models import LocalRule, Parameter
from jiuyuan.regions import entered, registry
from jiuyuan.regions.entered import DepartmentWord, Entered, LetterWording, PublicText
from jiuyuan.rules.calendar import Year
from jiuyuan.rules.parameters import Figure, Limit, Wage
from jiuyuan.whole_files import written_whole

_Kind = Parameter.Kind


def _published() -> list[Limit] | None:
    """The limits of all rules ever published, with their days; None if the database does not answer."""
    rules = LocalRule.objects.unscoped().exclude(published_on=None).select_related("agency").order_by("pk")
    try:
        return [limit for rule in rules for limit in rule.limits()]
    except DatabaseError:
        return None


def in_force() -> Entered | None:
    """All values that were ever in force, with their days; None if the database does not answer.

    Of two equal ones the later wins.
    """
    rows = Parameter.objects.unscoped().exclude(confirmed_on=None).order_by("-pk")
    try:
        found = list(rows)
    except DatabaseError:
        return None
    counts = [row for row in found if row.ended_on is None or row.ended_on >= row.since]
    stand = [row for row in counts if row.ended_on is None]
    # Later first days take precedence, whatever the order of entry.
    today = sorted((row for row in stand if row.since <= clock.today()), key=lambda row: row.since, reverse=True)
    return Entered(
        limits=tuple((_region(row), _limit(row)) for row in counts if row.kind == _Kind.LIMIT),
        # Of the same day the later entry takes precedence, so it comes last.
        wages=tuple(
            (_region(row), wage) for row in reversed(counts) if row.kind == _Kind.WAGE for wage in wages_of(row)
        ),
        plans={int(row.name): plan_of(row) for row in reversed(stand) if row.kind == _Kind.HOLIDAYS},
        words=tuple(
            DepartmentWord(row.area, row.name, row.value["column"], row.value["code"], row.value["word"])
            for row in stand
            if row.kind == _Kind.WORD
        ),
        letters=tuple(
            LetterWording(row.area, row.name, tuple((text, own) for text, own in row.value["sentences"]))
            for row in reversed(today)
            if row.kind == _Kind.LETTER
        ),
        texts=tuple(
            PublicText(_region(row), row.name, tuple((title, text) for title, text in row.value["lines"]))
            for row in reversed(today)
            if row.kind == _Kind.TEXT
        ),
    )


def read_again() -> None:
    """Apply changes at once in this process; others follow within a minute."""
    registry.keep_up(clock.today(), again=True)
    keep_copy()


def keep_copy() -> int:
    """Write what is in force for programs without a database. Returns the number of wages and years."""
    if (found := in_force()) is None:
        return 0
    with written_whole(settings.JIUYUAN.data / entered.FILE) as file:
        file.write(json.dumps(found.as_json(), ensure_ascii=False).encode())
    return len(found.wages) + len(found.plans)


def _region(row: Parameter) -> str:
    return registry.region_of(row.area).code


def _limit(row: Parameter) -> Limit:
    figure = Figure(row.value["value"], row.document, row.since, "H", label=row.title)
    return Limit(row.name, figure, until=row.ended_on, from_its_day=True)


def wages_of(row: Parameter) -> list[Wage]:
    places = row.value["places"]
    return [
        Wage(division, entered.wage(value, row.document, row.since, places[division]), row.ended_on)
        for division, value in sorted(row.value["figures"].items())
    ]


def plan_of(row: Parameter) -> Year:
    from_text = entered.days
    return Year(from_text(row.value["holidays"]), from_text(row.value["workdays"]), row.document)


registry.published_by(_published)
registry.entered_by(in_force)
