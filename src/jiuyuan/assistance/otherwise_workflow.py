"""The workflow of duties settled otherwise: a note ends the item (四(三))."""

from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import duties, helped
from jiuyuan.assistance.duty import AsOf, DueDuty
from jiuyuan.assistance.helped import Helped, Said
from jiuyuan.assistance.models import SettledOtherwise
from jiuyuan.labels import texts
from jiuyuan.procedures.reading import as_key, key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

_CLERK = frozenset({Role.CLERK})
_DUTIES = tuple((duty.code, duty.__dict__["label"]) for duty in duties.DUTIES if duty.otherwise)

TABLE = Procedure(
    tuple(State(code, label, final=True) for code, label in texts(SettledOtherwise.Status)),
    (
        Transition(
            "settle_otherwise", "已用其他方式办理", frozenset(), ("settled",), _CLERK,
            needs=(
                Need("duty", "要办的事", "choice", choices=_DUTIES),
                Need("item", "所办的记录", "row"),
                Need("note", "怎样办的", longest=400, empty="请写明用什么方式办的、结果怎样，例如：打电话谈过，本人月底回来再见面。"),
            ),
            while_in=frozenset({"active"}), record="settled_otherwise", done="用其他方式办理了要办的事",
            lead="不用本系统里的办理事项、用其他方式办了的，写明怎样办的，这件事就不再列出。", result="已记下，不再列出。",
            letter=NO_LETTER,
        ),
    ),
)  # fmt: skip


class OtherwiseOf(Helped):
    model = SettledOtherwise


def _is_due(context: OtherwiseOf, said: Said) -> None:
    """Require that the item is on the user's list and about this person."""
    if _found(context, said) is None:
        raise BadInput(
            say("有内容需要改正。"), [("item", say("这件事现在不在要办的事里：已经办了，或者不是这个人的。"))]
        )


def _found(context: OtherwiseOf, said: Said) -> Any:
    assert context.user is not None
    rows = duties.BY_CODE[said["duty"]].open(AsOf(context.user, context.today)).filter(pk=said["item"])
    found = rows.first()
    stay = DueDuty(found, context.today).stay if found is not None else None
    return found if stay is not None and stay.pk == context.recognition.pk else None


def _settle(context: OtherwiseOf, said: Said) -> Said:
    assert context.user is not None
    duty = duties.BY_CODE[said["duty"]]
    again = duty.again(_found(context, said), AsOf(context.user, context.today)) if duty.again else None
    context.subject = SettledOtherwise(
        recognition=context.recognition, duty=duty.code, row=said["item"], on=context.today, again_on=again, note=said["note"],
        by=context.user, by_name=context.actor.name, version=0,
    )  # fmt: skip
    return {"duty": duty.code, "item": said["item"]}


def _row(_context: Any, need: Need, raw: Any) -> int:
    found = key(raw)
    if not found:
        raise ValueError(say("请从要办的事里选。"))
    return found


OTHERWISE = register(
    Workflow(
        "duty", "这件要办的事", SettledOtherwise, helped.door(OtherwiseOf, "没有这件事。"), helped.holds(OtherwiseOf),
        Vocabulary(
            {"settle_otherwise": _settle}, checks={"settle_otherwise": _is_due},
            kinds={"row": NeedKind(_row, schema=as_key)},
        ),
        things="duties", hangs_on="recognition", named_there="duties",
    )
)  # fmt: skip
OTHERWISE.add(TABLE)
