"""Places as people choose them: by name, never by code."""

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.provinces import ELSEWHERE, JILIN, PROVINCES
from jiuyuan.agencies.queries import counties, place_of

Choices = list[tuple[str, str]]
Groups = list[tuple[str, str | Choices]]


def provinces() -> Groups:
    return [("", "请选择"), (JILIN, PROVINCES[JILIN]), ("其他省份", list(ELSEWHERE.items()))]


def county_offices() -> Groups:
    """Counties by region, as codes of the agencies that serve them."""
    return [("", "请选择"), *_by_region([(agency, agency.code, place_of(agency)) for agency in counties()])]


def county_divisions() -> Groups:
    """The same places as division codes; 长白山 has no county code and stands with its three districts."""
    rows = []
    for agency in Agency.objects.filter(level=Agency.Level.COUNTY).select_related("parent").order_by("path"):
        divisions = list(agency.divisions.all()) if not agency.code.isdigit() else []
        rows += [(agency, d.code, d.name) for d in divisions] or [(agency, agency.code, place_of(agency))]
    return [("", "请选择"), *_by_region(rows)]


def registers() -> Groups:
    """Where a household register can be: the counties of 吉林省, then the other provinces."""
    return [*county_divisions(), ("外省", list(ELSEWHERE.items()))]


def _by_region(rows: list[tuple[Agency, str, str]]) -> Groups:
    groups: dict[str, Choices] = {}
    for agency, code, name in rows:
        groups.setdefault(place_of(agency.parent) if agency.parent else "", []).append((code, name))
    return list(groups.items())
