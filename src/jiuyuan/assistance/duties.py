"""The table of duties (四(一)–(三)): each is a query and ends by an act; nobody ticks items off.

A row of `DUTIES` states for whom a duty is, when it is due, which acts settle it, who has the button, and its
clause. The clerk's list 今天要办 with its numbers (kept in `duty_index`, `due_today`), `GET /duties`, the
figures, the trial of changes (`tried`) and docs/duties.md are all made from it. A duty belongs to the platform of
the person's place.

**To add one**: a row here, its condition in `duty_rows`, its oracle in `tests/assistance/test_duties.py`, and
`jiuyuan duties > docs/duties.md`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import ceil
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.assistance import duty_rows as rows
from jiuyuan.assistance import follow_up_rows as later
from jiuyuan.assistance import offer_counts, placing
from jiuyuan.assistance import training_rows as training
from jiuyuan.assistance import work_rows as work
from jiuyuan.assistance.duty import AHEAD, AsOf, DaysAfter, DueDuty, DueOn, Duty, DutySubject
from jiuyuan.assistance.models import (
    Appointment,
    Course,
    Enrolment,
    FollowUp,
    JobOffer,
    Measure,
    Placement,
    Plan,
    PublicPost,
    ServiceRefusal,
    Vacancy,
    Venture,
)
from jiuyuan.people.models import FamilyCertification
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say


def _still_needed(plan: Any) -> str:
    return offer_counts.Offered(plan.counted, offer_counts.asked_for(plan.area, clock.today())).in_words


def _post(placement: Any) -> str:
    return str(placement.post.title)


_VISIT = Duty(
    "visit", "入户走访", "在册的人", "上次见到本人后{visit_every_days}天", "visit", ("confirm",),
    rows.to_visit, DaysAfter("since", limit="visit_every_days"), "since", otherwise=True, again=rows.in_days("visit_every_days"),
)  # fmt: skip
_VISIT_APPLICANT = Duty(
    "visit_applicant", "入户走访申请人", "申请已受理、还没有办结的人", "受理或上次见到本人后{visit_every_days}天", "visit", ("confirm",),
    rows.applicants_to_visit, DaysAfter("since", limit="visit_every_days"), "since", past=False,
)  # fmt: skip
DUTIES: list[Duty] = [
    Duty(
        "interview", "访谈", "在册、还没有谈过的人", "认定后{needs_due_days}个工作日", "interview", ("interview", "complete"),
        rows.without_talk, DaysAfter("recognised_on", limit="needs_due_days", working=True), "recognised_on", otherwise=True,
    ),
    Duty(
        "plan", "制定帮扶计划", "谈过、还没有计划的人", "认定后{plan_due_days}个工作日", "plan", ("plan",),
        rows.without_plan, DaysAfter("recognised_on", limit="plan_due_days", working=True), "recognised_on",
    ),
    Duty(
        "agree", "请本人同意计划", "写好、还没有开始的计划", "制定当天", "plan", ("agree", "start_unsigned"),
        rows.drafts, DueOn("made_on"), "made_on",
    ),
    Duty(
        "hand_over", "帮扶人已离开，移交计划", "帮扶人已停用或调走的计划", "当天", "plan", ("hand_over",),
        rows.left_alone, DueOn(), "made_on", lambda plan: str(plan.helper.name), past=False,
    ),
    Duty(
        "review", "检查计划进展", "进行中的计划", "上次检查时定的日期", "plan", ("review",),
        rows.to_review, DueOn("next_on"), "next_on", past=False,
    ),
    Duty(
        "measure", "措施到期", "进行中的计划里没有完成的措施", "措施的期限", "measure", ("finish", "drop"),
        rows.measures, DueOn("due_on"), "due_on", lambda measure: str(measure.what),
    ),
    Duty(
        "offer", "介绍岗位", "计划里有推荐岗位、还没有介绍够的人", "计划开始后{vacancies_due_days}天", "offer", ("offer", "answer"),
        rows.short_of_offers, DaysAfter("agreed_on", limit="vacancies_due_days"), "agreed_on", _still_needed, otherwise=True,
    ),
    Duty(
        "answer", "等本人答复", "还没有答复的岗位介绍", "介绍后{offer_answer_days}天", "offer", ("answer", "fall_silent"),
        rows.given, DueOn("answer_by"), "answer_by", str,
    ),
    Duty(
        "outcome", "问应聘结果", "本人想试试、还不知道结果的岗位介绍", "答复后{offer_answer_days}天", "offer",
        ("taken_on", "not_taken_on"), rows.without_outcome, DaysAfter("answered_on", limit="offer_answer_days"), "answered_on", str,
        otherwise=True,
    ),
    Duty(
        "appointment", "约见的结果", "约了、还没有结果的人", "约的那天", "appointment", ("came", "stay_away", "excuse_me", "cancel"),
        rows.appointments, DueOn("on"), "on", str,
    ),
    Duty(
        "tell_refusal", "告知没有接受岗位的记录", "记下的拒绝，还没有告知本人", "拒绝当天", "refusal", ("tell", "excuse"),
        rows.untold_refusals, DueOn("refused_on"), "refused_on", lambda refusal: str(refusal.of),
    ),
    Duty(
        "decide_refusal", "决定计不计为拒绝", "已告知本人的拒绝", "告知后{answer_days}天", "refusal", ("count", "excuse"),
        rows.undecided_refusals, DueOn("answer_by"), "answer_by", lambda refusal: str(refusal.of),
    ),
    Duty(
        "follow_up", "上岗后回访", "已录用的人，每次一次",
        "上岗后{follow_up_first_months}、{follow_up_second_months}、{follow_up_last_months}个月", "follow_up", ("follow_up",),
        later.after_an_offer, later.FollowUpStep("begins_on", "last_step"), "begins_on", str, otherwise=True, again=later.step_again,
    ),
    Duty(
        "verify_work", "核实录用后的就业情况", "已录用、已上班、还没有来源说明的人", "上班后{work_verify_days}天", "offer", ("verify_work",),
        work.offers_to_verify, DaysAfter("begins_on", limit="work_verify_days"), "begins_on", str, past=False, otherwise=True,
    ),
    Duty(
        "verify_post", "核实公益性岗位上的就业情况", "在公益性岗位上、还没有来源说明的人", "上岗后{work_verify_days}天", "placement",
        ("verify_work",), work.placements_to_verify, DaysAfter("begins_on", limit="work_verify_days"), "begins_on", _post, past=False,
        otherwise=True,
    ),
    Duty(
        "verify_business", "核实营业执照登记", "办了营业执照、还没有来源说明的人", "办照后{work_verify_days}天", "venture",
        ("verify_work",), work.ventures_to_verify, DaysAfter("registered_on", limit="work_verify_days"), "registered_on", str,
        past=False, otherwise=True,
    ),
    Duty(
        "ask_exit", "已就业，要不要退出", "就业已有来源说明、仍在册的人", "查得当天", "investigation", ("investigate",),
        work.to_ask_whether_they_stay, DueOn("since"), "since", past=False, otherwise=True,
    ),
    Duty(
        "apply_again", "再次失业，帮助重新申请", "退出以后又没有工作的人", "回访当天", "follow_up", ("apply_again",),
        work.to_apply_again, DueOn("on"), "on", lambda row: str(row.followed), past=False,
    ),
    Duty(
        "clear_family", "零就业家庭至少一人就业", "已认定、没有清零的零就业家庭", "认定后{zero_employment_clearing_days}天", "family",
        ("clear",), rows.families, DueOn("due_on"), "due_on",
    ),
    _VISIT,
    Duty(
        "old_facts", "重新核实情况", "在册、有会变的情况很久没有核实的人", "查得后{fact_valid_days}天", "visit", ("confirm",),
        rows.with_old_facts, DaysAfter("since", limit="fact_valid_days"), "since", otherwise=True,
        again=rows.in_days("fact_valid_days"), along=_VISIT,
    ),
    _VISIT_APPLICANT,
    Duty(
        "old_facts_applicant", "重新核实申请人的情况", "申请已受理、还没有办结，有会变的情况很久没有核实的人", "查得后{fact_valid_days}天",
        "visit", ("confirm",), rows.applicants_with_old_facts, DaysAfter("since", limit="fact_valid_days"), "since", past=False, along=_VISIT_APPLICANT,
    ),
    Duty(
        "confirm_vacancy", "请单位确认岗位", "招聘中的岗位", "上次确认后{vacancy_confirm_days}天", "vacancy",
        ("ask_employer", "answer_by_employer"), rows.to_confirm, DaysAfter("found_right", limit="vacancy_confirm_days"), "opened_on", past=False,
    ),
    Duty(
        "revise_vacancy", "按单位答复修改岗位", "单位说有内容要改的岗位", "单位答复当天", "vacancy", ("revise",),
        rows.to_put_right, DueOn("confirmed_on"), "confirmed_on", lambda vacancy: str(vacancy.employer_said), past=False,
    ),
    Duty(
        "approve_post", "审批公益性岗位", "申报的公益性岗位", "申报当天", "post", ("approve", "close"),
        lambda asked: placing.posts_to_approve(asked.user, asked.day), DueOn("requested_on"), "requested_on", past=False,
    ),
    Duty(
        "decide_placement", "复核公益性岗位安置", "提出安置的人", "提出当天", "placement", ("publish", "agree_again", "drop"),
        lambda asked: placing.to_decide(asked.user, asked.day), DueOn("proposed_on"), "proposed_on", _post, past=False,
    ),
    Duty(
        "contract", "登记劳动合同", "公示期满的安置", "公示期满那天", "placement", ("contract", "drop"),
        lambda asked: placing.notices_over(asked.user, asked.day), DueOn("notice_ends_on"), "notice_ends_on", _post, past=False,
    ),
    Duty(
        "attendance", "登记上月考勤", "在公益性岗位上、上月还没有考勤的人", "当月末", "placement", ("attend",),
        lambda asked: placing.attendance_missing(asked.user, asked.day), rows.EndOfMonth(), "begins_on", _post, past=False,
    ),
    Duty(
        "end_of_post", "公益性岗位期满", "在公益性岗位上的人", "期满那天，{post_end_warn_days}天前提醒", "placement", ("end",),
        lambda asked: placing.ending(asked.user, asked.day), DueOn("until"), "until", _post, warned="post_end_warn_days", past=False,
    ),
    Duty(
        "empty_post", "报告空岗", "考勤说已离岗的人", "离岗后{post_vacancy_report_days}天", "placement", ("end",),
        lambda asked: placing.left_unreported(asked.user, asked.day),
        DaysAfter("left_on", limit="post_vacancy_report_days"), "left_on", _post, past=False,
    ),
    Duty(
        "follow_up_post", "公益性岗位上岗后回访", "在公益性岗位上的人，每次一次",
        "上岗后{follow_up_first_months}、{follow_up_second_months}、{follow_up_last_months}个月", "follow_up", ("follow_up",),
        later.on_a_post, later.FollowUpStep("begins_on", "last_step"), "begins_on", _post, past=False, otherwise=True, again=later.step_again,
    ),
    Duty(
        "not_entitled", "已退出，仍在公益性岗位", "不在册、没有离岗的人", "当天", "placement", ("end", "drop"),
        lambda asked: placing.no_longer_entitled(asked.user, asked.day), DueOn(), "proposed_on", _post,
        past=False,
    ),
    Duty(
        "begin_class", "培训班该开班了", "报名中、快到开班日期的培训班", "开班日期", "course", ("start", "cancel"),
        training.classes_that_begin, DueOn("begins_on"), "begins_on", past=False,
    ),
    Duty(
        "end_class", "培训班该结业了", "上课中、快到结业日期的培训班", "结业日期", "course", ("finish", "cancel"),
        training.classes_that_end, DueOn("ends_on"), "ends_on", past=False,
    ),
    Duty(
        "refund", "退还培训收的钱", "培训向本人收了钱、还没有退的", "当天", "enrolment", ("refund",),
        training.charged, DueOn(), "enrolled_on", str, past=False,
    ),
    Duty(
        "follow_up_course", "培训后回访", "已结业的人，每次一次",
        "结业后{follow_up_first_months}、{follow_up_second_months}、{follow_up_last_months}个月", "follow_up",
        ("follow_up",), later.after_a_course, later.FollowUpStep("ended_on", "last_step"), "ended_on", str, otherwise=True, again=later.step_again,
    ),
    Duty(
        "follow_up_venture", "开业后回访", "办了营业执照的人，每次一次",
        "办照后{follow_up_first_months}、{follow_up_second_months}、{follow_up_last_months}个月", "follow_up",
        ("follow_up",), later.after_a_licence, later.FollowUpStep("registered_on", "last_step"), "registered_on", str, past=False, otherwise=True,
        again=later.step_again,
    ),
    Duty(
        "find_alive", "查看经营情况", "办了营业执照的人", "办照后半年、一年", "venture", ("confirm_alive", "end"),
        training.to_find_alive, training.StillTrading("registered_on", "months"), "registered_on", str, past=False,
    ),
]  # fmt: skip
_OF_A_STAY = ("recognition", "recognition__person")
#: What the rows of each duty are about, by model.
ABOUT: dict[type, DutySubject] = {
    Recognition: DutySubject("pk", "person", ("person",)),
    Plan: DutySubject(*_OF_A_STAY, ("recognition__person", "helper")),
    Measure: DutySubject("plan__recognition", "plan__recognition__person", ("plan__recognition__person",)),
    JobOffer: DutySubject(*_OF_A_STAY, ("recognition__person", "plan", "vacancy")),
    ServiceRefusal: DutySubject(*_OF_A_STAY, ("recognition__person", "offer__offered_by", "appointment__invited_by")),
    Appointment: DutySubject(*_OF_A_STAY, ("recognition__person",)),
    Placement: DutySubject(*_OF_A_STAY, ("recognition__person", "post__employer", "plan")),
    Enrolment: DutySubject(*_OF_A_STAY, ("recognition__person", "course")),
    Venture: DutySubject(*_OF_A_STAY, ("recognition__person",)),
    FollowUp: DutySubject(*_OF_A_STAY, ("recognition__person",)),
    FamilyCertification: DutySubject(person="person", shown=("person",)),
    Application: DutySubject(person="person", shown=("person",)),
    Vacancy: DutySubject(shown=("employer",)),
    PublicPost: DutySubject(shown=("employer", "agency")),
    Course: DutySubject(),
}
BY_CODE: dict[str, Duty] = {duty.code: duty for duty in DUTIES}


def also(model: type, about: DutySubject, *more: Duty) -> None:
    """Register duties of an app above, about rows of a model. At start only."""
    DUTIES.extend(more)
    BY_CODE.update({duty.code: duty for duty in more})
    ABOUT[model] = about


def due(user: User, duty: Duty, day: date, most: int | None = None) -> Iterator[DueDuty]:
    """Yield the items of a duty by its condition, including those due soon; for a past day those open at its end."""
    asked = AsOf(user, day)
    return (one for one in every(asked, duty, 0, most) if one.on <= duty.shown_until(asked))


def every(
    asked: AsOf, duty: Duty, start: int = 0, most: int | None = None, *, stay: int | None = None
) -> Iterator[DueDuty]:
    """Yield all items of a duty from a position on, regardless of when they are due; optionally of one recognition."""
    found = duty.open(asked).order_by(duty.order, "pk")
    about = ABOUT[found.model]
    if stay is not None:
        found = found.filter(**{about.stay: stay}) if about.stay else found.none()
    found = found.select_related(*about.shown) if about.shown else found
    page = found[start : start + most] if most else islice(found.iterator(chunk_size=500), start, None)
    for row in page:
        yield DueDuty(row, duty.due(row, asked), duty.what(row) if duty.what else "")


@dataclass(frozen=True)
class DutyTrial:
    """What a duty would cause today: how many items are due or late, how many are due soon,
    and how many people share them.
    """

    due: int
    coming: int
    clerks: int

    @property
    def in_words(self) -> str:
        """For example 今天会产生4,300条，每人61条."""
        found = say("今天会产生{due:,}条，今后{ahead}天再来{coming:,}条", due=self.due, ahead=AHEAD, coming=self.coming)
        if not self.clerks:
            return say("{found}；辖区里还没有能办的人。", found=found)
        return say(
            "{found}；能办的有{clerks}人，今天每人{each:,}条。",
            found=found,
            clerks=self.clerks,
            each=ceil(self.due / self.clerks),
        )


#: In days; trial limits may not be longer.
LONGEST_TRIED = 3660


def tried(user: User, duty: Duty, today: date, limits: Mapping[str, int] | None = None) -> DutyTrial:
    """Try a duty on the register of the user's area, optionally with other limits."""
    asked = AsOf(user, today, limits=limits or {})
    days = [one.on for one in every(asked, duty) if one.on <= duty.shown_until(asked)]
    now = sum(day <= today for day in days)
    roles = duty.roles_at(user.area) - {Role.SUPERVISOR, Role.PROVINCE}
    there = User.objects.filter(role__in=roles, is_active=True, agency__path__begins=user.area).select_related("agency")
    return DutyTrial(now, len(days) - now, sum(one.in_use for one in there))
