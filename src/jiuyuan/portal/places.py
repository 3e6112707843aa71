"""Places as people choose them: by name, never by code."""

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import counties, place_name, place_of

Choices = list[tuple[str, str]]
Groups = list[tuple[str, str | Choices]]

JILIN = "220000"
#: Where a household register can be outside 吉林省 (一(一)): the codes of GB/T 2260.
ELSEWHERE = {
    "110000": "北京市",
    "120000": "天津市",
    "130000": "河北省",
    "140000": "山西省",
    "150000": "内蒙古自治区",
    "210000": "辽宁省",
    "230000": "黑龙江省",
    "310000": "上海市",
    "320000": "江苏省",
    "330000": "浙江省",
    "340000": "安徽省",
    "350000": "福建省",
    "360000": "江西省",
    "370000": "山东省",
    "410000": "河南省",
    "420000": "湖北省",
    "430000": "湖南省",
    "440000": "广东省",
    "450000": "广西壮族自治区",
    "460000": "海南省",
    "500000": "重庆市",
    "510000": "四川省",
    "520000": "贵州省",
    "530000": "云南省",
    "540000": "西藏自治区",
    "610000": "陕西省",
    "620000": "甘肃省",
    "630000": "青海省",
    "640000": "宁夏回族自治区",
    "650000": "新疆维吾尔自治区",
    "710000": "台湾省",
    "810000": "香港特别行政区",
    "820000": "澳门特别行政区",
}


def provinces() -> Groups:
    return [("", "请选择"), (JILIN, "吉林省"), ("其他省份", list(ELSEWHERE.items()))]


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


def name_of(code: str) -> str:
    if code == JILIN:
        return "吉林省"
    return ELSEWHERE.get(code) or place_name(code)


def _by_region(rows: list[tuple[Agency, str, str]]) -> Groups:
    groups: dict[str, Choices] = {}
    for agency, code, name in rows:
        groups.setdefault(place_of(agency.parent) if agency.parent else "", []).append((code, name))
    return list(groups.items())
