"""The workflow of an offer: a vacancy is offered to a person, who answers, applies, and is hired or not (四(二))."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import closed_vacancies, matching, offer_counts, offer_terms, work_facts
from jiuyuan.assistance.helped import Said, UnderPlan, door_from_plan, holds_under_plan
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import JobOffer, Kind, Measure, Vacancy, WhyNot
from jiuyuan.assistance.refusal_workflow import REFUSAL
from jiuyuan.assistance.vacancy_workflow import VACANCY, pay_of
from jiuyuan.labels import texts
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import as_day, as_key, key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import NO_LETTER, Choices, Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.recognitions.grounds import ground_that_reads, grounds_of
from jiuyuan.refusals import BadInput
from jiuyuan.wording import for_record, say

_CLERK, _ANSWERS = frozenset({Role.CLERK}), frozenset({Role.CLERK, Role.APPLICANT})
_ANSWER = (("interested", "想试试"), ("declined", "不合适"), ("no_answer", "没有答复"))
_STATES = {"interested": "interested", "declined": "declined", "no_answer": "silent"}
_FURTHEST = 366  # maximum days until the first day of work

TABLE = Procedure(
    tuple(
        State(code, label, final=code in ("declined", "silent", "not_taken_on"))
        for code, label in texts(JobOffer.Status)
    ),
    (
        Transition(
            "offer", "介绍岗位", frozenset(), ("given",), _CLERK,
            needs=(
                Need("vacancy", "岗位", "vacancy"),
                Need("means", "方式", "choice", choices=tuple(texts(JobOffer.By))),
                Need(
                    "suitable_because", "为什么合适", required=False, longest=400,
                    hint="有条件还不清楚或者不符合时写：例如，本人说愿意换个行业。",
                ),
                Need("proof", "送达凭据", required=False, longest=200, hint="例如：存根本人签字；挂号信回执号。"),
                Need("to_many", "同时发给多人的", "yes_no", required=False, hint="群发的不算为本人挑选的，不合适也不记。"),
                Need("on", "哪天介绍的", "date", required=False, hint="没有网络时介绍、现在补记的才填。"),
            ),
            while_in=frozenset({"active"}), blocks=("still_on_the_register",), record="offer_given", done="介绍了岗位",
            lead="岗位按今天的样子记下来，以后有变化也查得到。", result="已介绍，等本人答复。",
            message="{agency}给您介绍一个岗位：{employer}，{job}，{pay}。想不想去，请在{answer_by:date}前到“我的帮扶”里答复；不合适的，说明原因就行。",
            title="给您介绍一个岗位",
        ),
        Transition(
            "answer", "本人答复", frozenset({"given"}), ("interested", "declined", "silent"), _ANSWERS,
            needs=(
                Need("answer", "答复", "choice", choices=_ANSWER),
                Need(
                    "reason", "为什么不合适", "choice", choices=tuple(texts(WhyNot)), only_if=("answer", "declined"),
                    empty="请选为什么不合适。",
                ),
                Need("words", "本人怎么说的", required=False, longest=400),
            ),
            guards=("vacancy_still_open", "in_time"), emphasis="main", record="offer_answered", done="本人答复了介绍的岗位",
            result="答复已记下。", not_now="这个岗位已经答复过了。要改的，请打电话给帮您的人。",
        ),
        Transition(
            "fall_silent", "没有答复", frozenset({"given"}), ("silent",), frozenset(),
            machines=frozenset({"night"}), record="offer_unanswered", done="到期没有答复",
        ),
        Transition(
            "applied", "已去应聘", frozenset({"interested"}), ("applied",), _CLERK, emphasis="main",
            record="offer_applied", done="本人去应聘了", result="已记录。",
        ),
        Transition(
            "taken_on", "已录用", frozenset({"given", "interested", "applied"}), ("taken_on",), _CLERK,
            needs=(Need("from", "哪天上班", "first_day"),), guards=("has_a_place",), emphasis="main",
            record="offer_taken_on", done="本人被录用", result="已记为录用。请核实就业情况。", letter=NO_LETTER,
            lead="单位说录用了才记。岗位少一个名额；就业情况还要核实，核实后再看要不要退出。",
            message="{employer}录用了您，{begins_on:date}上班。祝您工作顺利；有困难随时找{agency}。", title="您被录用了",
        ),
        Transition(
            "not_taken_on", "没有录用", frozenset({"interested", "applied"}), ("not_taken_on",), _CLERK,
            needs=(Need("reason", "单位说的原因", longest=400, empty="请写明单位怎么说的，例如：已经招满；要有电工证。"),),
            record="offer_not_taken_on", done="本人没有被录用", result="已记录。",
        ),
        work_facts.verify_work(("taken_on",), "public_employment", "social_insurance"),
    ),
)  # fmt: skip


class OfferOf(UnderPlan):
    """The context of an offer; `plan` is the one under which it was made.

    The vacancy is locked with the offer, so that a place is given away once.
    """

    model = JobOffer
    twice = "这个岗位刚刚已经介绍给这个人，还在等答复。"

    @cached_property
    def wanted(self) -> matching.Wanted:
        return matching.wanted_by(self.recognition)

    def choices(self, need: Need) -> Choices:
        own = self.user is not None and self.user.role == Role.APPLICANT
        return need.choices[:2] if need.name == "answer" and own else need.choices

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        return {**super().payload(transition, said, more, moved), "vacancy": self.subject.vacancy_id}


def _still_on_the_register(context: OfferOf) -> str | None:
    on_it = context.recognition.status == context.recognition.Status.ACTIVE
    return None if on_it else say("这个人已经不在册，不再介绍岗位。")


def _vacancy_still_open(context: OfferOf) -> str | None:
    why = offer_terms.why_closed(context.subject.vacancy, context.today)
    return say("{why}，不用再答复，也不算您没有答复。", why=why) if why else None


def _in_time(context: OfferOf) -> str | None:
    until = context.subject.answer_by
    if context.today <= until:
        return None
    return say("答复期限到{until:date}，已经过了。还想去的，请打电话给帮您的人，岗位还在招就再介绍一次。", until=until)


def _has_a_place(context: OfferOf) -> str | None:
    vacancy = context.subject.vacancy
    if vacancy.left > 0:
        return None
    return say(
        "“{title}”招的{number}人已经都录用了。单位还要招的，请先修改岗位的人数。",
        title=vacancy.title,
        number=vacancy.number,
    )


def _vacancy(context: Context, need: Need, raw: Any) -> Vacancy:
    """Parse a vacancy: one of the user's area, or any open one, which everybody may see."""
    rows = Vacancy.objects.visible_to(context.user) if context.user else Vacancy.objects.unscoped()
    everywhere = Vacancy.objects.unscoped().filter(status=Vacancy.Status.OPEN)
    for among in (rows, everywhere):
        found: Vacancy | None = among.select_related("employer").filter(pk=key(raw)).first()
        if found is not None:
            return found
    raise ValueError(say("没有这个岗位，请从列出的岗位中选。"))


