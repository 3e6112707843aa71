"""Which characters a text may contain, which look alike, and which are invisible; for names, numbers and cells."""

import re
import unicodedata

# The characters excluded by XML 1.0; no database, spreadsheet and page all accept them.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_NEVER = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff"
#: JSON Schema patterns: any text, and a text with visible characters.
ANY_TEXT = f"^[^{_NEVER}]*$"
READABLE = rf"^[^{_NEVER}]*[^\s{_NEVER}][^{_NEVER}]*$"

# The radicals of the supplement, and the characters that they stand for where text was copied from a PDF
# (Unicode, EquivalentUnifiedIdeograph). Those of Kangxi are folded by NFKC.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽"
    "⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_THEIR_CHARACTERS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑"
    "艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
# U+E815 to U+E864: where older systems keep the 80 GBK characters that Unicode lacked then (GB 18030-2022, FE50 to
# FEA0).
_GBK_CHARACTERS = (
    "厂𠂇𠂉𠃌乙㑳㑇刀㔾龴㖞㘚㘎小心㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠牛𡗗龸𤴔䁖䅟𥫗䌷㓁羊𦍌𢦏䎱䎬聿䏝䓖䙡䙌龹䜣䜩䝼䞍𧾷䥇䥺䥽䦂䦃䦅䦆䦟"
    "䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_REAL = str.maketrans(_RADICALS, _THEIR_CHARACTERS) | {
    0xE815 + place: character for place, character in enumerate(_GBK_CHARACTERS)
}
# Format characters, variation selectors, fillers, and emoji joiners.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
    "|_x00(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])_"  # a line break in XLSX's notation, if a program left it unparsed
)
_DASHES = "-\u00ad\u058a\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\u30fc\ufe58\ufe63\uff0d\u4e00\u2500\u2501"
_ONE_DASH = dict.fromkeys(map(ord, _DASHES), "-")


def visible(text: str) -> str:
    """The text without invisible characters."""
    return text if text.isascii() and "_x" not in text else _INVISIBLE.sub("", text)


def real(text: str) -> str:
    """The text composed and in one width, with radicals,
    private-use and compatibility characters replaced by real ones.
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_REAL))


def with_one_dash(text: str) -> str:
    """The text with `-` for all kinds of dashes, as used to group numbers."""
    return text.translate(_ONE_DASH)


def impossible(text: str) -> bool:
    """Whether it contains a control character or a lone surrogate."""
    return _IMPOSSIBLE.search(text) is not None


def without_impossible(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)


def code_typed(text: str) -> str:
    """A numeric code normalised from full-width digits, spaces and dashes."""
    return re.sub(r"[\s-]", "", with_one_dash(real(visible(text))))


_MOST_DIGITS = 18


def whole_number(text: str | None) -> int | None:
    """Parse a primary key, version or position from a URL or form; None if no database column could hold it."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    return int(text)


def impossible_within(value: object) -> bool:
    """`impossible` for every text in parsed JSON, where a lone surrogate can be written as an escape."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str) and impossible(one):
            return True
        if isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            left += one
    return False
