"""The workflow of a public-interest post: requested, approved, on public notice, open,
closed (四(二), 人社部发〔2019〕124号).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance import attendance_links, link_codes
from jiuyuan.assistance.employer_links import digest, new_secret
from jiuyuan.assistance.models import AttendanceLink, Employer, Placement, PublicPost
from jiuyuan.assistance.post_table import CONTENT, MONTH, TABLE
from jiuyuan.assistance.vacancy_inputs import KINDS, MOBILE, Named
from jiuyuan.characters import whole_number
from jiuyuan.notifications import gateways
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import WORKFLOWS, Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, OtherEyes, Transition, Vocabulary
from jiuyuan.procedures.who_acted import accounts_in, by, sign
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.parameters import Figure
from jiuyuan.wording import say

Said = dict[str, Any]


class OfPost(Context):
    """The context of a post, which is locked. It concerns an employer, so it is nobody's own matter."""

    link: AttendanceLink | None = None

    @property
    def concerned(self) -> list[Concerned]:
        return []

    def choices(self, need: Need) -> Choices:
        if need.kind != "asked_month":
            return need.choices
        months = attendance_links.months(self.subject)
        return tuple((f"{one:%Y-%m}", say("{year}年{month}月", year=one.year, month=one.month)) for one in months)

    def suggested(self, transition: Transition) -> Said:
        return {"phone": self.subject.phone} if transition.action == "confirm_phone" else {}

    @property
    def minimum(self) -> Figure | None:
        """The monthly minimum wage at the workplace; None if unknown, and for hourly work."""
        if self.subject.by_the_hour:
            return None
        wages = registry.policy_of(self.subject.area, self.today).wages
        return wages.at(self.subject.division_id, self.today) if wages else None

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the contents of the post.
        stated = transition.effect == "write" or transition.action == "confirm_phone"
        return super().payload(transition, {} if stated else said, more, moved)


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


def still_on_notice(row: Any, today: Any, limit: str = "post_notice_days") -> str | None:
    """Why the public notice is not over yet; None if it is. Provisional ends are recomputed."""
    days = registry.region_of(row.area).limit(limit, on=row.posted_on)
    ends_on = max(row.notice_ends_on, calendar.add_workdays(row.posted_on, days).day)
    if today > ends_on:
        return None
    return say("公示到{ends_on:date}，期满后才能办。", ends_on=ends_on)


def put_on_notice(row: Any, today: Any, limit: str = "post_notice_days") -> None:
    """Begin the public notice of a post, placement or claim, for the working days of the limit."""
    days = registry.region_of(row.area).limit(limit, on=today)
    end = calendar.add_workdays(today, days)
    row.posted_on, row.notice_ends_on, row.provisional = today, end.day, end.provisional


def _nobody_is_on_it(context: OfPost) -> str | None:
    taken = context.subject.taken
    return say("还有{taken}人安置在这个岗位，先办离岗或改安置到别的岗位。", taken=taken) if taken else None


def _phone_is_confirmed(context: OfPost) -> str | None:
    if context.subject.phone_confirmed_on is not None:
        return None
    return say("还没有确认单位的电话：链接要靠发到这个电话的验证码才打得开。")


def _somebody_to_report(context: OfPost) -> str | None:
    return None if context.choices(MONTH) else say("这个月和上个月在岗的人，考勤都登记过了，或者没有人在岗。")


def _a_link_is_open(context: OfPost) -> str | None:
    return None if attendance_links.open_links(context.subject).exists() else say("没有在用的单位链接。")


def _write(context: OfPost, said: Said) -> None:
    named: Named = said.pop("employer")
    employer = Employer.objects.select_for_update().filter(credit_code=named.credit_code).first()
    if employer is None:
        employer = context.wrote(Employer.objects.create(credit_code=named.credit_code, name=named.name))
    if context.subject is None:
        assert context.user is not None and context.user.agency is not None
        agency = context.user.agency
        context.subject = PublicPost(agency=agency, area=agency.path, version=0, **by(context, PublicPost, "requested"))
    post = context.subject
    for need in CONTENT[1:]:
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


def _confirm_phone(context: OfPost, said: Said) -> None:
    """Confirm the phone number. Another number invalidates every open link, whose code went elsewhere."""
    post = context.subject
    post.phone, post.phone_confirmed_how, post.phone_confirmed_on = said["phone"], said["how"], context.today
    _revoke_link(context, said)


def _ask_attendance(context: OfPost, said: Said) -> Said:
    """Create a link, replacing open ones for the same month.

    The secret is returned to the user and not stored; likewise the code if no gateway sends it.
    """
    post, secret = context.subject, new_secret()
    for earlier in attendance_links.open_links(post).filter(month=said["month"]):
        _take_back(context, earlier)
    days = registry.region_of(post.area).limit("employer_link_days", on=context.today)
    link = AttendanceLink.objects.create(
        post=post, month=said["month"], digest=digest(secret), valid_until=context.today + timedelta(days=days),
        **by(context, AttendanceLink, "made"),
    )  # fmt: skip
    context.wrote(link)
    post.secret = secret
    post.code = "" if gateways.configured() else link_codes.make_code(link, clock.now() + timedelta(days=days))
    return {"link": link.pk, "month": f"{said['month']:%Y-%m}", "until": link.valid_until}


def _revoke_link(context: OfPost, _said: Said) -> None:
    for link in attendance_links.open_links(context.subject):
        _take_back(context, link)


def _take_back(context: OfPost, link: AttendanceLink) -> None:
    link.revoked = True
    link.save()
    context.wrote(link)


