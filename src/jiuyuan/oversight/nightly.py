"""The nightly steps of oversight."""

from datetime import date, timedelta

from jiuyuan.applications import nightly
from jiuyuan.oversight import soon_late_notices
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.figures import upkeep
from jiuyuan.oversight.finding_workflow import FINDING
from jiuyuan.oversight.inspection_workflow import INSPECTION, OfInspection
from jiuyuan.oversight.models import Inspection, InspectionFinding
from jiuyuan.oversight.provisions_in_force import keep_copy
from jiuyuan.procedures import engine


def draw_inspections(_day: date) -> int:
    """Draw inspections whose population was sealed by a night.

    Returns how many; one with a changed population waits for people.
    """
    drawn = 0
    for row in list(Inspection.objects.unscoped().filter(status=Inspection.Status.FROZEN).order_by("pk")):
        if not engine.guards_unmet(INSPECTION, OfInspection(row, None), INSPECTION.of().by_action["draw"]):
            engine.act(None, INSPECTION, row.pk, "draw", machine="night")
            drawn += 1
    return drawn


def accept_in_silence(day: date) -> int:
    """Accept answers to which inspectors did not react by their day. Returns how many."""
    rows = InspectionFinding.objects.unscoped().filter(status=InspectionFinding.Status.ANSWERED, review_by__lt=day)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        engine.act(None, FINDING, key, "accept", machine="night")
    return len(keys)


def keep_figures(day: date) -> int:
    """Update the period tables. Returns how many people count differently."""
    return upkeep.keep_up(again=timedelta(hours=30), turn=day.toordinal())


def keep_parameters(_day: date) -> int:
    """Write values in force for programs without a database. Returns the number of wages and years."""
    return keep_copy()


nightly.also("抽取检查的案件", "inspections_drawn", draw_inspections)
nightly.also("没有意见的答复", "findings_accepted", accept_in_silence)
nightly.also("查找疑点", "doubts_raised", raise_doubts)
nightly.also("提醒快到期的事", "soon_late_told", soon_late_notices.tell)
nightly.also("更新统计", "figures_kept", keep_figures)
nightly.also("抄写登记的参数", "parameters_kept", keep_parameters)
