"""The workflow of a reorganisation: entered from its document, tried, ordered, done by the worker;
undone by a later act.
"""

from typing import Any

from django.db.models import Q

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight import reorganisation_plan as plan
from jiuyuan.oversight import reorganising
from jiuyuan.oversight.models import Reorganisation
from jiuyuan.people import offices
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.own_matter import own_indexes
from jiuyuan.procedures.reading import KINDS, as_text, lines
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

Said = dict[str, Any]
Kind = Reorganisation.Kind
_ABOVE = frozenset({Role.SUPERVISOR, Role.PROVINCE})
_DRAFT, _DONE = frozenset({"draft"}), frozenset({"done"})
_OFFICE = Need("office", "哪个机构", "office", longest=160, hint="写代码或名称开头，从列出的选。")
_DOCUMENT = Need("document", "依据", longest=200, hint="文件的名称和文号，例如：某政函〔2027〕3号。")
_CHOOSE = "写代码或名称开头，从列出的选。"
_DRAFTED: dict[str, Any] = {
    "record": "reorganisation_drafted",
    "done": "登记了机构调整",
    "result": "已登记，还没有动。请看清涉及什么，再执行。",
}
#: The act that enters each kind.
DRAFTS = {Kind.MERGE: "draft_merge", Kind.SPLIT: "draft_split", Kind.MOVE: "draft_move"}
_KIND_OF = {f"draft_{kind.value}": kind for kind in Kind}

TABLE = Procedure(
    tuple(State(code, label, final=code in ("dropped", "returned")) for code, label in texts(Reorganisation.Status)),
    (
        Transition(
            "draft_merge", "并入另一个机构", frozenset(), ("draft",), _ABOVE, effect="draft", **_DRAFTED,
            lead="办件、人员、要办的事、帮扶和账号都转到并入的机构，下级机构也归它管；签过的意见、告知书和结过的月报仍在原来的名下。登记以后先看涉及什么，再执行。",
            needs=(_OFFICE, Need("other", "并入哪个机构", "office", longest=160, hint=_CHOOSE), _DOCUMENT),
        ),
        Transition(
            "draft_split", "分一部分出去", frozenset(), ("draft",), _ABOVE, effect="draft", **_DRAFTED,
            lead="先设好新的机构，再在这里写分给它什么。住在分出地方的人连同办件、帮扶一起转过去；没有写到的留下。登记以后先看涉及什么，再执行。",
            needs=(
                _OFFICE,
                Need("other", "分给哪个机构", "office", longest=160, hint=_CHOOSE),
                Need("places", "哪些区划", "codes", required=False, longest=20, hint="每行一个区划代码，常住地在那里的人转过去。"),
                Need("addresses", "哪些地址", "list", required=False, shortest=2, longest=40, hint="每行写一个社区或路名，地址里有它的人转过去。"),
                Need("below", "哪些下级机构", "codes", required=False, longest=160, hint="每行一个机构代码，连同它下面的都转过去。"),
                Need("accounts", "哪些账号", "codes", required=False, longest=150, hint="每行一个账号名。"),
                _DOCUMENT,
            ),
        ),
        Transition(
            "draft_move", "改由另一个上级管", frozenset(), ("draft",), _ABOVE, effect="draft", **_DRAFTED,
            lead="机构和它下面的人、办件、账号都不变，只是改由另一个上级管。登记以后先看涉及什么，再执行。",
            needs=(_OFFICE, Need("other", "改由谁管", "office", longest=160, hint=_CHOOSE), _DOCUMENT),
        ),
        Transition(
            "try_reorganisation", "重新试算", _DRAFT, ("draft",), _ABOVE, effect="try", guards=("still_yours",), lead="按现在的数据再算一次涉及什么，什么也不动。",
            record="reorganisation_tried", done="重新试算了机构调整", result="已试算，结果在本页。",
        ),
        Transition(
            "order_reorganisation", "执行", _DRAFT, ("ordered",), _ABOVE, effect="order", emphasis="grave",
            guards=("tried_today", "nothing_lost"),
            lead="由后台一次办完：要么全部转过去，要么什么也不动。不逐人通知，请张贴公告。办完以后可以恢复。",
            record="reorganisation_ordered", done="执行了机构调整", result="后台正在办，办完以前这里的事请先不办。",
        ),
        Transition(
            "carry_out", "办完", frozenset({"ordered"}), ("done",), frozenset(), machines=frozenset({"worker"}),
            record="reorganisation_carried_out", done="办完了机构调整",
        ),
        Transition(
            "drop_reorganisation", "放弃", frozenset({"draft", "ordered"}), ("dropped",), _ABOVE, effect="drop",
            lead="什么也没有动，也不再动。", needs=(Need("reason", "理由", longest=400),),
            record="reorganisation_dropped", done="放弃了机构调整", result="已放弃，什么也没有动。",
        ),
        Transition(
            "return_reorganisation", "恢复", _DONE, ("returning",), _ABOVE, effect="return", emphasis="grave", guards=("can_return",),
            needs=(Need("reason", "恢复的理由", longest=400),),
            lead="转过去、现在还在那里的都转回来；以后新办的留在那里。",
            record="reorganisation_return_ordered", done="恢复机构调整以前的样子", result="后台正在转回来。",
        ),
        Transition(
            "carry_back", "恢复好", frozenset({"returning"}), ("returned",), frozenset(), machines=frozenset({"worker"}),
            record="reorganisation_returned", done="恢复好了机构调整以前的样子",
        ),
    ),
)  # fmt: skip


