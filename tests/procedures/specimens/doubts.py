"""Doubts, as the night raises them and people settle them."""

from jiuyuan import clock
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import Person
from tests.oversight.doubts import a_doubt, attended, known
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _who_draws_a_pension() -> Person:
    person = attended().recognition.person
    known(person, "receives_pension", "2026-01-10")
    return person


def _raised(person: Person) -> Doubt:
    raise_doubts(clock.today())
    found: Doubt = Doubt.objects.unscoped().filter(person=person, check_number=2).get()
    return found


SPECIMENS = {
    ("doubt", "raise"): Specimen(_who_draws_a_pension, brings=_raised),
    ("doubt", "explain"): Specimen(a_doubt, {"words": "当月没有领取。"}),
    ("doubt", "confirm"): Specimen(a_doubt, {"words": "当月已领取。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {
    ("doubt", state): {"status": state, "words": "核实过。", "decided_on": "2026-03-02"}
    for state in ("explained", "confirmed")
}
