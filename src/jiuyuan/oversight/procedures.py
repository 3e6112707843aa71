"""The workflows of supervision, the figures, their part of the night and of the record's proof: found here at start."""

from jiuyuan.oversight import nightly, replay
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.figures import closing, corrections, definitions
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.handover_workflow import HANDOVER
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.oversight.target_workflow import TARGET

__all__ = [
    "DOUBT",
    "FINDING",
    "HANDOVER",
    "INSPECTED_CASE",
    "INSPECTION",
    "PERIOD",
    "RECOVERY",
    "SUPERVISION",
    "TARGET",
    "closing",
    "corrections",
    "definitions",
    "nightly",
    "replay",
]
