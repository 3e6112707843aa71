"""The pinyin columns by which names are sorted and found."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

# As surnames these characters have other readings than the common one, the only one the library knows. The first
# reading is stored, all are searched.
_SURNAMES: Mapping[str, str] = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "区": "ou", "解": "xie", "查": "zha", "任": "ren", "盖": "ge gai", "朴": "piao pu",
    "翟": "zhai di", "缪": "miao mou", "华": "hua", "纪": "ji", "冼": "xian", "乐": "yue le", "逄": "pang", "员": "yun", "秘": "bi mi",
    "洗": "xian", "折": "she", "种": "chong", "重": "chong", "教": "jiao", "黑": "he hei", "盛": "sheng", "石": "shi",
    "覃": "qin tan", "能": "nai", "乜": "nie", "仉": "zhang", "么": "yao", "宓": "fu mi", "郗": "xi chi", "隗": "wei kui",
    "祭": "zhai ji", "召": "shao zhao", "繁": "po", "晟": "cheng", "都": "du", "褚": "chu", "车": "che", "尹": "yin", "占": "zhan",
    "卜": "bu", "呙": "guo", "薄": "bo", "阚": "kan", "牟": "mou mu", "佴": "nai", "粘": "nian", "贠": "yun", "句": "gou", "扎": "za zha",
    "藏": "zang", "谌": "chen shen", "莘": "shen xin", "隽": "juan jun", "郇": "xun huan", "宿": "su", "相": "xiang", "钭": "tou dou",
    "炅": "gui jiong", "尉": "wei", "柏": "bai bo", "费": "fei bi", "宁": "ning", "哈": "ha", "葛": "ge", "过": "guo", "那": "na nuo",
    "应": "ying", "便": "bian", "难": "nan", "撒": "sa", "晁": "chao", "訾": "zi", "仝": "tong", "亓": "qi", "眭": "sui", "库": "she ku",
    "适": "kuo shi", "合": "he ge", "俞": "yu", "於": "yu", "叶": "ye", "虎": "hu mao", "哀": "ai", "侯": "hou", "奇": "qi ji",
    "曲": "qu", "强": "qiang", "行": "xing", "长": "chang zhang", "中": "zhong", "万": "wan", "会": "gui hui", "系": "xi", "嬴": "ying",
    "妫": "gui", "郄": "qie xi", "郤": "xi", "郏": "jia", "鲍": "bao", "麴": "qu", "厍": "she", "沈": "shen", "瞿": "qu ju", "舍": "she",
    "圈": "juan", "咎": "gao jiu", "伍": "wu", "不": "fou", "藉": "ji", "洼": "gui wa", "涂": "tu", "阿": "a", "番": "pan",
}  # fmt: skip
_DOUBLE: Mapping[str, str] = {
    "单于": "chan yu", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "令狐": "ling hu", "澹台": "tan tai",
    "皇甫": "huang fu", "呼延": "hu yan", "鲜于": "xian yu", "夏侯": "xia hou", "宰父": "zai fu", "亓官": "qi guan",
}  # fmt: skip


def pinyin(name: str) -> str:
    """`单秀英` → `shan xiu ying`. Unknown characters are kept; dots become spaces."""
    if (double := _DOUBLE.get(name[:2])) is not None:
        return " ".join([double, *_read(name[2:])])
    if name[:1] in _SURNAMES:
        return " ".join([_SURNAMES[name[0]].partition(" ")[0], *_read(name[1:])])
    return " ".join(_read(name))


def _read(name: str) -> list[str]:
    return [syllable.lower() for part in name.split("·") if part for syllable in _library(part)]


def _library(text: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # loading its dictionaries takes a third of a second

    found: list[str] = lazy_pinyin(text, style=Style.NORMAL)
    return found


def initials(column: str) -> str:
    """The first letter of each syllable: `chen xiu rong` → `cxr`."""
    return "".join(syllable[0] for syllable in column.split())


@cache
def otherwise() -> Mapping[str, list[tuple[str, str]]]:
    """For alternative readings of surnames: the surnames, and the reading stored in the column."""
    found: dict[str, list[tuple[str, str]]] = {}
    for surname, readings in (*_SURNAMES.items(), *_DOUBLE.items()):
        common = " ".join(syllable for character in surname for syllable in _library(character))
        first, *others = [readings] if len(surname) > 1 else readings.split()
        for reading in dict.fromkeys([common, *others]):
            if reading != first:
                found.setdefault(reading, []).append((surname, first))
    return found


_MAYBE_UMLAUT = re.compile(r"(?<=[ln])(?:yu|u)(?![aoi])")


def typed_ways(letters: str) -> list[str]:
    """The spellings that a typed text may stand for: 吕 is typed as lü, lv, lyu or lu, and 于 as yü."""
    plain = re.sub("(?<=[jqxy])v", "u", re.sub("ü|u:", "v", letters))
    return list(dict.fromkeys([plain, _MAYBE_UMLAUT.sub("v", plain)]))


_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh")
_FINALS = (
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er", "ia", "ie", "iao", "iu", "ian",
    "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "ve",
)  # fmt: skip
# Some are not syllables; searching for one finds nobody and does no harm.
_SYLLABLES = frozenset(initial + final for initial in _INITIALS for final in _FINALS)
_BEGUN = frozenset(syllable[:length] for syllable in _SYLLABLES for length in range(1, len(syllable) + 1))
_LONGEST = max(map(len, _SYLLABLES))


def beginnings(letters: str) -> Iterator[str]:
    """Yield the column prefixes that a text without spaces may stand for: `wangxiu` → `wang xiu` and `wang xi u`.

    Runs in time linear in the length per result, because dead ends are never entered.
    """
    end = len(letters)
    leads_on = [False] * end
    for start in range(end - 1, -1, -1):
        leads_on[start] = letters[start:] in _BEGUN or any(
            leads_on[start + length] and letters[start : start + length] in _SYLLABLES
            for length in range(1, min(_LONGEST, end - start - 1) + 1)
        )

    def ways(start: int) -> Iterator[str]:
        if letters[start:] in _BEGUN:
            yield letters[start:]
        for length in range(1, min(_LONGEST, end - start - 1) + 1):
            if leads_on[start + length] and letters[start : start + length] in _SYLLABLES:
                yield from (f"{letters[start : start + length]} {rest}" for rest in ways(start + length))

    return ways(0) if end and leads_on[0] else iter(())