class OfReorganisation(Context):
    """The context of a reorganisation, which is locked. `about`: the office initially shown in the form.

    A whole office is nobody's own matter; a part may be a single address, whose residents may not move their own
    file.
    """

    about: str = ""

    @property
    def concerned(self) -> list[Concerned]:
        row, user = self.subject, self.user
        if row is None or user is None or row.kind != Kind.SPLIT or row.status != Reorganisation.Status.DRAFT:
            return []
        own = Q(account=user) | Q(id_index__in=own_indexes(user))
        return list(Person.objects.unscoped().filter(own, pk__in=plan.people(row)))

    def choices(self, need: Need) -> Choices:
        if need.kind != "office" or self.user is None:
            return need.choices
        return tuple(Agency.objects.filter(path__begins=self.user.area, closed_on=None).values_list("code", "name"))

    def suggested(self, transition: Transition) -> Said:
        if not transition.begins or not self.about:
            return {}
        name = Agency.objects.filter(code=self.about).values_list("name", flat=True).first()
        return {"office": f"{self.about} {name}" if name else ""}

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the contents of the reorganisation.
        return super().payload(transition, {} if transition.begins else said, more, moved)


def _draft(context: OfReorganisation, said: Said) -> None:
    assert context.user is not None
    agency = context.user.agency
    assert agency is not None
    chosen = {name: said[name] for name in (plan.PLACES, plan.ADDRESSES, plan.BELOW, plan.ACCOUNTS) if said.get(name)}
    row = context.subject = Reorganisation(
        agency=agency, area=agency.path, kind=_KIND_OF[context.action], office=said["office"], other=said["other"],
        chosen=chosen, document=said["document"],
    )  # fmt: skip
    sign(context, row, "drafted")
    _try(context, {})


def _is_sound(context: OfReorganisation, said: Said) -> None:
    office, other, kind = said["office"], said["other"], _KIND_OF[context.action]
    errors = []
    if context.user is not None and office.path == context.user.area:
        errors.append(("office", say("自己所在的机构由上级调整。")))
    elif wrong := plan.wrong_offices(kind, office, other):
        errors.append(("other", wrong))
    if kind == Kind.SPLIT:
        errors += _of_a_part(office, said)
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _of_a_part(office: Agency, said: Said) -> list[tuple[str, str]]:
    """Errors of a part: nothing chosen, or a place, office or account of another office."""
    if not any(said.get(name) for name in (plan.PLACES, plan.ADDRESSES, plan.BELOW)):
        return [("places", say("请写明分出哪些区划、地址或下级机构。"))]
    own = list(office.divisions.values_list("code", flat=True))
    known = {
        plan.PLACES: [code for code in said.get(plan.PLACES, []) if any(code.startswith(one) for one in own)],
        plan.BELOW: list(office.children.filter(closed_on=None).values_list("code", flat=True)),
        plan.ACCOUNTS: list(office.staff.values_list("username", flat=True)),
    }
    return [
        (name, say("“{one}”不是{office}的，请核对。", one=str(one)[:40], office=office.name))
        for name, there in known.items()
        for one in [one for one in said.get(name, []) if one not in there][:1]
    ]


def _try(context: OfReorganisation, _said: Said) -> None:
    context.subject.trial = plan.whom_it_touches(context.subject, context.today)
    context.subject.tried_on = context.today


