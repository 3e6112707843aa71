"""What the family of tests has to know of a transition beside its table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from tests.factories import staff

Broken = Callable[[Any], Any]
Standing = Mapping[str, Any]


@dataclass(frozen=True)
class Specimen:
    """`ready` returns the subject in one of the transition's sources; of one that begins, what it hangs on.

    - `said`: what is said with it, or made of what `ready` returned; `carried` as `engine.act` takes it.
    - `by`: who does it, where not anybody of the first role of the table.
    - `before`: who did the part that somebody else must check.
    - `brings`: does the act from which it follows, or the run that does it, and returns the subject.
    - `key`: by what the door knows it, where that is not its own key.
    - `told`: whether the person is told here, where the table alone does not say it.
    """

    ready: Callable[[], Any]
    said: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] | None = None
    carried: Callable[[Any], Mapping[str, Any]] | None = None
    by: Callable[[Any], User] | None = None
    before: Callable[[Any], User] | None = None
    brings: Callable[[Any], Any] | None = None
    told: bool | None = None
    key: Callable[[Any], Any] | None = None

    def words(self, row: Any) -> dict[str, Any]:
        return dict(self.said(row) if callable(self.said) else self.said or {})


def clerk() -> User:
    return staff("clerk")


def reviewer() -> User:
    return staff("reviewer")


def verified(_row: Any) -> dict[str, Any]:
    """What is said of work that somebody looked at."""
    return {"source": "site_visit", "observed_on": clock.today(), "evidence": "到单位看过，正在上班。"}
