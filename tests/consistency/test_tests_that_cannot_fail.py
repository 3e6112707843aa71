"""About the tests themselves: a test that passes whatever the product does is none."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("parsed tests")  # one worker parses them all

TESTS = Path(__file__).parents[1]
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Calls that fail by themselves where what they ask for is not so.
_FAIL_BY_THEMSELVES = {
    "raises", "warns", "fail", "expect", "validate", "validate_response", "wait_until", "wait_for_url", "check_schema",
}  # fmt: skip


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _fails(call: ast.Call, checkers: set[str]) -> bool:
    name = _name(call)
    checked = any(k.arg == "check" and isinstance(k.value, ast.Constant) and k.value.value for k in call.keywords)
    return name in checkers | _FAIL_BY_THEMSELVES or "assert_" in name or checked


def _only_narrows(test: ast.expr) -> bool:
    """`assert row is not None`, for the reader of types: nothing that a test is about."""
    match test:
        case ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
    return False


def _checks(node: ast.AST, checkers: set[str]) -> bool:
    """Whether anything in it can fail a test."""
    return any(
        (isinstance(inner, ast.Assert) and not _only_narrows(inner.test))
        or (isinstance(inner, ast.Call) and _fails(inner, checkers))
        for inner in ast.walk(node)
    )


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _defined(tree: ast.AST, imported: set[str]) -> set[str]:
    """The functions of a file that can fail who calls them, and of `imported` those that it imports."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    known = imported & names
    while found := {f.name for f in _functions(tree) if f.name not in known and _checks(f, known)}:
        known |= found
    return known


@cache
def files() -> dict[str, ast.Module]:
    return {str(path.relative_to(TESTS)): ast.parse(path.read_text("utf-8")) for path in sorted(TESTS.rglob("*.py"))}


@cache
def _shared() -> set[str]:
    """The functions of the files without tests that can fail who calls them."""
    helpers = (tree for file, tree in files().items() if not Path(file).name.startswith("test_"))
    return {name for tree in helpers for name in _defined(tree, set())}


_FIXTURES = {"axe"}


def _certain(body: Iterable[ast.stmt], checkers: set[str]) -> bool:
    """Whether something is checked on every way through; a loop counts as gone through."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case ast.Return(value=None):
                return False
            case ast.If(body=yes, orelse=no):
                if _certain(yes, checkers) and _certain(no, checkers):
                    return True
                if any(isinstance(inner, ast.Return) for inner in ast.walk(statement)):
                    return False
            case ast.With(items=items, body=inside) | ast.AsyncWith(items=items, body=inside):
                if any(_checks(item, checkers) for item in items) or _certain(inside, checkers):
                    return True
            case ast.For(body=inside) | ast.While(body=inside):
                if _certain(inside, checkers):
                    return True
            case ast.Try(body=inside, handlers=handlers, orelse=otherwise, finalbody=last):
                caught = all(_certain(handler.body, checkers) for handler in handlers)
                if _certain(last, checkers) or (_certain([*inside, *otherwise], checkers) and caught):
                    return True
            case ast.Match(cases=cases):
                if all(_certain(case.body, checkers) for case in cases):
                    return True
            case _:
                if _checks(statement, checkers):
                    return True
    return False


def without_a_check(tree: ast.AST, checkers: set[str]) -> Iterator[ast.AST]:
    """Tests on some way through which nothing is asserted: no assert at all, or the only one under an `if`."""
    return (f for f in _functions(tree) if f.name.startswith("test_") and not _certain(f.body, checkers))


def _either_will_do(test: ast.expr) -> bool:
    match test:
        case ast.BoolOp(op=ast.Or()) | ast.UnaryOp(op=ast.Not(), operand=ast.BoolOp(op=ast.And())):
            return True
        case ast.BoolOp(values=values):
            return any(map(_either_will_do, values))
        case ast.IfExp(body=yes, orelse=no):
            return any(isinstance(side, ast.Constant) for side in (yes, no))
    return False


def either_will_do(tree: ast.AST) -> Iterator[ast.AST]:
    """`assert a or b`: one of them may be wrong for years."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Assert) and _either_will_do(node.test))


def one_of_several_statuses(tree: ast.AST) -> Iterator[ast.AST]:
    """`assert answer.status_code in (403, 404)`: `or` in other words. A test of any input at all says `< 500`."""
    for node in ast.walk(tree):
        match node:
            case ast.Assert(
                test=ast.Compare(
                    left=ast.Attribute(attr="status_code" | "returncode"),
                    ops=[ast.In()],
                    comparators=[ast.Tuple() | ast.Set() | ast.List()],
                )
            ):
                yield node


