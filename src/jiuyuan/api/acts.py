"""One operation for each action of the tables of the register, of visits and of help: path, body and name come from the workflows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from jiuyuan.agencies.models import User
from jiuyuan.api import duties, figures, helping, payments, posts, stays, training, visits
from jiuyuan.api.inputs import Act
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import kind_of
from jiuyuan.procedures.registry import WORKFLOWS, Workflow
from jiuyuan.procedures.table import Transition
from jiuyuan.wording import as_written

router = Router(auth=Bearer(), tags=["people"])
_PLAN = "帮扶计划"

#: How the API shows the subject of each workflow.
_SHOWN: dict[str, tuple[type[Schema], Callable[[User, Any], Schema]]] = {
    "recognition": (stays.StayShape, stays.in_full),
    "exit_proposal": (stays.ProposalShape, stays.proposal),
    "investigation": (stays.InvestigationShape, stays.investigation),
    "exit_objection": (stays.ObjectionToExitShape, stays.objection),
    "visit": (visits.VisitShape, visits.visit),
    "offer": (helping.OfferShape, helping.offer),
    "appointment": (helping.AppointmentShape, helping.appointment),
    "refusal": (helping.RefusalShape, helping.refusal),
    "post": (posts.PostShape, posts.post),
    "placement": (posts.PlacementShape, posts.placement),
    "duty": (duties.SettledShape, duties.settled),
    "course": (training.CourseShape, training.course),
    "enrolment": (training.EnrolmentShape, training.enrolment),
    "venture": (training.VentureShape, training.venture),
    "payment_batch": (payments.PaymentBatchShape, payments.payment_batch),
    "period": (figures.PeriodShape, figures.period),
    "target": (figures.TargetShape, figures.target),
}
#: Of what hangs on nothing, what a program may begin: on the router of its list, which has the same address.
_ALONE = {"post": posts.router, "course": training.router, "payment_batch": payments.router, "target": figures.router}
# Names that clients were made with; the others are the action's and the thing's.
_NAMES = {
    ("exit_proposal", "propose"): "propose_exit",
    ("investigation", "investigate"): "open_investigation",
    ("investigation", "find"): "say_finding",
    ("investigation", "tell"): "tell_finding",
    ("investigation", "respond"): "answer_finding",
    ("investigation", "send_back"): "send_finding_back",
    ("exit_objection", "object"): "object_to_exit",
    ("offer", "offer"): "offer_vacancy",
    ("duty", "settle_otherwise"): "settle_duty_otherwise",
    **{
        ("payment_batch", act): f"{act}_payment_batch"
        for act in ("make", "sign", "publish", "take_down", "send", "withdraw")
    },
}


# Decided at the desk alone, beside what was taken back: the contract of the API names them not.
_AT_THE_DESK = frozenset({("recognition", "restore"), ("recognition", "stand_by")})


@dataclass(frozen=True)
class Operation:
    """One action as a program calls it."""

    workflow: Workflow
    transition: Transition

    @property
    def name(self) -> str:
        usual = f"{self.transition.action}_{self.workflow.things.removesuffix('s')}"
        return _NAMES.get((self.workflow.name, self.transition.action), usual)

    @property
    def below_a_post(self) -> bool:
        """Whether it is the placement: it hangs on a plan, and programs say the plan below the post (contract: assistance)."""
        return self.workflow is PLACEMENT and self.transition.begins

    @property
    def begins_alone(self) -> bool:
        """Whether it makes something that hangs on nothing."""
        return self.transition.begins and not self.workflow.hangs_on

    @property
    def path(self) -> str:
        if self.below_a_post:
            return f"/posts/{{int:pk}}/{self.workflow.named_there}"
        if self.begins_alone:
            return f"/{self.workflow.things}"
        if self.transition.begins:
            return f"/{WORKFLOWS[self.workflow.hangs_on].things}/{{int:pk}}/{self.workflow.named_there}"
        return f"/{self.workflow.things}/{{int:pk}}/{self.transition.action}"


def operations() -> Iterator[Operation]:
    """Every action that a role may do and JSON can say, of all that the API shows."""
    for workflow in (WORKFLOWS[name] for name in _SHOWN):
        for transition in workflow.every_transition:
            reached = not transition.begins or workflow.hangs_on or workflow.name in _ALONE
            reached = reached and (workflow.name, transition.action) not in _AT_THE_DESK
            if reached and transition.roles and all(kind_of(workflow, need).schema for need in transition.needs):
                yield Operation(workflow, _as_sent(workflow, transition))


def _as_sent(workflow: Workflow, transition: Transition) -> Transition:
    """A placement is sent below its post, and names the plan instead."""
    if workflow is not PLACEMENT or not transition.begins:
        return transition
    named = (replace(need, name="plan", label=_PLAN) if need.name == "post" else need for need in transition.needs)
    return replace(transition, needs=tuple(named))


OPERATIONS = {operation.name: operation for operation in operations()}


def _view(operation: Operation) -> Callable[..., Any]:
    _, shown = _SHOWN[operation.workflow.name]

    def act(request: HttpRequest, pk: int, given: Act) -> Any:
        user, action = user_of(request), operation.transition.action
        done = given.done(lambda said, version: engine.act(user, operation.workflow, pk, action, said, version=version))
        return Status(201 if operation.transition.begins else 200, shown(user, done))

    def begin(request: HttpRequest, given: Act) -> Any:
        user, action = user_of(request), operation.transition.action
        done = given.done(lambda said, _version: engine.act(user, operation.workflow, None, action, said))
        return Status(201, shown(user, done))

    def place(request: HttpRequest, pk: int, given: Act) -> Any:
        user, action = user_of(request), operation.transition.action

        def begun(said: dict[str, Any], version: Any) -> Any:
            below = {**{name: value for name, value in said.items() if name != "plan"}, "post": pk}
            return engine.act(user, operation.workflow, said.get("plan"), action, below, version=version)

        return Status(201, shown(user, given.done(begun)))

    view = place if operation.below_a_post else begin if operation.begins_alone else act
    view.__name__ = operation.name
    return view


for operation in OPERATIONS.values():
    shape, _ = _SHOWN[operation.workflow.name]
    with as_written():
        summary = f"{operation.transition.label}（{operation.transition.clause}）"
    made = 201 if operation.transition.begins else 200
    # An address with two methods is one address of one router.
    at = _ALONE[operation.workflow.name] if operation.begins_alone else router
    at.post(operation.path, response={made: shape}, summary=summary)(_view(operation))
