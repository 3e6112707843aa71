"""Imports: in no circle, not inside a function and not for types alone, and each package and module under a contract."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from jiuyuan.regions import registry

_ROOT = Path(__file__).parents[2] / "src"
_MODULES = {
    ".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in _ROOT.rglob("*.py")
    if "migrations" not in file.parts
}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in _MODULES else node.module


def test_files_import_each_other_in_no_circle():
    graph = {name: {*_imported(file)} & _MODULES.keys() for name, file in _MODULES.items()}
    assert sum(map(len, graph.values())) > 3000
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_no_function_asks_beside_the_engine_what_may_be_done():
    asking = [
        (name, node.name)
        for name, file in _MODULES.items()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.name == "_may" or node.name.startswith("_may_"))
    ]
    assert asking == []


def test_every_package_and_module_stands_in_a_contract():
    written = (_ROOT.parent / "pyproject.toml").read_text("utf-8")
    contracts = written[written.index("[tool.importlinter]") :]
    names = {name.split(".")[1] for name in _MODULES if "." in name} - {"__main__"}
    assert len(names) > 50
    assert [name for name in names if not re.search(rf"jiuyuan\.{name}\b", contracts)] == []


def test_no_region_is_imported_by_name():
    written = (_ROOT.parent / "pyproject.toml").read_text("utf-8")
    protected = set(re.findall(r'protected_modules = \["jiuyuan\.regions\.(\w+)"\]', written))
    assert protected == set(registry.FOLDERS)
