"""Texts for people can be read by somebody who reads little: short sentences, everyday words. What is read is the sources."""

import ast
import re
from pathlib import Path

from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.notifications.notices import NOTICES
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.together import TOGETHER
from tests.conftest import TODAY

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src/jiuyuan/portal/templates/portal"
#: Characters of the longest sentence, and how many may be longer than that of a line on a phone.
LONGEST, A_LINE, LONGER = 36, 30, 6
#: On paper, where a sentence carries office, number and law.
LONGEST_ON_PAPER = 40
#: Modules outside the portal whose sentences people read too.
ELSEWHERE = ("troubles", "web/sessions", "people/virus_scan", "people/documents")
_TEXT = re.compile(r'{%\s*translate "([^"]+)"|{%\s*blocktranslate[^%]*%}(.*?){%', re.S)


def texts() -> list[str]:
    found = [
        one or other
        for path in sorted(TEMPLATES.glob("*.html"))
        for one, other in _TEXT.findall(path.read_text("utf-8"))
    ]
    for path in sorted(TEMPLATES.parents[1].glob("*.py")):
        found += _constants(path)
    for name in ELSEWHERE:
        found += _constants(ROOT / f"src/jiuyuan/{name}.py")
    asked = [fact for fact in FACTS.values() if fact.page]
    found += [text for fact in asked for text in (fact.question, fact.hint, *fact.answers)]
    found += [text for asked in TOGETHER.values() for text in (asked.question, asked.hint, *asked.lines.values())]
    region = registry.home()
    advice = [*region.curable.values(), *region.remedies.values(), *region.other_help]
    advice += [*region.about.gets, *region.about.goes, *region.about.duties]
    return found + [text for one in advice for text in one] + [*region.about.ends]


def told() -> list[str]:
    """What reaches the person: where an application stands and what happens next, each message of any procedure, each scheme."""
    procedure = APPLICATION.of()
    said = [text for state in procedure.states for text in (state.title, state.text)]
    said += [
        text for one in procedure.transitions for text in (*one.messages.values(), one.title if one.messages else "")
    ]
    schemes = [text for scheme in registry.schemes_of("", TODAY) for text in (scheme.plain, scheme.window)]
    messages = [text for notice in NOTICES.values() for text in (notice.title, notice.body)]
    return said + list(procedure.afterwards) + [procedure.outcome] + schemes + messages


def _constants(path: Path) -> list[str]:
    """The Chinese strings of a module, less its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs]
    return [text for text in words if isinstance(text, str) and re.search("[\u4e00-\u9fff]", text)]


def sentences() -> list[str]:
    """Parts between stops; a field, or a number given as an example, is read as one word."""
    return _parts(texts() + told())


def _parts(whole: list[str]) -> list[str]:
    plain = [re.sub(r"{?{[^{}]*}}?|[A-Z]?\d{6,}-[-\d]+", "某某", text) for text in whole]
    return [part.strip() for text in plain for part in re.split(r"[。！？；：\n]", text) if part.strip()]


def test_there_is_something_to_read():
    assert len(sentences()) > 300


def test_no_sentence_is_longer_than_a_breath_and_few_are_longer_than_a_line():
    by_length = sorted(sentences(), key=len, reverse=True)
    assert len(by_length[0]) <= LONGEST, by_length[:10]
    longer = [one for one in by_length if len(one) > A_LINE]
    assert len(longer) <= LONGER, longer[:10]


def test_no_sentence_of_a_letter_is_longer_than_two_breaths():
    letters = [path.read_text("utf-8") for path in (ROOT / "src/jiuyuan/regions/jilin/letters").glob("*.typ")]
    said = _parts([text for letter in letters for text in re.findall(r'"([^"]*[一-鿿][^"]*)"', letter)])
    assert len(said) > 150
    assert not [one for one in said if len(one) > LONGEST_ON_PAPER]


def test_pages_say_everyday_words():
    table = (ROOT / "docs/glossary.md").read_text("utf-8").partition("## Words for people")[2]
    words = [row.split("|")[1].strip() for row in table.splitlines() if row.startswith("|")][2:]
    assert "办结" in words
    said = {(word, text.strip()) for text in texts() + told() for word in words if word in text.replace("应该", "")}
    assert not said


def test_papers_call_things_as_pages_do():
    papers = [path.read_text("utf-8") for path in (ROOT / "src/jiuyuan/regions/jilin").rglob("*.typ")]
    assert papers
    assert not [name for name in ("公民身份号码", "服务需求", "求职意向", "拨打") for text in papers if name in text]
