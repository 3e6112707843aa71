"""How a person is heard who does not agree: what the letter of an act says, or any decision that comes without one."""

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import heard_by
from jiuyuan.procedures.table import Transition
from jiuyuan.regions import registry


def ways(area: str, letter: str, agency: Agency) -> tuple[str, ...]:
    """Before whom and by when, against what `agency` decided at a place: one sentence each."""
    return registry.papers_of(area).heard[letter](heard_by(agency))


def heard(area: str, transition: Transition, agency: Agency) -> tuple[str, ...]:
    """The same for the message that goes with an act."""
    says = registry.papers_of(area).heard
    return ways(area, next((name for name in transition.letters if name in says), "decision"), agency)
