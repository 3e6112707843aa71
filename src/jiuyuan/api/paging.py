"""Keyset pagination of lists: the next page begins after the last row of this one."""

from collections.abc import Callable
from typing import Any

from django.core import signing
from django.db.models import Q

from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.api.problems import Problem
from jiuyuan.wording import say

SIZE = 50
_SALT = "jiuyuan.api.paging"


def page(rows: ScopedQuerySet, column: str, cursor: str, shape: Callable[[Any], Any]) -> dict[str, Any]:
    """`items`, ordered by the column and `id`, and `next`, the cursor of the next page or None.

    Raises `Problem` 422 for an invalid cursor.
    """
    if cursor:
        value, pk = _read(cursor, column)
        rows = rows.filter(Q(**{f"{column}__gte": value}) & (Q(**{f"{column}__gt": value}) | Q(id__gt=pk)))
    found = list(rows.order_by(column, "id")[: SIZE + 1])
    more = found[SIZE - 1] if len(found) > SIZE else None
    return {"items": [shape(row) for row in found[:SIZE]], "next": more and _cursor(more, column)}


def _cursor(row: Any, column: str) -> str:
    return signing.dumps([column, str(getattr(row, column)), row.pk], salt=_SALT)


def _read(cursor: str, column: str) -> tuple[str, int]:
    try:
        of, value, pk = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError):
        of = value = pk = None
    if of != column:
        raise Problem(422, say("有内容需要改正。"), [("cursor", say("应为上一页给出的 next，或者不填，从头看起。"))])
    return value, pk