def _always_the_same(test: ast.expr) -> bool:
    match test:
        case ast.Constant() | ast.JoinedStr() | ast.Lambda():
            return True
        case ast.Tuple() | ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.GeneratorExp():
            return not isinstance(test, ast.ListComp)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _always_the_same(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            length = isinstance(left, ast.Call) and _name(left) in ("len", "count")
            from_nought = isinstance(op, ast.GtE) and isinstance(right, ast.Constant) and right.value == 0
            constant = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
            return constant or (length and from_nought) or _nothing_follows(left, right)
        case ast.BoolOp(values=values):
            return any(map(_always_the_same, values))
    return False


def _nothing_follows(left: ast.expr, right: ast.expr) -> bool:
    """Both sides are the same words and call nothing that could answer differently."""
    called = any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(left))
    return not called and ast.dump(left) == ast.dump(right)


def always_the_same(tree: ast.AST) -> Iterator[ast.AST]:
    """Asserts whose answer stands before the product was asked: a constant, a tuple, `x == x`, `len(x) >= 0`."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Assert) and _always_the_same(node.test))


def conditions_that_do_nothing(tree: ast.AST) -> Iterator[ast.AST]:
    """`a if x == a else x` is `x`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.IfExp):
            continue
        sides = {ast.dump(node.body), ast.dump(node.orelse)}
        if len(sides) == 1:
            yield node
        match node.test:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
                if sides == {ast.dump(left), ast.dump(right)}:
                    yield node


def _sought(test: ast.expr) -> Iterator[tuple[str, str, bool]]:
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _sought(value)
        case ast.Compare(left=ast.Constant(value=str(words)), ops=[ast.In() | ast.NotIn() as op], comparators=[place]):
            yield words, ast.dump(place), isinstance(op, ast.In)


def said_already(tree: ast.AST) -> Iterator[ast.AST]:
    """`assert "失业登记" in page` and right after it `assert "失业" in page`: the second cannot fail."""
    for function in _functions(tree):
        for body in (getattr(node, "body", None) for node in ast.walk(function)):
            before: list[tuple[str, str, bool]] = []
            for statement in body if isinstance(body, list) else ():
                if not isinstance(statement, ast.Assert):
                    before.clear()
                    continue
                for words, place, there in _sought(statement.test):
                    if any(
                        place == at and there == then and (words in other if there else other in words)
                        for other, at, then in before
                    ):
                        yield statement
                    before.append((words, place, there))


Finder = Callable[[ast.AST], Iterator[ast.AST]]
FINDERS: dict[str, Finder] = {
    "nothing is checked on some way through": lambda tree: without_a_check(tree, _defined(tree, _shared()) | _FIXTURES),
    "either will do": either_will_do,
    "one of several statuses": one_of_several_statuses,
    "always the same": always_the_same,
    "a condition that does nothing": conditions_that_do_nothing,
    "said already": said_already,
}


@pytest.mark.parametrize("fault", FINDERS)
def test_every_test_can_fail(fault: str) -> None:
    found = [
        f"tests/{name}:{getattr(node, 'lineno', 0)}" for name, tree in files().items() for node in FINDERS[fault](tree)
    ]
    assert not found, "\n".join([fault, *found])


_WEAK = {
    "nothing is checked on some way through": (
        "def test_it(): ask_nobody()",
        "def test_it(x):\n if x:\n  assert do()",
        "def test_it(x):\n if x: return\n assert do()",
        "def test_it():\n def check(): assert do()\n ask_nobody()",
        "def test_it():\n try:\n  assert do()\n except ValueError:\n  pass",
    ),
    "either will do": (
        "assert 'a' in t or 'b' in t", "assert x and (y or True)", "assert not (x and y)", "assert x if y else True",
    ),
    "one of several statuses": ("assert page.status_code in (403, 404)",),
    "always the same": (
        "assert True", "assert (x, 'said')", "assert x == x", "assert len(x) >= 0", "assert (y for y in x)", "assert x and 'y'",
    ),
    "a condition that does nothing": ("f('a' if x == 'a' else x)", "y = 1 if x else 1"),
    "said already": (
        "def f():\n assert '失业登记' in t\n assert '失业' in t", "def f():\n assert 'a' not in t\n assert 'ab' not in t",
    ),
}  # fmt: skip
_SOUND = """
def test_one(x):
    if x: assert a() == b()
    else:
        with raises(ValueError): a()
def test_two(x):
    if x: skip("no such database")
    for y in x: check(y)
def test_three():
    assert (a() or b()) == c()
    assert 'a' in t and 'b' in t
    do()
    assert 'a' in t
    assert next(x) == next(x)
    assert status == (200 if x else 404)
    assert [y for y in x]
"""


@pytest.mark.parametrize(("fault", "source"), [(fault, source) for fault, weak in _WEAK.items() for source in weak])
def test_a_weak_test_is_found(fault: str, source: str) -> None:
    assert list(FINDERS[fault](ast.parse(source)))


def test_every_fault_is_tried_and_a_sound_test_is_left_alone() -> None:
    sound = ast.parse(_SOUND)
    assert set(_WEAK) == set(FINDERS)
    assert list(without_a_check(sound, {"check"})) == []
    assert [name for name in list(FINDERS)[1:] if list(FINDERS[name](sound))] == []
