"""Recognises what stands below tables: totals, page numbers, who printed it. One list for all parsers."""

import re
import unicodedata
from collections.abc import Sequence

_TOTAL = re.compile(r"(本页|本表|本月|全市|全县|全区)?(合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|总人数)")
_NOTE = re.compile(
    r"(填表|制表|审核|复核|经办|负责人|联系人|联系电话|单位\(?盖章|备注|说明|注)\S{0,6}:"
    r"|(打印|导出|生成|查询|统计|制表)(时间|日期|人|单位)|第\s*\d+\s*页|共\s*\d+\s*[页条人]|\(?以下(空白|无正文|无内容)"
)
#: Every such row contains one of these.
MAY_HOLD = "[计数页条人空无:：]|时间|日期|单位"
_MOST_CELLS = 3  # rows with more cells are data


def may_begin(text: str) -> bool:
    """Whether a row with these first words may be one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_TOTAL.match(plain) or _NOTE.match(plain))


def is_trailing(cells: Sequence[str]) -> bool:
    """Whether a row is a total or note, given its cells as plain text."""
    filled = [text for cell in cells if (text := unicodedata.normalize("NFKC", cell).strip())]
    return bool(filled) and bool(_TOTAL.match(filled[0]) or (len(filled) <= _MOST_CELLS and _NOTE.match(filled[0])))
