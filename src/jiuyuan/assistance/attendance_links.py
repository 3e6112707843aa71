"""The link with which an employer reports a month's attendance: no account, one month, one act, revocable.

It shows only the people placed there in that month, and only after the code sent to the employer's confirmed
phone was typed, so that a forwarded link is useless. Each look is recorded in the files of all people shown.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q

from jiuyuan import clock
from jiuyuan.assistance import link_codes
from jiuyuan.assistance.employer_links import digest
from jiuyuan.assistance.models import AttendanceLink, Placement, PublicPost
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.refusals import NotFound
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say

GONE = "这个链接已经用过、过期或者撤销了。请向发给您的平台要一个新的。"


def found(secret: str) -> AttendanceLink:
    """The link with this secret, if still valid. Raises `NotFound`, also if there never was one."""
    links = AttendanceLink.objects.select_related("post__employer", "post__agency")
    link = links.filter(
        digest=digest(secret), revoked=False, answered_on=None, valid_until__gte=clock.today(),
        post__status=PublicPost.Status.OPEN,
    ).first()  # fmt: skip
    if link is None:
        raise NotFound(say(GONE))
    return link


def placed(post: PublicPost, month: Any) -> Any:
    """The people on a post in a month whose attendance is not recorded yet."""
    after = calendar.add_months(month, 1)
    rows = Placement.objects.unscoped().filter(
        post=post, status=Placement.Status.ON_POST, begins_on__lt=after, until__gte=month
    )
    return rows.exclude(attendance__month=month).select_related("recognition__person", "plan").order_by("pk")


def months(post: PublicPost) -> list[Any]:
    """This month and the previous one, if attendance is missing for anybody on the post."""
    this = clock.today().replace(day=1)
    return [month for month in (calendar.add_months(this, -1), this) if placed(post, month).exists()]


def send_code(secret: str) -> bool:
    """See `link_codes.send_code`. Raises `NotFound`, `TooOften`, `BadInput`."""
    link = found(secret)
    return link_codes.send_code(
        link, link.post.phone, "attendance",
        lambda code, minutes: say(
            "验证码{code}，报告公益性岗位考勤用，{minutes}分钟内有效。不要告诉别人。", code=code, minutes=minutes
        ),
    )  # fmt: skip


@transaction.atomic
def open_with(secret: str, typed: str) -> str:
    """See `link_codes.open_with`. Raises `NotFound`, `TooOften`."""
    return link_codes.open_with(AttendanceLink.objects.select_for_update().get(pk=found(secret).pk), typed)


@transaction.atomic
def shown(link: AttendanceLink) -> list[Placement]:
    """The placements shown after the code was typed. The look is recorded in each file, once a day."""
    rows, actor = list(placed(link.post, link.month)), actor_of(link)
    what = for_record("公益性岗位考勤（单位链接{number}）", number=link.pk)
    seen = history.looked_today(actor, what, [row.file for row in rows])
    for row in rows:
        if row.file not in seen:
            history.looked(actor, row.file, what, row.area)
    return rows


def actor_of(link: AttendanceLink) -> Actor:
    """The actor for record entries by an employer with a link."""
    name = say("{employer}（链接）", employer=link.post.employer.name)
    return Actor(f"employer-{link.post.employer_id}", str(name)[:80], "employer")


def open_links(post: PublicPost) -> Any:
    return post.links.filter(Q(answered_on=None), revoked=False, valid_until__gte=clock.today()).order_by("-pk")