def _first_day(context: Context, need: Need, raw: Any) -> date:
    try:
        said = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None
    if not context.subject.offered_on <= said <= context.today + timedelta(days=_FURTHEST):
        raise ValueError(say("{label}：不能早于介绍岗位那天，也不能晚于一年以后，请核对。", label=need.label))
    return said


def _is_open_and_suits(context: OfferOf, said: Said) -> None:
    """Require that the vacancy is open today and suits, or a reason. Offers made offline are kept as they were."""
    vacancy, errors = said["vacancy"], []
    on = said.get("on", context.today)
    if on < context.recognition.recognised_on:
        errors.append(("on", say("不能早于认定那天。")))
    if on == context.today and (why := offer_terms.why_closed(vacancy, context.today)):
        errors.append(("vacancy", say("{why}，不能介绍。请选今天还在招的岗位。", why=why)))
    elif (
        on == context.today
        and not said.get("suitable_because")
        and (against := offer_terms.against(context.wanted, vacancy))
    ):
        why = say("不符合本人的意愿：{against}。仍要介绍的，请写明为什么合适。", against=against)
        errors.append(("suitable_because", why))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _offer(context: OfferOf, said: Said) -> Said:
    vacancy, means = said["vacancy"], JobOffer.By(said["means"])
    on = said.get("on", context.today)
    fits = matching.match(context.wanted, vacancy).fits
    days = context.limit("offer_answer_days")
    assert context.user is not None
    context.subject = offer = JobOffer(
        recognition=context.recognition, plan=context.plan, vacancy=vacancy, version=0, means=means, offered_on=on,
        offered_by=context.user, answer_by=on + timedelta(days=days), to_many=said.get("to_many", False), fits=fits,
        suitable_because=said.get("suitable_because", ""), as_it_stood=offer_terms.as_it_stands(vacancy),
    )  # fmt: skip
    late = on < context.today
    offer.uncounted = offer_terms.uncounted(offer, late)
    offer.proof = said.get("proof", "") or offer_terms.proof_by_itself(means, context.recognition.person)
    context.tells_nothing = late and bool(offer_terms.why_closed(vacancy, context.today))
    context.words = {
        "employer": vacancy.employer.name,
        "job": vacancy.title,
        "pay": pay_of(vacancy),
        "answer_by": offer.answer_by,
    }
    return {"means": means.value, "fits": fits, "counts": offer.counts}


