"""Indexed search by given name: `name__after_one__begins="爱华"` finds 李爱华.

`after_one` skips the first character (of a name or its initials), `after_one_read` the first syllable of its
pinyin; `after_two` skips two if at least two remain: 欧阳淑琴. Migration 0027 has the indexes, with the same
expressions.
"""

from typing import Any, ClassVar

from django.db import models

#: What may be skipped: characters of names and initials, syllables of pinyin.
OF_CHARACTERS, OF_SYLLABLES = ("after_one", "after_two"), ("after_one_read", "after_two_read")
_READ = "SUBSTR({0}, INSTR({0}, ' ') + 1)"


class _Rest(models.Transform):
    sql: ClassVar[str]

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[str | int, ...]]:
        column, given = compiler.compile(self.lhs)
        assert not given, "of a column alone"
        words = self.sql.format(column)
        return (words.replace("INSTR(", "STRPOS(") if connection.vendor == "postgresql" else words), ()


@models.CharField.register_lookup
class AfterOne(_Rest):
    lookup_name = "after_one"
    sql = "SUBSTR({0}, 2)"


@models.CharField.register_lookup
class AfterTwo(_Rest):
    lookup_name = "after_two"
    sql = "CASE WHEN LENGTH({0}) > 3 THEN SUBSTR({0}, 3) END"


@models.CharField.register_lookup
class AfterOneRead(_Rest):
    lookup_name = "after_one_read"
    sql = _READ


@models.CharField.register_lookup
class AfterTwoRead(_Rest):
    lookup_name = "after_two_read"
    sql = f"CASE WHEN LENGTH({{0}}) - LENGTH(REPLACE({{0}}, ' ', '')) > 2 THEN {_READ.format(_READ)} END"
