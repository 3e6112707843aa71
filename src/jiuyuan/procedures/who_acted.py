"""The columns that say who acted, filled in one way.

A row acted on by `decided` has `decided_by` (the account), `decided_by_name` (the name as printed at the time)
and, if needed, `decided_on` and `decided_at`. A row that is itself the act has `by` and `by_name`
(`agencies.acted`).
"""

from typing import Any

from django.db import models

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.history.models import Entry
from jiuyuan.procedures.context import Context


def by(context: Context, model: type[models.Model], act: str = "") -> dict[str, Any]:
    """The values of the model's columns that say who performs this act now."""
    start = f"{act}_" if act else ""
    there = {field.name for field in model._meta.concrete_fields}
    said = {
        f"{start}by": context.user, f"{start}by_name": context.actor.name,
        f"{start}on": context.today, f"{start}at": clock.now(),
    }  # fmt: skip
    return {name: value for name, value in said.items() if name in there}


def sign(context: Context, row: models.Model, act: str) -> None:
    """Fill the columns of the row that say who performs this act now."""
    for name, value in by(context, type(row), act).items():
        setattr(row, name, value)


def accounts_in(file: str, *acts: str) -> "models.QuerySet[User]":
    """The accounts that performed one of these acts in a file, from the record:
    a column holds only the last of them.
    """
    return User.objects.filter(username__in=Entry.objects.of(file).filter(action__in=acts).values("actor")).order_by(
        "pk"
    )
