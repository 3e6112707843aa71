"""What was due and was settled otherwise than by its act."""

from typing import Any

from jiuyuan.recognitions.models import Recognition
from tests.procedures.specimens.specimen import Broken, Specimen, Standing
from tests.recognitions.register import on_the_register


def _said(stay: Recognition) -> dict[str, Any]:
    return {"duty": "interview", "item": stay.pk, "note": "打电话谈过。"}


SPECIMENS = {("duty", "settle_otherwise"): Specimen(on_the_register, _said)}
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {}
