"""Who sees which rows: declared once a model, closed until asked (`closed`).

A model with people's data names its `Scope`. Its query set refuses to run before `visible_to(user)` was asked,
or, for services and runs of the system, `unscoped()`. Rows reached from an object already in hand
(`application.materials`) are as visible as that object.
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
    """`startswith` as a range: an index serves it whatever the beginning, also in a plan that is kept for several of them.

    Text is compared by its code points, as SQLite does and the pattern operators of PostgreSQL.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return self._between(compiler, connection, ">=", "<")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return self._between(compiler, connection, "~>=~", "~<~")

    def _between(self, compiler: Any, connection: Any, least: str, below: str) -> tuple[str, tuple[str | int, ...]]:
        column, given = self.process_lhs(compiler, connection)
        # Nothing is written with the last code point: it is no character.
        beginning, end = str(self.rhs), f"{self.rhs}\U0010ffff"
        return f"({column} {least} %s AND {column} {below} %s)", (*given, beginning, *given, end)


@dataclass(frozen=True)
class Scope:
    """`area`: the column with the agency's path. `owner`: the way to the applicant's account, None where even the
    applicant does not see it (who objected). `channel`: the way to the account of a channel."""

    area: str
    owner: str | None
    channel: str | None = None
    roles: frozenset[Role] = CASE_STAFF

    def of(self, user: "User") -> Q:
        """Rows a user sees."""
        asked = self._asked(user)
        return Q(**{f"{asked[0]}__{asked[1]}": asked[2]}) if asked else Q(pk__in=[])

    def holds(self, user: "User", row: models.Model) -> bool:
        """Whether a user sees a row in hand."""
        asked = self._asked(user)
        if asked is None:
            return False
        path, lookup, wanted = asked
        *way, last = path.split("__")
        there: Any = reduce(getattr, way, row)
        value = getattr(there, there._meta.get_field(last).attname)
        return value is not None and bool(value.startswith(wanted) if lookup == "begins" else value == wanted)

    def _asked(self, user: "User") -> tuple[str, str, Any] | None:
        """The column, and what must stand in it for a user to see a row. Anything not named here sees nothing."""
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
