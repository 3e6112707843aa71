"""Serializes workflow subjects: one shape for all, with the columns of the model and their types.

`shape_of` makes the schema of a kind. `in_list` serializes a list row; `shown` adds what may be done with it now
(contract: assistance).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Any

from django.db import models
from ninja import Schema
from pydantic import create_model

from jiuyuan.agencies.models import User
from jiuyuan.encryption import EncryptedJSONField
from jiuyuan.procedures import engine
from jiuyuan.procedures.engine import Offer
from jiuyuan.procedures.registry import Workflow

#: Field names and columns; `found_by.name` is that column of the related row, empty if there is none.
Columns = Mapping[str, str]
_TYPES: "Sequence[tuple[type[models.Field[Any, Any]], type[Any]]]" = (
    (models.DateTimeField, datetime),
    (models.DateField, date),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.ForeignKey, int),
)


class ThingInList(Schema):
    id: int
    status: str
    status_label: str


class ThingShape(ThingInList):
    """`actions`: what the state allows your role; `blocked`: why one is not possible."""

    version: int
    actions: list[str]
    blocked: dict[str, str]


def shape_of(name: str, model: type[models.Model], columns: Columns, base: type[Schema] = ThingShape) -> Any:
    """A schema with these columns of a model."""
    fields: dict[str, Any] = {shown: (_type_of(model, column), ...) for shown, column in columns.items()}
    return create_model(name, __base__=base, **fields)


def _type_of(model: type[models.Model], column: str) -> Any:
    name, _, rest = column.partition(".")
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    if rest:
        related = field.related_model
        assert isinstance(related, type)
        return _type_of(related, rest)
    if isinstance(field, models.JSONField | EncryptedJSONField):
        kind: Any = list[Any] if field.default is list else dict[str, Any]
    else:
        kind = next((kind for of, kind in _TYPES if isinstance(field, of)), str)
    return kind | None if field.null else kind


def in_list(row: Any, columns: Columns) -> dict[str, Any]:
    """The list row of an object, without its actions."""
    named = {name: _value(row, column) for name, column in columns.items()}
    return {"id": row.pk, "status": row.status, "status_label": row.get_status_display(), **named}


def shown(user: User, workflow: Workflow, row: Any, columns: Columns) -> dict[str, Any]:
    """An object as this user sees it."""
    context = workflow.hold(row, user)
    return {
        **in_list(row, columns),
        "version": context.versioned.version,
        **offered(engine.offered(workflow, context)),
    }


def _value(row: Any, column: str) -> Any:
    name, *rest = column.split(".")
    first = getattr(row, row._meta.get_field(name).attname if not rest else name)
    return reduce(getattr, rest, first) if first is not None else "" if rest else None


def offered(offers: Sequence[Offer]) -> dict[str, Any]:
    """The possible actions, and why others are not possible."""
    allowed = [offer for offer in offers if offer.in_state]
    return {
        "actions": [offer.transition.action for offer in allowed],
        "blocked": {o.transition.action: "".join(o.reasons) for o in allowed if not o.possible},
    }
