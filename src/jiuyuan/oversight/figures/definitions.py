"""All figures. Where a list of the desk uses the same filter, the condition is the list's own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import queries as cases
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.assistance import help_figures
from jiuyuan.assistance.help_figures import HelpPeriod
from jiuyuan.assistance.models import Enrolment, FollowUp, Interview, JobOffer, Placement, Plan, Venture
from jiuyuan.oversight.figures.registry import (
    BY_DAY,
    FIGURES,
    MANY,
    NOW,
    Asked,
    Counted,
    FigureDefinition,
    Span,
    declare,
)
from jiuyuan.people.models import FamilyCertification
from jiuyuan.recognitions import queries as register
from jiuyuan.recognitions.models import Investigation, Recognition, Visit
from jiuyuan.recognitions.queries import RegisterFilters
from jiuyuan.rules import calendar
from jiuyuan.wording import spoken


class DueFigures(FigureDefinition):
    """Figures of due items of people on the register, done in time or late, as computed by `help_figures`."""

    def when_asked(self, asked: Asked, among: Iterable[int] | None) -> Q:
        return Q(pk__in=self._stays(asked, among))

    def counted(self, asked: Asked, among: Iterable[int] | None = None) -> Iterator[Counted]:
        if among is not None:
            yield from super().counted(asked, among)
            return
        stays = iter(sorted(self._stays(asked, None)))
        while some := list(islice(stays, MANY)):
            yield from self.divided(self.model.objects.unscoped().filter(pk__in=some).order_by())

    def _stays(self, asked: Asked, among: Iterable[int] | None) -> set[int]:
        under = Agency.objects.filter(path=asked.under).first()
        if under is None:
            return set()
        people = None if among is None else frozenset(among)
        period = HelpPeriod(asked.user, under, asked.span.since, asked.span.until, clock.today(), people)
        reckoned = {} if asked.reckoned is None else asked.reckoned
        if period not in reckoned:
            reckoned[period] = help_figures.due_by_code(period)
        found: set[int] = reckoned[period][self.code.removeprefix("help_")]
        return found


@spoken("head")
@dataclass(frozen=True)
class CaseFigures(FigureDefinition):
    """Figures of applications, which may have several categories, with the filters of their list.

    `head`: the column of the table.
    """

    head: str = ""
    filters: Callable[[str], CaseFilters] = lambda period: CaseFilters()

    def when_asked(self, asked: Asked, among: Iterable[int] | None) -> Q:
        filters = self.filters(asked.span.code)
        found = cases.in_period(filters, asked.span.until)
        found &= Q(status=filters.state) if filters.state else Q()
        return found & cases.BY_LIMIT.get(filters.due, Q())

    def _of_category(self, code: str) -> Q:
        return cases.claims(code)


@spoken("head")
@dataclass(frozen=True)
class RegisterFigures(FigureDefinition):
    """Figures of the register in a period table, with the filters of its list. `head`: the column."""

    head: str = ""
    filters: Callable[[str], RegisterFilters] = lambda period: RegisterFilters()

    def when_asked(self, asked: Asked, among: Iterable[int] | None) -> Q:
        filters = self.filters(asked.span.code)
        found = register.in_period(filters, asked.span.until)
        return found & Q(status=filters.status) if filters.status else found


def case_columns() -> list[CaseFigures]:
    """The columns of the period table of cases."""
    return [one for one in FIGURES.values() if isinstance(one, CaseFigures)]


def register_columns() -> list[RegisterFigures]:
    """The columns of the period table of the register."""
    return [one for one in BY_DAY.values() if isinstance(one, RegisterFigures)]


def _within(column: str, **more: Any) -> Callable[[Span], Q]:
    return lambda span: Q(**{f"{column}__range": (span.since, span.until)}, **more)


def _on_register(span: Span) -> Q:
    return Q(recognised_on__lte=span.until) & (Q(ended_on=None) | Q(ended_on__gt=span.until))


_ENDED, _WITH_LIMIT = "办结日期在本月", "办结日期在本月，与办结期限比"
declare(
    FigureDefinition(
        "on_register",
        1,
        "月末在册",
        "月末那一天：认定日期不晚于它，没有退出或者退出日期晚于它",
        Recognition,
        _on_register,
        stock=True,
    )
)
declare(
    FigureDefinition(
        "entered",
        1,
        "新认定",
        "认定日期在本月；取消认定的不算",
        Recognition,
        _within("recognised_on", annulled=False),
        aim=True,
    )
)
declare(
    FigureDefinition(
        "left", 1, "退出", "退出日期在本月；取消认定的不算", Recognition,
        _within("ended_on", annulled=False, status=Recognition.Status.ENDED),
    )
)  # fmt: skip


def _nothing(span: Span) -> Q:
    return Q(pk__in=[])


def _case(
    code: str, label: str, decides: str, head: str, filters: Callable[[str], CaseFilters], day: str = "finished_on"
) -> None:
    declare(
        CaseFigures(
            code, 1, label, decides, Application, _nothing,
            category="categories", head=head, filters=filters, day=day,
        )
    )  # fmt: skip


def _ended_as(state: str) -> Callable[[str], CaseFilters]:
    return lambda period: CaseFilters(finished=period, state=state)


_case("received", "提出申请", "提交日期在本月", "收到", lambda period: CaseFilters(received=period), "submitted_on")
_case("recognised", "申请获认定", _ENDED, "认定", _ended_as("recognised"))
_case("rejected", "不予认定", _ENDED, "不予认定", _ended_as("rejected"))
_case("declined", "不予受理", _ENDED, "不予受理", _ended_as("declined"))
_case("withdrawn", "撤回申请", _ENDED, "撤回", _ended_as("withdrawn"))
_case("on_time", "按期办结", _WITH_LIMIT, "按期办结", lambda period: CaseFilters(finished=period, due="on_time"))
_case("late", "超期办结", _WITH_LIMIT, "超期办结", lambda period: CaseFilters(finished=period, due="late"))
_case("returned", "复核退回", "退回日期在本月", "复核退回", lambda period: CaseFilters(returned=period), "")

declare(
    FigureDefinition(
        "used", 1, "办理用时", "办结日期，用时从受理起算", Application,
        lambda span: _within("finished_on")(span) & Q(accepted_on__isnull=False),
        category="categories", counts="件", day="finished_on", divides=(), details=("accepted_on", "finished_on"),
        detail=lambda accepted, finished: str(calendar.workdays_left(accepted, finished)),
    ),
    monthly=False,
)  # fmt: skip


#: The state of every case, and whether it ended within its limit: "recognised/on_time".
STANDS = declare(
    FigureDefinition(
        "stands", 1, "申请的状态", "现在的状态", Application, lambda span: Q(pk__isnull=False), category="categories", counts="件", day=NOW,
        divides=(), details=("status", "finished_on", "due_on"), detail=lambda status, ended, due: f"{status}/{_by_limit(ended, due)}",
    ),
    monthly=False,
)  # fmt: skip
#: The last day of every open case with a limit.
RUNS_OUT = declare(
    FigureDefinition(
        "runs_out", 1, "没有办结的申请", "办结期限", Application, _within("due_on", finished_on=None), category="categories", counts="件",
        day="due_on", divides=(),
    ),
    monthly=False,
)  # fmt: skip


def _by_limit(ended: date | None, due: date | None) -> str:
    """Consistent with `cases.BY_LIMIT`; empty if neither applies."""
    if ended is None or due is None:
        return ""
    return "on_time" if ended <= due else "late"


_TIMES = "人次"


def _register(
    code: str, label: str, decides: str, head: str, filters: Callable[[str], RegisterFilters], **more: Any
) -> None:
    figure = RegisterFigures(
        code, 1, label, decides, Recognition, _nothing, counts=_TIMES, head=head, filters=filters, **more
    )
    declare(figure, monthly=False)


_register(
    "standing", "现在在册", "现在的状态", "在册（现在）", lambda period: RegisterFilters(status="active"), day=NOW
)
_register(
    "came", "进入名册", "认定日期，取消认定的也算", "新进入", lambda period: RegisterFilters(entered=period),
    day="recognised_on",
)  # fmt: skip
_register(
    "went", "离开名册", "退出日期，取消认定的也算", "退出", lambda period: RegisterFilters(left=period),
    day="ended_on", details=("ground",),
)  # fmt: skip

_visit = partial(
    FigureDefinition, model=Visit, area="person__area", category="status", counts="次", day="visited_on", divides=()
)


def _visited(**more: Any) -> Callable[[Span], Q]:
    return lambda span: _within("visited_on", **more)(span) & ~Q(status=Visit.Status.DISCARDED)


for code, label, when in (
    ("visited", "走访次数", _visited()),
    ("nobody_home", "家中无人", _visited(nobody_home=True)),
    ("met", "见到人的次数", _visited(nobody_home=False)),
):
    declare(_visit(code, 1, label, "走访日期；没有采用的不算", when=when), monthly=False)

_inquiry = partial(
    FigureDefinition, model=Investigation, person="recognition__person", area="recognition__area",
    category="recognition__category", counts="件", divides=(),
)  # fmt: skip
_family = partial(
    FigureDefinition, model=FamilyCertification, area="person__area", category="ground", counts="户", divides=()
)
#: Other figures of a period beside applications and the register, with the deciding column of their list.
BESIDE = (
    declare(_inquiry("inquiries_opened", 1, "开始的调查", "立案日期", when=_within("opened_on"), day="opened_on"), monthly=False),
    declare(_inquiry("inquiries_decided", 1, "办结的调查", "决定日期", when=_within("decided_on"), day="decided_on"), monthly=False),
    declare(_family("families_certified", 1, "认定的零就业家庭", "认定日期", when=_within("certified_on"), day="certified_on"), monthly=False),
    declare(_family("families_cleared", 1, "清零的零就业家庭", "清零日期", when=_within("cleared_on"), day="cleared_on"), monthly=False),
)  # fmt: skip

for code, label, decides in (
    (help_figures.DUE, "帮扶到期", "一项要办的事的期限在本月"),
    (help_figures.IN_TIME, "帮扶按期", "期限在本月，在期限内办了"),
    (help_figures.LATE, "帮扶超期", "期限在本月，过了期限才办或者还没有办"),
):
    declare(DueFigures(f"help_{code}", 1, label, decides, Recognition, _nothing))

_help = partial(
    FigureDefinition, person="recognition__person", area="recognition__area", category="recognition__category", aim=True
)
_by_helper = partial(_help, divides=("category", "helper"), stay="recognition")
declare(_help("interviewed", 1, "访谈", "访谈日期在本月", Interview, _within("on", status=Interview.Status.HELD)))
declare(_help("planned", 1, "制定帮扶计划", "制定日期在本月", Plan, _within("made_on")))
declare(_by_helper("offered", 1, "介绍岗位", "介绍日期在本月", JobOffer, _within("offered_on"), day="offered_on"))
declare(
    _by_helper(
        "answered", 1, "答复所介绍的岗位", "答复日期在本月；没有答复的不算", JobOffer,
        lambda span: _within("answered_on")(span) & ~Q(status=JobOffer.Status.SILENT), day="answered_on",
    )
)  # fmt: skip
declare(
    _by_helper(
        "turned_down", 1, "没有接受所介绍的岗位", "答复日期", JobOffer,
        _within("answered_on", status=JobOffer.Status.DECLINED), day="answered_on",
    ),
    monthly=False,
)  # fmt: skip
declare(
    _by_helper(
        "taken_on", 1, "录用", "录用结果的日期在本月", JobOffer,
        _within("ended_on", status=JobOffer.Status.TAKEN_ON), day="ended_on",
    )
)  # fmt: skip
declare(
    _by_helper(
        "working", 1, "回访在岗", "回访日期在本月", FollowUp,
        _within("on", status=FollowUp.Status.WORKING), day="on", details=("months",),
    )
)  # fmt: skip
declare(_help("enrolled", 1, "参加培训", "报名日期在本月", Enrolment, _within("enrolled_on")))
declare(
    _help(
        "placed", 1, "公益性岗位上岗", "上岗日期在本月；没有上岗的不算", Placement,
        lambda span: _within("begins_on", status__in=("on_post", "ended"))(span) & ~Q(ending=Placement.Ending.NOT_PLACED),
    )
)  # fmt: skip
declare(_help("own_business", 1, "创业登记", "营业执照登记日期在本月", Venture, _within("registered_on")))
