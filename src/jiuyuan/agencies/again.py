"""The grave acts, which need re-authentication.

A page left open at a counter gives access to everything its account may do. If a region's limit
`confirm_again_minutes` is set, users whose last proof (password or other) is older have to repeat it before one
of these acts. Programs with tokens, commands and system runs are not asked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import time

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.regions import registry

#: `workflow.action` in the transition tables (checked at start), and acts of services by their own names.
GRAVE = frozenset({
    "application.recognise", "application.reject", "recognition.annul", "recognition.restore", "exit_proposal.confirm",
    "file_change.confirm", "payment_batch.sign", "payment_batch.send", "recovery.decide", "recovery.quash",
    "misconduct.conclude", "local_rule.publish_rule", "parameter.confirm_parameter", "parameter.withdraw_parameter",
    "reorganisation.order_reorganisation", "reorganisation.return_reorganisation",
})  # fmt: skip
GRAVE_IN_SERVICES = frozenset({
    "account.open", "account.change", "account.reset_password", "account.reset_second_factor", "account.close",
    "account.issue_token", "agency.close", "agency.seal", "whole_numbers", "second_factor.add", "second_factor.codes", "second_factor.remove",
})  # fmt: skip
#: These decide who can log in later, so they are always confirmed.
_ALWAYS = frozenset({"second_factor.add", "second_factor.codes", "second_factor.remove"})
_ALWAYS_MINUTES = 10

_shown_at: ContextVar[Callable[[], int] | None] = ContextVar("jiuyuan_shown_at", default=None)


class NotConfirmed(Exception):
    """Not a refusal: asks for re-authentication. The posted page is kept meanwhile (`jiuyuan.web.confirming`)."""


@contextmanager
def at_a_keyboard(shown_at: Callable[[], int]) -> Iterator[None]:
    """Active while a page is answered.

    `shown_at` returns when its session last showed a proof, in real-time seconds.
    """
    token = _shown_at.set(shown_at)
    try:
        yield
    finally:
        _shown_at.reset(token)


def ask(user: User | None, act: str) -> None:
    """Require re-authentication for a grave act, before anything is written. Raises `NotConfirmed`."""
    if act not in GRAVE | GRAVE_IN_SERVICES:
        raise ValueError(f"“{act}” is not on the list")
    shown_at = _shown_at.get()
    if user is None or shown_at is None:
        return
    minutes = _ALWAYS_MINUTES if act in _ALWAYS else _minutes(user)
    if minutes is not None and time() - shown_at() > minutes * 60:
        raise NotConfirmed(act)


def ask_where_grave(user: User | None, act: str) -> None:
    """The same for an act of a table, which need not be in the list."""
    if act in GRAVE:
        ask(user, act)


def _minutes(user: User) -> int | None:
    try:
        return registry.region_of(user.area).limit("confirm_again_minutes", on=clock.today())
    except KeyError:
        return None
