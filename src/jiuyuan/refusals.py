"""Why a service says no. Every refusal has a sentence in Chinese; pages and the API only translate it."""

from collections.abc import Iterable, Mapping


class Refusal(Exception):
    """`title` says what is wrong; `errors` name the fields, each with how to put it right."""

    status = 422

    def __init__(self, title: str, errors: Iterable[tuple[str, str]] = (), **details: object) -> None:
        super().__init__(title)
        self.title = title
        self.errors = list(errors)
        self.details: Mapping[str, object] = details


class BadInput(Refusal):
    """A field is missing or wrong (422)."""


class GuardNotMet(Refusal):
    """The state allows the action, but something it needs is not there yet (422)."""


class WrongState(Refusal):
    """The case does not stand where this action starts (409)."""

    status = 409


class Conflict(Refusal):
    """Somebody was faster, or there is one already (409)."""

    status = 409


class LoginNeeded(Refusal):
    """Nobody has said who they are (401)."""

    status = 401


class NotForRole(Refusal):
    """Visible, but not for this role (403)."""

    status = 403


class NotFound(Refusal):
    """Not there, or outside one's area, which looks the same (404)."""

    status = 404