def _order(context: OfReorganisation, _said: Said) -> None:
    sign(context, context.subject, "ordered")
    _queue(context)


def _return(context: OfReorganisation, said: Said) -> None:
    sign(context, context.subject, "returned")
    context.subject.reason = said["reason"]
    _queue(context)


def _queue(context: OfReorganisation) -> None:
    row = context.subject
    queue.order(JobKind.REORGANISE, row.pk, area=row.area, by=context.user, about=row.title[:120])


def _drop(context: OfReorganisation, said: Said) -> None:
    context.subject.reason = said["reason"]


def _carry_out(context: OfReorganisation, _said: Said) -> None:
    reorganising.carry_out(context.subject, context.carried["progress"])


def _carry_back(context: OfReorganisation, _said: Said) -> None:
    reorganising.carry_back(context.subject, context.carried["progress"])


def _tried_today(context: OfReorganisation) -> str | None:
    if context.subject.tried_on == context.today:
        return None
    return say("试算不是今天的，请先重新试算，看看涉及什么。")


def _still_yours(context: OfReorganisation) -> str | None:
    return _elsewhere_by_now(context) or None


def _nothing_lost(context: OfReorganisation) -> str | None:
    return _elsewhere_by_now(context) or "".join(plan.hindrances(context.subject)) or None


def _can_return(context: OfReorganisation) -> str | None:
    return _elsewhere_by_now(context) or plan.why_not_returned(context.subject) or None


def _elsewhere_by_now(context: OfReorganisation) -> str:
    """The message if the office has left the user's area since; its new supervisor has to continue."""
    row, area = context.subject, context.user.area if context.user else ""
    gone = next((one for one in (row.office, row.other) if not one.path.startswith(area)), None)
    return say("{name}已经不归您管。", name=gone.name) if gone else ""


def _office(context: Context, need: Need, raw: Any) -> Agency:
    """Parse an office of the user's area, by code with or without name."""
    code = str(raw).split(maxsplit=1)[0] if str(raw).strip() else ""
    found = Agency.objects.select_related("parent").filter(code=code.upper()).first()
    if found is None or (context.user is not None and not found.path.startswith(context.user.area)):
        raise ValueError(say("没有代码为“{code}”的机构，请从列出的选。", code=code[:40]))
    return found


def _first_words(context: Context, need: Need, raw: Any) -> list[str]:
    return [line.split(maxsplit=1)[0] for line in lines(context, need, raw)]


def _door(user: User | None, pk: Any, transition: Transition) -> OfReorganisation:
    if transition.begins:
        return OfReorganisation(None, user)
    beside = ("agency", "office__parent", "other", "ordered_by__agency", "returned_by__agency")
    found = locked(in_sight(Reorganisation, user).select_related(*beside), pk, "没有这项机构调整。")
    return OfReorganisation(found, user)


def of_office(by: User, agency: Agency) -> "list[Reorganisation]":
    """The reorganisations of an office that were not dropped, latest first."""
    rows = Reorganisation.objects.visible_to(by).filter(Q(office=agency) | Q(other=agency))
    return list(rows.exclude(status=Reorganisation.Status.DROPPED).select_related("office", "other")[:10])


def may_begin(by: User, agency: Agency) -> list[Transition]:
    """The transitions that may be begun for an office."""
    if not offices.may_close(by, agency) or agency.level not in offices.BELOW_WHICH:
        return []
    above = agency.level == Agency.Level.REGION  # the province is the only possible parent
    return [TABLE.by_action[act] for kind, act in DRAFTS.items() if not (above and kind == Kind.MOVE)]


REORGANISATION = register(
    Workflow(
        "reorganisation", "这项机构调整", Reorganisation, _door, OfReorganisation,
        Vocabulary(
            {
                "draft": _draft, "try": _try, "order": _order, "drop": _drop, "return": _return,
                "carry_out": _carry_out, "carry_back": _carry_back,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("tried_today", "not_tried", _tried_today, "重新试算"),
                    Guard("still_yours", "not_yours", _still_yours),
                    Guard("nothing_lost", "something_lost", _nothing_lost),
                    Guard("can_return", "later_reorganisation", _can_return),
                )
            },
            checks={"draft": _is_sound},
            kinds={
                "office": NeedKind(_office, "office", as_text),
                "codes": NeedKind(_first_words, "lines", KINDS["list"].schema),
            },
        ),
        things="reorganisations",
    )
)  # fmt: skip
REORGANISATION.add(TABLE)
