"""The only way to load a case: checks scope, locks, and records the look.

Used by pages, API, services and the engine.
"""

from collections.abc import Collection

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.history import services as history
from jiuyuan.people.models import Document
from jiuyuan.people.queries import refuse_own_file, refuse_too_many, refuse_unmasking
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.speed.rows import belonging_to_any
from jiuyuan.wording import say

_SHOWN = ("person", "agency", "endorsed_by", "batch", "recognition")


def case(
    user: User | None,
    number: str,
    *,
    lock: bool = False,
    look: str = "",
    unmask: bool = False,
    public: Collection[str] = (),
) -> Case:
    """Return the case with this number if the user may see it; in a state listed in `public` everybody may.

    `lock` locks its row until the transaction ends. `look` is what is shown of it, for the record; with `unmask`
    the full numbers too. Raises `NotFound`, also outside the user's area, and like `refuse_unmasking`.
    """
    parts = ("person", "person__account", "agency", "endorsed_by") if lock else _SHOWN
    found = next(iter(belonging_to_any(Application, "number", [number], *parts, lock=lock)), None)
    if found is None or not (found.status in public or (user and Application.scope.holds(user, found))):
        raise NotFound(say("没有这份申请。"))
    seen = Case(found, user)
    if look:
        looked(seen, look, unmask=unmask)
    return seen


def looked(case: Case, what: str, *, unmask: bool = False, paper: bool = False) -> None:
    """Record that somebody looked at a case.

    A `paper` always shows full numbers, so staff cannot open their own, and there is a limit on how many. Raises
    `OwnMatter`, `TooOften`, and like `refuse_unmasking`.
    """
    user, application = case.user, case.application
    assert user is not None
    refuse_unmasking(user, unmask, case.person)
    if paper:
        refuse_own_file(user, case.person)
        refuse_too_many(user)
    history.looked(user.actor, application.file, what, application.area, unmasked=unmask or paper)


def document_of(user: User, number: str, material: int) -> Document:
    """Return the document of a material, even of a removed one, and record the look if it is somebody else's.

    Raises `NotFound`, `OwnMatter`.
    """
    seen = case(user, number)
    found = seen.application.materials.select_related("document").filter(pk=material).first()
    if found is None:
        raise NotFound(say("没有这份材料。"))
    if user.role != Role.APPLICANT:
        looked(seen, f"材料：{registry.materials()[found.kind]}", paper=True)
    return found.document
