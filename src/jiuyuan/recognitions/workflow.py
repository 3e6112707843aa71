"""The workflows of the register: how subjects are loaded, and the functions behind the names in the tables."""

from collections.abc import Callable
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.engine import Offer
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Transition, Vocabulary
from jiuyuan.recognitions import effects, inquiry_effects, inquiry_transitions, transitions
from jiuyuan.recognitions.guards import BEFORE, GUARDS, WHOSE
from jiuyuan.recognitions.inputs import KINDS
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.recognitions.stay import Contest, Inquiry, OnRegister, Proposal, Stay
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

Door = Callable[[User | None, Any, Transition], Stay]


def _locked(pk: int) -> Recognition:
    rows = Recognition.objects.unscoped().select_related("person__account", "person__agency", "agency")
    found: Recognition = rows.select_for_update(of=("self",)).get(pk=pk)
    return found


def _recognition(user: User | None, pk: Any) -> Recognition:
    """The recognition, locked, if this user may see it."""
    seen = Recognition.objects.visible_to(user).filter(pk=key(pk)) if user else Recognition.objects.unscoped().none()
    if not seen.exists():
        raise NotFound(say("没有这条认定记录。"))
    return _locked(key(pk))


def _on_register(user: User | None, pk: Any, _transition: Transition) -> Stay:
    return OnRegister(_recognition(user, pk), user)


def _hold(row: Any, user: User | None) -> Stay:
    return OnRegister(None, user, person=row) if isinstance(row, Person) else OnRegister(row, user)


def _door(context: type[Stay], rows: str, missing: str) -> Door:
    """A door to a row of a recognition: by its own key, or by the recognition's for a new one."""

    def enter(user: User | None, pk: Any, transition: Transition) -> Stay:
        if transition.begins:
            return context(_recognition(user, pk), user)
        seen = _seen(user, context.model).filter(pk=key(pk)).values_list("recognition", flat=True).first()
        if seen is None:
            raise NotFound(missing)
        stay = context(_locked(seen), user)
        stay.subject = next(one for one in getattr(stay, rows) if one.pk == key(pk))
        return stay

    return enter


def _seen(user: User | None, model: type[Any]) -> Any:
    """The rows visible to a user.

    Applicants see their own requests to leave, their objections, and what they were told of investigations.
    """
    if user is None:
        return model.objects.unscoped().none()
    if user.role == Role.APPLICANT and model is ExitProposal:
        return model.objects.unscoped().filter(proposed_by=user, recognition__person__account=user)
    if user.role == Role.APPLICANT and model is Investigation:
        return model.objects.unscoped().filter(recognition__person__account=user, told_on__isnull=False)
    return model.objects.visible_to(user)


def _holds(context: type[Stay]) -> Callable[[Any, User | None], Stay]:
    """The context of a loaded row: the subject, or the recognition of a new one."""

    def hold(row: Any, user: User | None) -> Stay:
        return context(row, user) if isinstance(row, Recognition) else context(row.recognition, user, row)

    return hold


RECOGNITION = register(
    Workflow(
        "recognition", "这条认定", Recognition, _on_register, _hold,
        Vocabulary(
            effects.ON_REGISTER, GUARDS, effects.ON_REGISTER_CHECKS, before=BEFORE, kinds=KINDS, after=effects.ON_REGISTER_AFTER,
            letters=effects.ON_REGISTER_LETTERS,
        ),
        things="recognitions",
    )
)  # fmt: skip
PROPOSAL = register(
    Workflow(
        "exit_proposal", "这条退出建议", ExitProposal, _door(Proposal, "proposals", "没有这条退出建议。"), _holds(Proposal),
        Vocabulary(
            effects.PROPOSALS, GUARDS, effects.PROPOSAL_CHECKS, WHOSE, BEFORE, KINDS, after=effects.PROPOSAL_AFTER
        ),
        things="proposals", hangs_on="recognition", named_there="proposals",
    )
)  # fmt: skip
INVESTIGATION = register(
    Workflow(
        "investigation", "这项调查", Investigation, _door(Inquiry, "investigations", "没有这项调查。"), _holds(Inquiry),
        Vocabulary(
            inquiry_effects.EFFECTS, GUARDS, inquiry_effects.CHECKS, WHOSE, BEFORE, KINDS, after=inquiry_effects.AFTER
        ),
        things="investigations", hangs_on="recognition", named_there="investigations",
    )
)  # fmt: skip
OBJECTION = register(
    Workflow(
        "exit_objection", "这条异议", ExitObjection, _door(Contest, "objections", "没有这条异议。"), _holds(Contest),
        Vocabulary(effects.OBJECTIONS, GUARDS, {}, WHOSE, BEFORE, KINDS, after=effects.OBJECTION_AFTER, letters=effects.OBJECTION_LETTERS),
        things="exit_objections", hangs_on="recognition", named_there="objections",
    )
)  # fmt: skip
RECOGNITION.add(transitions.RECOGNITION)
PROPOSAL.add(transitions.PROPOSAL)
INVESTIGATION.add(inquiry_transitions.INVESTIGATION)
OBJECTION.add(transitions.OBJECTION)

#: The workflows whose subjects belong to a recognition.
BELOW = (PROPOSAL, INVESTIGATION, OBJECTION)
OF: dict[type[Any], Workflow] = {
    Recognition: RECOGNITION, ExitProposal: PROPOSAL, Investigation: INVESTIGATION, ExitObjection: OBJECTION,
}  # fmt: skip


def offered(row: Any, user: User) -> list[Offer]:
    """The acts on a recognition or a row of it, each with its refusals."""
    workflow = OF[type(row)]
    return engine.offered(workflow, workflow.hold(row, user))


def offered_below(recognition: Recognition, user: User) -> list[Offer]:
    """The acts that create a row of a recognition."""
    return [offer for workflow in BELOW for offer in engine.offered(workflow, workflow.hold(recognition, user))]


def sheet(recognition: Recognition, user: User | None = None) -> Stay:
    """The context of a recognition."""
    return OnRegister(recognition, user)
