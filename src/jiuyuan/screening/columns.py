"""Maps columns to facts by their headings: the field's name in the schema or its Chinese name."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import FactDefinition
from jiuyuan.wording import say

#: Added by pandas.
_INDEX = re.compile(r"__index_level_\d+__")
_ID = ("id", "编号", "人员编号")
_IGNORED = re.compile(r"[\s*_?？:：]|[(（\[【].*?[)）\]】]")


def _key(heading: str) -> str:
    """Normalise a heading: no spaces, stars or brackets, one width of characters."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", heading)).lower().removeprefix("是否")


class Columns:
    """The wanted columns of a file, and instructions for the others.

    `sheet`: a sheet of a workbook. `ignored`: headings to leave out, or "*" for all that are not facts.
    `left_out` collects them.
    """

    def __init__(self, facts: Mapping[str, FactDefinition], ignored: Iterable[str] = (), sheet: str = "") -> None:
        self.facts, self.sheet = facts, sheet
        self.left_out: dict[str, None] = {}
        self._ignored = {_key(heading) for heading in ignored if heading != "*"}
        self._ignores_unknown = "*" in ignored
        self._by_key = {_key(word): "id" for word in _ID}
        for name, fact in facts.items():
            self._by_key[_key(name)] = self._by_key[_key(fact.label)] = name

    def known(self, headings: Sequence[str]) -> int:
        """The number of headings that name facts."""
        return sum(self._by_key.get(_key(heading.strip("\ufeff")), "id") != "id" for heading in headings)

    def places(self, headings: Sequence[str], shown: str) -> dict[str, int]:
        """The column of each fact in the file, and of `id`. Columns without a heading are left out.

        Raises `BadInput` for all headings that are not facts, suggesting the nearest, and for two columns of one
        fact.
        """
        found: dict[str, int] = {}
        unknown: list[str] = []
        for place, heading in enumerate(headings):
            key = _key(heading.strip("\ufeff"))
            if not heading.strip("\ufeff \t\r\n") or _INDEX.fullmatch(heading):
                continue
            name = self._by_key.get(key)
            if key in self._ignored or (name is None and self._ignores_unknown):
                self.left_out[heading] = None
            elif name is None:
                unknown.append(heading)
            elif name in found:
                first = headings[found[name]]
                raise BadInput(
                    say(
                        "{shown}：“{first}”和“{heading}”两列是同一项内容（{name}），请去掉其中一列。",
                        shown=shown,
                        first=first,
                        heading=heading,
                        name=name,
                    )
                )
            else:
                found[name] = place
        if unknown:
            raise BadInput(f"{shown}：{_all_unknown(unknown, self.facts)}")
        if not found:
            raise BadInput(say("{shown}：第一行应为列名（字段名或中文名称），但没有找到。", shown=shown))
        return found


def _all_unknown(headings: Sequence[str], facts: Mapping[str, FactDefinition]) -> str:
    """The message for unknown headings: one sentence each with the nearest fact, the others together."""
    told = {heading: _unknown(heading, facts) for heading in headings}
    near = [sentence for sentence in told.values() if sentence]
    far = [f"“{heading}”" for heading, sentence in told.items() if not sentence]
    if far:
        near.append(say("没有名为{far}的列。列名应为 facts.schema.json 中的字段名或其中文名称；", far=far))
    return say(
        "{near}不参与筛查的列可以用 --ignore 写明，例如 --ignore {headings}",
        near="".join(near),
        headings=",".join(headings[:3]),
    )


def _unknown(heading: str, facts: Mapping[str, FactDefinition]) -> str:
    """The message for a heading similar to a fact's; empty if none is."""
    words = {"id": "id", **{name: name for name in facts}, **{fact.label: name for name, fact in facts.items()}}
    near = get_close_matches(heading.strip(), words, n=1, cutoff=0.5)
    if not near:
        near = get_close_matches(_key(heading), {_key(word): word for word in words}, n=1, cutoff=0.3)
        near = [word for word in words if near and _key(word) == near[0]][:1]
    if not near:
        return ""
    name = words[near[0]]
    return say(
        "没有名为“{heading}”的列，是不是{name}？",
        heading=heading,
        name=say("编号（id）") if name == "id" else facts[name],
    )
