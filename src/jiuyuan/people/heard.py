"""A person's remedies against an act: as in its letter, or for decisions without a letter."""

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import heard_by
from jiuyuan.procedures.table import Transition
from jiuyuan.regions import registry


def ways(area: str, letter: str, agency: Agency) -> tuple[str, ...]:
    """The remedies against a decision by `agency` at a place, with bodies and deadlines: one sentence each."""
    return registry.papers_of(area).heard[letter](heard_by(agency))


def heard(area: str, transition: Transition, agency: Agency) -> tuple[str, ...]:
    """The remedies for the message of an act."""
    says = registry.papers_of(area).heard
    return ways(area, next((name for name in transition.letters if name in says), "decision"), agency)
