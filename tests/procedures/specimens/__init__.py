"""For each transition of each table, how a subject comes into a state from which it may be done: one specimen, nothing more.

A new table adds a file here; `tests/procedures/test_every_procedure.py` tries it.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.procedures.specimens.specimen import Broken, Specimen, Standing

_ROOMS = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if found.name != "specimen"]
#: By table and action; a table that a region has of its own is `application:REGION`.
SPECIMENS: dict[tuple[str, str], Specimen] = {
    key: one for room in _ROOMS for key, one in getattr(room, "SPECIMENS", {}).items()
}
#: By workflow and guard: what makes it unmet where everything else is in order.
BROKEN: dict[tuple[str, str], Broken] = {key: one for room in _ROOMS for key, one in room.BROKEN.items()}
#: By workflow and state: the columns with which a row stands in it; those of its state alone where not said.
STANDING: dict[tuple[str, str], Standing] = {key: one for room in _ROOMS for key, one in room.STANDING.items()}

__all__ = ["BROKEN", "SPECIMENS", "STANDING", "Specimen"]
