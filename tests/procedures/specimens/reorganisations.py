"""Reorganisations: a platform merged into its neighbour."""

from datetime import date
from typing import Any

from jiuyuan.oversight.models import Reorganisation
from tests.factories import staff
from tests.oversight.reorganisations import SAID, agency, done, drafted, ordered, returning
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _set(row: Reorganisation, **columns: Any) -> None:
    Reorganisation.objects.unscoped().filter(pk=row.pk).update(**columns)


def _order_again(row: Reorganisation) -> None:
    done(office=row.other.code, other="220102003")


_WHY = {"reason": "写错了。"}
_ASIDE = {"carried": lambda row: {"progress": lambda done: None}}
SPECIMENS = {
    **{("reorganisation", action): Specimen(lambda: None, said) for action, said in SAID.items()},
    ("reorganisation", "try_reorganisation"): Specimen(drafted),
    ("reorganisation", "order_reorganisation"): Specimen(drafted),
    ("reorganisation", "carry_out"): Specimen(ordered, **_ASIDE),
    ("reorganisation", "drop_reorganisation"): Specimen(drafted, _WHY),
    ("reorganisation", "return_reorganisation"): Specimen(done, _WHY),
    ("reorganisation", "carry_back"): Specimen(lambda: returning(done()), **_ASIDE),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("reorganisation", "tried_today"): lambda row: _set(row, tried_on=date(2026, 3, 1)),
    ("reorganisation", "still_yours"): lambda row: _set(row, office=agency("220204")),
    ("reorganisation", "nothing_lost"): lambda row: ordered(by=staff("supervisor")),
    ("reorganisation", "can_return"): _order_again,
}
STANDING: dict[tuple[str, str], Standing] = {}
