"""A region: its agencies, its limits, and which policy applies on which day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from jiuyuan.rules.divisions import DivisionLine
from jiuyuan.rules.parameters import Figure, Limit, chosen, defaults, laxer, local_bounds

_DAY = timedelta(days=1)


class Office(NamedTuple):
    """An agency as a region defines it. `level`: province, region, county or platform; `divisions`: those it serves."""

    code: str
    name: str
    level: str
    parent: str | None
    divisions: tuple[str, ...]


class Advice(NamedTuple):
    """Something a person can do, in everyday words."""

    title: str
    text: str


class PublicTexts(NamedTuple):
    """Public texts: the responsible institution (`institution`), what people get and for how long, the steps,
    the questions, and what ends it.
    """

    institution: str
    gets: tuple[Advice, ...]
    goes: tuple[Advice, ...]
    duties: tuple[Advice, ...]
    ends: tuple[str, ...]
    lasts: str = ""

    def worded(self, texts: Mapping[str, tuple[tuple[str, str], ...]]) -> PublicTexts:
        """The same with an office's own texts: pairs of title (may be empty) and text."""
        own: dict[str, Any] = {}
        for name, pairs in texts.items():
            if name in ("gets", "goes", "duties"):
                own[name] = tuple(Advice(*pair) for pair in pairs)
            elif name == "ends":
                own[name] = tuple(text for _, text in pairs)
            elif name in self._fields:
                own[name] = pairs[0][1]
        return self._replace(**own)


@dataclass(frozen=True)
class InForce:
    """A policy and the days on which it applies. `place`: only below this agency (六), "" for everywhere."""

    code: str
    since: date
    until: date | None = None
    place: str = ""

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, eq=False, kw_only=True)
class Region:
    """A region as declared in its folder, or narrowed to one of its agencies (`at`).

    - `path`: the path of its topmost agency.
    - `policies`: in order of their first days; `former`: the code of the policy before the first, for
      recognitions carried over.
    - `province`: its name in household registers.
    - `example`: the code and name of a street, for hints.
    - `hotline`: the number to call if no office is responsible yet.
    - `curable`: yes-or-no facts that are easy to change, with how; `remedies`: what to do if a fact stands in the
      way; `other_help`: for people who do not qualify; `about`: public information.
    - `places`: the agencies on the path to the one in question, with their depths.
    """

    code: str
    name: str
    path: str
    province: str
    policies: tuple[InForce, ...]
    example: tuple[str, str] = ("", "")
    hotline: str = ""
    former: str = ""
    limits: Callable[[], Iterable[Limit]] = tuple
    divisions: Callable[[], Iterable[DivisionLine]] = tuple
    offices: Callable[[], Iterable[Office]] = tuple
    curable: Mapping[str, Advice] = field(default_factory=dict)
    remedies: Mapping[str, Advice] = field(default_factory=dict)
    other_help: tuple[Advice, ...] = ()
    about: PublicTexts | None = None
    places: Mapping[str, int] = field(default_factory=dict)

    def policy_code(self, day: date) -> str:
        """The policy here on a day: the city's own (六), else the province's; before the first one, the first."""
        here = [policy for policy in self.policies if not policy.place or policy.place in self.places]
        found = [policy for policy in here if policy.on(day)]
        if not found:
            return here[0].code
        return max(found, key=lambda policy: (self.places.get(policy.place, -1), policy.since)).code

    def differs_within(self, limit: str) -> bool:
        """Whether a city in it has its own policy or its own value of this limit (六)."""
        return any(one.place for one in self.policies) or any(one.place and one.name == limit for one in self.limits())

    def limit_figure(self, name: str, *, on: date) -> Figure:
        """The limit here on a day, with its source; a city's value precedes its province's.

        Raises KeyError for an unknown name.
        """
        return _figure(self, name, on)

    def limit(self, name: str, *, on: date) -> int:
        """The value of `limit_figure`."""
        return _figure(self, name, on).value

    def limit_if_any(self, name: str, *, on: date) -> int | None:
        """The value, or None if the region has no such limit on that day (for example no public notice)."""
        try:
            return self.limit(name, on=on)
        except KeyError:
            return None

    @property
    def local_bounds(self) -> Mapping[str, str]:
        """The limits that a city here may change (六), by name, with the bound (`Limit.local`)."""
        return local_bounds(self.limits(), defaults())

    def laxer(self, name: str, value: int, since: date, until: date) -> Figure | None:
        """The region's own figure that a city's value would undercut on some day of the period;
        None if it undercuts none.
        """
        own = [limit for limit in self.limits() if not limit.place]
        named = [limit for limit in own if limit.name == name]
        changes = {limit.figure.effective_on for limit in named} | {
            limit.until + _DAY for limit in named if limit.until and limit.until < until
        }
        days = sorted({since, *(day for day in changes if since <= day <= until)})
        return laxer(value, self.local_bounds.get(name, ""), (_standing(name, own, {}, day) for day in days))


@lru_cache(maxsize=4096)
def _figure(region: Region, name: str, on: date) -> Figure:
    """The figure here. A city's value counts only while it does not undercut the one above it,
    which may change later.
    """
    found = _standing(name, region.limits(), region.places, on)
    if not found.place:
        return found
    try:
        above = _standing(name, (limit for limit in region.limits() if not limit.place), {}, on)
    except KeyError:
        return found
    return above if laxer(found.value, region.local_bounds.get(name, ""), [above]) else found


def _standing(name: str, limits: Iterable[Limit], places: Mapping[str, int], on: date) -> Figure:
    limits = tuple(limits)
    try:
        return chosen(name, limits, places, on)
    except KeyError:
        return chosen(name, (*limits, *defaults()), places, on, alone=True)
