"""Who sees which rows: declared once a model, closed until asked.

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


class Unscoped(RuntimeError):
    """People's data was asked for without saying for whom."""


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


class ScopedQuerySet(models.QuerySet[Any]):
    _open = False

    def visible_to(self, user: "User") -> Self:
        return self.unscoped().filter(self.model.scope.of(user))

    def unscoped(self) -> Self:
        """For services that act on rows already checked, and for runs of the system. Never in a view."""
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone._open = True
        return clone

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._open = self._open
        return clone

    def _check(self) -> None:
        if not (self._open or "instance" in self._hints):  # type: ignore[attr-defined]
            raise Unscoped(f"{self.model.__name__}: ask visible_to(user) first")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check()
        super()._fetch_all()

    def __or__(self, other: Any) -> Self:
        return self._open_if_all_are(super().__or__(other), other)

    def union(self, *other_qs: Any, all: bool = False) -> Self:
        return self._open_if_all_are(super().union(*other_qs, all=all), *other_qs)

    def _open_if_all_are(self, joined: Self, *others: Any) -> Self:
        clone: Self = joined._chain()  # type: ignore[attr-defined]
        clone._open = all(rows._open or rows.query.is_empty() for rows in (self, *others))
        return clone

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().raw(*args, **kwargs)

    def iterator(self, chunk_size: int | None = None) -> Any:
        self._check()
        return super().iterator(chunk_size=chunk_size)

    def count(self) -> int:
        self._check()
        return super().count()

    def exists(self) -> bool:
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._check()
        return super().update(**kwargs)

    def delete(self) -> Any:
        self._check()
        return super().delete()


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
