"""The workflow of a placement on a public-interest post: proposal, decision, public notice, contract, work, end
(四(二)).

Posts are the last resort for people on the register, after other help was tried, in the region's order of
priority. No step is decided automatically.
"""

from datetime import date, timedelta

from jiuyuan.agencies.models import User
from jiuyuan.assistance import placing, work_facts
from jiuyuan.assistance.helped import Said, UnderPlan, door_from_plan, holds_under_plan
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Kind, Measure, Placement, PostAttendance, PublicPost
from jiuyuan.assistance.placement_table import KINDS, TABLE
from jiuyuan.assistance.post_workflow import POST, post_of, put_on_notice, still_on_notice
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import (
    Choices,
    Guard,
    Need,
    OtherEyes,
    Transition,
    Vocabulary,
)
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say


class PlacementOf(UnderPlan):
    """The context of a placement; `plan` is the one under which it is made.

    The post is locked with the placement, so that a place is given away once.
    """

    model = Placement
    twice = "这个人刚刚已经提出安置到公益性岗位，请重新打开看看。"

    @property
    def severe(self) -> bool | None:
        return self.subject.severe if self.subject is not None else None

    @property
    def term(self) -> int:
        """The number of this placement of the person, from 1."""
        if self.subject is not None:
            return int(self.subject.term)
        return placing.placed_before(self.person) + 1

    def choices(self, need: Need) -> Choices:
        if need.kind == "open_post":
            return tuple((str(post.pk), str(post)) for post in placing.open_posts(self.user)) if self.user else ()
        if need.kind != "month":
            return need.choices
        return tuple(
            (f"{month:%Y-%m}", say("{year}年{month}月", year=month.year, month=month.month)) for month in self.months
        )

    @property
    def months(self) -> list[date]:
        """The months on the post, by their first days, latest first."""
        if self.subject is None or self.subject.begins_on is None:
            return []
        month, found = self.subject.begins_on.replace(day=1), list[date]()
        while month <= self.today and self.subject.covers(month):
            found.append(month)
            month = calendar.add_months(month, 1)
        return found[::-1]

    def officers_close(self, post: PublicPost | None = None) -> list[User]:
        """The officers who decide here, or took part in the post or placement,
        and have declared the person a relative.
        """
        return placing.officers_close_to(self.person, self.today, post, self.subject)

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        return {**super().payload(transition, said, more, moved), "post": self.subject.post_id}


def _recognised_today(context: PlacementOf) -> str | None:
    stay = context.recognition
    if stay.status == Recognition.Status.ACTIVE:
        return None
    return say("{name}已经不在册，公益性岗位只安置在册的人。", name=stay.person.name)


def _no_officers_relative(context: PlacementOf) -> str | None:
    return _too_close(context, None)


def _too_close(context: PlacementOf, post: PublicPost | None) -> str | None:
    if close := context.officers_close(post):
        return say("{names}申报过与{name}是亲属，不能安置。", names=placing.names_of(close), name=context.person.name)
    return None


def _placements_left(context: PlacementOf) -> str | None:
    most, had = context.limit("post_placements_max"), placing.placed_before(context.person)
    if had < most:
        return None
    return say("{name}已经安置过{had}次，最多{most}次，不能再安置。", name=context.person.name, had=had, most=most)


def _is_placed_once_too_often(context: PlacementOf) -> str | None:
    """A second placement is only for the region's groups."""
    stay = context.recognition
    if context.term == 1:
        return None
    decided = placing.decided(context.area)
    if decided.may_again(stay.category, context.severe) is not False:
        return None
    return say(
        "已经安置过一次。再次安置只限于规定的几类人（{source}），{name}是{category}，不在其中。",
        source=decided.again_source or say("没有依据，由省级设定"),
        name=stay.person.name,
        category=placing.category_of(stay),
    )


def _is_a_second(context: PlacementOf) -> str | None:
    if context.subject.term == 1:
        return say("这是第一次安置，一位复核人决定就可以公示。")
    if context.subject.agreed_by is not None:
        return say("{name}已经同意再次安置，由另一位复核人公示。", name=context.subject.agreed_by_name)
    return None


def _two_agree(context: PlacementOf) -> str | None:
    if context.subject.term == 1 or context.subject.agreed_by is not None:
        return None
    return say("再次安置要两位复核人：先由一位同意再次安置，再由另一位公示。")


def _day_has_come(context: PlacementOf) -> str | None:
    begins_on = context.subject.begins_on
    return None if begins_on <= context.today else say("合同写的上岗日期是{day:date}，到那天再登记。", day=begins_on)


