"""Parameters: a word of a department, which every role enters that enters any."""

from datetime import date
from typing import Any

from jiuyuan.oversight.models import Parameter
from tests.factories import staff
from tests.oversight.parameters import SAID, confirmed, drafted
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _set(**columns: Any) -> Broken:
    def change(row: Parameter) -> None:
        Parameter.objects.unscoped().filter(pk=row.pk).update(**columns)

    return change


def _word() -> Parameter:
    return drafted("draft_word")


_WHY = {"reason": "写错了。"}
SPECIMENS = {
    **{("parameter", action): Specimen(lambda: None, said) for action, said in SAID.items()},
    ("parameter", "try_parameter"): Specimen(_word),
    ("parameter", "confirm_parameter"): Specimen(_word, before=lambda row: row.drafted_by),
    ("parameter", "drop_parameter"): Specimen(_word, _WHY),
    ("parameter", "withdraw_parameter"): Specimen(
        lambda: confirmed("draft_word"), _WHY, by=lambda row: staff("supervisor"), before=lambda row: row.confirmed_by
    ),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {
    ("parameter", "tried_today"): _set(tried_on=date(2026, 3, 1)),
    ("parameter", "not_past"): _set(kind="limit", since=date(2026, 3, 2)),
}
STANDING: dict[tuple[str, str], Standing] = {}
