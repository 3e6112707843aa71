"""The one door to a case: who may see it, the lock, and the look that is recorded. Pages, API, services and engine enter by it."""

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
    """The case with this number, as far as this user may see it; in a state of `public`, everybody may.

    `lock`: nobody else changes it before the transaction ends. `look`: what is shown of it, for the record; with `unmask` the
    whole numbers too. Raises `NotFound`, also for what lies outside the area, and as `refuse_unmasking`.
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
    """Record that somebody looked at a case. A `paper` shows whole numbers as it is, which an office shows nobody of
    themselves and nobody without end. Raises `OwnMatter`, `TooOften`, and as `refuse_unmasking`."""
    user, application = case.user, case.application
    assert user is not None
    refuse_unmasking(user, unmask, case.person)
    if paper:
        refuse_own_file(user, case.person)
        refuse_too_many(user)
    history.looked(user.actor, application.file, what, application.area, unmasked=unmask or paper)


def document_of(user: User, number: str, material: int) -> Document:
    """A material's document, also of one taken off. A look at somebody else's is recorded. Raises `NotFound`, `OwnMatter`."""
    seen = case(user, number)
    found = seen.application.materials.select_related("document").filter(pk=material).first()
    if found is None:
        raise NotFound(say("没有这份材料。"))
    if user.role != Role.APPLICANT:
        looked(seen, f"材料：{registry.materials()[found.kind]}", paper=True)
    return found.document
