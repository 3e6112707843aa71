"""What people read is said by `wording.say`, a template with fields, so that a wording can improve and a language be added."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import jiuyuan
from jiuyuan import refusals
from jiuyuan.wording import FORMS

pytestmark = pytest.mark.xdist_group("parsed source")  # one worker parses it all

SOURCE = Path(jiuyuan.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
SAID = {"say", "for_record", "gettext", "gettext_lazy", "declare"}
#: Functions that say the template they are given, wherever it stands among their arguments.
SAY_FOR = {"locked", "parent_key", "recognition_of", "only_once"}
REFUSALS = {name for name, value in vars(refusals).items() if isinstance(value, type) and issubclass(value, Exception)}
#: Regions' own texts, invented people, history, the gallery of the look, examples, and how syllables are written.
NOT_ASKED = (
    "regions/",
    "demonstration/",
    "web/look.py",
    "api/examples.py",
    "people/pinyin.py",
    "printing/specimens.py",
)
#: Chinese in functions that is no sentence (what stands in files, column names, parts of words), and what answers by the
#: contract of the rules; by folder, at most so many. It only shrinks.
LEFT = {
    "applications": 2, "assistance": 5, "desk": 19, "people": 16, "portal": 1, "printing": 22, "recognitions": 5, "rules": 127,
    "screening": 7,
}  # fmt: skip


@cache
def modules() -> list[tuple[str, ast.Module]]:
    named = ((path.relative_to(SOURCE).as_posix(), path) for path in sorted(SOURCE.rglob("*.py")))
    return [
        (name, ast.parse(path.read_text("utf-8")))
        for name, path in named
        if "/migrations/" not in f"/{name}" and not name.startswith(NOT_ASKED)
    ]


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _chinese(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and CHINESE.search(part.value) is not None
        for part in ast.walk(node)
    )


def put_together(module: ast.Module) -> list[int]:
    """The lines where a sentence is put together before it is said: its id would be in no catalogue."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _called(node) in SAID | SAY_FOR
        for said in (node.args if _called(node) in SAY_FOR else node.args[:1])
        if isinstance(said, ast.JoinedStr | ast.BinOp)
        or (isinstance(said, ast.Call) and _called(said) in {"format", "join"})
    ]


def finished(module: ast.Module) -> list[int]:
    """The lines where a refusal is raised with a sentence that nobody said."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _called(node) in REFUSALS and node.args
        if isinstance(node.args[0], ast.Constant | ast.JoinedStr) and _chinese(node.args[0])
    ]


def in_functions(module: ast.Module) -> list[int]:
    """The lines in functions with Chinese that is not said; what only compares or takes apart a text is no sentence."""
    found = []
    bodies = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = {id(one) for body in bodies for one in ast.walk(body) if one in bodies and one is not body}
    for body in (one for one in bodies if id(one) not in inner):
        waiting: list[ast.AST] = list(body.body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Call) and _called(node) in SAY_FOR:
                continue
            if isinstance(node, ast.Call) and _called(node) in SAID:
                waiting += [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            elif isinstance(node, ast.Compare | ast.MatchValue) or (
                isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            ):
                continue
            elif isinstance(node, ast.Constant):
                found += [node.lineno] if _chinese(node) else []
            else:
                waiting += ast.iter_child_nodes(node)
    return sorted(found)


def test_no_sentence_is_put_together_before_it_is_said():
    assert {name: lines for name, module in modules() if (lines := put_together(module))} == {}


def test_no_refusal_is_raised_with_a_finished_sentence():
    assert {name: lines for name, module in modules() if (lines := finished(module))} == {}


def test_what_functions_say_goes_through_one_door():
    found = Counter[str]()
    for name, module in modules():
        found[name.partition("/")[0]] += len(in_functions(module))
    assert {folder: count for folder, count in found.items() if count > LEFT.get(folder, 0)} == {}


def test_what_these_tests_refuse_is_found():
    module = ast.parse(
        'def f(x):\n    say(f"没有{x}")\n    say("没有" + x)\n    raise NotFound("没有这一项。")\n    return {"label": "姓名"}\n'
    )
    assert (put_together(module), finished(module), in_functions(module)) == ([2, 3], [4], [4, 5])


def test_every_chinese_text_of_a_page_is_looked_up():
    found = {}
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(("templates/look/", "look/")):
            text = path.read_text("utf-8")
            text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", text, flags=re.S)
            text = re.sub(r"{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}", "", text, flags=re.S)
            text = re.sub(r"{%\s*trans(?:late)?\b.*?%}|_\(\"[^\"]*\"\)", "", text, flags=re.S)
            text = re.sub(r"[一二三四五六]\([一二三四五六]\)", "", text)  # the clauses of a document
            if CHINESE.search(text):
                found[name] = CHINESE.findall(text)[:5]
    assert found == {}


def test_every_sentence_has_the_fields_that_it_names():
    wrong = []
    for name, module in modules():
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and _called(node) in ("say", "for_record") and node.args):
                continue
            first, given = node.args[0], {keyword.arg for keyword in node.keywords}
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and None not in given:
                named = {
                    re.split(r"[.\[]", field)[0]
                    for _, field, _, _ in Formatter().parse(first.value)
                    if field is not None
                }
                if named != given:
                    wrong.append(f"{name}:{node.lineno}: {sorted(map(str, named ^ given))}")
    assert not wrong


def test_forms_of_days_stand_in_sentences_alone():
    """`{day:date}` is understood by `say`; a day itself would print the word."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.FormattedValue) and node.format_spec and "".join(_parts(node.format_spec)) in FORMS
    ]
    assert not wrong


def _parts(spec: ast.expr) -> Iterator[str]:
    for part in ast.walk(spec):
        if isinstance(part, ast.Constant):
            yield str(part.value)
