"""The authentication backend, which loads accounts with their agencies, because every desk page needs both."""

import re
from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.http import HttpRequest

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.encryption import newest_index_key
from jiuyuan.speed.rows import belonging_to_any

UNKNOWN = "unknown-"
SHOWN = 16  # characters of an unknown number's index kept in the name
_APPLICANTS = re.compile(rf"a\d{{8}}|{UNKNOWN}[0-9A-Za-z_-]{{{SHOWN}}}")


class WithAgency(ModelBackend):
    """Django's backend with one query instead of two; rejects closed and expired accounts.

    An ID number may have a second account, opened online beside the first (docs/decisions/0003-accounts.md),
    which its own password opens. The response time does not reveal whether there is one.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> User | None:
        found = super().authenticate(request, username=username, password=password, **more)
        if not username or password is None or not _APPLICANTS.fullmatch(username):
            return found
        claimed = _claimed(username)
        fits = check_password(password, claimed.password if claimed else _nobodys())
        if found is not None:
            return found
        return claimed if fits and claimed and self.user_can_authenticate(claimed) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, User) and user.in_use

    def get_user(self, user_id: int) -> User | None:
        """The account; None if it is gone or no longer in use."""
        found = belonging_to_any(User, "id", [user_id], "agency")
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def _claimed(username: str) -> User | None:
    """The account opened for a number that already had another account or a file."""
    if username.startswith(UNKNOWN):
        mark, key = username.removeprefix(UNKNOWN), newest_index_key()
        which = Q(claimed_index__startswith=f"{key}:{mark}" if key > 1 else mark)
    else:
        number = User.objects.filter(username=username).values_list("id_index", "person__id_index").first()
        index = next(filter(None, number or ()), "")
        which = Q(claimed_index=index) & ~Q(claimed_index="")
    return User.objects.filter(which, role=Role.APPLICANT, is_active=True).order_by("-pk").first()


@cache
def _nobodys() -> str:
    """A hash that no password matches, as expensive to check as any."""
    return make_password("\0")
