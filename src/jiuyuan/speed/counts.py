"""Frequent queries with their SQL compiled once: the ORM takes longer to compile it than the database to run it.

Every page of the desk counts what waits.
"""

from collections.abc import Callable, Hashable
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router

_MOST = 2_000  # statements
_SLOT = -(2**62)  # a placeholder for the number in `rows_after`
COMPOSED: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}


def how_many(key: Hashable, rows: Callable[[], "models.QuerySet[Any]"]) -> int:
    """The number of rows of a query. `key` has everything that affects the SQL; None disables the cache."""
    if key is None or not settings.JIUYUAN.speed:
        return rows().count()
    found = _asked((how_many, key), lambda: rows().order_by().values("pk"), "SELECT COUNT(*) FROM ({}) AS counted")
    return int(found[0][0]) if found else 0


def rows_of(key: Hashable, rows: Callable[[], "models.QuerySet[Any]"]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list` of numbers and texts. `key`: as above."""
    return _asked((rows_of, key), rows) if settings.JIUYUAN.speed else list(rows())


def rows_after(key: Hashable, rows: Callable[[int], "models.QuerySet[Any]"], number: int) -> list[tuple[Any, ...]]:
    """The same for a query with a number that changes each time, such as the last entry read."""
    if not settings.JIUYUAN.speed:
        return list(rows(number))
    return _asked((rows_after, key), lambda: rows(_SLOT), number=number)


def _asked(
    key: Hashable, rows: Callable[[], "models.QuerySet[Any]"], around: str = "{}", number: int = 0
) -> list[tuple[Any, ...]]:
    if key not in COMPOSED:
        if len(COMPOSED) >= _MOST:
            COMPOSED.clear()
        try:
            composed, said = rows().query.sql_with_params()
            COMPOSED[key] = around.format(composed), said
        except EmptyResultSet:
            COMPOSED[key] = "", ()
    if not COMPOSED[key][0]:
        return []
    statement, given = COMPOSED[key]
    with connections[router.db_for_read(models.Model)].cursor() as cursor:
        cursor.execute(statement, tuple(number if one == _SLOT else one for one in given))
        return list(cursor.fetchall())
