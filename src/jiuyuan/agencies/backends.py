"""Who is logged in, with their agency: every page of the desk asks for both."""

from django.contrib.auth.backends import ModelBackend

from jiuyuan.agencies.models import User
from jiuyuan.belonging import belonging_to_any


class WithAgency(ModelBackend):
    """Django's own, in one query instead of two."""

    def get_user(self, user_id: int) -> User | None:
        """The account, None where it is gone or no longer in use."""
        found = belonging_to_any(User, "id", [user_id], "agency")
        return found[0] if found and self.user_can_authenticate(found[0]) else None
