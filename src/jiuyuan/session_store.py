"""Django's sessions in the database, read by a written statement (`belonging`): every page begins with one."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from jiuyuan.belonging import belonging_to_any


class SessionStore(db.SessionStore):
    """The engine for `SESSION_ENGINE`."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = belonging_to_any(self.model, "session_key", [self.session_key], order="session_key")
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None
