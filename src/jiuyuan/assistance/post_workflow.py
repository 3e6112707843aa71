"""How a public-interest post moves: requested, approved by the county, on public notice, open, closed (四(二), 人社部发〔2019〕124号)."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.models import Employer, PublicPost, Vacancy
from jiuyuan.assistance.vacancy_inputs import KINDS, Named
from jiuyuan.labels import texts
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, OtherEyes, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.parameters import Figure
from jiuyuan.wording import say

Said = dict[str, Any]
_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_BEFORE_OPEN = frozenset({"requested", "approved", "published", "open"})
_CONTENT = (
    Need("employer", "用人单位", "employer", empty="请填写用人单位的名称和统一社会信用代码。"),
    Need("title", "岗位名称", longest=60),
    Need("kind", "岗位类别", "choice", choices=tuple(texts(PublicPost.Kind)), hint="一般不是机关事业单位的管理岗位、专业技术岗位。"),
    Need("duties", "岗位职责"),
    Need("number", "岗位数", "number"),
    Need("division", "工作地区", "division", hint="写到县（市、区）或街道（乡镇）。"),
    Need("address", "工作地点", required=False, longest=200),
    Need("form", "用工形式", "choice", choices=tuple(texts(Vacancy.Time))),
    Need("hours", "工作时间", longest=80, hint="例如：每天8点到12点，一周五天。"),
    Need("wage", "工资", "number", hint="每月多少元；非全日制的按小时。"),
    Need("ground", "设岗理由", longest=400, empty="请写明为什么要设这个岗位，例如：社区独居老人多，没有人送餐。"),
    Need("contact", "单位联系人和电话", required=False, longest=80, hint="只给经办人看，不公布。"),
)  # fmt: skip

TABLE = Procedure(
    tuple(State(code, label, final=code == "closed") for code, label in texts(PublicPost.Status)),
    (
        Transition(
            "request", "申报公益性岗位", frozenset(), ("requested",), _CLERK, needs=_CONTENT, effect="write",
            record="post_requested", done="申报了公益性岗位", result="已申报，等县级审批。",
            lead="先看单位需要什么、有没有资金，再按需设岗。",
        ),
        Transition(
            "revise", "修改申报", frozenset({"requested"}), ("requested",), _CLERK, needs=_CONTENT, effect="write",
            record="post_revised", done="修改了申报的公益性岗位", result="已修改。",
        ),
        Transition(
            "approve", "批准设岗", frozenset({"requested"}), ("approved",), _REVIEWER,
            needs=(Need("ground", "批准意见", longest=400, empty="请写明意见，例如：单位非营利，确有需要，资金已落实。"),),
            guards=("pays_the_minimum",), before="requested", emphasis="main",
            record="post_approved", done="批准设岗", result="已批准，公示后才能安置。",
        ),
        Transition(
            "publish", "公示岗位", frozenset({"approved"}), ("published",), _CLERK | _REVIEWER, emphasis="main",
            lead="公示单位、岗位、职责、岗位数、工资；不写任何人的情况，到期撤下。",
            record="post_published", done="公示了公益性岗位", result="已公示。",
        ),
        Transition(
            "open", "开放安置", frozenset({"published"}), ("open",), _CLERK | _REVIEWER,
            guards=("notice_over",), emphasis="main", record="post_opened", done="开放了公益性岗位", result="已开放，可以安置。",
        ),
        Transition(
            "take", "占一个名额", frozenset({"open"}), ("open",), frozenset(), consequence=True,
            record="post_place_taken", done="占了一个名额",
        ),
        Transition(
            "give_back", "退一个名额", frozenset({"open"}), ("open",), frozenset(), consequence=True,
            record="post_place_given_back", done="退回一个名额",
        ),
        Transition(
            "close", "关闭岗位", _BEFORE_OPEN, ("closed",), _CLERK | _REVIEWER,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：不予批准，单位是经营性的；单位不再需要。"),),
            guards=("nobody_is_on_it",), emphasis="grave", record="post_closed", done="关闭了公益性岗位", result="已关闭。",
        ),
    ),
)  # fmt: skip


class OfPost(Context):
    """A post, locked. It is about an employer and nobody's own matter."""

    @property
    def concerned(self) -> list[Concerned]:
        return []

    @property
    def minimum(self) -> Figure | None:
        """The monthly minimum wage where the work is; None where none is known, and for work by the hour."""
        if self.subject.by_the_hour:
            return None
        wages = registry.policy_of(self.subject.area, self.today).wages
        return wages.at(self.subject.division_id, self.today) if wages else None

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # What stands in the post is stated by its columns.
        return super().payload(transition, said if transition.effect != "write" else {}, more, moved)


