"""Limits password guessing without letting anybody lock out others.

- Five wrong passwords for an account from one place: that place waits. A browser that was logged in to the
  account before is a place of its own, so that others behind the same address do not use up its attempts.
- Twenty wrong passwords for any accounts from one address: that address waits, except such browsers.
- Five wrong passwords by a logged-in user to confirm an act (`confirmed`): the account cannot confirm for a
  while, so that an open session does not give away the password.
- Twenty wrong passwords for an account from everywhere: each place has to wait before each attempt, longer the
  more there are. It is told how long, and may then try regardless of others: a guesser needs an address and this
  time for every guess, the owner waits once.

Unknown names are treated alike, so that the answer reveals nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jiuyuan import clock, visitors
from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Try, User

WINDOW = timedelta(minutes=15)
WRONG_HERE = 5
WRONG_FROM_ADDRESS = 20
WRONG_EVERYWHERE = 20
_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(minutes=15)
_DOUBLES_AFTER = 10
_CLAIMED_WITHIN = timedelta(minutes=10)


def confirmed(user: User, password: str) -> bool:
    """Whether a logged-in user typed their own password. Raises `TooOften` after five wrong ones.

    Call it outside the act's transaction, so that wrong attempts are counted although the act is refused.
    """
    mark = pace.mark_of("own-password", user.username)
    pace.take(mark, WRONG_HERE, WINDOW)
    if not user.check_password(password):
        return False
    Try.objects.filter(mark=mark).delete()
    return True


def wrong_within_the_hour(usernames: Iterable[str]) -> dict[str, int]:
    """The number of wrong passwords per account within the hour, without zeros."""
    counted = Counter(Try.objects.filter(at__gt=clock.now() - pace.WINDOW).values_list("mark", flat=True))
    if not counted:
        return {}
    both = ("known", "")
    wrong = {name: sum(counted[pace.mark_of("login-account", name, known)] for known in both) for name in usernames}
    return {name: count for name, count in wrong.items() if count}


@dataclass(frozen=True)
class Login:
    """A login attempt: the typed name, and whether this browser was logged in to that account before."""

    account: str
    known: bool

    def admit(self) -> None:
        """Count the attempt before checking the password, so that the limit cannot be exceeded. Raises `TooOften`."""
        again = pace.free_again(self._here, WRONG_HERE, WINDOW)
        if not self.known and visitors.here():
            from_address = pace.free_again(self._address, WRONG_FROM_ADDRESS, WINDOW)
            again = max(filter(None, (again, from_address)), default=None)
        if again := again or self._turn():
            raise pace.too_often(again)
        pace.take(self._here, WRONG_HERE, WINDOW)

    def wrong(self) -> None:
        """Record a wrong password. Raises `TooOften` if no attempts from here are left for now."""
        for mark in (self._everywhere, *([self._address] if visitors.here() else [])):
            pace.note(mark)
        if again := pace.free_again(self._here, WRONG_HERE, WINDOW):
            raise pace.too_often(again)

    def right(self, whose: str) -> None:
        """Forget the attempts from here, and those on this account, after a right password.

        `whose` is the account it opened. If that is another one with the same ID number (`backends.WithAgency`),
        the guesses at this account stay counted: opening a second account must not reset them.
        """
        marks = [self._here, self._everywhere] if whose == self.account else [self._here]
        Try.objects.filter(mark__in=marks).delete()

    def _turn(self) -> datetime | None:
        """When this place may try again while the account is being guessed at; None if at once."""
        wrong = Try.objects.filter(mark=self._everywhere, at__gt=clock.now() - pace.WINDOW).count()
        if wrong < WRONG_EVERYWHERE:
            return None
        now = clock.now()
        told = Try.objects.filter(mark=self._told, at__gt=now - _CLAIMED_WITHIN).values_list("at", flat=True).first()
        if told is None:
            doubled = min((wrong - WRONG_EVERYWHERE) // _DOUBLES_AFTER, 10)
            told = now + min(_SHORTEST * 2**doubled, _LONGEST)
            pace.note(self._told, told)
        if told > now:
            return told
        Try.objects.filter(mark=self._told).delete()
        return None

    @property
    def _place(self) -> tuple[str, ...]:
        return self.account, visitors.here() or "", "known" if self.known else ""

    @property
    def _here(self) -> str:
        return pace.mark_of("login", *self._place)

    @property
    def _told(self) -> str:
        return pace.mark_of("login-told", *self._place)

    @property
    def _everywhere(self) -> str:
        return pace.mark_of("login-account", self.account, "known" if self.known else "")

    @property
    def _address(self) -> str:
        return pace.mark_of("login-address", visitors.here() or "")
