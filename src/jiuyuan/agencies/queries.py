"""Queries of agencies and divisions."""

import re
from functools import lru_cache

from jiuyuan.agencies.models import Agency, Division
from jiuyuan.regions import registry
from jiuyuan.regions.provinces import PROVINCES
from jiuyuan.regions.remedies import Bodies, RemedyBody
from jiuyuan.wording import say

_COUNTY, _CITY = 6, 4  # code lengths of counties and cities
_COMMITTEE = "委员会"  # of development zones, which have no government of their own


def platform_for(code: str) -> Agency | None:
    """The platform with this agency code, or the one that covers a division code."""
    platforms = Agency.objects.filter(level__in=[Agency.Level.PLATFORM, Agency.Level.COMMUNITY], closed_on=None)
    if agency := platforms.filter(code=code).first():
        return agency
    found = platforms.filter(divisions__code__in=_prefixes(code)).order_by("-divisions__code").first()
    return found


def covered_by(code: str) -> list[Agency]:
    """The open agencies that cover a place, or the smallest place around it that any covers;
    empty for an unknown place.
    """
    place: str | None = next((one for one in _around(code) if one in _divisions_by_code()), None)
    while place:
        if found := list(Agency.objects.filter(divisions__code=place, closed_on=None).order_by("path")):
            return found
        place = _divisions_by_code()[place][1]
    return []


def place_name(code: str | None) -> str:
    """The full name of a place, largest division first.

    An unlisted code gives province and code; a code of no province is returned as it is.
    """
    return "".join(_names(code)) if code else ""


def place_named(said: str) -> str | None:
    """The code of a place by its name from the province (某省某市某区) or the city on; None for others.

    朝阳区 alone names one place here and another in 北京.
    """
    typed = "".join(said.split())
    if (named := _NAMED_BY_CODE.fullmatch(typed)) and place_name(named[1]) == typed:
        return named[1]
    return _codes_by_name().get(typed)


def places_meant(said: str, near: str = "") -> list[str]:
    """The codes of the places somebody here may mean: one by a full name, by a bare name all that have it.

    Of these, those in the city of `near` (an agency's path) are preferred. Only for places of this installation:
    for places of origin a bare name is ambiguous.
    """
    if code := place_named(said):
        return [code]
    found = _codes_by_bare_name().get("".join(said.split()), [])
    cities = {code[:_CITY] for code in near.strip("/").split("/") if len(code) >= _CITY}
    return [code for code in found if code[:_CITY] in cities] or list(found)


def place_refused(said: str, found: list[str]) -> str:
    """Why a name is not one place: no place has it, or several do."""
    if found:
        return say("叫“{said}”的不止一处：{places}。请写全。", said=said, places=[place_name(code) for code in found])
    return say("“{text}”不是县（市、区）的名称，请连所在的市一起写全。", text=said)


def places_to_choose() -> list[str]:
    """Suggestions for place inputs: counties by name from the city on, then the other provinces."""
    here = ["".join(_names(code)[1:]) for code in _divisions_by_code() if len(code) == _COUNTY]
    return [*here, *elsewhere().values()]


def elsewhere() -> dict[str, str]:
    """The provinces that are not regions of this system, by code, as household registers name them."""
    here = {region.province for region in registry.regions()}
    return {code: name for code, name in PROVINCES.items() if code not in here}


def _names(code: str) -> list[str]:
    division = _divisions_by_code().get(code)
    if division is None:
        province = PROVINCES.get(f"{code[:2]}0000")
        return [PROVINCES.get(code) or (f"{province}（{code}）" if province and code.isdecimal() else code)]
    names = []
    while division:
        names.append(division[0])
        division = _divisions_by_code().get(division[1])
    return names[::-1]


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    found = {name: code for code, name in PROVINCES.items()}
    for code in _divisions_by_code():
        if len(code) >= _COUNTY:
            names = _names(code)
            found["".join(names)] = found["".join(names[1:])] = code
    return found


@lru_cache(maxsize=1)
def _codes_by_bare_name() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, (name, _parent) in _divisions_by_code().items():
        if len(code) == _COUNTY:
            found.setdefault(name, []).append(code)
    return found


#: A place in another province, as written here.
_NAMED_BY_CODE = re.compile(r"\D+（(\d{4,12})）")
_OFFICES = ("人力资源和社会保障局", "公共就业服务中心", "公共就业服务平台")


def place_of(agency: Agency) -> str:
    """The place an agency serves: 南关区 of 南关区公共就业服务中心."""
    return next((agency.name.removesuffix(office) for office in _OFFICES if agency.name.endswith(office)), agency.name)


def counties() -> list[Agency]:
    """Every county with its region, for choosing one's residence."""
    open_ones = Agency.objects.filter(level=Agency.Level.COUNTY, closed_on=None)
    return list(open_ones.select_related("parent").order_by("path"))


def platforms_of(county: Agency) -> list[Agency]:
    """The streets and townships of a county that take applications."""
    below = Agency.objects.filter(path__begins=county.path, level=Agency.Level.PLATFORM, closed_on=None)
    return list(below.order_by("path"))


def county_of(agency: Agency) -> Agency | None:
    return agency.ancestor(Agency.Level.COUNTY)


def heard_by(agency: Agency) -> Bodies:
    """The bodies that hear objections against this agency's decisions, as far as the tree knows (行政复议法 24)."""
    county = county_of(agency)
    above = county if county and county.pk != agency.pk else None
    return Bodies(
        office=_body(agency), above=_body(above) if above else None, review=RemedyBody(_government(county or agency))
    )


def _body(agency: Agency) -> RemedyBody:
    return RemedyBody(agency.name, agency.address, agency.phone)


def _government(agency: Agency) -> str:
    """The name of the government at an agency's place (……区人民政府); for a committee's place the one above."""
    region, above = registry.region_of(agency.path), agency.parent
    names = [place_of(one) for one in (above, agency) if one is not None and one.level != Agency.Level.PROVINCE]
    if any(name.endswith(_COMMITTEE) for name in names):
        names = []
    return say("{places:run}人民政府", places=list(dict.fromkeys(names)) or [region.name])


def _around(code: str) -> list[str]:
    """The code and those of the places around it, smallest first."""
    return [code[:length] for length in (12, 9, 6, 4) if len(code) >= length] if code.isdecimal() else []


def _prefixes(code: str) -> list[str]:
    return [code[:length] for length in (12, 9, 6) if len(code) >= length]


@lru_cache(maxsize=1)
def _divisions_by_code() -> dict[str, tuple[str, str]]:
    return {
        code: (name, parent or "") for code, name, parent in Division.objects.values_list("code", "name", "parent_id")
    }
