"""What can be claimed, the input of a claim, and the lines it consists of."""

from datetime import date
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.models import Enrolment
from jiuyuan.money.claim_checks import exclusive, rests_on, sum_of
from jiuyuan.money.models import LIVE, Claim, ClaimLine
from jiuyuan.money.month_facts import MonthFacts, first_day
from jiuyuan.people.about import About
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.table import Need, NeedKind
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words, month_of
from jiuyuan.rules.scheme import Scheme
from jiuyuan.rules.scheme_facts import course_certified, in_subsidised_course
from jiuyuan.wording import say

_MOST_MONTHS = 120
_ONCE = "once"


def schemes_here(context: Context) -> tuple[Scheme, ...]:
    """All schemes of the place, including expired ones, so that a claim for one is refused by name."""
    return registry.schemes(context.region)


def _scheme(context: Context, need: Need, raw: Any) -> str:
    known = {scheme.code: scheme.title for scheme in schemes_here(context)}
    if not isinstance(raw, str) or raw not in known:
        names = "、".join(f"{code}（{title}）" for code, title in known.items())
        raise ValueError(say("{label}应为{names}之一。", label=need.label, names=names))
    return raw


def _month(_context: Context, need: Need, raw: Any) -> int:
    try:
        if not isinstance(raw, str) or len(raw) != len("2026-03"):
            raise ValueError
        return month_of(date.fromisoformat(f"{raw}-01"))
    except ValueError:
        raise ValueError(say("{label}请填年和月，例如2026-03。", label=need.label)) from None


