"""What is known of a fact stands in one table: `rules/facts.toml`. A second list of facts is refused."""

import ast
import tomllib
from pathlib import Path

from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS, SCHEMA, in_order

SOURCE = Path(__file__).parents[2] / "src" / "jiuyuan"
# The table; what a place decides; what a condition reads; people who are made up.
ALLOWED = ("rules/facts.py", "rules/scheme_facts.py", "rules/words/", "regions/", "demonstration/", "api/examples.py")


def _lists(source: str) -> list[tuple[int, set[str]]]:
    """The literal collections of a module in which three facts or more stand, by line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            items: list[ast.expr | None] = list(node.elts)
        elif isinstance(node, ast.Dict):
            items = list(node.keys)
        else:
            continue
        first = [item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item for item in items]
        names = {item.value for item in first if isinstance(item, ast.Constant)} & FACTS.keys()
        names |= {item.id for item in first if isinstance(item, ast.Name)} & FACTS.keys()
        if len(names) >= 3:
            found.append((node.lineno, names))
    return found


def test_no_second_list_of_facts_stands_beside_the_table():
    second = {
        f"{path.relative_to(SOURCE)}:{line}": names
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and not str(path.relative_to(SOURCE)).startswith(ALLOWED)
        for line, names in _lists(path.read_text("utf-8"))
    }
    assert not second, "say it in rules/facts.toml"


def test_a_second_list_would_be_found():
    assert _lists('LASTING = {"sex", "birth_date", "degree_level"}') == [(1, {"sex", "birth_date", "degree_level"})]
    assert _lists('WORDS = {"sex": 1, "birth_date": 2, "deceased": 3}')
    assert _lists('PAIRS = [("sex", 1), ("birth_date", 2), ("deceased", 3)]')
    assert not _lists('if name in ("sex", "birth_date"): pass')


def test_places_are_given_once_and_departments_exist():
    for place in ("asked", "promised", "findable"):
        given = [getattr(FACTS[name], place) for name in in_order(place)]
        assert given == list(range(1, len(given) + 1)), place
    assert {fact.department for fact in FACTS.values()} - {""} <= DEPARTMENTS.keys()
    assert all(fact.department in ("", *fact.known_to) for fact in FACTS.values())


def test_what_a_visit_or_a_promise_says_can_be_known_by_it():
    assert all("site_visit" in FACTS[name].known_to for name in in_order("findable"))
    assert all("commitment" in FACTS[name].known_to for name in in_order("promised"))


def test_the_table_lists_every_fact_of_the_schema_once():
    table = tomllib.loads((SOURCE / "rules" / "facts.toml").read_text("utf-8"))
    assert list(table) == list(SCHEMA)
