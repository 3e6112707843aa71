"""How somebody is placed on a public-interest post: proposed, decided, on public notice, under contract, at work, over (四(二)).

Posts are the last resort: of those on the register, after other help was tried, in the region's order; a machine decides nothing.
"""

from datetime import date, timedelta
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import placing
from jiuyuan.assistance.helped import Helped, Said, locked
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Kind, Measure, Placement, Plan, PostAttendance, PublicPost
from jiuyuan.assistance.post_workflow import POST, locked_post, put_on_notice, still_on_notice
from jiuyuan.labels import texts
from jiuyuan.people import own_matter
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.reading import as_day, as_key, key, yes_no
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import (
    NO_LETTER,
    Choices,
    Guard,
    Need,
    NeedKind,
    OtherEyes,
    Procedure,
    State,
    Transition,
    Vocabulary,
)
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, NotFound, WrongState
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say

_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_ENDINGS = tuple(choice for choice in texts(Placement.Ending) if choice[0] != Placement.Ending.NOT_PLACED)
_MOST_DAYS = 31

TABLE = Procedure(
    tuple(State(code, label, final=code == "ended") for code, label in texts(Placement.Status)),
    (
        Transition(
            "propose", "提出安置", frozenset(), ("proposed",), _CLERK,
            needs=(
                Need("plan", "帮扶计划", "placed_plan"),
                Need(
                    "no_relative", "本人声明：与用人单位负责人、经办和审批人员没有近亲属关系", "yes_no",
                    empty="请问过本人再选：有没有近亲属关系。",
                ),
                Need(
                    "severe", "残疾证为一级、二级", "severe", required=False, hint="再次安置残疾人员时看残疾证填写，其他人不填。",
                ),
                Need(
                    "tried_ground", "介绍岗位不够就安置的理由", required=False, longest=400,
                    hint="介绍没有成功的岗位不够时写，例如：本人只能半天干活，附近没有这样的岗位。",
                ),
                Need(
                    "order_ground", "不按顺序安置的理由", required=False, longest=400,
                    hint="还有排在前面的人时写，例如：排在前面的三个人都说不去。",
                ),
            ),
            while_in=frozenset({"open"}), guards=("has_a_place", "recognised_today", "no_officers_relative", "placements_left", "may_be_placed_again"),
            record="placement_proposed", done="提出安置到公益性岗位", result="已提出，等县级复核。",
            lead="公益性岗位是最后的办法：先介绍市场岗位，没有成功再安置。",
        ),
        Transition(
            "agree_again", "同意再次安置", frozenset({"proposed"}), ("proposed",), _REVIEWER,
            needs=(Need("ground", "再次安置的理由", longest=400, empty="请写明理由，例如：期满后又介绍过三个岗位，都没有成功。"),),
            guards=("is_a_second", "recognised_today", "may_be_placed_again"), before="proposed",
            record="placement_agreed_again", done="同意再次安置（第一人）", result="已同意，还要另一位复核人决定。",
        ),
        Transition(
            "publish", "同意安置并公示", frozenset({"proposed"}), ("published",), _REVIEWER,
            guards=("recognised_today", "no_officers_relative", "may_be_placed_again", "two_agree"), before="decided", emphasis="main",
            record="placement_published", done="同意安置并公示", result="已公示，期满后签合同。",
            message="拟安排您到{employer}的公益性岗位“{job}”，公示到{until:date}。期满没有异议就签合同。", title="拟安排您到公益性岗位",
        ),
        Transition(
            "contract", "登记劳动合同", frozenset({"published"}), ("contracted",), _CLERK,
            needs=(
                Need("signed_on", "签合同日期", "date"),
                Need("from", "哪天上岗", "term_day"),
                Need("until", "合同到", "term_day"),
            ),
            guards=("notice_over", "recognised_today"), emphasis="main", record="placement_contracted", done="登记了公益性岗位的劳动合同",
            result="已登记，上岗那天再登记上岗。",
        ),
        Transition(
            "begin", "登记上岗", frozenset({"contracted"}), ("on_post",), _CLERK,
            guards=("day_has_come", "recognised_today"), emphasis="main", record="placement_begun", done="上岗了", result="已登记上岗。",
            message="您在{employer}的公益性岗位“{job}”从{begins_on:date}起上岗，到{until:date}。有困难随时找{agency}。", title="您上岗了",
            letter=NO_LETTER,
        ),
        Transition(
            "attend", "登记考勤", frozenset({"on_post"}), ("on_post",), _CLERK,
            needs=(
                Need("month", "月份", "month"),
                Need("days", "出勤天数", "days"),
                Need("left_on", "离岗日期", "date", required=False, hint="已经不来上班的，填最后一天。"),
                Need("note", "情况", required=False, longest=400),
            ),
            record="post_attended", done="登记了公益性岗位考勤", result="已登记考勤。",
        ),
        Transition(
            "end", "登记离岗", frozenset({"on_post"}), ("ended",), _CLERK,
            needs=(
                Need("ending", "离岗原因", "choice", choices=_ENDINGS),
                Need("on", "离岗日期", "date"),
                Need("reported_on", "单位哪天报告空岗的", "date", required=False),
                Need("words", "情况", required=False, longest=400),
            ),
            record="placement_ended", done="离开了公益性岗位", result="已登记离岗，名额已退回。", letter=NO_LETTER,
            message="您在{employer}的公益性岗位“{job}”到{on:date}结束（{ending}）。需要继续帮扶的，请找{agency}。", title="公益性岗位结束",
        ),
        Transition(
            "drop", "不再安置", frozenset({"proposed", "published", "contracted"}), ("ended",), _CLERK | _REVIEWER,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：公示期间有人反映，经核实不符合；本人不去了。"),),
            emphasis="grave", record="placement_dropped", done="没有安置", result="已记录，名额已退回。", letter=NO_LETTER,
            message="原拟安排您到{employer}的公益性岗位“{job}”，现在不再安排：{reason}。有疑问请找{agency}。", title="公益性岗位没有安排",
        ),
    ),
)  # fmt: skip


