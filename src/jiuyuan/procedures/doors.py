"""How the door of a workflow finds its row."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.procedures.reading import key
from jiuyuan.refusals import NotFound


def in_sight(model: Any, user: User | None) -> Any:
    """The rows of a model that a user may see; all of them for a run of the system and for what is done in public."""
    return model.objects.visible_to(user) if user else model.objects.unscoped()


def locked(rows: Any, pk: Any, missing: str) -> Any:
    """The row with this key among those in sight, locked. Raises `NotFound`, in the words given."""
    found = rows.select_for_update(of=("self",)).filter(pk=key(pk)).first()
    if found is None:
        raise NotFound(missing)
    return found
