"""Nothing outside `regions/` names what a region decides: its categories, its document, its count of days, its places.

`LEFT` is what still does, by folder and at most so many lines. It only shrinks: who takes one away lowers the number.
"""

import re
from collections import Counter
from pathlib import Path

from jiuyuan.regions import registry
from jiuyuan.rules.facts import SCHEMA

SOURCE = Path(registry.__file__).parents[1]
KINDS = {".py", ".html", ".toml", ".typ", ".js", ".json"}
#: Migrations are history; invented people live in one region; a gallery and an example of the API show one; facts are no region's.
NOT_ASKED = (
    "regions/",
    "demonstration/",
    "look.py",
    "templates/look/",
    "api/examples.py",
    "rules/facts.",
    "people/sources/mappings/",
)
PLACES = ("吉林省", "梅河口", "长白山", "公主岭", "jilin", "Jilin")

LEFT = {
    "__init__.py": 1,
    "agencies": 2,
    "api": 2,
    "applications": 9,
    "desk": 6,
    "portal": 5,
    "recognitions": 5,
    "rules": 1,
}


def _words() -> re.Pattern[str]:
    clauses = [clause for rules in registry.policies() for clause in (*rules.base, *rules.categories)]
    codes = {clause.code for clause in clauses} - set(SCHEMA) - {"working_age", "registered_unemployed"}
    titles = {category.title for category in registry.categories().values()}
    documents = {rules.document for rules in registry.policies()}
    days = r"\d+ ?个工作日"
    quoted = [f"[\"'`]{re.escape(code)}[\"'`]" for code in sorted(codes)]
    return re.compile("|".join([*quoted, *map(re.escape, sorted(titles | documents)), days, *PLACES]))


def test_what_a_region_decides_stands_in_its_folder():
    words, found = _words(), Counter[str]()
    for path in SOURCE.rglob("*"):
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix in KINDS and "/migrations/" not in f"/{name}" and not name.startswith(NOT_ASKED):
            found[name.partition("/")[0]] += sum(
                1 for line in path.read_text("utf-8").splitlines() if words.search(line)
            )
    assert {name: count for name, count in found.items() if count > LEFT.get(name, 0)} == {}
