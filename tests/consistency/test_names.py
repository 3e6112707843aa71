"""A class has a name that one can search for: it stands once."""

import ast
from collections import defaultdict
from pathlib import Path

_SOURCE = Path(__file__).parents[2] / "src/jiuyuan"


def test_no_class_has_the_name_of_another():
    where = defaultdict(list)
    for file in sorted(_SOURCE.rglob("*.py")):
        if "migrations" not in file.parts:
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    where[node.name].append(file.relative_to(_SOURCE).as_posix())
    assert len(where) > 300
    assert {name: files for name, files in where.items() if len(files) > 1} == {}
