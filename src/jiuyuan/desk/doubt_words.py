"""A doubt in words: the two contradicting records, and the months."""

from collections.abc import Callable

from jiuyuan.assistance.models import Attendance, Enrolment, Placement, PostAttendance, PublicPost
from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.oversight.doubt_checks import CHECKS, RECORDS
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import BankAccount, Fact, InsuranceMonth
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words, month_of
from jiuyuan.rules.facts import FACTS
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say


def record(of: Doubt, named: str) -> str:
    """One of the two records: its kind and name."""
    kind, _, key = named.partition(":")
    return say("{kind} {which}", kind=say(RECORDS[kind]), which=_which(of, kind, key))


def lacking() -> list[tuple[str, str]]:
    """The checks with incomplete data, each with what would provide the rest."""
    return [(say("{number} {label}", number=one.number, label=one.label), one.lacks) for one in CHECKS if one.lacks]


def _which(of: Doubt, kind: str, key: str) -> str:
    if kind == "unclaimed":
        here = registry.schemes(registry.region_of(of.area).code)
        return next((scheme.title for scheme in here if scheme.code == key), key)
    return (_NAMED[kind](key) if kind in _NAMED else "") or say("第{key}号", key=key)


def _attendance(key: str) -> str:
    one = PostAttendance.objects.unscoped().filter(pk=key).select_related("placement__post").first()
    return f"{month_in_words(month_of(one.month))} {one.placement.post.title}" if one else ""


def _line(key: str) -> str:
    one = ClaimLine.objects.unscoped().filter(pk=key).select_related("claim").first()
    return f"{month_in_words(one.month)} {one.claim.title}" if one else ""


def _insured(key: str) -> str:
    one = InsuranceMonth.objects.unscoped().filter(pk=key).first()
    if one is None:
        return ""
    paid = say("已缴") if one.paid else say("未缴")
    return f"{month_in_words(one.month)} {one.get_payer_display()} {one.employer} {paid}".replace("  ", " ")


def _lesson(key: str) -> str:
    one = Attendance.objects.unscoped().filter(pk=key).select_related("enrolment__course").first()
    return f"{bare_day(one.on)} {one.enrolment.course.title}" if one else ""


def _fact(key: str) -> str:
    one = Fact.objects.unscoped().filter(pk=key).first()
    return say("“{label}”", label=say(FACTS[one.name].label)) if one else ""


def _placement(key: str) -> str:
    one = Placement.objects.unscoped().filter(pk=key).select_related("post").first()
    return str(one.post) if one else ""


def _enrolment(key: str) -> str:
    one = Enrolment.objects.unscoped().filter(pk=key).select_related("course").first()
    return str(one.course) if one else ""


#: How to name a record; people and their declared facts are not named in passing.
_NAMED: dict[str, Callable[[str], str]] = {
    "attendance": _attendance, "line": _line, "lesson": _lesson, "fact": _fact, "placement": _placement, "enrolment": _enrolment,
    "insured": _insured,
    "claim": lambda key: str(Claim.objects.unscoped().filter(pk=key).first() or ""),
    "post": lambda key: str(PublicPost.objects.unscoped().filter(pk=key).first() or ""),
    "recognition": lambda key: Recognition.objects.unscoped().filter(pk=key).values_list("number", flat=True).first() or "",
    "account": lambda key: str(BankAccount.objects.unscoped().filter(pk=key).first() or ""),
}  # fmt: skip


def months_of(one: Doubt) -> str:
    if one.since is None or one.until is None:
        return ""
    first, last = month_in_words(one.since), month_in_words(one.until)
    return first if first == last else say("{first}至{last}", first=first, last=last)
