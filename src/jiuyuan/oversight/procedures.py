"""Registers the workflows of supervision and figures, and their steps of the nightly run and of verification,
at start.
"""

from jiuyuan.oversight import nightly, oversight_duties, provisions_in_force, replay
from jiuyuan.oversight.article_workflow import ARTICLE
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.figures import closing, corrections, definitions
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.handover_workflow import HANDOVER
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE
from jiuyuan.oversight.misconduct_workflow import MISCONDUCT
from jiuyuan.oversight.parameter_workflow import PARAMETER
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION
from jiuyuan.oversight.staff_training_workflow import STAFF_TRAINING
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.oversight.target_workflow import TARGET

__all__ = [
    "ARTICLE",
    "DOUBT",
    "FINDING",
    "HANDOVER",
    "INSPECTED_CASE",
    "INSPECTION",
    "LOCAL_RULE",
    "MISCONDUCT",
    "PARAMETER",
    "PERIOD",
    "RECOVERY",
    "REORGANISATION",
    "STAFF_TRAINING",
    "SUPERVISION",
    "TARGET",
    "closing",
    "corrections",
    "definitions",
    "nightly",
    "oversight_duties",
    "provisions_in_force",
    "replay",
]