scheme_kind = NeedKind(_scheme, "choice", lambda need: {"type": "string", "minLength": 1, "maxLength": 40})
month_kind = NeedKind(
    _month, "month", lambda need: {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
)  # fmt: skip


def refuse_what_cannot_be_claimed(context: About, said: dict[str, Any]) -> None:
    """Refuse what cannot be claimed, and fill in the month of single payments.

    Raises `BadInput`, `Conflict`, with what to do instead.
    """
    scheme = registry.scheme(context.region, said["scheme"])
    user = context.user
    if user is not None and user.role == Role.APPLICANT and scheme.paid_to == "employer":
        _wrong(
            "scheme",
            say(
                "{title}由单位申请，不用您办。请单位与{agency}联系。",
                title=scheme.title,
                agency=context.person.agency.name,
            ),
        )
    if scheme.counted == "months":
        _refuse_months(context, scheme, said)
    else:
        said["from"] = said["to"] = said.get("from") or month_of(context.today)
        if said["from"] > month_of(context.today):
            _wrong("from", say("{month}还没有到，不能申请。", month=month_in_words(said["from"])))
    for month in (said["from"], said["to"]):
        _refuse_expired(scheme, month)
    _refuse_twice(context, scheme, said["from"], said["to"])


def _refuse_months(context: About, scheme: Scheme, said: dict[str, Any]) -> None:
    errors = [(name, say("请写明{label}，例如2026-03。", label=label)) for name, label in (("from", say("从哪个月")), ("to", say("到哪个月"))) if name not in said]  # fmt: skip
    if errors:
        raise BadInput(say("有内容需要填写或改正。"), errors)
    first, last, now = said["from"], said["to"], month_of(context.today)
    if first > last:
        _wrong("to", say("结束的月份早于开始的月份，请核对。"))
    if last > now:
        _wrong(
            "to", say("{month}还没有到，不能申请，最多到{now}。", month=month_in_words(last), now=month_in_words(now))
        )
    if last - first >= _MOST_MONTHS:
        _wrong("from", say("一次最多申请{most}个月，请核对年份。", most=_MOST_MONTHS))
    stays = MonthFacts(context.person, context.today).stays
    if not stays:
        _wrong("scheme", say("这个人没有认定为就业困难人员，不能申请{title}。", title=scheme.title))
    begun = min(stay.recognised_on for stay in stays)
    if first < month_of(begun):
        _wrong("from", say("{day:date}才认定，{month}在认定以前，不能申请；请从{begun}申请。", day=begun, month=month_in_words(first), begun=month_in_words(month_of(begun))))  # fmt: skip
    approved = Claim.objects.unscoped().filter(person=context.person, scheme=scheme.code, first=True).first()
    if approved is not None and first < approved.from_month:
        _wrong("from", say("{title}初次核定从{begun}开始，{month}在初次核定以前，不能申请。", title=scheme.title, begun=month_in_words(approved.from_month), month=month_in_words(first)))  # fmt: skip


def _refuse_expired(scheme: Scheme, month: int) -> None:
    day = first_day(month)
    if scheme.until is not None and day > scheme.until:
        _wrong("scheme", say("{title}执行到{until:date}为止，{month}已经没有这项政策，不能申请。", title=scheme.title, until=scheme.until, month=month_in_words(month)))  # fmt: skip
    if month < month_of(scheme.since):
        _wrong("from", say("{title}从{since:date}起执行，{month}还没有这项政策，不能申请。", title=scheme.title, since=scheme.since, month=month_in_words(month)))  # fmt: skip


def _refuse_twice(context: About, scheme: Scheme, first: int, last: int) -> None:
    person = context.person
    other = exclusive(person.pk, scheme, first, last)
    if other is not None:
        raise Conflict(
            say(
                "{month}已经在{other}（{status}）里，{title}不能和它同一个月享受，两项只能选一项。", month=month_in_words(other.month),
                other=other.claim.title, status=other.claim.get_status_display(), title=scheme.title,
            ),
            code="exclusive", claim=other.claim_id,
        )  # fmt: skip
    if scheme.counted != "months":
        if not free_occasions(person.pk, scheme):
            raise Conflict(say("{title}已经申请过，一次事由只享受一次。", title=scheme.title), code="twice")
        return
    rows = ClaimLine.objects.unscoped().filter(person=person, scheme=scheme.code, status__in=LIVE)
    there = rows.filter(month__range=(first, last)).select_related("claim").order_by("month").first()
    if there is not None:
        raise Conflict(
            say(
                "{month}的{title}已经申请过（{day:date}申请，{status}），不能重复申请。", month=month_in_words(there.month),
                title=scheme.title, day=there.claim.claimed_on, status=there.claim.get_status_display(),
            ),
            code="twice", claim=there.claim_id,
        )  # fmt: skip


def _wrong(name: str, why: str) -> None:
    raise BadInput(why, [(name, why)])


def free_occasions(person: int, scheme: Scheme) -> list[tuple[str, int | None]]:
    """What a single payment can still be claimed for, with the month: each passed course, or the scheme itself."""
    names = {fact.name for fact in scheme.facts}
    rows = Enrolment.objects.unscoped().filter(recognition__person=person).select_related("course")
    found: list[tuple[str, int | None]] = []
    if course_certified.name in names:
        passed = rows.filter(status=Enrolment.Status.FINISHED, passed=True).exclude(certificate_no="")
        found = [(f"enrolment:{row.pk}", month_of(row.ended_on) if row.ended_on else None) for row in passed]
    elif in_subsidised_course.name in names:
        attending = rows.filter(status__in=(Enrolment.Status.ENROLLED, Enrolment.Status.FINISHED))
        found = [(f"enrolment:{row.pk}", month_of(row.course.begins_on)) for row in attending]
    taken = ClaimLine.objects.unscoped().filter(person=person, scheme=scheme.code, status__in=LIVE)
    known = set(taken.values_list("occasion", flat=True))
    return [one for one in found or [(_ONCE, None)] if one[0] not in known]


def planned_lines(claim: Claim, today: date) -> list[ClaimLine]:
    """The lines of a new claim: one per month, or a single one."""
    if claim.rules.counted == "months":
        wanted = [(month, "") for month in range(claim.from_month, claim.to_month + 1)]
    else:
        occasion, month = free_occasions(claim.person_id, claim.rules)[0]
        claim.from_month = claim.to_month = month or claim.from_month
        wanted = [(claim.from_month, occasion)]
    lines = []
    for month, occasion in wanted:
        amount, source = sum_of(claim, month)
        lines.append(
            ClaimLine(
                person=claim.person, scheme=claim.scheme, month=month, occasion=occasion, amount=amount,
                amount_source=source, rests_on=rests_on(claim, month, today),
            )
        )  # fmt: skip
    return lines
