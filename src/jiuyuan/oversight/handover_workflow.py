"""The workflow of a hand-over to the police: reported by two, decided by the head, five papers, receipt,
filed or contested.
"""

from typing import Any

from django.utils import timezone

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight.models import Handover, Recovery
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.own_matter import same_person
from jiuyuan.procedures.reading import as_key, key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, OtherEyes, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.wording import in_words, say

Said = dict[str, Any]
_REVIEWER = frozenset({Role.REVIEWER})
_LAW = "行政执法机关移送涉嫌犯罪案件的规定 "
#: The five papers (移送规定 6), by the needs for them.
PAPERS: tuple[tuple[str, str], ...] = (
    ("transfer_letter", "涉嫌犯罪案件移送书"), ("investigation_report", "涉嫌犯罪案件情况的调查报告"), ("inventory", "涉案物品清单"),
    ("expert_opinion", "有关检验报告或者鉴定结论"), ("other_papers", "其他有关涉嫌犯罪的材料"),
)  # fmt: skip

TABLE = Procedure(
    tuple(
        State(code, label, final=code in ("kept", "filed", "contested")) for code, label in texts(Handover.Status)
    ),
    (
        Transition(
            "report", "报告涉嫌犯罪", frozenset(), ("reported",), _REVIEWER, clause=_LAW + "5", blocks=("none_open",),
            while_in=frozenset({"found", "intended", "heard", "decided", "served", "urged", "to_court", "settled"}),
            needs=(
                Need("second", "另一名承办人（账号）", "officer", hint="本机构的另一名工作人员，两人共同报告。"),
                Need("facts", "涉嫌犯罪的事实"),
                Need("law", "涉嫌的罪名和依据", longest=400),
            ),
            record="handover_reported", done="报告了涉嫌犯罪", result="已报告，负责人三日内决定。追回照常进行。",
        ),
        Transition(
            "agree", "批准移送", frozenset({"reported"}), ("agreed",), _REVIEWER, clause=_LAW + "5", before="reported",
            needs=(Need("reason", "理由"),), effect="decide", record="handover_agreed", done="批准了移送",
            result="已批准，24小时内移送。", emphasis="main",
        ),
        Transition(
            "keep", "不批准移送", frozenset({"reported"}), ("kept",), _REVIEWER, clause=_LAW + "5", before="reported",
            needs=(Need("reason", "不移送的理由", empty="请写明不移送的理由，记录在案。"),), effect="decide", record="handover_kept",
            done="没有批准移送", result="已记录在案。",
        ),
        Transition(
            "send", "移送公安机关", frozenset({"agreed"}), ("sent",), _REVIEWER, clause=_LAW + "6",
            needs=(
                Need("police", "公安机关", longest=120),
                *(Need(name, label, "paper", empty=f"请选择{label}。五份材料缺一不可，没有的先存入人员档案。") for name, label in PAPERS),
            ),
            record="handover_sent", done="移送了公安机关", result="已移送，等公安机关签收。", emphasis="main",
        ),
        Transition(
            "receive", "登记回执", frozenset({"sent"}), ("received",), _REVIEWER, clause=_LAW + "7",
            needs=(Need("on", "签收日期", "date"), Need("receipt", "回执", longest=200)), record="handover_received",
            done="登记了回执", result="已登记，公安机关三日内决定。", emphasis="main",
        ),
        Transition(
            "answered", "登记公安的决定", frozenset({"received"}), ("filed", "not_filed"), _REVIEWER, clause=_LAW + "8",
            needs=(Need("filed", "立案", "yes_no"), Need("on", "决定日期", "date"), Need("words", "公安的决定")),
            record="handover_answered", done="登记了公安的决定", result="已登记。", emphasis="main",
        ),
        Transition(
            "contest", "提出异议", frozenset({"not_filed"}), ("contested",), _REVIEWER, clause=_LAW + "9",
            needs=(Need("with", "向谁提出、理由", longest=400, hint="三日内提请公安机关复议，或者建议检察机关立案监督。"),),
            record="handover_contested", done="对不予立案提出了异议", result="已登记。",
        ),
    ),
)  # fmt: skip