def _pays_the_minimum(context: OfPost) -> str | None:
    minimum, wage = context.minimum, context.subject.wage
    if minimum is None or wage >= minimum.value:
        return None
    return say(
        "工资{wage}元低于{place}月最低工资标准{least}元（{source}），不能批准。请退回修改；按小时付的，用工形式请改为非全日制。",
        wage=wage,
        place=minimum.place,
        least=minimum.value,
        source=minimum.source,
    )


def still_on_notice(row: Any, today: Any) -> str | None:
    """Why a post or a placement is not past its public notice; None where it is. Provisional ends are reckoned again."""
    days = registry.region_of(row.area).limit("post_notice_days", on=row.posted_on)
    ends_on = max(row.notice_ends_on, calendar.add_workdays(row.posted_on, days).day)
    if today > ends_on:
        return None
    return say("公示到{ends_on:date}，期满后才能办。", ends_on=ends_on)


def put_on_notice(row: Any, today: Any) -> None:
    """Begin the public notice of a post or a placement."""
    days = registry.region_of(row.area).limit("post_notice_days", on=today)
    end = calendar.add_workdays(today, days)
    row.posted_on, row.notice_ends_on, row.provisional = today, end.day, end.provisional


def _nobody_is_on_it(context: OfPost) -> str | None:
    taken = context.subject.taken
    return say("还有{taken}人安置在这个岗位，先办离岗或改安置到别的岗位。", taken=taken) if taken else None


def _write(context: OfPost, said: Said) -> None:
    named: Named = said.pop("employer")
    employer = Employer.objects.select_for_update().filter(credit_code=named.credit_code).first()
    if employer is None:
        employer = context.wrote(Employer.objects.create(credit_code=named.credit_code, name=named.name))
    if context.subject is None:
        assert context.user is not None and context.user.agency is not None
        agency = context.user.agency
        context.subject = PublicPost(agency=agency, area=agency.path, version=0)
    post = context.subject
    sign(context, post, "requested")
    for need in _CONTENT[1:]:
        setattr(post, need.name, said.get(need.name, ""))
    post.employer = employer


def _is_of_this_employer(_context: OfPost, said: Said) -> None:
    named: Named = said["employer"]
    known = Employer.objects.filter(credit_code=named.credit_code).first()
    if known is not None and known.name != named.name:
        why = say("这个代码登记的单位是“{name}”，请核对；单位已经更名的，先在岗位里登记更名。", name=known.name)
        raise BadInput(say("有内容需要改正。"), [("employer", why)])


def _approve(context: OfPost, said: Said) -> None:
    sign(context, context.subject, "approved")
    context.subject.approved_ground = said["ground"]


def _publish(context: OfPost, _said: Said) -> Said:
    put_on_notice(context.subject, context.today)
    return {"until": context.subject.notice_ends_on}


def _open(context: OfPost, _said: Said) -> None:
    context.subject.opened_on = context.today


def _take(context: OfPost, _said: Said) -> None:
    context.subject.taken += 1


def _give_back(context: OfPost, _said: Said) -> None:
    context.subject.taken -= 1


def locked_post(user: User | None, pk: Any) -> PublicPost:
    """A post as far as a user sees it, until the end of the transaction nobody else's. Raises `NotFound`."""
    rows = PublicPost.objects.visible_to(user) if user else PublicPost.objects.unscoped()
    rows = rows.select_related("employer", "agency", "division").select_for_update(of=("self",))
    found: PublicPost | None = rows.filter(pk=key(pk)).first()
    if found is None:
        raise NotFound(say("没有这个公益性岗位。"))
    return found


def _door(user: User | None, pk: Any, transition: Transition) -> OfPost:
    return OfPost(None if transition.begins else locked_post(user, pk), user)


def _requested(context: OfPost) -> list[User]:
    return [context.subject.requested_by]


POST = register(
    Workflow(
        "post", "这个公益性岗位", PublicPost, _door, OfPost,
        Vocabulary(
            {
                "write": _write, "approve": _approve, "publish": _publish, "open": _open, "take": _take,
                "give_back": _give_back,
                "close": lambda context, said: setattr(context.subject, "reason", said["reason"]),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("pays_the_minimum", "below_minimum_wage", _pays_the_minimum, "核实工资"),
                    Guard(
                        "notice_over", "notice_running", lambda context: still_on_notice(context.subject, context.today),
                        "等公示期满", waits=True,
                    ),
                    Guard("nobody_is_on_it", "people_on_post", _nobody_is_on_it, "先办离岗"),
                )
            },
            checks={"write": _is_of_this_employer},
            before={"requested": OtherEyes(_requested, "这个岗位是您申报的，须由另一人批准。")},
            kinds=KINDS,
        ),
        things="posts",
    )
)  # fmt: skip
POST.add(TABLE)
