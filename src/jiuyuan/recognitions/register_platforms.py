"""Finds the platform meant by a row of an earlier register: by code, or by name as written in lists."""

from collections import defaultdict
from collections.abc import Sequence

from jiuyuan import characters
from jiuyuan.agencies.models import Agency, Division
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.wording import say

_LEVELS = (Agency.Level.PLATFORM, Agency.Level.COMMUNITY)
_BEHIND = (
    "公共就业服务平台", "公共就业服务中心", "劳动保障事务所", "人力资源和社会保障服务所", "就业服务站", "办事处", "人民政府", "居民委员会",
    "村民委员会", "居委会", "村委会",
)  # fmt: skip
_KINDS = ("街道", "镇", "民族乡", "乡", "社区", "村", "街")
_LEVELS_ABOVE = (2, 4, 6, 9)  # length of the codes of province, city, county and street


class Platforms:
    """The platforms of an area."""

    def __init__(self, area: str) -> None:
        rows = list(Agency.objects.filter(path__begins=area, level__in=_LEVELS).prefetch_related("divisions"))
        codes = {agency: [division.code for division in agency.divisions.all()] for agency in rows}
        above = {
            code[:length] for own in codes.values() for code in own for length in _LEVELS_ABOVE if len(code) > length
        }
        names = dict(Division.objects.filter(code__in=above).values_list("code", "name"))
        self._by_code: dict[str, list[Agency]] = defaultdict(list)
        self._by_name: dict[str, list[Agency]] = defaultdict(list)
        self._by_stem: dict[str, list[Agency]] = defaultdict(list)
        self._above: dict[int, set[str]] = {}
        for agency in rows:
            for code in {agency.code, *codes[agency]}:
                self._by_code[code].append(agency)
            for name in {_short(agency.name), *(_short(division.name) for division in agency.divisions.all())}:
                self._by_name[name].append(agency)
                self._by_stem[_stem(name)].append(agency)
            self._above[agency.pk] = {
                names[code[:length]] for code in codes[agency] for length in _LEVELS_ABOVE if code[:length] in names
            }
        self._all_above = sorted({name for found in self._above.values() for name in found}, key=len, reverse=True)

    def meant(self, written: Sequence[str]) -> Agency:
        """The one platform that the columns mean, the widest first (街道, then 社区). Raises `Unreadable`."""
        filled = [text for text in written if text]
        if not filled:
            raise UnreadableCell(say("请写上常住地的街道（乡镇）平台。"))
        wider: Agency | None = None
        for place, text in enumerate(filled):
            found = self._found(text)
            if wider is not None:  # a narrower column may only make the wider one more precise
                found = [agency for agency in found if agency.path.startswith(wider.path)]
            if len(found) == 1:
                wider = found[0]
            elif wider is None and (place == len(filled) - 1 or len(found) > 1):
                raise UnreadableCell(_why(text, found))
        assert wider is not None
        return wider

    def _found(self, written: str) -> list[Agency]:
        text = _short(written)
        if text in self._by_code:
            return self._by_code[text]
        for by_name, key in ((self._by_name, _short), (self._by_stem, _stem)):
            for rest, given in self._without_what_is_above(text):
                found = [agency for agency in by_name.get(key(rest), ()) if given <= self._above[agency.pk]]
                streets = [agency for agency in found if agency.level == Agency.Level.PLATFORM]
                if found:
                    return streets if len(streets) == 1 else found
        return []

    def _without_what_is_above(self, text: str) -> list[tuple[str, set[str]]]:
        """The name with and without a leading province, city, county or street, and what was removed."""
        ways, given = [(text, set[str]())], set[str]()
        while front := next(
            (name for name in self._all_above if text.startswith(name) and len(text) > len(name)), None
        ):
            text, given = text[len(front) :], given | {front}
            ways.append((text, given))
        return ways


def _why(written: str, found: Sequence[Agency]) -> str:
    if found:
        return say("叫“{written}”的平台有{count}个，请改填平台代码。", written=written[:20], count=len(found))
    return say("本辖区没有叫“{written}”的街道（乡镇）平台，请改正，或填平台代码。", written=written[:20])


def _short(name: str) -> str:
    name = "".join(characters.real(characters.visible(name)).split()).removesuffix(".0")
    for word in _BEHIND:
        name = name.removesuffix(word)
    return f"{name.removesuffix('办')}" if name.endswith("街道办") else name


def _stem(name: str) -> str:
    """The name without the kind of place: 南岭街道 → 南岭."""
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name
