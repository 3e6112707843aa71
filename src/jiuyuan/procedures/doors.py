"""How workflows find and lock their rows. `missing` is the template of the message of `NotFound`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.procedures.reading import key
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

_for_nobody: ContextVar[bool] = ContextVar("for_nobody", default=False)


@contextmanager
def open_for_nobody() -> Iterator[None]:
    """Allow doors to be passed without a user, for system runs and for members of the public who hold the right
    secret.
    """
    before = _for_nobody.set(True)
    try:
        yield
    finally:
        _for_nobody.reset(before)


def in_sight(model: Any, user: User | None) -> Any:
    """The rows of a model that the user may see.

    Without a user: all rows inside `open_for_nobody`, elsewhere a query set that refuses to run.
    """
    if user is not None:
        return model.objects.visible_to(user)
    return model.objects.unscoped() if _for_nobody.get() else model.objects.all()


def locked(rows: Any, pk: Any, missing: str) -> Any:
    """Return the row with this key, locked. Raises `NotFound`."""
    found = rows.select_for_update(of=("self",)).filter(pk=key(pk)).first()
    if found is None:
        raise NotFound(say(missing))
    return found


def parent_key(rows: Any, pk: Any, way: str, missing: str) -> Any:
    """Return the key of the row's parent, which has to be locked first. Raises `NotFound`."""
    found = rows.filter(pk=key(pk)).values_list(way, flat=True).first()
    if found is None:
        raise NotFound(say(missing))
    return found
