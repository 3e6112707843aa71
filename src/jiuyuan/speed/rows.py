"""Loads the rows that belong to a loaded row, and are as visible as that one (`agencies.scope`), with SQL compiled
once.

The ORM takes longer to compile its SQL and set up rows than the database to run it, and a case page reads ten
tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, connections, models, router

Row = TypeVar("Row", bound=models.Model)


def belonging(
    parent: models.Model, model: type[Row], *parts: str, where: str = "true", order: str = "id", lock: bool = False
) -> list[Row]:
    """The rows of another model that point to this one.

    `parts`: foreign keys to load with them (`person`, then `person__account`). `where` and `order` are SQL;
    `order` may end in a LIMIT. `lock`: lock the rows, but not their parts, until the transaction ends.
    """
    field = _pointing(model, type(parent))
    if settings.JIUYUAN.speed:
        table = model._meta.db_table
        condition = f"{table}.{field.column} = %s AND ({where}) ORDER BY {table}.{order}"
        rows = _rows(model, condition, [parent.pk], parts, lock)
    else:
        rows = _by_orm(model, {field.attname: parent.pk}, parts, where, order, lock)
    for row in rows:
        field.set_cached_value(row, parent)
    return rows


def belonging_to_any(
    model: type[Row], column: str, keys: Sequence[object], *parts: str, order: str = "id", lock: bool = False
) -> list[Row]:
    """The rows with these keys in a column.

    Visibility is not checked: unless they belong to loaded rows, callers have to ask `scope.holds`.
    """
    if not keys:
        return []
    if not settings.JIUYUAN.speed:
        return _by_orm(model, {f"{_of_column(model, column).attname}__in": list(keys)}, parts, "true", order, lock)
    table = model._meta.db_table
    if len(keys) == 1:  # PostgreSQL reuses a plan for one key, but not for an array
        return _rows(model, f"{table}.{column} = %s ORDER BY {table}.{order}", list(keys), parts, lock)
    if connection.vendor == "postgresql":
        return _rows(model, f"{table}.{column} = ANY(%s) ORDER BY {table}.{order}", [list(keys)], parts, lock)
    marks = ", ".join(["%s"] * len(keys))
    return _rows(model, f"{table}.{column} IN ({marks}) ORDER BY {table}.{order}", list(keys), parts, lock)


def _by_orm(
    model: type[Row], given: dict[str, Any], parts: tuple[str, ...], where: str, order: str, lock: bool
) -> list[Row]:
    """The same rows by the ORM."""
    column, _, end = order.partition(" ")
    sorted_by = f"-{column}" if end.startswith("DESC") else column
    rows = model._base_manager.all()
    rows = getattr(rows, "unscoped", rows.all)()
    rows = rows.filter(**given).select_related(*parts or [None]).order_by(sorted_by)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    _, _, most = end.partition("LIMIT ")
    return list((rows if where == "true" else rows.extra(where=[where]))[: int(most) if most else None])


def _of_column(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.column == column)


def _rows(model: type[Row], condition: str, given: list[Any], parts: tuple[str, ...], lock: bool) -> list[Row]:
    reading = _reading(model, parts)
    if lock and connection.features.has_select_for_update_of:
        condition += f" FOR UPDATE OF {model._meta.db_table}"
    asked = connections[router.db_for_write(model) if lock else router.db_for_read(model)]
    with asked.cursor() as cursor:
        cursor.execute(f"SELECT {reading.columns} FROM {reading.tables} WHERE {condition}", given)
        found = [list(values) for values in cursor.fetchall()]
    for position, (functions, column) in reading.converters.items():
        for values in found:
            for convert in functions:
                values[position] = convert(values[position], column, asked)
    rows = [model.from_db(asked.alias, reading.names, values[: len(reading.names)]) for values in found]
    read: dict[str, list[Any]] = {"": list(rows)}
    for name, (field, names, cut) in reading.parts.items():
        parts_read: list[Any] = []
        for owner, values in zip(read[name.rpartition("__")[0]], found, strict=True):
            there = owner and getattr(owner, field.attname) is not None
            part = field.related_model.from_db(asked.alias, names, values[cut]) if there else None
            if owner:
                field.set_cached_value(owner, part)
            parts_read.append(part)
        read[name] = parts_read
    return rows


@dataclass(frozen=True)
class _Reading:
    """How to read rows of a model.

    `converters` by position; for each of `parts` the field, its column names and their positions.
    """

    columns: str
    tables: str
    converters: dict[int, Any]
    names: list[str]
    parts: dict[str, tuple[Any, list[str], slice]]


@cache
def _reading(model: type[models.Model], parts: tuple[str, ...]) -> _Reading:
    table, quoted = model._meta.db_table, connection.ops.quote_name
    own = model._meta.concrete_fields
    tables, columns, found = table, [field.get_col(table) for field in own], {}
    owners: dict[str, tuple[Any, str]] = {"": (model, table)}
    for name in parts:
        above, _, last = name.rpartition("__")
        owner, owner_as = owners[above]
        pointing: Any = owner._meta.get_field(last)
        of, known_as = pointing.related_model._meta, f"its_{name}"
        owners[name] = pointing.related_model, known_as
        points = f"{known_as}.{pointing.target_field.column} = {owner_as}.{pointing.column}"
        tables += f" LEFT JOIN {of.db_table} {known_as} ON {points}"
        cut = slice(len(columns), len(columns) + len(of.concrete_fields))
        columns += [field.get_col(known_as) for field in of.concrete_fields]
        found[name] = (pointing, [field.attname for field in of.concrete_fields], cut)
    compiler = model._base_manager.all().query.get_compiler(connection.alias)
    return _Reading(
        ", ".join(f"{column.alias}.{quoted(str(column.target.column))}" for column in columns),
        tables,
        compiler.get_converters(columns),
        [field.attname for field in own],
        found,
    )


@cache
def _pointing(model: type[models.Model], parent: type[models.Model]) -> Any:
    return next(field for field in model._meta.concrete_fields if field.related_model is parent)
