"""The names of counties by division code, from the system's own list."""

import csv
from functools import cache
from importlib.resources import files

#: 长白山保护开发区 has no county code: its three districts lie under those of 安图 and 抚松.
_CHANGBAI = {"222426120", "220621120", "220621121"}
_OWN_LINE = {"220581"}  # 梅河口 stands under the province, whatever its code says
_FORMER = {"220381": "220184"}  # 公主岭, until 2020


@cache
def _counties() -> dict[str, str]:
    text = files("jiuyuan.agencies").joinpath("data/jilin_divisions.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = {row["code"]: row["name"] for row in rows}
    return {
        row["code"]: row["name"]
        if row["level"] == "zone" or row["code"] in _OWN_LINE
        else names[row["parent"]] + row["name"]
        for row in rows
        if row["level"] in ("county", "zone")
    }


def county(number: int | None) -> tuple[int, str]:
    """The county of a place, given as the first nine digits of its code, as a key to sort by and a name."""
    if number is None:
        return 10**9 + 1, "地区不详"
    code = f"{number:09}"
    if code in _CHANGBAI:
        return 222426120, "长白山保护开发区"
    found = _FORMER.get(code[:6], code[:6])
    if name := _counties().get(found):
        return int(found) * 1000, name
    if code.startswith("22"):
        return int(code[:6]) * 1000, f"吉林省（代码{code[:6]}）"
    return 10**9, "省外"