class PlacementOf(Helped):
    """Before it is proposed only the post is known; the plan is locked when it is read what was said (`_plan`)."""

    model = Placement
    twice = "这个人刚刚已经提出安置到公益性岗位，请重新打开看看。"
    recognition: Recognition | None  # type: ignore[assignment]

    def __init__(
        self, post: PublicPost, user: User | None, placement: Placement | None = None, plan: Plan | None = None
    ) -> None:
        plan = placement.plan if placement is not None else plan
        super().__init__(plan.recognition if plan is not None else None, user, placement)  # type: ignore[arg-type]
        self.post, self.plan = post, plan
        self.severe = placement.severe if placement is not None else None

    @property
    def region(self) -> str:
        return self.recognition.region if self.recognition is not None else registry.region_of(self.post.area).code

    @property
    def area(self) -> str:
        return str(self.recognition.area if self.recognition is not None else self.post.area)

    @property
    def person(self) -> Person:
        assert self.recognition is not None
        return self.recognition.person

    @property
    def concerned(self) -> list[Concerned]:  # type: ignore[override]
        return [self.recognition.person] if self.recognition is not None else []

    @property
    def around(self) -> str:
        return str(self.post.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.post

    @property
    def term(self) -> int:
        """Which placement of this person it is, from 1."""
        if self.subject is not None:
            return int(self.subject.term)
        return placing.placed_before(self.person) + 1

    def choices(self, need: Need) -> Choices:
        if need.kind != "month":
            return need.choices
        return tuple(
            (f"{month:%Y-%m}", say("{year}年{month}月", year=month.year, month=month.month)) for month in self.months
        )

    @property
    def months(self) -> list[date]:
        """The months in which somebody was on the post, the last first: by their first day."""
        if self.subject is None or self.subject.begins_on is None:
            return []
        month, found = self.subject.begins_on.replace(day=1), list[date]()
        while month <= self.today and self.subject.covers(month):
            found.append(month)
            month = calendar.add_months(month, 1)
        return found[::-1]

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        return {**super().payload(transition, said, more, moved), "post": self.post.pk}


def _has_a_place(context: PlacementOf) -> str | None:
    post = context.post
    if post.left > 0:
        return None
    return say("“{title}”的{number}个名额已经占满，请选别的岗位。", title=post.title, number=post.number)


def _recognised_today(context: PlacementOf) -> str | None:
    stay = context.recognition
    if stay is None or stay.status == Recognition.Status.ACTIVE:
        return None
    return say("{name}已经不在册，公益性岗位只安置在册的人。", name=stay.person.name)


def _no_officers_relative(context: PlacementOf) -> str | None:
    if context.recognition is None:
        return None
    if close := placing.officers_close_to(context.person, context.today):
        return say("{names}申报过与{name}是亲属，不能安置。", names=placing.names_of(close), name=context.person.name)
    return None


def _placements_left(context: PlacementOf) -> str | None:
    if context.recognition is None:
        return None
    most, had = context.limit("post_placements_max"), placing.placed_before(context.person)
    if had < most:
        return None
    return say("{name}已经安置过{had}次，最多{most}次，不能再安置。", name=context.person.name, had=had, most=most)


def _may_be_placed_again(context: PlacementOf) -> str | None:
    """A second placement is for the groups of the region alone."""
    stay = context.recognition
    if stay is None or context.term == 1:
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
        return say("{name}已经同意再次安置，由另一位复核人公示。", name=context.subject.agreed_by.name)
    return None


def _two_agree(context: PlacementOf) -> str | None:
    if context.subject.term == 1 or context.subject.agreed_by is not None:
        return None
    return say("再次安置要两位复核人：先由一位同意再次安置，再由另一位公示。")


def _day_has_come(context: PlacementOf) -> str | None:
    begins_on = context.subject.begins_on
    return None if begins_on <= context.today else say("合同写的上岗日期是{day:date}，到那天再登记。", day=begins_on)


def _plan(context: PlacementOf, need: Need, raw: Any) -> Plan:
    """The plan under which somebody is placed. Locked in the order of all acts about them: recognition, plan, then the post."""
    rows = Plan.objects.visible_to(context.user) if context.user else Plan.objects.unscoped()
    found = rows.filter(pk=key(raw), status=Plan.Status.ACTIVE).values_list("recognition", flat=True).first()
    if found is None:
        raise ValueError(say("没有这份进行中的帮扶计划，请先和本人定好计划。"))
    recognition = locked(found)
    if context.user is not None:
        own_matter.refuse(context.user, recognition.person)
    plan: Plan = Plan.objects.unscoped().select_for_update(of=("self",)).get(pk=key(raw))
    plan.recognition = recognition
    context.plan, context.recognition = plan, recognition
    context.post = locked_post(context.user, context.post.pk)
    if context.post.status != PublicPost.Status.OPEN:
        raise WrongState(say("这个公益性岗位刚刚关闭了，不能安置。"))
    return plan


def _severe(context: PlacementOf, need: Need, raw: Any) -> bool:
    context.severe = yes_no(context, need, raw)
    return context.severe


def _term_day(_context: Context, need: Need, raw: Any) -> date:
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None


def _days(_context: Context, need: Need, raw: Any) -> int:
    text = str(raw).strip()
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1
    if isinstance(raw, bool) or not 0 <= found <= _MOST_DAYS:
        raise ValueError(say("{label}请填0到31的整数。", label=need.label))
    return found


def _month(context: PlacementOf, need: Need, raw: Any) -> date:
    found = next((month for month in context.months if month.strftime("%Y-%m") == str(raw).strip()[:7]), None)
    if found is None:
        raise ValueError(say("请选在岗的月份，写成2026-03这样。"))
    return found


def _speaks_for_it(context: PlacementOf, said: Said) -> None:
    """Other help was tried, nobody comes before, nobody is close to the officers; or it is written down why it is done so."""
    plan, errors = said["plan"], []
    if not said["no_relative"]:
        errors.append(("no_relative", say("有近亲属关系的不能安置到这个单位，请选别的单位的岗位。")))
    tried = placing.tried(plan, context.today)
    if not tried.enough and not said.get("tried_ground"):
        why = say("{tried}。先介绍，或者写明为什么不够也要安置。", tried=tried.in_words)
        errors.append(("tried_ground", why))
    if (first := placing.before(plan, context.post)) and not said.get("order_ground"):
        why = say("还有{first}个人排在前面。按顺序安置，或者写明为什么先安置这个人。", first=first)
        errors.append(("order_ground", why))
    if context.term > 1 and placing.decided(context.area).may_again(plan.recognition.category, context.severe) is None:
        errors.append(("severe", say("再次安置残疾人员只限重度，请看残疾证填写是不是一级、二级。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _propose(context: PlacementOf, said: Said) -> Said:
    plan, term = said["plan"], context.term
    context.subject = Placement(
        recognition=context.recognition, plan=plan, post=context.post, version=0, term=term,
        no_relative=said["no_relative"], tried_ground=said.get("tried_ground", ""),
        order_ground=said.get("order_ground", ""), severe=context.severe, **by(context, Placement, "proposed"),
    )  # fmt: skip
    context.post = engine.follow(context, POST, context.post, "take")
    return {"plan": plan.pk, "term": term}


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
    """What is known of a month; written anew by a clerk it is put right, and the record keeps both."""
    found = PostAttendance.objects.unscoped().filter(placement=context.subject, month=said["month"]).first()
    row = found or PostAttendance(placement=context.subject, month=said["month"])
    row.days, row.left_on, row.note = said["days"], said.get("left_on"), said.get("note", "")
    row.by_employer = context.user is None
    for name, value in by(context, PostAttendance, "written").items():
        setattr(row, name, value)
    row.save()
    context.wrote(row)
    return {"month": said["month"].strftime("%Y-%m"), "days": said["days"]}


def _month_holds_it(context: PlacementOf, said: Said) -> None:
    month, left_on = said["month"], said.get("left_on")
    last = calendar.add_months(month, 1) - timedelta(days=1)
    if said["days"] > last.day:
        raise BadInput(say("有内容需要改正。"), [("days", say("这个月只有{days}天，请核对。", days=last.day))])
    if left_on is not None and not (month <= left_on <= last and left_on >= context.subject.begins_on):
        raise BadInput(say("有内容需要改正。"), [("left_on", say("离岗日期应在这个月里，上岗以后。"))])


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
    context.post = engine.follow(context, POST, context.post, "give_back")


def _names(context: PlacementOf) -> Said:
    return {"employer": context.post.employer.name, "job": context.post.title}


def _carry_the_plan_on(context: PlacementOf, _said: Said) -> None:
    """The measure of the plan begins with the proposal, and is done when somebody is at work on the post."""
    assert context.plan is not None
    if not context.plan.open:
        return
    measures = Measure.objects.unscoped().filter(
        plan=context.plan, kind=Kind.PUBLIC_POST, status__in=["planned", "under_way"]
    )
    placement = context.subject
    for measure in measures.select_for_update().order_by("pk"):
        measure.plan = context.plan
        if placement.status == Placement.Status.ON_POST:
            result = for_record("{post}，{day:date}上岗", post=str(context.post), day=placement.begins_on)
            engine.follow(context, MEASURE, measure, "finish", {"result": result})
        elif measure.status == Measure.Status.PLANNED:
            engine.follow(context, MEASURE, measure, "start")


def _door(user: User | None, pk: Any, transition: Transition) -> PlacementOf:
    """To a placement by its key, before it is proposed to the post. Locked in one order: recognition, plan, placement, post."""
    if transition.begins:
        rows = PublicPost.objects.visible_to(user) if user else PublicPost.objects.unscoped()
        post = rows.select_related("employer", "agency").filter(pk=key(pk)).first()
        if post is None:
            raise NotFound(say("没有这个公益性岗位。"))
        return PlacementOf(post, user)
    placements = Placement.objects.visible_to(user) if user else Placement.objects.unscoped()
    found = placements.filter(pk=key(pk)).values_list("recognition", flat=True).first()
    if found is None:
        raise NotFound(say("没有这次安置。"))
    recognition = locked(found)
    placement = Placement.objects.unscoped().select_related("plan").select_for_update(of=("self",)).get(pk=key(pk))
    placement.recognition = placement.plan.recognition = recognition
    placement.post = locked_post(None, placement.post_id)
    return PlacementOf(placement.post, user, placement)


def _hold(row: Any, user: User | None) -> PlacementOf:
    return PlacementOf(row, user) if isinstance(row, PublicPost) else PlacementOf(row.post, user, row)


def _decided_before(context: PlacementOf) -> list[User | None]:
    return [context.subject.proposed_by, context.subject.agreed_by]


PLACEMENT = register(
    Workflow(
        "placement", "这次安置", Placement, _door, _hold,
        Vocabulary(
            {
                "propose": _propose, "agree_again": _agree_again, "publish": _publish, "contract": _contract,
                "begin": _begin, "attend": _attend, "end": _end, "drop": _drop,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("has_a_place", "no_place_left", _has_a_place),
                    Guard("recognised_today", "not_on_the_register", _recognised_today),
                    Guard("no_officers_relative", "officers_relative", _no_officers_relative),
                    Guard("placements_left", "placements_used_up", _placements_left),
                    Guard("may_be_placed_again", "second_placement", _may_be_placed_again),
                    Guard("is_a_second", "first_placement", _is_a_second),
                    Guard("two_agree", "second_reviewer_missing", _two_agree, "请一位复核人先同意再次安置"),
                    Guard(
                        "notice_over", "notice_running", lambda context: still_on_notice(context.subject, context.today),
                        "等公示期满", waits=True,
                    ),
                    Guard("day_has_come", "not_begun", _day_has_come, waits=True),
                )
            },
            checks={"propose": _speaks_for_it, "contract": _term_is_possible, "attend": _month_holds_it, "end": _was_there},
            before={
                "proposed": OtherEyes(lambda context: [context.subject.proposed_by], "这次安置是您提出的，须由另一人复核。"),
                "decided": OtherEyes(_decided_before, "前一步是您办的，须由另一位复核人决定。"),
            },
            after={"propose": _carry_the_plan_on, "begin": _carry_the_plan_on},
            kinds={
                "placed_plan": NeedKind(_plan, schema=as_key), "severe": NeedKind(_severe, "yes_no", lambda need: {"type": "boolean"}),
                "term_day": NeedKind(_term_day, "day", as_day),
                "month": NeedKind(_month, "choice", lambda need: {"type": "string", "pattern": r"^\d{4}-\d{2}$"}),
                "days": NeedKind(_days, "number", lambda need: {"type": "integer", "minimum": 0, "maximum": _MOST_DAYS}),
            },
        ),
        things="placements", hangs_on="post", named_there="placements",
    )
)  # fmt: skip
PLACEMENT.add(TABLE)
