"""Scope: which rows a user sees, declared once per model, closed by default (`closed`).

A model with personal data declares its `Scope`. Its query set refuses to run before `visible_to(user)` or, for
services and system runs, `unscoped()`. Rows reached from a loaded object (`application.materials`) are as visible
as that object.
"""

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from jiuyuan.agencies.roles import CASE_STAFF, Role
from jiuyuan.closed import ClosedQuerySet

if TYPE_CHECKING:
    from jiuyuan.agencies.models import User


@models.CharField.register_lookup
class Begins(models.Lookup):
    """`startswith` as a range, so that an index serves any prefix, even in a generic plan.

    Text is compared by code points, as SQLite and PostgreSQL's pattern operators do.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return self._between(compiler, connection, ">=", "<")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return self._between(compiler, connection, "~>=~", "~<~")

    def _between(self, compiler: Any, connection: Any, least: str, below: str) -> tuple[str, tuple[str | int, ...]]:
        column, given = self.process_lhs(compiler, connection)
        # No text contains the last code point: it is not a character.
        beginning, end = str(self.rhs), f"{self.rhs}\U0010ffff"
        return f"({column} {least} %s AND {column} {below} %s)", (*given, beginning, *given, end)


@dataclass(frozen=True)
class Scope:
    """Who sees a model's rows.

    `area`: the column with the agency's path. `owner`: the lookup path to the applicant's account, None if even
    applicants may not see it (objectors). `channel`: the path to a channel's account.
    """

    area: str
    owner: str | None
    channel: str | None = None
    roles: frozenset[Role] = CASE_STAFF

    def of(self, user: "User") -> Q:
        """A filter for the rows a user sees."""
        asked = self._asked(user)
        return Q(**{f"{asked[0]}__{asked[1]}": asked[2]}) if asked else Q(pk__in=[])

    def holds(self, user: "User", row: models.Model) -> bool:
        """Whether a user sees a loaded row."""
        asked = self._asked(user)
        if asked is None:
            return False
        path, lookup, wanted = asked
        *way, last = path.split("__")
        there: Any = reduce(getattr, way, row)
        value = getattr(there, there._meta.get_field(last).attname)
        return value is not None and bool(value.startswith(wanted) if lookup == "begins" else value == wanted)

    def _asked(self, user: "User") -> tuple[str, str, Any] | None:
        """The column and value that make a row visible to a user. Roles not listed see nothing."""
        role = Role(user.role)
        if role == Role.APPLICANT and self.owner:
            return self.owner, "exact", user.pk
        if role == Role.CHANNEL and self.channel:
            return self.channel, "exact", user.pk
        if role in self.roles and user.area:
            return self.area, "begins", user.area
        return None


class ScopedQuerySet(ClosedQuerySet):
    def visible_to(self, user: "User") -> Self:
        return self.unscoped().filter(self.model.scope.of(user))


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