def _report_attendance(context: OfPost, said: Said) -> Said:
    """Record a month for everybody shown, each in their own file; this uses up the link."""
    link, placement = context.link, WORKFLOWS["placement"]
    assert link is not None
    for row, days, left_on in said["rows"]:
        report = {"month": link.month, "days": days, **({"left_on": left_on} if left_on else {})}
        engine.follow(context, placement, row, "report", report)
    link.answered_on = context.today
    link.save()
    context.wrote(link)
    return {"link": link.pk, "month": f"{link.month:%Y-%m}", "people": len(said["rows"])}


def _attendance_rows(context: OfPost, need: Need, raw: Any) -> list[tuple[Any, int, date | None]]:
    """Parse the input by placement: `{"12": {"days": "21", "left_on": ""}}`.

    Raises `BadInput` with each error at its input.
    """
    given = raw if isinstance(raw, Mapping) else {}
    link, errors, found = context.link, [], []
    assert link is not None
    last = calendar.add_months(link.month, 1) - timedelta(days=1)
    for row in attendance_links.placed(context.subject, link.month):
        said = given.get(str(row.pk)) or {}
        days, left = whole_number(str(said.get("days", "")).strip()), str(said.get("left_on") or "").strip()
        try:
            left_on = date.fromisoformat(left) if left else None
        except ValueError:
            left_on = date.min
        most = row.days_in(link.month, min(left_on or context.today, context.today))
        if days is None or not 0 <= days <= most:
            errors.append(
                (f"days_{row.pk}", say("请填出勤天数，0到{most}的整数：还没到的、不在岗的日子不算。", most=most))
            )
        if left_on is not None and not max(link.month, row.begins_on) <= left_on <= min(last, context.today):
            errors.append((f"left_{row.pk}", say("离岗日期应在这个月里，上岗以后，不晚于今天。")))
        found.append((row, days or 0, left_on))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return found


def _asked_month(context: OfPost, need: Need, raw: Any) -> date:
    this = context.today.replace(day=1)
    found = next((one for one in (this, calendar.add_months(this, -1)) if f"{one:%Y-%m}" == str(raw).strip()), None)
    if found is None:
        raise ValueError(say("请选这个月或者上个月。"))
    return found


def _has_somebody_then(context: OfPost, said: Said) -> None:
    if not attendance_links.placed(context.subject, said["month"]).exists():
        why = say("这个月在岗的人，考勤都登记过了，或者没有人在岗。")
        raise BadInput(say("有内容需要改正。"), [("month", why)])


def locked_post(user: User | None, pk: Any) -> PublicPost:
    """A post, locked, if the user may see it. Raises `NotFound`."""
    return _with_this_key(in_sight(PublicPost, user), pk)


def post_of(placement: Placement) -> PublicPost:
    """The post of a loaded placement, locked too."""
    return _with_this_key(PublicPost.objects.unscoped(), placement.post_id)


def _with_this_key(rows: Any, pk: Any) -> PublicPost:
    found: PublicPost = locked(rows.select_related("employer", "agency", "division"), pk, "没有这个公益性岗位。")
    return found


def _by_link(user: User | None, key_of_link: str) -> OfPost:
    """Find a post by a link's secret and the mark of the browser in which its code was typed.

    Lock order as for all acts on placements: recognitions, post, link.
    """
    secret, _, mark = key_of_link.partition(".")
    link = attendance_links.found(secret)
    stays = attendance_links.placed(link.post, link.month).values("recognition")
    list(Recognition.objects.unscoped().filter(pk__in=stays).order_by("pk").select_for_update())
    context = OfPost(locked_post(user, link.post_id), user)
    context.link = AttendanceLink.objects.select_for_update().get(pk=link.pk)
    used = context.link.answered_on is not None or context.link.revoked
    if used or not link_codes.is_open(context.link, mark):
        raise NotFound(say(attendance_links.GONE))
    return context


def _door(user: User | None, pk: Any, transition: Transition) -> OfPost:
    if transition.public:
        return _by_link(user, str(pk))
    return OfPost(None if transition.begins else locked_post(user, pk), user)


def _who_wrote_it(context: OfPost) -> list[User]:
    """The users who requested or revised it."""
    post = context.subject
    return [post.requested_by, *accounts_in(post.file, "post_requested", "post_revised")]


POST = register(
    Workflow(
        "post", "这个公益性岗位", PublicPost, _door, OfPost,
        Vocabulary(
            {
                "write": _write, "approve": _approve, "publish": _publish, "open": _open, "take": _take,
                "give_back": _give_back,
                "confirm_phone": _confirm_phone, "ask_attendance": _ask_attendance, "revoke_link": _revoke_link,
                "report_attendance": _report_attendance,
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
                    Guard("phone_is_confirmed", "phone_unconfirmed", _phone_is_confirmed, "确认单位电话"),
                    Guard("somebody_to_report", "nobody_to_report", _somebody_to_report),
                    Guard("a_link_is_open", "no_link", _a_link_is_open),
                    Guard("nobody_is_on_it", "people_on_post", _nobody_is_on_it, "先办离岗"),
                )
            },
            checks={"write": _is_of_this_employer, "ask_attendance": _has_somebody_then},
            before={"requested": OtherEyes(_who_wrote_it, "这个岗位是您申报或修改的，须由另一人批准。")},
            kinds={
                **KINDS,
                "mobile": MOBILE,
                "asked_month": NeedKind(_asked_month, "choice"),
                "attendance_rows": NeedKind(_attendance_rows),
            },
        ),
        things="posts",
    )
)  # fmt: skip
POST.add(TABLE)
