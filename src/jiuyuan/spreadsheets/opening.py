"""Opens a file of any format as sheets, recognised by content, not by name."""

import re
import zipfile
from collections.abc import Callable, Sequence
from typing import IO

from jiuyuan.spreadsheets import delimited, markup, xls, xlsx
from jiuyuan.spreadsheets.cells import Damaged, Sheet
from jiuyuan.wording import say

_START, _PIECE = 1 << 12, 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "请在表格软件中打开，另存为XLSX后再导入。"
_OTHERS = (
    (b"%PDF-", f"这是PDF文件，不是表格；请向对方要XLSX或CSV文件，或{_SAVE}"),
    (b"Rar!", "这是压缩包，请先解压，再导入其中的表格。"),
    (b"7z\xbc\xaf", "这是压缩包，请先解压，再导入其中的表格。"),
    (b"\x1f\x8b", "这是压缩包，请先解压，再导入其中的表格。"),
    (b"\xff\xd8\xff", "这是照片，不是表格；请向对方要XLSX或CSV文件。不能用照片另存为XLSX。"),
    (b"\x89PNG", "这是图片，不是表格；请向对方要XLSX或CSV文件。不能用图片另存为XLSX。"),
    (b"SQLite", "这是数据库文件，不是表格；请导出为XLSX或CSV后再导入。"),
)  # fmt: skip

_ARCHIVES = (
    ("xl/workbook.bin", f"这是XLSB文件（二进制工作簿），系统读不了；{_SAVE}"),
    ("word/document.xml", "这是Word文档，请把其中的表格复制到表格软件，另存为XLSX后再导入。"),
    ("content.xml", f"这是ODS文件，系统读不了；{_SAVE}"),
)


def sheets(file: IO[bytes], score: Callable[[Sequence[str]], int]) -> list[Sheet]:
    """The visible sheets. `score`: how much a row of a text file looks like the wanted heading.

    Raises `Damaged`, saying what the file is and what to do; so does reading the rows.
    """
    file.seek(0)
    start = file.read(_START)
    file.seek(0)
    for mark, told in _OTHERS:
        if start.startswith(mark):
            raise Damaged(told)
    if start.startswith(_ZIP):
        _refuse_other_archives(file)
        return xlsx.sheets(file)
    if start.startswith(_OLE):
        return xls.sheets(file)
    if markup.is_markup(start):
        return markup.sheets(file)
    if re.match(rb"\s*MIME-Version:", start, re.IGNORECASE):
        raise Damaged(say("这是“单个文件网页”（MHTML），不是真正的表格文件；{save}", save=say(_SAVE)))
    return [Sheet("", lambda: delimited.opened(file, score))]


def _refuse_other_archives(file: IO[bytes]) -> None:
    """Raise `Damaged` for other formats that begin like XLSX."""
    try:
        names = {name.replace("\\", "/").lower() for name in zipfile.ZipFile(file).namelist()}
    except zipfile.BadZipFile:
        return  # the parser reports it
    finally:
        file.seek(0)
    for name, told in _ARCHIVES:
        if name in names:
            raise Damaged(told)
    if not any(name.endswith(".rels") or name.startswith("xl/") for name in names):
        raise Damaged(say("这是压缩包，请先解压，再导入其中的表格。"))


def estimated_rows(file: IO[bytes]) -> int:
    """The approximate number of rows, for a progress line; 0 if that required reading the file. Rewinds the file."""
    file.seek(0)
    start = file.read(len(_OLE))
    file.seek(0)
    found = 0
    if start.startswith(_ZIP):
        found = xlsx.stated_rows(file)
    elif start != _OLE:
        while piece := file.read(_PIECE):
            found += piece.count(b"\n")
    file.seek(0)
    return found
