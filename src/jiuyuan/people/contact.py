"""Names and phone numbers: parsing as typed, normalising for storage, comparison and search."""

import re
import unicodedata

from jiuyuan import characters
from jiuyuan.notifications.gateways import MOBILE
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

#: Separators of several phone numbers, tried in turn: none, punctuation and words, also spaces.
_SEPARATORS = (r"$^", r"[/、,，;；|\\\n]|和|或", r"[/、,，;；|\\\n]|和|或|\s+")
_DOTS = "·•・‧∙⋅･.．｡。˙᛫⸱⸳●∘◦‣⁃ㆍᆞᐧꞏ⦁⚫⬤܁"
_DOT = re.compile(rf"\s*[{re.escape(_DOTS)}][\s{re.escape(_DOTS)}]*")
_ENDS = re.compile(r"^[\s·]+|[\s·]+$")
# ID cards have no dashes between Chinese characters: a dash replaces the dot in programs that do not accept it.
_DASH = re.compile(
    "(?<=[\u2e80-\U0003ffff])\\s*[-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]+\\s*(?=[\u2e80-\U0003ffff])"
)
_ZEROS = str.maketrans("○◯⭕", "〇〇〇")
# Spaces next to Chinese characters are removed: keyboards and spreadsheets insert them.
_SPACE = re.compile("(?<=[\u2e80-\U0003ffff])\\s+|\\s+(?=[\u2e80-\U0003ffff])")
_LONGEST = 40
PHONE = re.compile(rf"{MOBILE.pattern}|0[0-9]{{9,11}}(-[0-9]{{1,6}})?")
_CHINA = re.compile(r"(?:\+|00)86-*|0?86-*(?=(?:1[3-9]|0)(?:-*[0-9]){9,})")
_LONG_DISTANCE = re.compile(rf"0({MOBILE.pattern})")  # with a 0 for long-distance calls
_WITH_EXTENSION = re.compile(r"(0[0-9]{2,3})-*([0-9]{7,8})(?:-|转|分机|ext|x|#|:)+([0-9]{1,6})", re.IGNORECASE)


def clean_name(text: str) -> str:
    """Check a Chinese name, including rare characters and middle dots. Raises `BadInput` for `name`."""
    name = plain_name(text)
    if not name:
        raise BadInput(say("请填写姓名。"), [("name", say("请填写姓名，与身份证一致。"))])
    if len(name) > _LONGEST:
        raise BadInput(
            say("姓名太长。"), [("name", say("姓名最多{longest}个字，请对照身份证改正。", longest=_LONGEST))]
        )
    if wrong := [character for character in name if not _stands_in_names(character)]:
        raise BadInput(
            say("姓名有误。"),
            [("name", say("姓名中不能有“{wrong}”，请只填身份证上的汉字（可以有“·”）。", wrong=wrong[0]))],
        )
    return name


def _stands_in_names(character: str) -> bool:
    """Accept letters of any script; 〇, which Unicode counts as a number;
    and rare characters newer than Python's tables.
    """
    if character in "·〇 " or 0x20000 <= ord(character) < 0x40000:
        return True
    return unicodedata.category(character) in ("Lo", "Lu", "Ll", "Mn")


def plain_name(text: str) -> str:
    """Normalise a name: unified characters, one kind of middle dot, spaces between Latin letters only."""
    name = characters.real(characters.visible(text or "")).translate(_ZEROS)
    name = _ENDS.sub("", _DOT.sub("·", _DASH.sub("·", name)))
    return re.sub(r"\s+", " ", _SPACE.sub("", name))


def name_key(text: str) -> str:
    """A key equal for all spellings of a name: no dots or spaces, one case."""
    return plain_name(text).replace("·", "").replace(" ", "").casefold()


def same_name(one: str, other: str) -> bool:
    """Whether two texts are the same name, however spelled."""
    return one == other or name_key(one) == name_key(other)


def plain_address(text: str) -> str:
    """Normalise an address: one line, without invisible characters such as marks that reverse the direction of text."""
    return " ".join(characters.visible(text or "").split())


def clean_phone(text: str) -> str:
    """Check a phone number: a mobile with eleven digits, or a landline with area code and extension.

    Raises `BadInput` for `phone`.
    """
    phone = plain_phone(text)
    if not phone:
        raise BadInput(say("请填写联系电话。"), [("phone", say("请填写能联系到您的电话，例如13800000000。"))])
    if not PHONE.fullmatch(phone):
        raise BadInput(
            say("联系电话有误。"), [("phone", say("请填写11位手机号码，或带区号的固定电话，例如043188880000。"))]
        )
    return phone


def plain_phone(text: str) -> str:
    """Normalise a phone number for storage and search, valid or not."""
    written = characters.with_one_dash(characters.real(characters.visible(text or "")))
    phone = re.sub(rf"[\s()\-{re.escape(_DOTS)}]+", "-", written).strip("-")
    abroad = _CHINA.match(phone)
    phone = phone[abroad.end() :] if abroad else phone
    if landline := _WITH_EXTENSION.fullmatch(phone):
        return f"{landline[1]}{landline[2]}-{landline[3]}"
    phone = phone.replace("-", "")
    if mobile := _LONG_DISTANCE.fullmatch(phone):
        return mobile[1]
    if abroad and not phone.startswith("0") and not MOBILE.fullmatch(phone):
        return f"0{phone}"  # after the country code the area code has no 0
    return phone


def phones_in(*texts: str) -> list[str]:
    """The callable phone numbers in texts from a list, mobiles first."""
    found: list[str] = []
    for text in texts:
        for separators in _SEPARATORS:
            parts = [plain_phone(part.removesuffix(".0")) for part in re.split(separators, text)]
            if called := [phone for phone in parts if PHONE.fullmatch(phone)]:
                found += called
                break
    return sorted(dict.fromkeys(found), key=lambda phone: not MOBILE.fullmatch(phone))
