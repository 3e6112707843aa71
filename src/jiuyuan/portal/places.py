"""Choices of places by name, never by code."""

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import counties, elsewhere, place_of
from jiuyuan.regions import registry
from jiuyuan.wording import say

Choices = list[tuple[str, str]]
Groups = list[tuple[str, str | Choices]]


def provinces() -> Groups:
    here = [(region.province, region.name) for region in registry.regions()]
    return [("", say("请选择")), *here, (say("其他省份"), list(elsewhere().items()))]


def county_offices() -> Groups:
    """Counties by region, with the codes of their agencies."""
    return [("", say("请选择")), *_by_region([(agency, agency.code, place_of(agency)) for agency in counties()])]


def county_divisions() -> Groups:
    """The same places with division codes; an agency without its own is represented by its districts."""
    rows = []
    for agency in Agency.objects.filter(level=Agency.Level.COUNTY).select_related("parent").order_by("path"):
        divisions = list(agency.divisions.all()) if not agency.code.isdigit() else []
        rows += [(agency, d.code, d.name) for d in divisions] or [(agency, agency.code, place_of(agency))]
    return [("", say("请选择")), *_by_region(rows)]


def registers() -> Groups:
    """Places of household registration: the counties here, then the other provinces."""
    return [*county_divisions(), (say("外省"), list(elsewhere().items()))]


def _by_region(rows: list[tuple[Agency, str, str]]) -> Groups:
    groups: dict[str, Choices] = {}
    for agency, code, name in rows:
        groups.setdefault(place_of(agency.parent) if agency.parent else "", []).append((code, name))
    return list(groups.items())
