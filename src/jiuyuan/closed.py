"""A query set that raises until its reader is named, so that personal data are closed by default.

Scope (`agencies.scope`), the record and messages each have a method to open it. Rows reached from a loaded object
are as visible as that object.
"""

from typing import Any, Self

from django.db import models


class Unscoped(RuntimeError):
    """Personal data were queried without naming the reader."""


class ClosedQuerySet(models.QuerySet[Any]):
    _open = False

    def unscoped(self) -> Self:
        """All rows, for services on rows already checked and for system runs. Never in a view."""
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone._open = True
        return clone

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._open = self._open
        return clone

    def _check(self) -> None:
        if not (self._open or "instance" in self._hints):  # type: ignore[attr-defined]
            raise Unscoped(f"{self.model.__name__}: say for whom first, as visible_to(user)")

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
