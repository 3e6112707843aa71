"""The workflow of a doubt: explained, or confirmed, after which a recovery may follow (五(三))."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Need, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign

_REVIEWER, _RAISED = frozenset({Role.REVIEWER}), frozenset({"raised"})

TABLE = Procedure(
    tuple(State(code, label, final=code != "raised") for code, label in texts(Doubt.Status)),
    (
        Transition(
            "raise", "发现疑点", frozenset(), ("raised",), frozenset(), machines=frozenset({"night"}), record="doubt_raised",
            done="发现了疑点",
        ),
        Transition(
            "explain", "说明没有问题", _RAISED, ("explained",), _REVIEWER, effect="settle",
            needs=(Need("words", "核实情况", empty="请写明核实了什么、为什么没有问题。"),), record="doubt_explained",
            done="说明了疑点", result="已说明。",
        ),
        Transition(
            "confirm", "核实成立", _RAISED, ("confirmed",), _REVIEWER, effect="settle", emphasis="main",
            needs=(Need("words", "核实情况", empty="请写明核实了什么、怎样处理。"),), record="doubt_confirmed",
            done="核实了疑点", lead="多领了的，核实成立以后可以追回；没有享受到的，请帮他申请。", result="已核实。",
        ),
    ),
)  # fmt: skip


class OfDoubt(Context):
    """The context of a doubt, which is locked, and its person."""

    @property
    def concerned(self) -> list[Person]:
        return [self.subject.person]


def _settle(context: OfDoubt, said: dict[str, Any]) -> None:
    context.subject.words = said["words"]
    sign(context, context.subject, "decided")


def _door(user: User | None, pk: Any, _transition: Transition) -> OfDoubt:
    found = locked(in_sight(Doubt, user), pk, "没有这个疑点。")
    return OfDoubt(found, user)


DOUBT = register(
    Workflow("doubt", "这个疑点", Doubt, _door, OfDoubt, Vocabulary({"settle": _settle}), things="doubts")
)  # fmt: skip
DOUBT.add(TABLE)
