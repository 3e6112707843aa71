"""Which fact a column holds, by its heading: the field's name in the schema or its Chinese name."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import Fact

_ID = ("id", "编号", "人员编号")
_IGNORED = re.compile(r"[\s*_?？:：]|[(（\[【].*?[)）\]】]")


def _key(heading: str) -> str:
    """A heading without what varies from file to file: blanks, stars, what stands in brackets, the width of characters."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", heading)).lower().removeprefix("是否")


def known(headings: Sequence[str], facts: Mapping[str, Fact]) -> int:
    """How many of these headings name a fact."""
    keys = {_key(word) for name, fact in facts.items() for word in (name, fact.label)}
    return sum(_key(heading.strip("\ufeff")) in keys for heading in headings)


def places(headings: Sequence[str], facts: Mapping[str, Fact], shown: str) -> dict[str, int]:
    """For each fact of the file, and `id`, the place of its column. A column without a heading is left out.

    Raises `BadInput` for a heading that is no fact's, naming the nearest one, and for two columns of one fact.
    """
    by_key = {_key(word): "id" for word in _ID}
    for name, fact in facts.items():
        by_key[_key(name)] = by_key[_key(fact.label)] = name
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if not heading.strip("\ufeff \t\r\n"):
            continue
        meant = by_key.get(_key(heading.strip("\ufeff")))
        if meant is None:
            raise BadInput(f"{shown}：{_unknown(heading, facts)}")
        name = meant
        if name in found:
            first = headings[found[name]]
            raise BadInput(f"{shown}：“{first}”和“{heading}”两列是同一项内容（{name}），请去掉其中一列。")
        found[name] = place
    if not found:
        raise BadInput(f"{shown}：第一行应为列名（字段名或中文名称），但没有找到。")
    return found


def _unknown(heading: str, facts: Mapping[str, Fact]) -> str:
    words = {"id": "id", **{name: name for name in facts}, **{fact.label: name for name, fact in facts.items()}}
    near = get_close_matches(heading.strip(), words, n=1, cutoff=0.5)
    if not near:
        near = get_close_matches(_key(heading), {_key(word): word for word in words}, n=1, cutoff=0.3)
        near = [word for word in words if near and _key(word) == near[0]][:1]
    if not near:
        return f"没有名为“{heading}”的列。列名应为 facts.schema.json 中的字段名或其中文名称。"
    name = words[near[0]]
    return f"没有名为“{heading}”的列，是不是{'编号（id）' if name == 'id' else facts[name]}？"
