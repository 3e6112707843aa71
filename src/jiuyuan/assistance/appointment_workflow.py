"""The workflow of an appointment: somebody is asked to come on a day; it ends in one of four ways (三(五)).

An unexcused absence after a proven invitation becomes a refusal, which is told, heard and decided like a declined
offer. Appointments that we cancel never count.
"""

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import helped, offer_terms
from jiuyuan.assistance.helped import Helped, Said
from jiuyuan.assistance.models import Appointment
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.labels import texts
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.recognitions.grounds import ground_that_reads, grounds_of
from jiuyuan.wording import say

_CLERK, _EXCUSES = frozenset({Role.CLERK}), frozenset({Role.CLERK, Role.APPLICANT})
_INVITED = frozenset({"invited"})

TABLE = Procedure(
    tuple(State(code, label, final=code != "invited") for code, label in texts(Appointment.Status)),
    (
        Transition(
            "invite", "约见", frozenset(), ("invited",), _CLERK,
            needs=(
                Need("kind", "约来做什么", "choice", choices=tuple(texts(Appointment.For))),
                Need("on", "哪天", "date", ahead=True),
                Need("time", "几点", longest=40, hint="例如：上午9点半。"),
                Need("place", "地点", longest=200, hint="写到哪个窗口、哪个门。"),
                Need("means", "怎样约的", "choice", choices=tuple(texts(Appointment.By))),
                Need("proof", "送达凭据", required=False, longest=200, hint="例如：本人签字；通话记录3月2日。没有凭据的，没来也不计。"),
            ),
            while_in=frozenset({"active"}), record="appointment_made", done="约本人来", result="已约好，本人会收到消息。",
            message="请您{on:date}{time}到{place}：{kind}。来不了的，请在那天以前到“我的帮扶”里说一声。也可以打电话给{agency}。",
            title="约您来一趟",
        ),
        Transition(
            "prove", "补记送达凭据", _INVITED, ("invited",), _CLERK,
            needs=(Need("proof", "送达凭据", longest=200, empty="请写明凭据，例如：本人签字、通话记录、挂号信回执号。"),),
            guards=("before_the_day",), record="appointment_proven", done="补记了约见的送达凭据", result="已补记。",
        ),
        Transition(
            "came", "来了", _INVITED, ("came",), _CLERK,
            needs=(Need("words", "结果", required=False, longest=400),),
            guards=("day_has_come",), effect="end", emphasis="main", record="appointment_kept", done="本人来了", result="已记录。",
        ),
        Transition(
            "excuse_me", "请假", _INVITED, ("excused",), _EXCUSES,
            needs=(Need("words", "来不了的原因", longest=400, empty="请写明为什么来不了，例如：要带孩子看病。"),),
            effect="end", record="appointment_excused", done="请了假", result="已记下。来不了没有关系，会另约时间。",
            not_now="这次约见已经有了结果。",
        ),
        Transition(
            "stay_away", "没有来", _INVITED, ("absent",), _CLERK,
            needs=(Need("words", "情况", required=False, longest=400),),
            guards=("day_is_over",), effect="end", record="appointment_missed", done="本人没有来",
            lead="有送达凭据、没有请假的，记为一次没有接受服务：先告知本人、听取说明，再由县级复核人决定。没有凭据的不记。",
            result="已记录。", letter=NO_LETTER,
        ),
        Transition(
            "cancel", "取消约见", _INVITED, ("cancelled",), _CLERK,
            needs=(Need("words", "原因", longest=400, empty="请写明原因，例如：招聘会改期。"),),
            effect="end", record="appointment_cancelled", done="由我们取消了约见", result="已取消，本人会收到消息。",
            message="{on:date}{time}的约见取消了，您不用来。原因：{words}", title="约见取消了", letter=NO_LETTER,
        ),
    ),
)  # fmt: skip


class AppointmentOf(Helped):
    model = Appointment


def _before_the_day(context: AppointmentOf) -> str | None:
    on = context.subject.on
    return None if context.today < on else say("约的是{on:date}，送达凭据只能在那天以前补记。", on=on)


def _day_has_come(context: AppointmentOf) -> str | None:
    on = context.subject.on
    return None if on <= context.today else say("约的是{on:date}，还没有到。", on=on)


def _day_is_over(context: AppointmentOf) -> str | None:
    on = context.subject.on
    return None if on < context.today else say("约的是{on:date}，那天过了才能记没有来。", on=on)


def _invite(context: AppointmentOf, said: Said) -> Said:
    assert context.user is not None
    by = Appointment.By(said["means"])
    proof = said.get("proof", "") or offer_terms.proof_by_itself(by, context.person)
    context.subject = appointment = Appointment(
        recognition=context.recognition, version=0, invited_on=context.today, invited_by=context.user, proof=proof,
        proven_on=context.today if proof else None, **{name: said[name] for name in ("kind", "on", "time", "place", "means")},
    )  # fmt: skip
    context.words = {"kind": appointment.get_kind_display(), "place": appointment.place}
    return {"kind": appointment.kind, "on": appointment.on}


def _prove(context: AppointmentOf, said: Said) -> Said:
    context.subject.proof, context.subject.proven_on = said["proof"], context.today
    return {}


def _end(context: AppointmentOf, said: Said) -> Said:
    appointment = context.subject
    sign(context, appointment, "ended")
    appointment.words = said.get("words", "")
    context.words = {"on": appointment.on, "time": appointment.time, "words": appointment.words}
    return {"on": appointment.on}


def _after_the_end(context: AppointmentOf, _said: Said) -> None:
    """Note a refusal for an absence, unless the invitation is unproven or no ground for exit reads refusals."""
    missed = context.subject.status == Appointment.Status.ABSENT and context.subject.proven
    if missed and ground_that_reads(grounds_of(context.recognition), "service_refusals"):
        engine.follow(context, REFUSAL, context.subject, "note")


APPOINTMENT = register(
    Workflow(
        "appointment", "这次约见", Appointment, helped.door(AppointmentOf, "没有这次约见。"), helped.holds(AppointmentOf),
        Vocabulary(
            {"invite": _invite, "prove": _prove, "end": _end},
            guards={
                guard.name: guard
                for guard in (
                    Guard("before_the_day", "day_is_there", _before_the_day),
                    Guard("day_has_come", "too_early", _day_has_come, waits=True),
                    Guard("day_is_over", "too_early", _day_is_over, waits=True),
                )
            },
            after={"end": _after_the_end},
        ),
        things="appointments", hangs_on="recognition", named_there="appointments",
    )
)  # fmt: skip
APPOINTMENT.add(TABLE)
