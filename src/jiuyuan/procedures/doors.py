"""How the door of a workflow finds its row. `missing` is the template of the sentence of `NotFound`."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.procedures.reading import key
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say


def in_sight(model: Any, user: User | None) -> Any:
    """The rows of a model that a user may see; all of them for a run of the system and for what is done in public."""
    return model.objects.visible_to(user) if user else model.objects.unscoped()


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