def _says_why(context: OfferOf, said: Said) -> None:
    own = context.user is not None and context.user.role == Role.APPLICANT
    if own and said["answer"] == "no_answer":
        raise BadInput(say("有内容需要改正。"), [("answer", say("请选“想试试”或“不合适”。"))])
    if said.get("reason") == WhyNot.OTHER and not said.get("words"):
        raise BadInput(say("有内容需要填写。"), [("words", say("原因选“其他”的，请写明是什么原因。"))])


def _answer(context: OfferOf, said: Said) -> Said:
    offer, answer = context.subject, said["answer"]
    sign(context, offer, "answered")
    offer.reason, offer.words = said.get("reason", ""), said.get("words", "")
    if answer != "no_answer" and not offer.proof:
        offer.proof = for_record(offer_counts.PROVEN_BY_ANSWER)
    context.go_to(_STATES[answer])
    return {"answer": answer, "reason": offer.reason}


def _taken_on(context: OfferOf, said: Said) -> Said:
    offer, vacancy = context.subject, context.subject.vacancy
    offer.begins_on, offer.ended_on = said["from"], context.today
    if vacancy.status in VACANCY.of().by_action["take"].sources:
        engine.follow(context, VACANCY, vacancy, "take")
    context.words = {"employer": offer.as_it_stood["employer"], "begins_on": offer.begins_on}
    return {"from": offer.begins_on}


def _applied(context: OfferOf, _said: Said) -> None:
    context.subject.applied_on = context.today


def _not_taken_on(context: OfferOf, said: Said) -> None:
    context.subject.not_taken_because, context.subject.ended_on = said["reason"], context.today


def _after_the_answer(context: OfferOf, said: Said) -> None:
    """Note a refusal if the offer was declined, unless it does not count or no ground for exit reads refusals."""
    offer = context.subject
    read_here = ground_that_reads(grounds_of(context.recognition), "service_refusals")
    if offer.status == JobOffer.Status.DECLINED and not offer.uncounted and read_here:
        engine.follow(context, REFUSAL, offer, "note")
    _carry_the_plan_on(context, said)


def _after_the_last_place(context: OfferOf, said: Said) -> None:
    closed_vacancies.tell_who_waits(context.subject.vacancy)
    _carry_the_plan_on(context, said)


def _carry_the_plan_on(context: OfferOf, _said: Said) -> None:
    """Begin the plan's measure with the first offer, and complete it with the required number or a job."""
    measures = Measure.objects.unscoped().filter(
        plan=context.plan, kind=Kind.VACANCIES, status__in=["planned", "under_way"]
    )
    if not context.plan.open:
        return
    offer, count = context.subject, offer_counts.offered(context.plan, context.today)
    for measure in measures.select_for_update().order_by("pk"):
        measure.plan = context.plan
        if offer.status == JobOffer.Status.TAKEN_ON:
            result = for_record("{job}，{day:date}上班", job=str(offer), day=offer.begins_on)
            engine.follow(context, MEASURE, measure, "finish", {"result": result})
        elif count.asked and not count.still_needed:
            engine.follow(
                context, MEASURE, measure, "finish", {"result": for_record("已介绍{count}个岗位", count=count.counted)}
            )
        elif measure.status == Measure.Status.PLANNED:
            engine.follow(context, MEASURE, measure, "start")


def _lock_vacancy(offer: JobOffer) -> None:
    rows = Vacancy.objects.unscoped().select_related("employer").select_for_update(of=("self",))
    offer.vacancy = rows.get(pk=offer.vacancy_id)


OFFER = register(
    Workflow(
        "offer", "这次岗位介绍", JobOffer,
        door_from_plan(OfferOf, "没有这次岗位介绍。", _lock_vacancy), holds_under_plan(OfferOf),
        Vocabulary(
            {
                "offer": _offer, "answer": _answer, "fall_silent": lambda context, said: None, "applied": _applied,
                "taken_on": _taken_on, "not_taken_on": _not_taken_on, "verify_work": work_facts.verified("offer"),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("still_on_the_register", "not_on_the_register", _still_on_the_register),
                    Guard("vacancy_still_open", "vacancy_closed", _vacancy_still_open, answers=True),
                    Guard("in_time", "answer_late", _in_time, answers=True),
                    Guard("has_a_place", "no_place_left", _has_a_place, "修改岗位的人数"),
                )
            },
            checks={
                "offer": _is_open_and_suits, "answer": _says_why, "verify_work": work_facts.after(lambda offer: offer.begins_on),
            },
            after={"offer": _carry_the_plan_on, "answer": _after_the_answer, "taken_on": _after_the_last_place},
            kinds={
                "vacancy": NeedKind(_vacancy, schema=as_key), "first_day": NeedKind(_first_day, schema=as_day),
            },
        ),
        things="offers", hangs_on="plan", named_there="offers",
    )
)  # fmt: skip
OFFER.add(TABLE)
