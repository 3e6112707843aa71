"""Names and telephone numbers as people write them."""

import re
import unicodedata

from jiuyuan.refusals import BadInput

_DOTS = str.maketrans("•・‧∙⋅・", "······")
_LONGEST = 40


def clean_name(text: str) -> str:
    """A Chinese name, rare characters and middle dots included. Raises `BadInput` for `name`."""
    name = plain_name(text)
    if not name:
        raise BadInput("请填写姓名。", [("name", "请填写姓名，与身份证一致。")])
    if len(name) > _LONGEST:
        raise BadInput("姓名太长。", [("name", f"姓名最多{_LONGEST}个字，请对照身份证改正。")])
    if wrong := [character for character in name if not _stands_in_names(character)]:
        raise BadInput("姓名有误。", [("name", f"姓名中不能有“{wrong[0]}”，请只填身份证上的汉字（可以有“·”）。")])
    return name


def _stands_in_names(character: str) -> bool:
    """Letters of any script; 〇, which Unicode counts as a number; rare characters newer than Python's tables."""
    if character in "·〇 " or 0x20000 <= ord(character) < 0x40000:
        return True
    return unicodedata.category(character) in ("Lo", "Lu", "Ll", "Mn")


def plain_name(text: str) -> str:
    """A name as it is kept: one kind of middle dot, composed characters, single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", (text or "").translate(_DOTS))).strip()


def clean_phone(text: str) -> str:
    """Eleven digits of a mobile or a landline with its area code. Raises `BadInput` for `phone`."""
    phone = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text or "")).removeprefix("+86")
    if not phone:
        raise BadInput("请填写联系电话。", [("phone", "请填写能联系到您的电话，例如13800000000。")])
    if not re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}", phone):
        raise BadInput("联系电话有误。", [("phone", "请填写11位手机号码，或带区号的固定电话，例如043188880000。")])
    return phone
