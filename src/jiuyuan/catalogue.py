"""The translatable texts, for translators (`jiuyuan catalogue`)."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.translation.template import templatize

from jiuyuan.notifications.notices import NOTICES
from jiuyuan.printing.typesetting import said_in
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.regions import registry
from jiuyuan.rules import policy
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS

SOURCE = Path(__file__).parent
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LOOKED_UP = re.compile(r"""(?:gettext|_)\(u?('(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*")""")
#: Invented people, history, and word lists that are parsed but never shown.
_NOT_SAID = ("demonstration/", "migrations/", "look", "regions/", "rules/", "people/pinyin.py", "api/examples.py")


def texts() -> list[str]:
    """The Chinese templates and labels of code, pages, letters, tables, facts and policies, sorted,
    without repetition.
    """
    found = {*_of_code(), *_of_pages(), *_of_letters(), *_of_tables()}
    return sorted(text for text in found if _CHINESE.search(text))


def as_template() -> str:
    """The catalogue without translations, in gettext's format."""
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    return "\n".join([head, *(f'msgid {_quoted(text)}\nmsgstr ""\n' for text in texts())])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _of_code() -> Iterator[str]:
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        whole = not name.startswith(_NOT_SAID) and "/migrations/" not in name
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            said = node.args[0] if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" else node
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and (whole or said is not node):
                yield said.value


def _of_pages() -> Iterator[str]:
    for path in SOURCE.rglob("*.html"):
        for literal in _LOOKED_UP.findall(templatize(path.read_text("utf-8"))):
            yield ast.literal_eval(literal)


def _of_letters() -> Iterator[str]:

    for path in SOURCE.rglob("*.typ"):
        yield from said_in(path)


def _of_tables() -> Iterator[str]:
    """Yield the texts of rows built at start."""
    seen: set[int] = set()
    models = [field.choices for model in apps.get_models() for field in model._meta.local_fields if field.choices]
    letters = [registry.papers_of(region.path).letters for region in registry.regions()]
    roots = (
        letters,
        WORKFLOWS,
        NOTICES,
        FACTS,
        DEPARTMENTS,
        tuple(registry.policies()),
        policy.MATERIALS,
        policy.PARTS,
        models,
    )
    waiting: list[Any] = list(roots)
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif id(item) not in seen:
            seen.add(id(item))
            if isinstance(item, Mapping):
                waiting += [*item.keys(), *item.values()]
            elif isinstance(item, list | tuple | set | frozenset):
                waiting += item
            elif is_dataclass(item) and not isinstance(item, type):
                waiting += [getattr(item, one.name, None) for one in fields(item)]
