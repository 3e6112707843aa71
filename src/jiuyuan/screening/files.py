"""Finds the files named by PEOPLE: a file, a folder with all its files, or a glob."""

import glob
from pathlib import Path

from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

PARQUET, CSV, XLSX = (".parquet", ".pq"), (".csv", ".tsv", ".txt", ".xls"), (".xlsx",)
_KNOWN = (*PARQUET, *CSV, *XLSX)
_WANTED = "可以是 Parquet（.parquet）、CSV（.csv）或 XLSX（.xlsx、.xls）文件、装有这些文件的文件夹，或通配符（如 '名单/*.csv'）"


def found(people: str) -> list[Path]:
    """The files in order of name. Raises `BadInput` if none is readable."""
    path = Path(people)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if _counts(file.relative_to(path)) and file.is_file())
        if not files:
            raise BadInput(say("文件夹 {people} 中没有可以筛查的文件：{wanted}。", people=people, wanted=say(_WANTED)))
        return files
    if path.is_file():
        files = [path]
    else:
        files = sorted(file for name in glob.glob(people, recursive=True) if (file := Path(name)).is_file())
    if not files:
        raise BadInput(say("没有找到 {people}：{wanted}。", people=people, wanted=say(_WANTED)))
    strange = [file for file in files if file.suffix.lower() not in _KNOWN]
    if strange:
        raise BadInput(say("不认识 {strange} 的文件类型：{wanted}。", strange=strange[0], wanted=say(_WANTED)))
    return files


def _counts(inside: Path) -> bool:
    """Whether it is not a by-product of other programs: `_SUCCESS`, hidden files, the lock of an open spreadsheet."""
    return inside.suffix.lower() in _KNOWN and not any(part.startswith((".", "_", "~$")) for part in inside.parts)
