"""No file imports one that imports it again: not inside a function and not for types alone."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

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
