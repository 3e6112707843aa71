"""Why a service says no: a code for programs, and a sentence (`wording.say`) that keeps its template and fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from jiuyuan.wording import Sentence


class Refusal(Exception):
    """`title` says what is wrong; `errors` name the fields, each with how to put it right.

    `code` is what a program reads (contract of the API): the kind's own, or a more exact one given where it is raised.
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
        """What the sentence is about, before it is put into words."""
        return self.title.fields if isinstance(self.title, Sentence) else {}


class BadInput(Refusal):
    """A field is missing or wrong (422)."""


class GuardNotMet(Refusal):
    """The state allows the action, but something it needs is not there yet (422)."""

    code = "guard"


class OwnMatter(GuardNotMet):
    """Nobody acts for an office in their own matter (422)."""

    code = "own_matter"


class SameEyes(GuardNotMet):
    """Somebody else has to do this: this account, or its holder, did the part before (422)."""

    code = "same_eyes"


class HolderUnknown(GuardNotMet):
    """The account does not say yet whose it is, so it may look and not act (422)."""

    code = "holder_unknown"


class WrongState(Refusal):
    """The case does not stand where this action starts (409)."""

    status = 409
    code = "state"


class NotMadeYet(WrongState):
    """A paper that is still to be made (409). `to_its_reader`: the same for whom it is about, who knows no jobs and can mend none."""

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
    """Nobody has said who they are (401)."""

    status = 401
    code = "login"


class NotForRole(Refusal):
    """Visible, but not for this role (403)."""

    status = 403
    code = "role"


class NotFound(Refusal):
    """Not there, or outside one's area, which looks the same (404)."""

    status = 404
    code = "not_found"
