"""The one door to what an act on the register is about."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.recognitions import acts
from jiuyuan.recognitions.acts import ACTS, Sheet
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.refusals import NotFound

_MISSING: dict[type[Any] | None, str] = {
    None: "没有这条认定记录。",
    ExitProposal: "没有这条退出建议。",
    Investigation: "没有这项调查。",
    ExitObjection: "没有这条异议。",
}


def enter(user: User, action: str, pk: int, version: int | None = None) -> tuple[Sheet, Any]:
    """The recognition, locked, and the item with this key, where this user may do this now.

    `pk` is that of the recognition itself for an act that is about no item. Raises `NotFound`, then what `acts.check`
    raises, in the order of the contract.
    """
    about = ACTS[action].about
    found = _seen(user, about).filter(pk=pk).values_list("recognition" if about else "pk", flat=True).first()
    if found is None:
        raise NotFound(_MISSING[about])
    rows = Recognition.objects.unscoped().select_related("person__account", "person__agency", "agency")
    sheet = Sheet(rows.select_for_update(of=("self",)).get(pk=found))
    items = {ExitProposal: "proposals", Investigation: "investigations", ExitObjection: "objections"}
    item = next(one for one in getattr(sheet, items[about]) if one.pk == pk) if about else None
    acts.check(user, sheet, action, item, version=version)
    return sheet, item


def _seen(user: User, about: type[Any] | None) -> Any:
    """Applicants see their own recognition and wish to leave, and what was told to them of an investigation."""
    if user.role == Role.APPLICANT and about is ExitProposal:
        return ExitProposal.objects.unscoped().filter(proposer=user, recognition__person__account=user)
    if user.role == Role.APPLICANT and about is Investigation:
        return Investigation.objects.unscoped().filter(recognition__person__account=user, told_on__isnull=False)
    seen: type[Any] = about or Recognition
    return seen.objects.visible_to(user)
