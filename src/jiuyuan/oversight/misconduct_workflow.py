"""The workflow of staff misconduct: opened, passed on, concluded or dropped (五(三)). Few may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import STAFF
from jiuyuan.history import services as history
from jiuyuan.history.state import set_by
from jiuyuan.labels import texts
from jiuyuan.oversight.models import Misconduct
from jiuyuan.oversight.models.misconduct import OPENERS, kept_from
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

Said = dict[str, Any]
_OPEN = frozenset({"opened", "passed"})

TABLE = Procedure(
    tuple(State(code, label, final=code in ("concluded", "dropped")) for code, label in texts(Misconduct.Status)),
    (
        Transition(
            "open", "登记违规违纪", frozenset(), ("opened",), OPENERS,
            needs=(
                Need("account", "涉及的工作人员（账号）", "concerned", longest=150, hint="本辖区下级机构的工作人员；本机构的人由上级登记。"),
                Need("facts", "事实", longest=5000),
            ),
            lead="只有登记人和审计能看到。涉及的人和他所在的机构看不到。", record="misconduct_opened",
            done="登记了违规违纪", result="已登记。",
        ),
        Transition(
            "pass_on", "移交", frozenset({"opened"}), ("passed",), OPENERS, emphasis="main",
            needs=(
                Need("passed_to", "移交给谁", "choice", choices=tuple(texts(Misconduct.PassedTo))),
                Need("on", "移交日期", "date"),
            ),
            record="misconduct_passed", done="移交了违规违纪", result="已移交，等结果。",
        ),
        Transition(
            "conclude", "登记结果", frozenset({"passed"}), ("concluded",), OPENERS, emphasis="main",
            needs=(Need("result", "结果", longest=5000),), record="misconduct_concluded",
            done="登记了违规违纪的结果", result="已登记结果。",
        ),
        Transition(
            "drop", "撤销", _OPEN, ("dropped",), OPENERS, emphasis="grave",
            needs=(Need("reason", "撤销的理由"),), record="misconduct_dropped",
            done="撤销了违规违纪的登记", result="已撤销，登记和理由都留着。",
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Holder:
    """The holder of an account, for `own_matter`."""

    account_id: int
    id_index: str


class OfMisconduct(Context):
    """The context of a misconduct case, which is locked."""

    @property
    def concerned(self) -> list[Concerned]:
        if self.subject is None:
            return []
        return [_Holder(self.subject.concerned_id, self.subject.concerned.id_index)]

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # Texts stay in the encrypted columns, whose hashes the record states.
        return super().payload(transition, {}, {}, moved)

    def record(self, transition: Transition, payload: Mapping[str, Any]) -> None:
        # Recorded in no area: auditors read the record of their area, and one of them may be concerned. Only its own
        # page shows it.
        history.append(self.subject.file, self.actor, transition.record, payload, "", set_by([self.subject]))


def _open(context: OfMisconduct, said: Said) -> None:
    account: User = said["account"]
    assert account.agency is not None
    context.subject = Misconduct(
        concerned=account, agency=account.agency, area=account.agency.path, facts=said["facts"],
        **by(context, Misconduct, "opened"),
    )  # fmt: skip


def _pass_on(context: OfMisconduct, said: Said) -> None:
    sign(context, context.subject, "passed")
    context.subject.passed_to, context.subject.passed_on = said["passed_to"], said["on"]


def _not_before_it_was_opened(context: OfMisconduct, said: Said) -> None:
    if said["on"] < context.subject.opened_on:
        raise BadInput(say("有内容需要改正。"), [("on", say("移交日期不能早于登记日期。"))])


def _conclude(context: OfMisconduct, said: Said) -> None:
    context.subject.result = said["result"]
    sign(context, context.subject, "ended")


def _drop(context: OfMisconduct, said: Said) -> None:
    context.subject.reason = said["reason"]
    sign(context, context.subject, "ended")


def _concerned(context: OfMisconduct, _need: Need, raw: Any) -> User:
    user = context.user
    assert user is not None
    below = User.objects.filter(role__in=STAFF, agency__path__begins=user.area).exclude(kept_from(user))
    found = below.select_related("agency").filter(username=str(raw).strip()[:150]).first()
    if found is None:
        raise ValueError(say("请填本辖区下级机构工作人员的账号。本人、申报的亲属和本机构的人，由上级登记。"))
    return found


def _door(user: User | None, pk: Any, transition: Transition) -> OfMisconduct:
    if transition.begins:
        return OfMisconduct(None, user)
    found = locked(in_sight(Misconduct, user).select_related("concerned"), pk, "没有这件违规违纪。")
    return OfMisconduct(found, user)


MISCONDUCT = register(
    Workflow(
        "misconduct", "这件违规违纪", Misconduct, _door, OfMisconduct,
        Vocabulary(
            {"open": _open, "pass_on": _pass_on, "conclude": _conclude, "drop": _drop},
            checks={"pass_on": _not_before_it_was_opened},
            kinds={
                "concerned": NeedKind(_concerned, schema=lambda need: {"type": "string", "minLength": 1, "maxLength": 150})
            },
        ),
        things="misconducts",
    )
)  # fmt: skip
MISCONDUCT.add(TABLE)
