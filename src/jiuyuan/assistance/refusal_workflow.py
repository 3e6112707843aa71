"""The workflow of a refusal (三(五)): noted for a declined offer, told, heard, then counted or excused by a
reviewer.

Unfair ones never count. The fact `service_refusals`, read by the ground for exit, is derived from counted ones.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import refusal_letters
from jiuyuan.assistance.helped import Helped, Said, recognition_of
from jiuyuan.assistance.models import Appointment, JobOffer, ServiceRefusal, WhyNot
from jiuyuan.labels import texts
from jiuyuan.people.models import Source
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Guard, Need, OtherEyes, Procedure, State, Transition, Vocabulary
from jiuyuan.recognitions import act_facts
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_OPEN = frozenset({"noted", "told", "answered"})
_GROUND = Need(
    "ground", "理由", longest=400, empty="请写明理由：核对了什么，本人怎么说，为什么这样决定。",
)  # fmt: skip

TABLE = Procedure(
    tuple(State(code, label, final=code == "excused") for code, label in texts(ServiceRefusal.Status)),
    (
        Transition(
            "note", "记下没有接受", frozenset(), ("noted",), frozenset(), consequence=True,
            record="refusal_noted", done="记下本人没有接受介绍的岗位",
        ),
        Transition(
            "tell", "告知本人", frozenset({"noted"}), ("told",), _CLERK,
            needs=(
                Need("how", "怎样告知的", longest=200, empty="请写明怎样告知的，例如：当面、电话、挂号信。"),
                Need("proof", "告知凭据", longest=200, empty="请写明凭据，例如：本人签字、通话记录、挂号信回执号。"),
            ),
            emphasis="main", record="refusal_told", done="告知本人有一次没有接受介绍的岗位", result="已告知，等本人说明。",
            lead="告诉本人这一次可能计为拒绝服务、怎样说明、到哪天为止。有理由的，请他说出来。",
            message="{what}。请在{until:date}前到“我的帮扶”里或者打电话说明原因。有正当理由的不计；说明以前谁也不作决定。",
            title="请说明没有接受岗位的原因",
        ),
        Transition(
            "respond", "本人说明", frozenset({"told"}), ("answered",), _CLERK | {Role.APPLICANT},
            needs=(Need("words", "本人的说明", empty="请写下为什么没有接受。"),),
            emphasis="main", record="refusal_answered", done="本人说明了没有接受的原因", result="说明已记下，由县级复核人决定。",
            not_now="这一次已经说明过，或者已经有了决定。",
        ),
        Transition(
            "count", "计为一次拒绝", frozenset({"told", "answered"}), ("counted",), _REVIEWER, needs=(_GROUND,),
            guards=("had_time_to_answer", "was_suitable", "paid_the_minimum", "no_good_reason"),
            before="another_than_offered", emphasis="grave", record="refusal_counted", done="计为一次拒绝公共就业服务",
            result="已计。", lead="半年内计满三次的，系统提出退出建议，另由复核人决定。",
            message="{what}，计为一次拒绝公共就业服务。理由：{ground}。不同意的，可以到{agency}提出，由另一名复核人重新看；也可以依法申请行政复议或者提起行政诉讼。",
            title="一次没有接受岗位的决定",
        ),
        Transition(
            "excuse", "不计", _OPEN | {"counted"}, ("excused",), _REVIEWER, needs=(_GROUND,),
            before="another_than_counted", record="refusal_excused", done="没有接受的岗位不计为拒绝", result="已记为不计。",
            lead="有正当理由，或者岗位不合适的，不计。计错了的也在这里改正，由另一名复核人办理。",
            message="{what}，有正当理由或者岗位不合适，不计。", title="一次没有接受岗位的决定",
            letter=NO_LETTER,
        ),
    ),
)  # fmt: skip
_GOOD_REASONS = frozenset(WhyNot.values) - {WhyNot.OTHER, WhyNot.PAY}


class RefusalOf(Helped):
    model = ServiceRefusal

    def __init__(self, about: JobOffer | Appointment, user: User | None, refusal: ServiceRefusal | None = None) -> None:
        super().__init__(about.recognition, user, refusal)
        self.about = about
        self.offer = about if isinstance(about, JobOffer) else None

    @property
    def around(self) -> str:
        return str(self.about.status)

    @cached_property
    def has_a_disability(self) -> bool:
        rows = self.person.facts.filter(name="disability_certificate", superseded_by=None, withdrawn_at=None)
        return any(fact.value is True for fact in rows)


def _had_time_to_answer(context: RefusalOf) -> str | None:
    told, days = context.subject.told_on, context.limit("answer_days")
    if told is None or told + timedelta(days=days) <= context.today:
        return None
    return say("告知本人还不满{days}天（{told:date}告知），期满再决定。", days=days, told=told)


def _was_suitable(context: RefusalOf) -> str | None:
    offer = context.offer
    if offer is None or not context.limit("refusal_needs_suitable"):
        return None
    if context.has_a_disability and not offer.as_it_stood["accessible"]:
        return say("本人有残疾人证，岗位没有写明无障碍条件，说不上适合，不能计。请选“不计”。")
    if offer.fits is False or (offer.fits is None and not offer.suitable_because):
        return say("这个岗位与本人的意愿和能力不相适应，或者说不清，不能计。请选“不计”。")
    return None


def _paid_the_minimum(context: RefusalOf) -> str | None:
    if context.offer is None:
        return None
    then, day = context.offer.vacancy_then, context.offer.offered_on
    wages = registry.policy_of(context.subject.area, day).wages
    minimum = None if then.by_the_hour or wages is None else wages.at(then.division_id, day)
    if minimum is None or then.pay_from is None or then.pay_from >= minimum.value:
        return None
    return say(
        "岗位报酬{pay}元低于{place}月最低工资标准{least}元，不能计。请选“不计”。",
        pay=then.pay_from, place=minimum.place, least=minimum.value,
    )  # fmt: skip


def _no_good_reason(context: RefusalOf) -> str | None:
    reason = context.offer.reason if context.offer else ""
    if reason not in _GOOD_REASONS or not context.limit("refusal_good_reason_excuses"):
        return None
    return say("本人说的原因是“{reason}”，属于正当理由，不能计。请选“不计”。", reason=WhyNot(reason).label)


def _note(context: RefusalOf, _said: Said) -> Said:
    about = context.about
    day = about.answered_on if isinstance(about, JobOffer) else about.on
    assert day is not None
    context.subject = ServiceRefusal(
        recognition=context.recognition,
        refused_on=day,
        version=0,
        offer=context.offer,
        appointment=None if isinstance(about, JobOffer) else about,
    )
    return _named(context)


def _tell(context: RefusalOf, said: Said) -> Said:
    refusal = context.subject
    refusal.told_on, refusal.told_how, refusal.told_proof = context.today, said["how"], said["proof"]
    refusal.answer_by = context.today + timedelta(days=context.limit("answer_days"))
    context.words = {**_words(context), "until": refusal.answer_by}
    return {"until": refusal.answer_by}


def _respond(context: RefusalOf, said: Said) -> Said:
    context.subject.response, context.subject.responded_on = said["words"], context.today
    return {"day": context.today}


def _count(context: RefusalOf, said: Said) -> Said:
    return _decide(context, said, [context.subject.refused_on])


def _excuse(context: RefusalOf, said: Said) -> Said:
    return _decide(context, said, [])


def _decide(context: RefusalOf, said: Said, this: list[Any]) -> Said:
    """Decide, and record the resulting fact: the days of counted refusals. Several on one day count once."""
    refusal, user = context.subject, context.user
    assert user is not None
    counted = ServiceRefusal.objects.unscoped().filter(recognition=context.recognition, status=refusal.Status.COUNTED)
    before = set(counted.values_list("refused_on", flat=True))
    days = sorted({*counted.exclude(pk=refusal.pk).values_list("refused_on", flat=True), *this})
    refusal.decided_on, refusal.decided_by, refusal.ground = context.today, user, said["ground"]
    if set(days) != before:
        evidence = for_record("复核人认定的拒绝{count}次", count=len(days))
        facts = {"service_refusals": [day.isoformat() for day in days]}
        act_facts.record(user, context.person, facts, source=Source.DOCUMENT, evidence=evidence)
    context.words = {**_words(context), "ground": refusal.ground.rstrip("。")}
    return _named(context)


def _words(context: RefusalOf) -> Said:
    return {"what": in_words(context.subject)}


def in_words(refusal: ServiceRefusal) -> str:
    """What was refused and when, in words for the person."""
    day = refusal.refused_on
    if refusal.offer is not None:
        return say("{day:date}您没有接受介绍的岗位“{job}”", day=day, job=str(refusal.offer))
    return say("{day:date}约您来（{kind}），您没有来，也没有请假", day=day, kind=refusal.called)


def _named(context: RefusalOf) -> Said:
    return {"offer" if context.offer else "appointment": context.about.pk}


def _who_offered(context: RefusalOf) -> Iterable[User | None]:
    return [context.about.offered_by if isinstance(context.about, JobOffer) else context.about.invited_by]


def _who_counted(context: RefusalOf) -> Iterable[User | None]:
    return [context.subject.decided_by] if context.subject is not None else []


def _door(user: User | None, pk: Any, transition: Transition) -> RefusalOf:
    """Find a refusal by its key. It begins with an answer, so the door creates none."""
    recognition = recognition_of(ServiceRefusal, user, None if transition.begins else pk, "没有这条记录。")
    of_itself = ServiceRefusal.objects.unscoped().select_for_update(of=("self",))
    refusal = of_itself.select_related("offer__offered_by", "appointment__invited_by", "decided_by").get(pk=key(pk))
    refusal.recognition = refusal.of.recognition = recognition
    return RefusalOf(refusal.of, user, refusal)


def _hold(row: Any, user: User | None) -> RefusalOf:
    return RefusalOf(row, user) if isinstance(row, JobOffer | Appointment) else RefusalOf(row.of, user, row)


REFUSAL = register(
    Workflow(
        "refusal", "这条记录", ServiceRefusal, _door, _hold,
        Vocabulary(
            {"note": _note, "tell": _tell, "respond": _respond, "count": _count, "excuse": _excuse},
            guards={
                guard.name: guard
                for guard in (
                    Guard("had_time_to_answer", "not_told", _had_time_to_answer, waits=True),
                    Guard("was_suitable", "unsuitable", _was_suitable, "不计"),
                    Guard("paid_the_minimum", "below_minimum_wage", _paid_the_minimum, "不计"),
                    Guard("no_good_reason", "good_reason", _no_good_reason, "不计"),
                )
            },
            after={"count": lambda context, said: refusal_letters.order_refusal_notice(context.subject)},
            before={
                "another_than_offered": OtherEyes(_who_offered, "岗位是您介绍的，计不计由另一人决定。"),
                "another_than_counted": OtherEyes(_who_counted, "这一次是您计的，改正由另一人办理。"),
            },
        ),
        things="refusals", hangs_on="offer", named_there="refusals",
    )
)  # fmt: skip
REFUSAL.add(TABLE)
