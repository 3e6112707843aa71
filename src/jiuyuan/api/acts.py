"""Creates one operation for each action of the workflows of register, visits and assistance, with path,
body and name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from jiuyuan.agencies.models import User
from jiuyuan.api import (
    administration,
    assistance,
    claims,
    duties,
    figures,
    inspections,
    made_known,
    passed_on,
    payments,
    recoveries,
    stays,
    visits,
)
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

#: The schema and serializer of each workflow's subject.
_SHOWN: dict[str, tuple[type[Schema], Callable[[User, Any], Schema]]] = {
    "recognition": (stays.StayShape, stays.in_full),
    "exit_proposal": (stays.ProposalShape, stays.proposal),
    "investigation": (stays.InvestigationShape, stays.investigation),
    "exit_objection": (stays.ObjectionToExitShape, stays.objection),
    "visit": (visits.VisitShape, visits.visit),
    "duty": (duties.SettledShape, duties.settled),
    "local_rule": (made_known.RuleShape, made_known.rule),
    "article": (made_known.ArticleShape, made_known.article),
    "payment_batch": (payments.PaymentBatchShape, payments.payment_batch),
    **claims.SHOWN,
    **figures.SHOWN,
    **assistance.SHOWN,
    **inspections.SHOWN,
    **recoveries.SHOWN,
    **passed_on.SHOWN,
    **administration.SHOWN,
}
#: The routers on which programs may create subjects without a parent: those of the lists, which have the same URL.
_ALONE = {
    "inspection": inspections.router,
    "local_rule": made_known.router,
    "article": made_known.router,
    "payment_batch": payments.router,
    "target": figures.router,
    "misconduct": passed_on.router,
    **dict.fromkeys(("parameter", "reorganisation"), administration.router),
    **dict.fromkeys(("post", "course", "vacancy"), assistance.router),
}
#: Parents that have no workflow, with their plurals.
_OUTSIDE = {"person": "people"}
#: Subjects created below such a parent although their table has none; the version of the parent's file is not
#: required.
_BEGUN_BELOW = {"claim": "person"}
# Irregular plurals.
_OWN_NAME = frozenset({"recovery", "vacancy"})
# Operation names that clients already use; the others are made from action and subject.
_NAMES = {
    ("exit_proposal", "propose"): "propose_exit",
    ("investigation", "investigate"): "open_investigation",
    ("investigation", "find"): "say_finding",
    ("investigation", "tell"): "tell_finding",
    ("investigation", "respond"): "answer_finding",
    ("investigation", "send_back"): "send_finding_back",
    ("exit_objection", "object"): "object_to_exit",
    ("finding", "answer"): "answer_inspection_finding",
    ("offer", "offer"): "offer_vacancy",
    ("duty", "settle_otherwise"): "settle_duty_otherwise",
    ("claim", "claim"): "make_claim",
    **{
        ("payment_batch", act): f"{act}_payment_batch"
        for act in ("make", "sign", "publish", "take_down", "send", "withdraw")
    },
    ("interview", "write_wishes"): "write_wishes",
    ("interview", "interview"): "hold_interview",
    ("plan", "plan"): "make_plan",
    **{("local_rule", f"{act}_rule"): f"{act}_local_rule" for act in ("draft", "revise", "try", "publish", "withdraw")},
    **{("article", f"{act}_article"): f"{act}_article" for act in ("draft", "revise", "publish", "withdraw")},
}
#: A subject that is created in two ways has two URLs.
_NAMED_THERE = {("interview", "write_wishes"): "wishes"}
# Not in the API contract: decided at the desk only, next to withdrawn files. The secret of an employer's link is
# shown there once.
_AT_THE_DESK = frozenset({("recognition", "restore"), ("recognition", "stand_by"), ("vacancy", "ask_employer")})


@dataclass(frozen=True)
class Operation:
    """An action as programs call it."""

    workflow: Workflow
    transition: Transition
    #: The parent, if there are several possible ones.
    below: str = ""

    @property
    def name(self) -> str:
        if self.below:
            return f"{self.transition.action}_{self.below}"
        workflow = self.workflow
        one = workflow.name if workflow.name in _OWN_NAME else workflow.things.removesuffix("s")
        usual = f"{self.transition.action}_{one}"
        return _NAMES.get((self.workflow.name, self.transition.action), usual)

    @property
    def below_a_post(self) -> bool:
        """Whether it creates a placement, whose parent is a plan but which programs create below the post (contract:
        assistance).
        """
        return self.workflow is PLACEMENT and self.transition.begins

    @property
    def begins_alone(self) -> bool:
        """Whether it creates a subject without a parent."""
        return self.transition.begins and not self.above

    @property
    def above(self) -> str:
        """The name of the parent, for creating actions."""
        return self.below or self.workflow.hangs_on or _BEGUN_BELOW.get(self.workflow.name, "")

    @property
    def path(self) -> str:
        if self.below_a_post:
            return f"/posts/{{int:pk}}/{self.workflow.named_there}"
        if self.begins_alone:
            alone = f"/{self.workflow.things}"
            several = sum(one.begins and bool(one.roles) for one in self.workflow.every_transition) > 1
            return f"{alone}/{self.transition.action}" if several else alone
        if self.transition.begins:
            there = _NAMED_THERE.get((self.workflow.name, self.transition.action), self.workflow.named_there)
            return f"/{_OUTSIDE.get(self.above) or WORKFLOWS[self.above].things}/{{int:pk}}/{there}"
        return f"/{self.workflow.things}/{{int:pk}}/{self.transition.action}"


def operations() -> Iterator[Operation]:
    """Yield every action that a role may perform, whose input fits JSON, and whose subject the API shows."""
    for workflow in (WORKFLOWS[name] for name in _SHOWN):
        for transition in workflow.every_transition:
            reached = not transition.begins or workflow.hangs_on or workflow.name in (*_ALONE, *_BEGUN_BELOW)
            reached = reached and (workflow.name, transition.action) not in _AT_THE_DESK
            if reached and transition.roles and all(kind_of(workflow, need).schema for need in transition.needs):
                several = (workflow.hangs_on, *workflow.or_on) if workflow.or_on and transition.begins else ("",)
                for below in several:
                    yield Operation(workflow, _as_sent(workflow, transition), below)


def _as_sent(workflow: Workflow, transition: Transition) -> Transition:
    """The transition with its plan as a need, for placements, which are created below the post."""
    if workflow is not PLACEMENT or not transition.begins:
        return transition
    named = (replace(need, name="plan", label=_PLAN) if need.name == "post" else need for need in transition.needs)
    return replace(transition, needs=tuple(named))


OPERATIONS = {operation.name: operation for operation in operations()}


def _view(operation: Operation) -> Callable[..., Any]:
    _, shown = _SHOWN[operation.workflow.name]

    def act(request: HttpRequest, pk: int, given: Act) -> Any:
        user, action = user_of(request), operation.transition.action
        key = (operation.below, pk) if operation.below else pk
        done = given.done(
            lambda said, version: engine.act(user, operation.workflow, key, action, said, version=version)
        )
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
    # A URL with two methods has to be on one router.
    at = _ALONE[operation.workflow.name] if operation.begins_alone else router
    at.post(operation.path, response={made: shape}, summary=summary)(_view(operation))
