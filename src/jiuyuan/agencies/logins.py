"""Guessing passwords is held to a pace, and nobody can lock somebody else out.

- Five wrong passwords of one account from one place, and that place waits. A browser in which the account was logged
  in before is a place of its own: a neighbour behind the same address does not use up its tries.
- Twenty wrong passwords of whatever accounts from one address, and that address waits; but for those browsers.
- Five wrong ones typed by somebody who is logged in, to confirm an act (`confirmed`), and that account confirms none
  for a while: whoever finds a session open does not come by the password.
- Twenty wrong passwords of one account from everywhere, and each place has to wait before each try, longer the more
  there are. It is told for how long, and after that it may try, whatever others do meanwhile: a guesser needs an
  address and that time for every guess, and the right owner waits once.

A name that no account has is treated alike, so that the answer tells nothing.
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
    """Whether somebody who is logged in typed their own password. Raises `TooOften` after five wrong ones.

    Call it outside the transaction of the act that it is for: a wrong try counts although the act is refused.
    """
    mark = pace.mark_of("own-password", user.username)
    pace.take(mark, WRONG_HERE, WINDOW)
    if not user.check_password(password):
        return False
    Try.objects.filter(mark=mark).delete()
    return True


def wrong_within_the_hour(usernames: Iterable[str]) -> dict[str, int]:
    """How often a wrong password was typed for each account, from wherever; those without any are left out."""
    counted = Counter(Try.objects.filter(at__gt=clock.now() - pace.WINDOW).values_list("mark", flat=True))
    if not counted:
        return {}
    both = ("known", "")
    wrong = {name: sum(counted[pace.mark_of("login-account", name, known)] for known in both) for name in usernames}
    return {name: count for name, count in wrong.items() if count}


@dataclass(frozen=True)
class Login:
    """One try to log in: the name that was typed, and whether this browser has been logged in to that account before."""

    account: str
    known: bool

    def admit(self) -> None:
        """Before the password is looked at: the try counts here at once, so that no more than the limit are looked at. Raises `TooOften`."""
        again = pace.free_again(self._here, WRONG_HERE, WINDOW)
        if not self.known and visitors.here():
            from_address = pace.free_again(self._address, WRONG_FROM_ADDRESS, WINDOW)
            again = max(filter(None, (again, from_address)), default=None)
        if again := again or self._turn():
            raise pace.too_often(again)
        pace.take(self._here, WRONG_HERE, WINDOW)

    def wrong(self) -> None:
        """The password was wrong. Raises `TooOften` where it was the last try from here for now."""
        for mark in (self._everywhere, *([self._address] if visitors.here() else [])):
            pace.note(mark)
        if again := pace.free_again(self._here, WRONG_HERE, WINDOW):
            raise pace.too_often(again)

    def right(self, whose: str) -> None:
        """The password was right: what was tried from here, and on this account, is forgotten.

        `whose`: the account that it opened. Where that is another one of the same ID number (`backends.WithAgency`), the
        guesses at this account stay counted: nobody forgets them by opening an account of their own beside it.
        """
        marks = [self._here, self._everywhere] if whose == self.account else [self._here]
        Try.objects.filter(mark__in=marks).delete()

    def _turn(self) -> datetime | None:
        """When this place may try, where the account is being guessed at; None where it may now."""
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
