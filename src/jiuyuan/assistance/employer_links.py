"""The link with which an employer answers about a vacancy: no account, one act, valid for some days and once."""

import hashlib
import secrets

from jiuyuan.assistance.models import EmployerLink, Vacancy
from jiuyuan.clock import today
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

GONE = "这个链接已经用过、过期或者被新的代替了。请向发给您的平台要一个新的。"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def found(secret: str) -> EmployerLink:
    """The link with this secret, if still valid. Raises `NotFound`, also if there never was one."""
    links = EmployerLink.objects.select_related("vacancy__employer", "vacancy__agency")
    link = links.filter(
        digest=digest(secret), revoked=False, answered_on=None, valid_until__gte=today(),
        vacancy__status=Vacancy.Status.OPEN,
    ).first()  # fmt: skip
    if link is None:
        raise NotFound(say(GONE))
    return link
