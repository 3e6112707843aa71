"""Refusals of services: a code for programs, and a sentence (`wording.say`) that keeps its template and fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from jiuyuan.wording import Sentence


class Refusal(Exception):
    """A refusal. `title`: what is wrong; `errors`: fields, each with how to correct it.

    `code` is for programs (contract of the API): that of the class, or a more precise one given when raised.
    """

    status = 422
    code = "field"

    def __init__(
        self, title: str, errors: Iterable[tuple[str, str]] = (), *, code: str | None = None, **details: object
    ) -> None:
        super().__init__(title)
        self.title = title
        self.errors = list(errors)
        self.code = code or type(self).code
        self.details: Mapping[str, object] = details

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of the sentence."""
        return self.title.fields if isinstance(self.title, Sentence) else {}


class BadInput(Refusal):
    """A field is missing or invalid (422)."""


class GuardNotMet(Refusal):
    """The state allows the action, but a requirement is not met yet (422)."""

    code = "guard"


class OwnMatter(GuardNotMet):
    """Nobody acts for an office in their own matter (422)."""

    code = "own_matter"


class SameEyes(GuardNotMet):
    """Another person must do this: this account, or its holder, did the previous part (422)."""

    code = "same_eyes"


class HolderUnknown(GuardNotMet):
    """The account's holder is not known yet, so it is read-only (422)."""

    code = "holder_unknown"


class WrongState(Refusal):
    """The state does not allow the action (409)."""

    status = 409
    code = "state"


class NotMadeYet(WrongState):
    """A paper that is not made yet (409).

    `to_its_reader`: the message for the person concerned, who cannot retry jobs.
    """

    def __init__(self, title: str, to_its_reader: str) -> None:
        super().__init__(title)
        self.to_its_reader = to_its_reader


class Conflict(Refusal):
    """Somebody was faster, or there is one already (409)."""

    status = 409
    code = "conflict"


class OlderVersion(Conflict):
    """What the user saw has changed since (409)."""

    code = "version"


class LoginNeeded(Refusal):
    """Nobody is logged in (401)."""

    status = 401
    code = "login"


class NotForRole(Refusal):
    """Visible, but not for this role (403)."""

    status = 403
    code = "role"


class NotFound(Refusal):
    """Missing, or outside the user's area, which looks the same (404)."""

    status = 404
    code = "not_found"
