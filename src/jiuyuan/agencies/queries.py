"""What is asked of agencies and divisions."""

from functools import lru_cache

from jiuyuan.agencies.models import Agency, Division


def platform_for(code: str) -> Agency | None:
    """The platform with that agency code, or the one that covers a division code."""
    platforms = Agency.objects.filter(level__in=[Agency.Level.PLATFORM, Agency.Level.COMMUNITY])
    if agency := platforms.filter(code=code).first():
        return agency
    found = platforms.filter(divisions__code__in=_prefixes(code)).order_by("-divisions__code").first()
    return found


def place_name(code: str | None) -> str:
    """The full name of a place, largest first; a code that the list does not know is given back as it is."""
    if not code:
        return ""
    names, division = [], _divisions_by_code().get(code)
    if division is None:
        return code
    while division:
        names.append(division[0])
        division = _divisions_by_code().get(division[1])
    return "".join(reversed(names))


_OFFICES = ("人力资源和社会保障局", "公共就业服务中心", "公共就业服务平台")


def place_of(agency: Agency) -> str:
    """The place an agency serves, as people call it: 南关区 of 南关区公共就业服务中心."""
    return next((agency.name.removesuffix(office) for office in _OFFICES if agency.name.endswith(office)), agency.name)


def counties() -> list[Agency]:
    """Every county with its region, for somebody who chooses where they live."""
    return list(Agency.objects.filter(level=Agency.Level.COUNTY).select_related("parent").order_by("path"))


def platforms_of(county: Agency) -> list[Agency]:
    """The streets and townships of a county that take applications."""
    below = Agency.objects.filter(path__begins=county.path, level=Agency.Level.PLATFORM)
    return list(below.order_by("path"))


def county_of(agency: Agency) -> Agency | None:
    return agency.ancestor(Agency.Level.COUNTY)


def _prefixes(code: str) -> list[str]:
    return [code[:length] for length in (12, 9, 6) if len(code) >= length]


@lru_cache(maxsize=1)
def _divisions_by_code() -> dict[str, tuple[str, str]]:
    return {
        code: (name, parent or "") for code, name, parent in Division.objects.values_list("code", "name", "parent_id")
    }
