"""For each transition of each table, how a subject comes into a state from which it may be done: one specimen, nothing more.

A new table adds a file here and its names below; `tests/procedures/test_every_procedure.py` tries it.
"""

from tests.procedures.specimens import (
    application,
    appointments,
    articles,
    claims,
    courses,
    doubts,
    duties,
    employer_claims,
    files,
    follow_ups,
    handovers,
    inspections,
    local_rules,
    misconducts,
    offers,
    payments,
    periods,
    plans,
    posts,
    ratings,
    recoveries,
    register,
    staff_training,
    supervision,
    targets,
    vacancies,
)
from tests.procedures.specimens.specimen import Broken, Specimen, Standing

ROOMS = (
    application,
    appointments,
    claims,
    articles,
    courses,
    doubts,
    duties,
    employer_claims,
    files,
    follow_ups,
    handovers,
    inspections,
    local_rules,
    misconducts,
    offers,
    payments,
    periods,
    plans,
    posts,
    ratings,
    recoveries,
    register,
    staff_training,
    supervision,
    targets,
    vacancies,
)
#: By table and action; a table that a region has of its own is `application:REGION`.
SPECIMENS: dict[tuple[str, str], Specimen] = {key: one for room in ROOMS for key, one in room.SPECIMENS.items()}
#: By workflow and guard: what makes it unmet where everything else is in order.
BROKEN: dict[tuple[str, str], Broken] = {key: one for room in ROOMS for key, one in room.BROKEN.items()}
#: By workflow and state: the columns with which a row stands in it; those of its state alone where not said.
STANDING: dict[tuple[str, str], Standing] = {key: one for room in ROOMS for key, one in room.STANDING.items()}

__all__ = ["BROKEN", "SPECIMENS", "STANDING", "Specimen"]
