"""The rows that belong to one in hand, as visible as that one (`agencies.scope`).

By a statement that is written out: the ORM composes its own anew each time, half a millisecond a table, and the page of a
case reads ten.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def belonging(parent: models.Model, model: type[Row], where: str = "", order: str = "id") -> list[Row]:
    """The rows of another table that point at this one. `where` narrows them, in SQL; `order` may end in a LIMIT."""
    field = _pointing(model, type(parent))
    condition = f"{field.column} = %s{f' AND {where}' if where else ''} ORDER BY {order}"
    rows = _rows(model, condition, [parent.pk])
    for row in rows:
        field.set_cached_value(row, parent)
    return rows


def belonging_to_any(model: type[Row], column: str, keys: Sequence[object], order: str = "id") -> list[Row]:
    """The rows that belong to several in hand, by their keys."""
    if not keys:
        return []
    if connection.vendor == "postgresql":
        return _rows(model, f"{column} = ANY(%s) ORDER BY {order}", [list(keys)])
    marks = ", ".join(["%s"] * len(keys))
    return _rows(model, f"{column} IN ({marks}) ORDER BY {order}", list(keys))


def _rows(model: type[Row], condition: str, given: list[Any]) -> list[Row]:
    columns, names, converters = _reading(model)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} WHERE {condition}", given)
        found = [list(row) for row in cursor.fetchall()]
    for position, (functions, expression) in converters.items():
        for row in found:
            for convert in functions:
                row[position] = convert(row[position], expression, connection)
    return [model.from_db(connection.alias, names, row) for row in found]


@cache
def _reading(model: type[models.Model]) -> tuple[str, list[str], dict[int, Any]]:
    """The columns, and how their values become an instance's: `raw` would find this out each time, which takes longer
    than the database does."""
    fields = model._meta.concrete_fields
    compiler = model._base_manager.all().query.get_compiler(connection.alias)
    converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in fields])
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return columns, [field.attname for field in fields], converters


@cache
def _pointing(model: type[models.Model], parent: type[models.Model]) -> Any:
    return next(field for field in model._meta.concrete_fields if field.related_model is parent)
