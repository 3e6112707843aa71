"""The link by which an employer reports the attendance of a month: no account, one month, one act, revocable.

Behind it stand only those who were placed there in that month, and only for who typed the code that went to the employer's confirmed
telephone: forwarded, the link is worth nothing. Each look is recorded in the file of everybody who is shown.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.assistance.employer_links import digest, new_secret
from jiuyuan.assistance.models import AttendanceLink, Placement, PublicPost
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.notifications import gateways, services
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say

GONE = "这个链接已经用过、过期或者撤销了。请向发给您的平台要一个新的。"
#: `_MOST_CODES` sent and `_MOST_TRIES` wrong ones of a link within a day.
_MINUTES, _MOST_CODES, _MOST_TRIES = 10, 5, 5


def found(secret: str) -> AttendanceLink:
    """The link that still lives. Raises `NotFound`, alike for one that never was."""
    links = AttendanceLink.objects.select_related("post__employer", "post__agency")
    link = links.filter(
        digest=digest(secret), revoked=False, answered_on=None, valid_until__gte=clock.today(),
        post__status=PublicPost.Status.OPEN,
    ).first()  # fmt: skip
    if link is None:
        raise NotFound(say(GONE))
    return link


def placed(post: PublicPost, month: Any) -> Any:
    """Who was on a post in a month, whose attendance nobody has written down yet."""
    after = calendar.add_months(month, 1)
    rows = Placement.objects.unscoped().filter(
        post=post, status=Placement.Status.ON_POST, begins_on__lt=after, until__gte=month
    )
    return rows.exclude(attendance__month=month).select_related("recognition__person", "plan").order_by("pk")


def months(post: PublicPost) -> list[Any]:
    """This month and the one before, where somebody was on the post whose attendance is not known."""
    this = clock.today().replace(day=1)
    return [month for month in (calendar.add_months(this, -1), this) if placed(post, month).exists()]


def make_code(link: AttendanceLink, until: Any) -> str:
    """A new code in the place of an earlier one."""
    code = f"{secrets.randbelow(10**6):06}"
    link.code_digest, link.code_until = _of_code(link, code), until
    link.save(update_fields=["code_digest", "code_until"])
    return code


def send_code(secret: str) -> bool:
    """Send a new code to the confirmed telephone. False where no gateway is configured: then the office tells it by telephone.

    Raises `NotFound`, `TooOften`, `BadInput` where the gateway does not take it.
    """
    link, gateway = found(secret), gateways.configured()
    pace.count("employer_code")
    if gateway is None:
        return False
    _brake(gateway, link)
    code = make_code(link, clock.now() + timedelta(minutes=_MINUTES))
    text = say("验证码{code}，报告公益性岗位考勤用，{minutes}分钟内有效。不要告诉别人。", code=code, minutes=_MINUTES)
    try:
        gateway.send(f"attendance-{link.pk}-{secrets.token_hex(4)}", link.post.phone, text)
    except gateways.NotSent as error:
        raise BadInput(say("短信没有发出去。"), [("code", say("短信没有发出去：{error}", error=str(error)))]) from None
    return True


def _brake(gateway: gateways.Gateway, link: AttendanceLink) -> None:
    """Count one code by its link, its telephone and the gateway, whose brakes hold for other texts too. Raises `TooOften`."""
    phone = link.post.phone
    pace.count_one("employer_code_link", link.digest, _MOST_CODES, pace.DAY)
    pace.count_one("employer_code_phone", phone, gateway.a_number_a_day - services.sent_to(phone), pace.DAY)
    pace.count_one("employer_code_all", "", gateway.an_hour - services.sent_within_an_hour())


@transaction.atomic
def open_with(secret: str, typed: str) -> str:
    """What the browser in which the right code was typed keeps; the code is used up. Raises `NotFound`, `BadInput`, `TooOften`."""
    pace.count("employer_code")
    link = AttendanceLink.objects.select_for_update().get(pk=found(secret).pk)
    right = bool(link.code_digest) and hmac.compare_digest(link.code_digest, _of_code(link, typed.strip()))
    wrong_ones = pace.mark_of("employer_code_wrong", link.digest)
    if pace.free_again(wrong_ones, _MOST_TRIES, pace.WINDOW) is not None:
        return ""
    over = link.code_until is None or link.code_until < clock.now()
    if right and not over:
        mark = new_secret()
        link.code_digest, link.bound = "", digest(mark)
        link.save(update_fields=["code_digest", "bound"])
        return mark
    pace.note(wrong_ones, within=pace.DAY)
    return ""


def is_open(link: AttendanceLink, mark: str) -> bool:
    """Whether this is the browser in which the code was typed."""
    return bool(link.bound) and hmac.compare_digest(link.bound, digest(mark))


@transaction.atomic
def shown(link: AttendanceLink) -> list[Placement]:
    """Who stands behind the link, for who typed the code. The look is recorded in each file, once a day."""
    rows, actor = list(placed(link.post, link.month)), actor_of(link)
    what = for_record("公益性岗位考勤（单位链接{number}）", number=link.pk)
    seen = history.looked_today(actor, what, [row.file for row in rows])
    for row in rows:
        if row.file not in seen:
            history.looked(actor, row.file, what, row.area)
    return rows


def actor_of(link: AttendanceLink) -> Actor:
    """An employer, as the record names who looks or reports by a link."""
    name = say("{employer}（链接）", employer=link.post.employer.name)
    return Actor(f"employer-{link.post.employer_id}", str(name)[:80], "employer")


def open_links(post: PublicPost) -> Any:
    return post.links.filter(Q(answered_on=None), revoked=False, valid_until__gte=clock.today()).order_by("-pk")


def _of_code(link: AttendanceLink, code: str) -> str:
    return digest(f"{link.digest}:{code}")
