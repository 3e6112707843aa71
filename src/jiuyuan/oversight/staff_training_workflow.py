"""The workflow of staff training: questions on the policy in force, drawn from its test cases;
due again after a change (五(二)).
"""

import random
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import CASE_STAFF
from jiuyuan.labels import texts
from jiuyuan.oversight.models import StaffTraining
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.regions.policy_questions import ANSWERS, PolicyQuestion, questions_of, version_of
from jiuyuan.wording import say

Said = dict[str, Any]

TABLE = Procedure(
    tuple(State(code, label, final=True) for code, label in texts(StaffTraining.Status)),
    (
        Transition(
            "take_course", "答题", frozenset(), ("passed", "failed"), CASE_STAFF,
            needs=(Need("answers", "回答", "answers"),), record="training_taken", done="做了业务培训的题",
            lead="题目出自政策文件和例子。答完每题都有条款和理由，没通过的换一组题再答。", result="已交。",
        ),
    ),
)  # fmt: skip


class OfTraining(Context):
    """The context of a staff member's course. It concerns a policy, so it is nobody's own matter."""

    @property
    def concerned(self) -> list[Concerned]:
        return []

    @property
    def policy(self) -> str:
        """The code of the policy in force at the user's place today."""
        return registry.region_of(self.area).policy_code(self.today)

    def drawn(self) -> list[int]:
        """The questions drawn now: the same until answered, others next time."""
        assert self.user is not None
        every, most = (
            questions_of(self.policy),
            registry.region_of(self.area).limit("training_questions", on=self.today),
        )
        taken = StaffTraining.objects.unscoped().filter(taken_by=self.user).count()
        # Not a secret, but a reproducible draw.
        draw = random.Random(f"{version_of(self.policy)} {self.user.username} {taken}")
        return sorted(draw.sample(range(len(every)), min(most, len(every))))

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the answers.
        return super().payload(transition, {}, more, moved)


def questions(policy: str, places: list[int]) -> list[PolicyQuestion]:
    """The questions of a policy at these positions."""
    every = questions_of(policy)
    return [every[place] for place in places]


def policy_of(user: User, today: Any) -> str:
    """The code of the policy that staff have to know at the user's place."""
    return registry.region_of(user.area).policy_code(today)


def _answers(context: OfTraining, _need: Need, raw: Any) -> list[str]:
    given = [str(one) for one in raw] if isinstance(raw, list | tuple) else []
    asked = len(context.drawn())
    left = [place for place in range(1, asked + 1) if place > len(given) or given[place - 1] not in ANSWERS]
    if left or len(given) != asked:
        raise ValueError(say("还有题没有答：第{left}题。", left=left) if left else say("题数不对，请重新打开再答。"))
    return given


def _take(context: OfTraining, said: Said) -> None:
    user = context.user
    assert user is not None
    assert user.agency is not None
    places = context.drawn()
    given = said["answers"]
    right = sum(one.answer == answer for one, answer in zip(questions(context.policy, places), given, strict=True))
    enough = registry.region_of(context.area).limit("training_pass_percent", on=context.today)
    passed = bool(places) and 100 * right >= enough * len(places)
    context.subject = StaffTraining(
        agency=user.agency, area=user.agency.path, policy=version_of(context.policy), questions=places, answers=given,
        right=right, **by(context, StaffTraining, "taken"),
    )  # fmt: skip
    context.go_to("passed" if passed else "failed")


def _door(user: User | None, pk: Any, transition: Transition) -> OfTraining:
    if transition.begins:
        return OfTraining(None, user)
    found = StaffTraining.objects.unscoped().filter(pk=key(pk), taken_by=user).first()
    if found is None:
        raise NotFound(say("没有这次培训。"))
    return OfTraining(found, user)


STAFF_TRAINING = register(
    Workflow(
        "staff_training", "这次培训", StaffTraining, _door, OfTraining,
        Vocabulary({"take_course": _take}, kinds={"answers": NeedKind(_answers, "lines")}),
        things="staff_trainings",
    )
)  # fmt: skip
STAFF_TRAINING.add(TABLE)
