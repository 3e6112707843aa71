"""The column by which names are sorted and found."""

from collections.abc import Iterator

from pypinyin import Style, lazy_pinyin

# As surnames these characters are read otherwise than alone; the library knows only the common reading.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "区": "ou", "解": "xie", "查": "zha", "任": "ren", "盖": "ge", "朴": "piao",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "翟": "zhai", "缪": "miao", "华": "hua", "纪": "ji",
    "冼": "xian", "乐": "yue", "逄": "pang", "员": "yun", "秘": "bi", "洗": "xian", "折": "she", "种": "chong",
    "重": "chong", "教": "jiao", "黑": "he", "盛": "sheng", "石": "shi", "覃": "qin", "能": "nai", "乜": "nie",
    "仉": "zhang", "么": "yao", "宓": "fu", "郗": "xi", "隗": "wei", "祭": "zhai", "召": "shao", "繁": "po",
    "晟": "cheng", "都": "du", "褚": "chu", "车": "che", "尹": "yin", "占": "zhan", "卜": "bu", "呙": "guo",
}  # fmt: skip


def pinyin(name: str) -> str:
    """`单秀英` → `shan xiu ying`; what the library does not know stays as it is."""
    for surname in (name[:2], name[:1]):
        if surname in _SURNAMES:
            rest = lazy_pinyin(name[len(surname) :], style=Style.NORMAL)
            return " ".join([_SURNAMES[surname], *rest]).lower()
    return " ".join(lazy_pinyin(name, style=Style.NORMAL)).lower()


_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh")
_FINALS = (
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er", "ia", "ie", "iao", "iu", "ian",
    "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "ve",
)  # fmt: skip
# Some of these are no syllables: to look for one finds nobody, which does no harm.
_SYLLABLES = frozenset(initial + final for initial in _INITIALS for final in _FINALS)
_BEGUN = frozenset(syllable[:length] for syllable in _SYLLABLES for length in range(1, len(syllable) + 1))
_LONGEST = max(map(len, _SYLLABLES))


def beginnings(letters: str) -> Iterator[str]:
    """How the column can begin where somebody types this without spaces: `wangxiu` → `wang xiu` and `wang xi u`.

    Each comes in a time that grows with the length alone: places from which no way leads to the end are not entered.
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