def _speaks_for_it(context: PlacementOf, said: Said) -> None:
    """Require that other help was tried, nobody has priority, and no officer is a relative,
    or a reason for each exception.
    """
    plan, errors = context.plan, []
    if not said["no_relative"]:
        errors.append(("no_relative", say("有近亲属关系的不能安置到这个单位，请选别的单位的岗位。")))
    if close := _too_close(context, said["post"]):
        errors.append(("post", close))
    tried = placing.tried(plan, context.today)
    if not tried.enough and not said.get("tried_ground"):
        why = say("{tried}。先介绍，或者写明为什么不够也要安置。", tried=tried.in_words)
        errors.append(("tried_ground", why))
    if (first := placing.before(plan, said["post"].area)) and not said.get("order_ground"):
        why = say("还有{first}个人排在前面。按顺序安置，或者写明为什么先安置这个人。", first=first)
        errors.append(("order_ground", why))
    severe = said.get("severe")
    if context.term > 1 and not placing.decided(context.area).may_again(context.recognition.category, severe):
        errors.append(("severe", say("再次安置残疾人员只限重度：残疾证为一级、二级的。请看残疾证填写。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _propose(context: PlacementOf, said: Said) -> Said:
    term, post = context.term, engine.follow(context, POST, said["post"], "take")
    context.subject = Placement(
        recognition=context.recognition, plan=context.plan, post=post, version=0, term=term,
        no_relative=said["no_relative"], tried_ground=said.get("tried_ground", ""),
        order_ground=said.get("order_ground", ""), severe=said.get("severe"), **by(context, Placement, "proposed"),
    )  # fmt: skip
    return {"plan": context.plan.pk, "term": term}


def _agree_again(context: PlacementOf, said: Said) -> None:
    sign(context, context.subject, "agreed")
    context.subject.agreed_ground = said["ground"]


def _publish(context: PlacementOf, _said: Said) -> Said:
    sign(context, context.subject, "published")
    put_on_notice(context.subject, context.today)
    context.words = {**_names(context), "until": context.subject.notice_ends_on}
    return {"until": context.subject.notice_ends_on}


def _contract(context: PlacementOf, said: Said) -> Said:
    placement = context.subject
    placement.signed_on, placement.begins_on, placement.until = said["signed_on"], said["from"], said["until"]
    return {}


def _term_is_possible(context: PlacementOf, said: Said) -> None:
    begins_on, until, errors = said["from"], said["until"], []
    if said["signed_on"] <= context.subject.notice_ends_on:
        errors.append(("signed_on", say("公示期满后才能签合同，请核对。")))
    if not said["signed_on"] <= begins_on <= context.today + timedelta(days=60):
        errors.append(("from", say("上岗日期不能早于签合同，也不能晚于两个月以后。")))
    elif until <= begins_on:
        errors.append(("until", say("合同到期应晚于上岗日期。")))
    elif until > (last := placing.last_day(context.person, begins_on, context.area))[0]:
        errors.append(("until", say("最晚到{day:date}：{why}。", day=last[0], why=last[1])))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _begin(context: PlacementOf, _said: Said) -> None:
    context.words = {**_names(context), "begins_on": context.subject.begins_on, "until": context.subject.until}


def _attend(context: PlacementOf, said: Said) -> Said:
    """Record a month's attendance. A clerk may correct it; the record keeps both."""
    found = PostAttendance.objects.unscoped().filter(placement=context.subject, month=said["month"]).first()
    row = found or PostAttendance(placement=context.subject, month=said["month"])
    row.days, row.left_on, row.note = said["days"], said.get("left_on"), said.get("note", "")
    row.by_employer = context.user is None
    for name, value in by(context, PostAttendance, "written").items():
        setattr(row, name, value)
    if row.by_employer:
        row.written_by_name = context.subject.post.employer.name[:80]
    row.save()
    context.wrote(row)
    return {"month": said["month"].strftime("%Y-%m"), "days": said["days"]}


def _month_holds_it(context: PlacementOf, said: Said) -> None:
    month, left_on = said["month"], said.get("left_on")
    last = calendar.add_months(month, 1) - timedelta(days=1)
    if left_on is not None and not (month <= left_on <= last and left_on >= context.subject.begins_on):
        raise BadInput(say("有内容需要改正。"), [("left_on", say("离岗日期应在这个月里，上岗以后。"))])
    most = context.subject.days_in(month, min(left_on or context.today, context.today))
    if said["days"] > most:
        why = say("这个月在岗的日子到现在只有{days}天，请核对。", days=most)
        raise BadInput(say("有内容需要改正。"), [("days", why)])


def _warn(context: PlacementOf, _said: Said) -> None:
    context.subject.warned_on = context.today
    context.words = {**_names(context), "until": context.subject.until}


def _end(context: PlacementOf, said: Said) -> Said:
    placement = context.subject
    placement.ending, placement.ended_on = said["ending"], said["on"]
    placement.reported_on, placement.ended_words = said.get("reported_on"), said.get("words", "")
    _free(context)
    context.words = {**_names(context), "ending": Placement.Ending(said["ending"]).label}
    return {}


def _was_there(context: PlacementOf, said: Said) -> None:
    errors = []
    if said["on"] < context.subject.begins_on:
        errors.append(("on", say("离岗日期不能早于上岗日期。")))
    if said.get("reported_on", said["on"]) < said["on"]:
        errors.append(("reported_on", say("报告空岗不能早于离岗，请核对。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _drop(context: PlacementOf, said: Said) -> Said:
    placement = context.subject
    placement.ending, placement.ended_words = Placement.Ending.NOT_PLACED, said["reason"]
    placement.begins_on = placement.until = None
    _free(context)
    context.words = _names(context)
    return {}


def _free(context: PlacementOf) -> None:
    context.subject.post = engine.follow(context, POST, context.subject.post, "give_back")


def _names(context: PlacementOf) -> Said:
    post = context.subject.post
    return {"employer": post.employer.name, "job": post.title}


def _carry_the_plan_on(context: PlacementOf, _said: Said) -> None:
    """Begin the plan's measure with the proposal, and complete it when the person is at work on the post."""
    if not context.plan.open:
        return
    measures = Measure.objects.unscoped().filter(
        plan=context.plan, kind=Kind.PUBLIC_POST, status__in=["planned", "under_way"]
    )
    placement = context.subject
    for measure in measures.select_for_update().order_by("pk"):
        measure.plan = context.plan
        if placement.status == Placement.Status.ON_POST:
            result = for_record("{post}，{day:date}上岗", post=str(placement.post), day=placement.begins_on)
            engine.follow(context, MEASURE, measure, "finish", {"result": result})
        elif measure.status == Measure.Status.PLANNED:
            engine.follow(context, MEASURE, measure, "start")


def _lock_post(placement: Placement) -> None:
    placement.post = post_of(placement)


def _decided_before(context: PlacementOf) -> list[User | None]:
    return [context.subject.proposed_by, context.subject.agreed_by]


PLACEMENT = register(
    Workflow(
        "placement", "这次安置", Placement,
        door_from_plan(PlacementOf, "没有这次安置。", _lock_post), holds_under_plan(PlacementOf),
        Vocabulary(
            {
                "propose": _propose, "agree_again": _agree_again, "publish": _publish, "contract": _contract,
                "begin": _begin, "attend": _attend, "warn": _warn, "end": _end, "drop": _drop,
                "verify_work": work_facts.verified("placement"),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("recognised_today", "not_on_the_register", _recognised_today),
                    Guard("no_officers_relative", "officers_relative", _no_officers_relative),
                    Guard("placements_left", "placements_used_up", _placements_left),
                    Guard("may_be_placed_again", "second_placement", _is_placed_once_too_often),
                    Guard("is_a_second", "first_placement", _is_a_second),
                    Guard("two_agree", "second_reviewer_missing", _two_agree, "请一位复核人先同意再次安置"),
                    Guard(
                        "notice_over", "notice_running", lambda context: still_on_notice(context.subject, context.today),
                        "等公示期满", waits=True,
                    ),
                    Guard("day_has_come", "not_begun", _day_has_come, waits=True),
                )
            },
            checks={"propose": _speaks_for_it, "contract": _term_is_possible, "attend": _month_holds_it, "end": _was_there,
                "verify_work": work_facts.after(lambda placement: placement.begins_on),
            },
            before={
                "proposed": OtherEyes(lambda context: [context.subject.proposed_by], "这次安置是您提出的，须由另一人复核。"),
                "decided": OtherEyes(_decided_before, "前一步是您办的，须由另一位复核人决定。"),
            },
            after={"propose": _carry_the_plan_on, "begin": _carry_the_plan_on},
            kinds=KINDS,
        ),
        things="placements", hangs_on="plan", named_there="placements",
    )
)  # fmt: skip
PLACEMENT.add(TABLE)
