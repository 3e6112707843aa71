"""The workflow of leads: people who seem to qualify and have not applied.

It ends with a draft application or a reason.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import services
from jiuyuan.applications.models import Channel, Lead, LeadCall
from jiuyuan.history import services as history
from jiuyuan.labels import texts
from jiuyuan.people.about import Somebody
from jiuyuan.people.fact_checks import can_know
from jiuyuan.people.models import Person, Source
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.rules.facts import FACTS, Invalid, parse
from jiuyuan.wording import for_record

_CLERK = frozenset({Role.CLERK})
_WHOSE = "待联系人员由常住地的基层经办人办理。"


class LeadContext(Context):
    @property
    def concerned(self) -> list[Concerned]:
        index = self.subject.id_index
        return [Somebody(index), *Person.objects.unscoped().filter(id_index=index)]

    @property
    def versioned(self) -> None:
        return None

    def payload(
        self, transition: Transition, said: dict[str, Any], more: dict[str, Any], moved: bool
    ) -> dict[str, Any]:
        """The record keeps which facts were answered, not the answers."""
        kept = {**said, "answers": sorted(said["answers"])} if "answers" in said else said
        return super().payload(transition, kept, more, moved)

    def record(self, transition: Transition, payload: Mapping[str, Any]) -> None:
        lead = self.subject
        history.append(lead.file, self.actor, transition.record, {"lead": lead.pk, **payload}, lead.area)


def _draft(context: LeadContext, said: dict[str, Any]) -> dict[str, Any]:
    """Create a draft, filled with the data of the list, its source and date."""
    lead, user = context.subject, context.user
    assert user is not None
    assert user.agency is not None
    at_a_platform = lead.agency.level in (Agency.Level.PLATFORM, Agency.Level.COMMUNITY)
    application = services.create(
        user,
        name=lead.name,
        id_number=lead.id_number,
        phone=said.get("phone") or lead.phone or "",
        address=said.get("address", ""),
        platform=(lead.agency if at_a_platform else user.agency).code,
        categories=lead.categories,
        channel=Channel.WINDOW,
        listed=list(_listed(lead)),
    )
    lead.application = application
    sign(context, lead, "closed")
    return {"application": application.number}


def _listed(lead: Lead) -> Iterator[dict[str, Any]]:
    """Yield the list's data on a person, in the form of `carried.state`, and what they said when called.

    What the list's provider cannot know counts as the person's statement until somebody verifies it.
    """
    extract = lead.extract
    evidence = for_record(
        "{provider} {observed_on:date} 名单第{row}行",
        provider=extract.provider,
        observed_on=extract.observed_on,
        row=lead.row,
    )
    listed = {name: value for name, value in lead.facts.items() if FACTS[name].recordable}
    known = {name for name in listed if can_know(name, Source.SHARED_DATA, extract.provider)}
    for source, department, names in (
        (Source.SHARED_DATA, extract.provider, known),
        (Source.DECLARED, "", {*listed} - known),
    ):
        if names:
            values = {name: listed[name] for name in listed if name in names}
            day = extract.observed_on
            yield {
                "values": values,
                "source": source,
                "department": department,
                "evidence": evidence,
                "observed_on": day,
            }
    if lead.answers:
        yield {"values": lead.answers, "source": Source.DECLARED, "evidence": for_record("电话中本人所述")}


def _call(context: LeadContext, said: dict[str, Any]) -> None:
    """Store a call and its answers; the answers become declared facts when the person applies."""
    lead, user = context.subject, context.user
    assert user is not None
    LeadCall.objects.create(
        lead=lead, result=said["result"], note=said.get("note", ""), called_at=clock.now(), **by(context, LeadCall)
    )
    lead.again_on = said.get("again_on")
    lead.answers = lead.answers | said.get("answers", {})


def _answers(context: Context, need: Need, raw: Any) -> dict[str, Any]:
    """Parse the answers to the open questions into facts."""
    wanted = {name: value for name, value in dict(raw).items() if name in context.subject.missing}
    try:
        parse({"as_of": context.today.isoformat(), **wanted})
    except Invalid as wrong:
        raise ValueError(str(wrong)) from None
    return wanted


def _dismiss(context: LeadContext, said: dict[str, Any]) -> None:
    assert context.user is not None
    context.subject.closed_because = said["because"]
    sign(context, context.subject, "closed")


def _door(user: User | None, key: Any, transition: Transition) -> LeadContext:
    lead = locked(in_sight(Lead, user).select_related("agency", "extract"), key, "没有这位待联系人员。")
    return LeadContext(lead, user)


LEAD = register(
    Workflow(
        "lead",
        "这位待联系人员",
        Lead,
        _door,
        LeadContext,
        Vocabulary({"draft": _draft, "call": _call, "dismiss": _dismiss}, kinds={"answers": NeedKind(_answers)}),
    )
)
LEAD.add(
    Procedure(
        (
            State("new", "待联系"),
            State("applied", "已代为申请", final=True),
            State("dismissed", "不申请", final=True),
        ),
        (
            Transition(
                "find", "找到", frozenset(), ("new",), frozenset(), machines=frozenset({"worker"}),
                stated_elsewhere=True,  # the list's own entry states how many were found
            ),
            Transition(
                "draft", "代为申请", frozenset({"new"}), ("applied",), _CLERK,
                needs=(
                    Need("phone", "联系电话", required=False, longest=40),
                    Need("address", "常住地址", required=False, longest=200),
                ),
                not_yours=_WHOSE, done="为待联系的人填了申请", record="lead_applied",
            ),
            Transition(
                "call", "记下这次联系", frozenset({"new"}), ("new",), _CLERK,
                needs=(
                    Need("result", "打通了吗", "choice", choices=tuple(texts(LeadCall.Result)), empty="请选择打通了没有。"),
                    Need("note", "说了什么", required=False, longest=400),
                    Need("again_on", "哪天再打", "date", required=False, ahead=True),
                    Need("answers", "问到的情况", "answers", required=False),
                ),
                not_yours=_WHOSE, done="联系了待联系的人", record="lead_called",
            ),
            Transition(
                "dismiss", "不申请", frozenset({"new"}), ("dismissed",), _CLERK,
                needs=(
                    Need(
                        "because", "联系的结果", longest=400,
                        empty="请写明联系的结果，例如“本人已找到工作”，最多400字。",
                    ),
                ),
                not_yours=_WHOSE, done="记下待联系的人不申请", record="lead_dismissed",
            ),
        ),
    )
)  # fmt: skip
