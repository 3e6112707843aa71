"""Models whose state only the engine may change: saving it elsewhere raises."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self

from django.db import models

from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.history.state import Recorded

# The rows that the current act may move, and the labels of models of which it may create or move rows.
_moving: ContextVar[frozenset[object]] = ContextVar("jiuyuan_moving", default=frozenset())
_UNREAD = object()


class MovedOutside(RuntimeError):
    """Allow these rows to change state, and rows of these models to be created or moved in bulk.

    For the engine only.
    """


@contextmanager
def moving(*rows_or_models: "Subject | type[Subject]") -> Iterator[None]:
    """Inside this context these rows may change state, and rows of these models may be created or moved in bulk. For the engine only."""
    given = frozenset(one._meta.label if isinstance(one, type) else id(one) for one in rows_or_models)
    token = _moving.set(_moving.get() | given)
    try:
        yield
    finally:
        _moving.reset(token)


class Subject(Recorded):
    """A row moved by a transition table. `moved_by` names the column of its state."""

    moved_by: ClassVar[str] = "status"
    _standing: object = _UNREAD

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        row = super().from_db(db, field_names, values, **more)
        row._standing = row.__dict__.get(cls.moved_by, _UNREAD)
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_outside(kwargs.get("update_fields"), new=self._state.adding or kwargs.get("force_insert", False))
        super().save(*args, **kwargs)
        self._standing = self.__dict__.get(self.moved_by, _UNREAD)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._standing = self.__dict__.get(self.moved_by, _UNREAD)

    @classmethod
    def refuse_loading(cls, columns: Collection[str]) -> None:
        """Refuse writes of the state that go past the model (`loading`)."""
        if cls.moved_by in columns and not _allowed(cls):
            raise MovedOutside(f"{cls._meta.label}: a state is loaded by procedures.bulk alone")

    def _refuse_outside(self, update_fields: Collection[str] | None, *, new: bool) -> None:
        if update_fields is not None and self.moved_by not in update_fields:
            return
        now = self.__dict__.get(self.moved_by, _UNREAD)
        stays = not new and self.pk is not None and now == self._standing
        if not (stays or _allowed(type(self)) or id(self) in _moving.get()):
            raise MovedOutside(f"{self._meta.label}: a state is saved by procedures.engine alone")


def _allowed(model: type[models.Model]) -> bool:
    return model._meta.label in _moving.get()


class SubjectQuerySet(ScopedQuerySet):
    """A scoped query set that refuses to change states in bulk outside the engine."""

    def update(self, **kwargs: Any) -> int:
        if self.model.moved_by in kwargs:
            self._refuse_outside()
        return super().update(**kwargs)

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> int:
        if self.model.moved_by in fields:
            self._refuse_outside()
        return super().bulk_update(objs, fields, *args, **kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse_outside()
        return super().bulk_create(*args, **kwargs)

    def _refuse_outside(self) -> None:
        if not _allowed(self.model):
            raise MovedOutside(f"{self.model._meta.label}: a state is saved by procedures.engine alone")


SubjectManager = models.Manager.from_queryset(SubjectQuerySet)
