"""Indexes by which people are found who are called by their given name alone (`people.given_names`)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_READ = "SUBSTR({0}, INSTR({0}, ' ') + 1)"
_PINYIN = _READ.format("name_pinyin")
_INDEXES = {
    "people_given_name": "SUBSTR(name, 2)",
    "people_given_name_of_two": "CASE WHEN LENGTH(name) > 3 THEN SUBSTR(name, 3) END",
    "people_given_initials": "SUBSTR(name_initials, 2)",
    "people_given_initials_of_two": "CASE WHEN LENGTH(name_initials) > 3 THEN SUBSTR(name_initials, 3) END",
    "people_given_pinyin": _PINYIN,
    "people_given_pinyin_of_two": (
        "CASE WHEN LENGTH(name_pinyin) - LENGTH(REPLACE(name_pinyin, ' ', '')) > 2"
        f" THEN {_READ.format(_PINYIN)} END"
    ),
}


def index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    postgres = editor.connection.vendor == "postgresql"
    for name, words in _INDEXES.items():
        said = f"({words.replace('INSTR(', 'STRPOS(')}) text_pattern_ops" if postgres else words
        editor.execute(f"CREATE INDEX {name} ON people_person ({said})")


def no_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name in _INDEXES:
        editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("people", "0026_families_encrypted")]

    operations = [migrations.RunPython(index, no_index)]