class OfHandover(Context):
    """The context of a hand-over, which is locked; `subject` is None until reported.

    Its parent is the recovery, which continues.
    """

    def __init__(self, subject: Handover | None, user: User | None, recovery: Recovery) -> None:
        super().__init__(subject, user)
        self.recovery = recovery

    @property
    def area(self) -> str:
        return str(self.recovery.area)

    @property
    def concerned(self) -> list[Person]:
        return [self.recovery.person]

    @property
    def around(self) -> str:
        return str(self.recovery.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.recovery

    def choices(self, need: Need) -> Choices:
        if need.kind != "paper":
            return need.choices
        rows = self.recovery.person.documents.all()
        papers = ((one, timezone.localtime(one.added_at)) for one in rows)
        return tuple((str(one.pk), f"{one.file_name} {in_words(at, 'weekday')} {at:%H:%M}") for one, at in papers)

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        words: Said = {name: said[name] for name in ("facts", "reason", "words") if name in said}
        return super().payload(transition, words, more, moved)


def _report(context: OfHandover, said: Said) -> None:
    user = context.user
    assert user is not None and user.agency is not None
    context.subject = Handover(
        recovery=context.recovery, area=context.area, agency=user.agency, facts=said["facts"], law=said["law"],
        second=said["second"], **by(context, Handover, "reported"),
    )  # fmt: skip


def _decide(context: OfHandover, said: Said) -> None:
    context.subject.reason = said["reason"]
    sign(context, context.subject, "decided")


def _send(context: OfHandover, said: Said) -> Said:
    documents = context.recovery.person.documents.in_bulk([said[name] for name, _ in PAPERS])
    papers = [{"name": label, "document": said[name], "sha256": documents[said[name]].sha256} for name, label in PAPERS]
    context.subject.papers, context.subject.police, context.subject.sent_on = papers, said["police"], context.today
    return {"papers": papers}


def _receive(context: OfHandover, said: Said) -> None:
    context.subject.received_on, context.subject.receipt = said["on"], said["receipt"]


def _answered(context: OfHandover, said: Said) -> None:
    context.subject.answered_on, context.subject.answer = said["on"], said["words"]
    context.go_to("filed" if said["filed"] else "not_filed")


def _contest(context: OfHandover, said: Said) -> None:
    context.subject.contested_on, context.subject.contested_with = context.today, said["with"]


def _five_different(context: OfHandover, said: Said) -> None:
    seen: set[int] = set()
    for name, _ in PAPERS:
        if said[name] in seen:
            raise BadInput(say("有内容需要改正。"), [(name, say("五份材料各是各的，同一份不能算两份。"))])
        seen.add(said[name])


def _none_open(context: OfHandover) -> str | None:
    rows = Handover.objects.unscoped().filter(recovery=context.recovery)
    return say("这件事已经在移送。") if rows.exclude(status="kept").exists() else None


def _officer(context: OfHandover, need: Need, raw: Any) -> User:
    user = context.user
    found = User.objects.filter(username=str(raw).strip()[:150], is_active=True).first()
    if user is None or found is None or found.agency_id != user.agency_id or same_person(found, user):
        raise ValueError(say("请填本机构另一名工作人员的账号。"))
    return found


def _paper(context: OfHandover, need: Need, raw: Any) -> int:
    found = key(raw)
    if str(found) not in dict(context.choices(need)):
        raise ValueError(say("{label}要从这个人的档案里选，没有的先存入档案。", label=need.label))
    return found


_MISSING = "没有这件移送。"


def _door(user: User | None, pk: Any, transition: Transition) -> OfHandover:
    model: Any = Recovery if transition.begins else Handover
    if transition.begins and user is not None and not user.is_staff_member:
        raise NotFound(say(_MISSING))
    found = locked(in_sight(model, user), pk, _MISSING)
    return _hold(found, user)


def _hold(row: Any, user: User | None) -> OfHandover:
    return OfHandover(row, user, row.recovery) if isinstance(row, Handover) else OfHandover(None, user, row)


HANDOVER = register(
    Workflow(
        "handover", "这件移送", Handover, _door, _hold,
        Vocabulary(
            {
                "report": _report, "decide": _decide, "send": _send, "receive": _receive, "answered": _answered,
                "contest": _contest,
            },
            guards={"none_open": Guard("none_open", "handed_over", _none_open)},
            checks={"send": _five_different},
            before={
                "reported": OtherEyes(
                    lambda context: [context.subject.reported_by, context.subject.second], "报告的两名承办人不能自己决定，由负责人决定。"
                )
            },
            kinds={
                "officer": NeedKind(_officer, schema=lambda need: {"type": "string", "minLength": 1, "maxLength": 150}),
                "paper": NeedKind(_paper, "choice", as_key),
            },
        ),
        things="handovers", hangs_on="recovery", named_there="handovers",
    )
)  # fmt: skip
HANDOVER.add(TABLE)
