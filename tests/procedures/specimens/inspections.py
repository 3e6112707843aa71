"""Inspections, the cases drawn, and what was found in them."""

from typing import Any

from jiuyuan.agencies.models import Agency
from jiuyuan.oversight import nightly
from jiuyuan.oversight.models import Inspection, InspectionFinding, Population
from tests.factories import PLATFORM
from tests.oversight.inspections import (
    ANSWERED,
    OPENED,
    RAISED,
    a_finding,
    an_inspection,
    answered_finding,
    checked,
    decided_finding,
    drawn,
    sealed,
)
from tests.procedures.specimens.specimen import Broken, Specimen, Standing
from tests.recognitions.register import on_the_register

_LOOKED: dict[str, Any] = {"in_order": ["conditions"], "words": "其余各项有问题。"}
_SEAL: dict[str, Any] = {"seal": "0" * 64, "sealed_on": "2026-03-02"}


def _of_two() -> Inspection:
    return drawn(an_inspection(of=2))


def _all_checked() -> Inspection:
    return checked().inspection


def _somebody() -> None:
    on_the_register()


def _not_sealed(inspection: Inspection) -> None:
    Inspection.objects.unscoped().filter(pk=inspection.pk).update(opened_on="2999-01-01")


def _another_population(inspection: Inspection) -> None:
    kept = Population.objects.unscoped().get(inspection=inspection)
    kept.content = Population.packed([*kept.rows, ("ffff", "", 1)])
    kept.save()


def _silent(finding: InspectionFinding) -> InspectionFinding:
    InspectionFinding.objects.unscoped().filter(pk=finding.pk).update(review_by="2026-01-01")
    nightly.accept_in_silence(finding.answered_on)
    found: InspectionFinding = InspectionFinding.objects.unscoped().get(pk=finding.pk)
    return found


def _no_head(finding: InspectionFinding) -> None:
    Agency.objects.filter(code=PLATFORM).update(responsible="")


SPECIMENS = {
    ("inspection", "open"): Specimen(_somebody, OPENED),
    ("inspection", "draw"): Specimen(sealed),
    ("inspection", "widen"): Specimen(_of_two, {"size": 2}),
    ("inspection", "close"): Specimen(_all_checked, {"conclusion": "没有问题。"}),
    ("inspection", "drop"): Specimen(an_inspection, {"conclusion": "范围选错了。"}),
    ("inspected_case", "check"): Specimen(drawn, {"place": 1, **_LOOKED}),
    ("inspected_case", "check_again"): Specimen(checked, _LOOKED),
    ("finding", "raise"): Specimen(checked, RAISED),
    ("finding", "answer"): Specimen(a_finding, ANSWERED),
    ("finding", "correct"): Specimen(answered_finding),
    ("finding", "confirm"): Specimen(answered_finding, {"opinion": "没有改。"}),
    ("finding", "accept"): Specimen(answered_finding, brings=_silent),
    ("finding", "close"): Specimen(decided_finding),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {
    ("inspection", "sealed"): _not_sealed,
    ("inspection", "as_frozen"): _another_population,
    ("inspection", "all_checked"): lambda inspection: inspection.cases.all().delete(),
    ("inspection", "findings_settled"): lambda inspection: a_finding(inspection.cases.get()),
    ("finding", "has_a_head"): _no_head,
}
STANDING: dict[tuple[str, str], Standing] = {
    ("inspection", state): {"status": state, **_SEAL} for state in ("drawn", "closed")
}
