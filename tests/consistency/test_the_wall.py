"""Nothing outside `regions/` names what a region decides: its categories, its document, its count of days, its places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules.facts import SCHEMA

SOURCE = Path(registry.__file__).parents[1]
KINDS = {".py", ".html", ".toml", ".typ", ".js", ".json"}
#: Migrations are history; invented people live in one region; a gallery and an example of the API show one; facts are no region's.
NOT_ASKED = (
    "regions/",
    "demonstration/",
    "web/look.py",
    "templates/look/",
    "api/examples",
    "rules/facts.",
    "people/sources/mappings/",
)
PLACES = ("吉林", "区划代码220102001", "梅河口", "长白山", "公主岭", "长春", "12333", "jilin", "Jilin")


def _words() -> re.Pattern[str]:
    clauses = [clause for rules in registry.policies() for clause in (*rules.base, *rules.categories)]
    codes = {clause.code for clause in clauses} - set(SCHEMA) - {"working_age", "registered_unemployed"}
    titles = {category.title for category in registry.categories().values()}
    documents = {rules.document for rules in registry.policies()}
    days = r"\d+ ?个工作日"
    places = [_of_places(region) for region in registry.regions()]
    quoted = [f"[\"'`]{re.escape(code)}[\"'`]" for code in sorted(codes)]
    return re.compile("|".join([*quoted, *map(re.escape, sorted(titles | documents)), days, *places, *PLACES]))


def _of_places(region: Region) -> str:
    """A bare code of the region, of a city, county, street or community in it, and the beginning of a path."""
    top = region.path.strip("/")
    return rf"(?<![A-Za-z0-9_.#-]){top}(?:\d{{4}}|\d{{7}}|\d{{10}})(?![A-Za-z0-9_.])|[\"'`]{top}(?:\d\d)?[\"'`/%]"


def named_outside(words: re.Pattern[str]) -> Iterator[str]:
    """The lines outside the regions' folders that say one of these words. The classes of a style sheet are names of their own."""
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix in KINDS and "/migrations/" not in f"/{name}" and not name.startswith(NOT_ASKED):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if words.search(re.sub(r'class="[^"]*"', "", line)):
                    yield f"{name}:{number}: {line.strip()}"


CLAUSE = re.compile(r"[一二三四五六]\([一二三四五六七八九]\)")
#: Texts that say what a column is for, and the printed form's own words.
_FOR_ENGINEERS = {"help_text"}


def said_in(path: Path) -> Iterator[str]:
    """What a file says to somebody: constants of code but docstrings, pages and letters without their comments."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|^\s*//.*?$", "", text, flags=re.S | re.M)
        return
    module = ast.parse(text)
    apart = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    apart |= {
        id(node.value) for node in ast.walk(module) if isinstance(node, ast.keyword) and node.arg in _FOR_ENGINEERS
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.value


def test_no_clause_of_a_regions_document_stands_outside_its_folder():
    found = [
        f"{name}: {match.group()}"
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in {".py", ".html", ".typ"}
        and not (name := path.relative_to(SOURCE).as_posix()).startswith(NOT_ASKED)
        and "/migrations/" not in f"/{name}"
        for text in said_in(path)
        for match in CLAUSE.finditer(text)
    ]
    assert found == []


def test_what_a_region_decides_stands_in_its_folder():
    assert list(named_outside(_words())) == []


@pytest.mark.parametrize(
    "said",
    ['area = "22"', "'2205'", "code == 220581", "满3个工作日", '"older"', "吉林省", "区划代码220102001", 'f"22/{x}"'],
)
def test_a_line_that_names_a_region_is_seen(said):
    assert _words().search(said)
