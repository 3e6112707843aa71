"""How the door of a workflow finds its row. `missing` is the template of the sentence of `NotFound`."""

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
    """Let doors be passed without a user: by a run of the system, and in public by who has the secret that the door asks for."""
    before = _for_nobody.set(True)
    try:
        yield
    finally:
        _for_nobody.reset(before)


def in_sight(model: Any, user: User | None) -> Any:
    """The rows of a model that a user may see. Without a user all of them within `open_for_nobody`, elsewhere such as refuse to run."""
    if user is not None:
        return model.objects.visible_to(user)
    return model.objects.unscoped() if _for_nobody.get() else model.objects.all()


def locked(rows: Any, pk: Any, missing: str) -> Any:
    """The row with this key, locked. Raises `NotFound`."""
    found = rows.select_for_update(of=("self",)).filter(pk=key(pk)).first()
    if found is None:
        raise NotFound(say(missing))
    return found


def parent_key(rows: Any, pk: Any, way: str, missing: str) -> Any:
    """The key of the parent of the row with this key: the parent is locked first. Raises `NotFound`."""
    found = rows.filter(pk=key(pk)).values_list(way, flat=True).first()
    if found is None:
        raise NotFound(say(missing))
    return found
