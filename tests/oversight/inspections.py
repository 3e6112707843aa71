"""Inspections for tests."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.history.models import Digest
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.models import InspectedCase, Inspection, InspectionFinding
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.factories import PLATFORM, REGION, staff
from tests.recognitions.register import on_the_register

OPENED: dict[str, Any] = {"scope": REGION, "kind": "recognitions", "period": "2026", "size": 1}
RAISED: dict[str, Any] = {"to": PLATFORM, "problem": "公示少了一天。", "due_on": "2030-01-02", "silence_days": 5}
ANSWERED: dict[str, Any] = {"put_right": True, "reply": "已重新公示。"}


def an_inspection(by: User | None = None, of: int = 1, **said: Any) -> Inspection:
    """One whose population is frozen, with so many people on the register."""
    for _ in range(of - Recognition.objects.unscoped().count()):
        on_the_register()
    done: Inspection = engine.act(by or staff(Role.SUPERVISOR), INSPECTION, None, "open", OPENED | said)
    return done


def sealed(inspection: Inspection | None = None) -> Inspection:
    """One whose population the night has sealed."""
    inspection = inspection or an_inspection()
    last = Digest.objects.order_by("day", "part").last()
    entry = 10**9  # what the seal of any night covers
    Digest.objects.create(
        day=clock.today(), part=last.part + 1 if last else 1, last_entry=entry, entries=0, files=0, previous="0" * 64,
        hash=f"{inspection.pk:064x}",
    )  # fmt: skip
    return inspection


def drawn(inspection: Inspection | None = None, by: User | None = None) -> Inspection:
    done: Inspection = engine.act(by or staff(Role.SUPERVISOR), INSPECTION, sealed(inspection).pk, "draw")
    return done


def checked(inspection: Inspection | None = None, by: User | None = None, **said: Any) -> InspectedCase:
    inspection = inspection or drawn()
    words = {"place": 1, "in_order": [], "words": "公示天数不对。"} | said
    done: InspectedCase = engine.act(by or staff(Role.SUPERVISOR), INSPECTED_CASE, inspection.pk, "check", words)
    return done


def a_finding(case: InspectedCase | None = None, by: User | None = None, **said: Any) -> InspectionFinding:
    case = case or checked()
    Agency.objects.filter(code=PLATFORM).update(responsible="所长")
    done: InspectionFinding = engine.act(by or staff(Role.SUPERVISOR), FINDING, case.pk, "raise", RAISED | said)
    return done


def answered_finding(finding: InspectionFinding | None = None) -> InspectionFinding:
    finding = finding or a_finding()
    done: InspectionFinding = engine.act(staff(Role.CLERK), FINDING, finding.pk, "answer", ANSWERED)
    return done


def decided_finding(action: str = "correct") -> InspectionFinding:
    done: InspectionFinding = engine.act(
        staff(Role.SUPERVISOR), FINDING, answered_finding().pk, action, {"opinion": "请改正。"}
    )
    return done
