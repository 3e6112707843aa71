"""吉林省's divisions and agencies. Some agencies have another place in the tree than their codes suggest."""

from collections.abc import Iterator
from pathlib import Path

from jiuyuan.regions.region import Office
from jiuyuan.rules.divisions import Divisions

# 长白山管委会 and 梅河口 report directly to the province, although their codes lie under other prefectures.
_CHANGBAI = {"222426120": "长白山池北区", "220621120": "长白山池西区", "220621121": "长白山池南区"}
_MEIHEKOU = "220581"

DIVISIONS = Divisions(
    Path(__file__).with_name("divisions.csv"),
    name="吉林省",
    prefix="22",
    own_line=frozenset({_MEIHEKOU}),
    # 长白山保护开发区 has no county code: the codes of its three districts lie under 安图 and 抚松.
    zones=dict.fromkeys(_CHANGBAI, ("222426120", "长白山保护开发区")),
    former={"220381": "220184"},  # 公主岭, until 2020
)


def offices() -> Iterator[Office]:
    """Yield the agencies from the province down to streets and townships, parents first."""
    yield Office("22", "吉林省人力资源和社会保障厅", "province", None, ("22",))
    yield Office("CBS", "长白山保护开发区管理委员会人力资源和社会保障局", "region", "22", tuple(_CHANGBAI))
    yield Office("MHK", "梅河口市人力资源和社会保障局", "region", "22", (_MEIHEKOU,))
    yield Office("CBS01", "长白山公共就业服务中心", "county", "CBS", tuple(_CHANGBAI))
    for code, name, level, parent in DIVISIONS.rows:
        if level == "prefecture":
            yield Office(code, f"{name}人力资源和社会保障局", "region", "22", (code,))
        elif level in ("county", "zone"):
            yield Office(code, f"{name}公共就业服务中心", "county", "MHK" if code == _MEIHEKOU else parent, (code,))
        elif level == "town":
            above, label = ("CBS01", _CHANGBAI[code]) if code in _CHANGBAI else (parent, name)
            yield Office(code, f"{label}公共就业服务平台", "platform", above, (code,))
